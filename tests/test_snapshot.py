"""Live capture over real sockets: a server on the loopback address plays ICE's page."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from flows.places import Places
from flows.snapshot import snapshot
from flows.steps import archive, fetch
from flows.steps.records import Layout
from tests.conftest import seeds_without_record
from tests.workbooks import PENDING, agreement, workbook

NOW = datetime(2025, 10, 2, 12, 0)
PAGE = """<html><body><nav><a href="/about">About participating agencies</a></nav>
<p><a href="/doclib/participatingAgencies10022025am.xlsx">Participating Agencies</a>
<a href="{origin}/doclib/pendingAgencies10022025am.xlsx">Pending Agencies</a></p></body></html>"""
Answer = tuple[int, dict[str, str], bytes]


class Site:
    """The outside world: what each path answers, and what was asked."""

    def __init__(self) -> None:
        self.answers: dict[str, Callable[[dict[str, str]], Answer]] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                headers = {name.lower(): value for name, value in self.headers.items()}
                site.asked.append((self.path, headers))
                status, given, body = site.answers[self.path](headers)
                self.send_response(status)
                for name, value in {"Content-Length": str(len(body)), **given}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self.server.server_port}"
        self.page = f"{self.origin}/identify-and-arrest/287g"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def put(self, path: str, body: bytes, status: int = 200, **headers: str) -> None:
        self.answers[path] = lambda _: (status, headers, body)


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    site.put("/identify-and-arrest/287g", PAGE.format(origin=site.origin).encode())
    site.put("/doclib/participatingAgencies10022025am.xlsx", LIST, ETag='"1"')
    site.put("/doclib/pendingAgencies10022025am.xlsx", workbook([agreement()[:5]], PENDING))
    yield site
    site.server.shutdown()
    site.server.server_close()


LIST = workbook([agreement()], saved=datetime(2025, 10, 2, 10))
BOUNDS = fetch.Bounds(
    ("127.0.0.1",), allow_http=True, contact="records@example.org", timeout=5, total=8
)


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(Layout(tmp_path / "data"), seeds=seeds_without_record(tmp_path / "seeds"))


def outcomes(places: Places, site: Site) -> list[tuple[str | None, str, str | None]]:
    taken = snapshot(places, BOUNDS, NOW, site.page)
    return [(c.list, c.outcome, c.why) for c in taken.captures]


def test_both_lists_come_in_and_the_next_look_finds_nothing_new(places: Places, site: Site) -> None:
    assert outcomes(places, site) == [("participating", "new", None), ("pending", "new", None)]
    [participating, _] = archive.read_manifest(places.layout)
    assert participating.url == f"{site.origin}/doclib/participatingAgencies10022025am.xlsx"
    assert (participating.http_status, participating.etag, participating.size) == (
        200,
        '"1"',
        len(LIST),
    )
    assert archive.load(places.layout, participating.sha256 or "") == LIST
    assert "records@example.org" in site.asked[0][1]["user-agent"]

    def not_modified(headers: dict[str, str]) -> Answer:
        return (304, {}, b"") if headers.get("if-none-match") == '"1"' else (200, {}, LIST)

    site.answers["/doclib/participatingAgencies10022025am.xlsx"] = not_modified
    assert outcomes(places, site) == [
        ("participating", "unchanged", None),
        ("pending", "unchanged", None),
    ]
    assert len(archive.stored(places.layout)) == 2
    assert len(archive.read_manifest(places.layout)) == 4


def test_a_refusal_and_a_block_page_are_rows_that_say_what_a_person_can_do(
    places: Places, site: Site
) -> None:
    site.put("/identify-and-arrest/287g", b"no", 403)
    [(_, outcome, why)] = outcomes(places, site)
    assert outcome == "failed"
    assert why is not None
    assert "refuses this machine (403)" in why
    assert "pactwatch import FILE" in why
    site.put("/identify-and-arrest/287g", b"<html><body>Access Denied</body></html>")
    [(_, outcome, why)] = outcomes(places, site)
    assert (outcome, "block page" in (why or "")) == ("failed", True)
    assert [c.outcome for c in archive.read_manifest(places.layout)] == ["failed", "failed"]


def test_a_web_page_in_place_of_a_workbook_is_kept_and_rejected(places: Places, site: Site) -> None:
    site.put("/doclib/participatingAgencies10022025am.xlsx", b"<!DOCTYPE html><p>Access Denied")
    [(kind, outcome, why), _] = outcomes(places, site)
    assert (kind, outcome) == ("participating", "rejected")
    assert "is a web page, not a workbook" in (why or "")


def test_two_links_for_one_list_are_a_loud_failure_that_names_both(
    places: Places, site: Site
) -> None:
    link = '<a href="/doclib/participatingAgencies10012025pm.xlsx">Participating</a>'
    site.put("/identify-and-arrest/287g", (PAGE.format(origin=site.origin) + link).encode())
    [(_, outcome, why)] = outcomes(places, site)
    assert outcome == "failed"
    assert "links 2 files for the participating list" in (why or "")
    assert "10012025pm" in (why or "")
    assert "10022025am" in (why or "")


def test_a_missing_pending_link_is_a_state_not_an_error(places: Places, site: Site) -> None:
    page = PAGE.format(origin=site.origin).replace("pendingAgencies10022025am.xlsx", "faq.html")
    site.put("/identify-and-arrest/287g", page.encode())
    assert outcomes(places, site) == [
        ("participating", "new", None),
        ("pending", "unchanged", "The page links no such list."),
    ]


def test_a_server_error_is_tried_again(places: Places, site: Site) -> None:
    answers = [(500, {}, b""), (429, {"Retry-After": "0"}, b""), (200, {}, LIST)]
    path = "/doclib/participatingAgencies10022025am.xlsx"
    site.answers[path] = lambda _: answers.pop(0)
    assert outcomes(places, site)[0] == ("participating", "new", None)
    assert [asked for asked, _ in site.asked].count(path) == 3


def test_a_redirect_to_another_host_and_a_circle_are_refused(places: Places, site: Site) -> None:
    path = "/doclib/participatingAgencies10022025am.xlsx"
    site.put(path, b"", 302, Location="http://localhost:9/list.xlsx")
    assert "is not on an allowed host" in (outcomes(places, site)[0][2] or "")
    site.put(path, b"", 302, Location=path)
    assert "redirects in a circle" in (outcomes(places, site)[0][2] or "")


def test_a_file_over_the_cap_is_not_kept(places: Places, site: Site) -> None:
    small = fetch.Bounds(("127.0.0.1",), allow_http=True, max_bytes=len(LIST) - 1)
    with pytest.raises(fetch.Refused, match="sends more than"):
        fetch.get(f"{site.origin}/doclib/participatingAgencies10022025am.xlsx", small)


def test_a_transfer_cut_short_is_a_failure_in_words(places: Places, site: Site) -> None:
    path = "/doclib/participatingAgencies10022025am.xlsx"
    site.put(path, LIST[:-9], **{"Content-Length": str(len(LIST))})
    (_, outcome, why), _ = outcomes(places, site)
    assert outcome == "failed"
    assert "127.0.0.1 did not give the file" in (why or "")


def test_plain_http_is_refused_unless_allowed(site: Site) -> None:
    with pytest.raises(fetch.Refused, match="over https"):
        fetch.get(site.page, fetch.Bounds(("127.0.0.1",)))
