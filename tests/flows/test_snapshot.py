"""Live capture over real sockets: the stand-in site plays the list page with every fault."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from flows.settings import paths_at
from flows.steps import archive, fetch
from flows.steps.common.layout import Layout, Paths
from flows.steps.common.records import Capture
from flows.steps.sources.live import snapshot
from flows.steps.sources.looks import failed, found_in_words, in_words
from flows.steps.warehouse import database
from flows.steps.warehouse.build import build
from tests.command import command
from tests.conftest import SHARED, cut_seeds, seeds_without_record
from tests.workbooks import PENDING, agreement, workbook
from tests.world import Reply, World
from tests.world import site as plays
from tests.world.site import FOLDER, PAGE, Play, Site

NOW = datetime(2025, 10, 2, 12, 0)
LISTED = f"{FOLDER}/participatingAgencies10022025am.xlsx"
WAITING = f"{FOLDER}/pendingAgencies10022025am.xlsx"
LIST = workbook([agreement()], saved=datetime(2025, 10, 2, 10))
OTHER = workbook([agreement(), agreement(agency="Bay County")], saved=datetime(2025, 10, 2, 11))
APPLICATIONS = workbook([agreement()[:5]], PENDING)
BOUNDS = fetch.Bounds(
    ("127.0.0.1",), allow_http=True, contact="records@example.org", timeout=10, total=60
)


@pytest.fixture
def site() -> Site:
    """Return a site in good order, its clock standing at NOW."""
    site = Site(NOW)
    site.links((LISTED, "Participating Agencies"), (WAITING, "Pending Agencies"))
    site.put(LISTED, LIST, ETag='"1"')
    site.put(WAITING, APPLICATIONS)
    return site


@pytest.fixture
def world(site: Site) -> Iterator[World]:
    with World(site) as world:
        yield world


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return paths_at(tmp_path / "data", seeds=seeds_without_record(tmp_path / "seeds"))


def look(paths: Paths, world: World, now: datetime = NOW, **bounds: Any) -> list[Capture]:
    """Take a snapshot; what it returns is what the manifest gained."""
    before = len(archive.read_manifest(paths.layout))
    taken = snapshot(paths, replace(BOUNDS, **bounds), now, world.base + PAGE).captures
    gained = archive.read_manifest(paths.layout)[before:]
    assert len(gained) == len(taken)
    assert all(capture in gained for capture in taken)
    return taken


def outcomes(captures: list[Capture]) -> list[tuple[str | None, str, int | None, str | None]]:
    return [(c.list, c.outcome, c.http_status, c.why) for c in captures]


def test_both_lists_come_in_whole(paths: Paths, world: World) -> None:
    assert look(paths, world) == [
        Capture(
            attempted_at=NOW,
            source="ice",
            outcome="new",
            list="participating",
            url=world.base + LISTED,
            file_name="participatingAgencies10022025am.xlsx",
            captured_at=NOW,
            http_status=200,
            etag='"1"',
            sha256=archive.digest(LIST),
            size=len(LIST),
        ),
        Capture(
            attempted_at=NOW,
            source="ice",
            outcome="new",
            list="pending",
            url=world.base + WAITING,
            file_name="pendingAgencies10022025am.xlsx",
            captured_at=NOW,
            http_status=200,
            sha256=archive.digest(APPLICATIONS),
            size=len(APPLICATIONS),
        ),
    ]
    assert archive.load(paths.layout, archive.digest(LIST)) == LIST
    assert {request.headers["user-agent"] for request in world.requests} == {
        "pactwatch/0.1 (public record of 287(g) agreements; records@example.org)"
    }


@pytest.mark.parametrize(
    ("tags", "asked", "status"),
    [
        ({"etag": '"1"'}, {"if-none-match": '"1"'}, 304),
        (
            {"changed": datetime(2025, 10, 2, 10)},
            {"if-modified-since": "Thu, 02 Oct 2025 10:00:00 GMT"},
            304,
        ),
        # A weak tag promises the like and not the same bytes, so the bytes are asked for.
        ({"etag": 'W/"1"'}, {}, 200),
        ({}, {}, 200),
    ],
)
def test_looking_again_asks_for_changes_only_and_leaves_a_row(
    paths: Paths,
    site: Site,
    world: World,
    tags: dict[str, Any],
    asked: dict[str, str],
    status: int,
) -> None:
    site.plays[LISTED] = plays.conditional(LIST, **tags)
    [first, _] = look(paths, world)
    world.requests.clear()
    later = NOW.replace(hour=18)
    site.clock = later
    [second, _] = look(paths, world, later)
    assert second == replace(
        first, attempted_at=later, captured_at=later, outcome="unchanged", http_status=status
    )
    [request] = [request for request in world.requests if request.path == LISTED]
    conditions = {n: v for n, v in request.headers.items() if n.startswith("if-")}
    assert conditions == asked
    assert len(archive.stored(paths.layout)) == 2


def test_a_whole_file_is_asked_for_once_a_day_whatever_the_server_says_of_changes(
    paths: Paths, site: Site, world: World
) -> None:
    """A server may go on answering 304 for a file that it has replaced."""
    site.plays[LISTED] = plays.conditional(LIST, etag='"1"')
    look(paths, world)
    site.plays[LISTED] = plays.conditional(OTHER, etag='"1"')
    for hours, status in ((6, 304), (12, 304), (18, 304), (24, 200), (30, 304)):
        site.clock = NOW + timedelta(hours=hours)
        [row, _] = look(paths, world, site.clock)
        assert (hours, row.http_status) == (hours, status)
    assert row.sha256 == archive.digest(OTHER)


def test_a_look_of_a_time_to_come_counts_as_never(paths: Paths, site: Site, world: World) -> None:
    site.plays[LISTED] = plays.conditional(LIST, etag='"1"')
    look(paths, world, datetime(2035, 1, 1))
    assert look(paths, world)[0].http_status == 200
    assert look(paths, world)[0].http_status == 304


def test_a_server_that_ignores_the_conditions_gives_the_same_bytes_again(
    paths: Paths, world: World
) -> None:
    look(paths, world)
    assert [c[:3] for c in outcomes(look(paths, world))] == [
        ("participating", "unchanged", 200),
        ("pending", "unchanged", 200),
    ]
    assert 'if-none-match": "\\"1' in json.dumps(world.requests[-2].headers)


def test_no_condition_is_sent_for_bytes_we_do_not_hold(
    paths: Paths, site: Site, world: World
) -> None:
    """A 304 would leave us without them: after a lost object, and after a block page."""
    site.plays[LISTED] = plays.conditional(LIST, etag='"1"')
    look(paths, world)
    kept = archive.object_path(paths.layout, archive.digest(LIST))
    assert kept is not None
    kept.unlink()
    assert look(paths, world)[0].http_status == 200
    assert archive.load(paths.layout, archive.digest(LIST)) == LIST


def test_a_304_that_was_not_asked_for_is_a_failure(paths: Paths, site: Site, world: World) -> None:
    site.plays[LISTED] = plays.always(Reply(304))
    [row, _] = outcomes(look(paths, world))
    assert row[:3] == ("participating", "failed", 304)


def test_other_bytes_under_the_same_name_are_a_new_version(
    paths: Paths, site: Site, world: World
) -> None:
    look(paths, world)
    site.put(LISTED, OTHER, ETag='"2"')
    [row, _] = look(paths, world)
    assert (row.outcome, row.sha256, row.etag) == ("new", archive.digest(OTHER), '"2"')
    assert archive.load(paths.layout, archive.digest(LIST)) == LIST


SLOW = 0.05
FAULTS: dict[str, tuple[Play, str, int | None, str, int]] = {
    "forbidden": (
        plays.always(plays.refused(403)),
        "failed",
        403,
        "run `pactwatch import FILE`",
        1,
    ),
    "gone": (plays.always(plays.refused(404)), "failed", 404, "answered 404: look at the page", 1),
    "no length": (plays.always(plays.refused(411)), "failed", 411, "answered 411", 1),
    "asks for days": (
        plays.always(plays.later(429, "172800")),
        *("failed", 429, "(status 429: it asks to wait 172,800 seconds): it is tried again", 1),
    ),
    "asks until a date": (
        plays.always(plays.later(503, "Thu, 02 Oct 2025 13:00:00 GMT")),
        *("failed", 503, "(status 503: it asks to wait 3,600 seconds)", 1),
    ),
    "drips": (
        plays.always(plays.dripping(LIST, SLOW)),
        *("failed", None, "did not give the file within 3 seconds", 1),
    ),
    "another host": (
        plays.always(plays.moved("http://localhost:9/list.xlsx")),
        *("failed", 302, "is not on an allowed host (127.0.0.1)", 1),
    ),
    "to a file": (
        plays.always(plays.moved("file:///etc/passwd", 301)),
        *("failed", 301, "is not on an allowed host (127.0.0.1)", 1),
    ),
    "to nowhere": (
        plays.always(plays.moved("http://[bad", 301)),
        *("failed", 301, "http://[bad is no address", 1),
    ),
    "circle": (plays.always(plays.moved(LISTED, 307)), "failed", 307, "redirects in a circle", 6),
    "redirect without address": (
        plays.always(Reply(302)),
        *("failed", 302, "answered 302", 1),
    ),
    "block page": (
        plays.always(Reply(200, plays.BLOCK_PAGE)),
        *("failed", 200, "answered with a block page, which says nothing of the lists: open", 1),
    ),
    "length too short": (
        plays.always(plays.promising(LIST, len(LIST) - 900)),
        *("rejected", 200, "is a broken or truncated workbook", 1),
    ),
    "gzip bomb": (
        plays.always(plays.gzip_bomb(60_000_000)),
        *("rejected", 200, "sends more than 25,000,000 bytes, which no list has", 1),
    ),
    "no end": (
        plays.always(plays.endless()),
        *("rejected", 200, "sends more than 25,000,000 bytes, which no list has", 1),
    ),
    "zip bomb": (
        plays.always(Reply(200, plays.zip_bomb(260_000_000))),
        *("rejected", 200, "expands past 100,000,000 bytes", 1),
    ),
    "unknown packing": (
        plays.always(plays.packed(LIST, "br")),
        *("failed", 200, "came packed as br, which was not asked for", 1),
    ),
    "empty": (plays.always(Reply(200)), "rejected", 200, "is empty", 1),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_a_row_that_says_what_to_do_and_the_other_list_comes_in(
    paths: Paths, site: Site, world: World, fault: str
) -> None:
    play, outcome, status, why, tries = FAULTS[fault]
    site.plays[LISTED] = play
    [broken, whole] = look(paths, world, total=3 if fault == "drips" else 60)
    assert (broken.list, broken.outcome, broken.http_status) == ("participating", outcome, status)
    assert why in (broken.why or "")
    assert world.paths().count(LISTED) == tries
    assert (whole.list, whole.outcome, whole.why) == ("pending", "new", None)
    # What came in place of the list is kept for the person who looks into it.
    is_kept = fault == "block page" or (outcome == "rejected" and "sends more" not in why)
    assert bool(broken.sha256) == is_kept
    if broken.sha256:
        assert len(archive.load(paths.layout, broken.sha256)) == broken.size
    # The site mends itself: the next look has the list.
    site.put(LISTED, LIST)
    assert outcomes(look(paths, world))[0] == ("participating", "new", 200, None)


@pytest.mark.parametrize(
    ("fault", "status", "why"),
    [
        (Reply(500, b"<h1>Internal error</h1>"), 500, "(status 500)"),
        (plays.later(429, "0"), 429, "(status 429)"),
        (plays.cut(LIST, 900), 200, "(RemoteProtocolError: peer closed connection"),
        (plays.promising(LIST, len(LIST) + 5), 200, "(RemoteProtocolError: peer closed connection"),
        (
            Reply(200, b"\x1f\x8b no gzip", {"Content-Encoding": "gzip"}),
            200,
            "(the packed bytes are broken",
        ),
    ],
    ids=["500", "429", "cut", "length too long", "broken gzip"],
)
def test_what_may_pass_is_tried_again_until_it_does_or_the_time_is_up(
    paths: Paths, site: Site, world: World, fault: Reply, status: int, why: str
) -> None:
    fine = Reply(200, LIST)
    site.plays[LISTED] = plays.in_turn(fault, fault, fine)
    assert outcomes(look(paths, world))[0] == ("participating", "new", 200, None)
    assert world.paths().count(LISTED) == 3
    site.plays[LISTED] = plays.always(fault)
    [row, _] = look(paths, world, total=1)
    assert (row.outcome, row.http_status) == ("failed", status)
    assert (row.why or "").startswith("127.0.0.1 did not give the file ")
    assert why in (row.why or "")
    assert "): it is tried again at the next run" in (row.why or "")
    assert world.paths().count(LISTED) > 3


@pytest.mark.parametrize("wait", ["1", "Thu, 02 Oct 2025 12:00:01 GMT"])
def test_retry_after_within_the_time_is_waited_for(
    paths: Paths, site: Site, world: World, wait: str
) -> None:
    site.plays[LISTED] = plays.in_turn(plays.later(429, wait), Reply(200, LIST))
    assert outcomes(look(paths, world))[0] == ("participating", "new", 200, None)
    # Within the second that it asks for, there is no other try to make.
    site.plays[LISTED] = plays.always(plays.later(429, wait))
    before = world.paths().count(LISTED)
    [row, _] = look(paths, world, total=1)
    assert "it asks to wait 1 seconds" in (row.why or "")
    assert world.paths().count(LISTED) == before + 1


def test_the_total_time_holds_over_redirects_and_tries(
    paths: Paths, site: Site, world: World
) -> None:
    """Each hop answers well within the time of a read; together they pass the total."""
    hops = [f"{FOLDER}/{number}" for number in range(4)]
    for here, to in zip([LISTED, *hops], [*hops, WAITING], strict=True):
        site.plays[here] = plays.slow(plays.moved(to), 0.6)
    [row, _] = look(paths, world, total=2)
    assert "did not give the file within 2 seconds" in (row.why or "")
    site.plays[LISTED] = plays.slow(Reply(200, LIST), 3)
    [row, _] = look(paths, world, total=1)
    assert "did not give the file within 1 seconds" in (row.why or "")


def test_a_redirect_to_an_allowed_place_is_followed(paths: Paths, site: Site, world: World) -> None:
    site.plays[LISTED] = plays.always(plays.moved("moved/list%20of%20today.xlsx", 308))
    site.put(f"{FOLDER}/moved/list of today.xlsx", LIST)
    [row, _] = look(paths, world)
    assert (row.outcome, row.file_name, row.url) == (
        "new",
        "list of today.xlsx",
        world.base + LISTED,
    )


def test_packed_bytes_are_kept_as_published(paths: Paths, site: Site, world: World) -> None:
    site.plays[LISTED] = plays.always(plays.packed(LIST))
    assert look(paths, world)[0].sha256 == archive.digest(LIST)
    assert world.requests[-1].headers["accept-encoding"] == "gzip"


def test_https_is_never_left_for_plain_http(
    paths: Paths, site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context, pem = plays.certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    with World(site) as plain, World(site, tls=context) as world:
        site.plays[LISTED] = plays.always(plays.moved(f"{plain.base}{LISTED}"))
        [refused, safe] = look(paths, world)
        assert (refused.outcome, refused.http_status) == ("failed", 302)
        assert "redirects from https to plain http" in (refused.why or "")
        assert plain.requests == []
        assert (safe.outcome, safe.url) == ("new", world.base + WAITING)
    plain_only = snapshot(paths, replace(BOUNDS, allow_http=False), NOW, f"http://127.0.0.1{PAGE}")
    assert "is not on an allowed host (127.0.0.1) over https" in (plain_only.captures[0].why or "")


PAGE_FAULTS: dict[str, tuple[Play, int | None, str, bool]] = {
    "forbidden": (plays.always(plays.refused(403)), 403, "refuses this machine (403)", False),
    "gone": (plays.always(plays.refused(404)), 404, "answered 404", False),
    "busy": (plays.always(plays.later(429, "86400")), 429, "asks to wait 86,400 seconds", False),
    "block page": (
        plays.always(Reply(200, plays.BLOCK_PAGE)),
        *(200, "block page, which says nothing of the lists: open", True),
    ),
    "another page": (
        plays.always(Reply(200, plays.page_of(("/doclib/a.pdf", "Fact sheet")))),
        *(200, "links no participating list: open it in a browser", True),
    ),
    "cut page": (
        plays.always(Reply(200, plays.page_of()[:200])),
        *(200, "came without its end", True),
    ),
    "nothing": (plays.always(Reply(200)), 200, "came without its end", True),
}


@pytest.mark.parametrize("fault", PAGE_FAULTS)
def test_a_fault_of_the_page_is_one_row_and_its_bytes_are_kept(
    paths: Paths, site: Site, world: World, fault: str
) -> None:
    play, status, why, is_kept = PAGE_FAULTS[fault]
    site.plays[PAGE] = play
    [row] = look(paths, world)
    assert (row.list, row.outcome, row.http_status) == (None, "failed", status)
    assert row.url == world.base + PAGE
    assert why in (row.why or "")
    assert bool(row.sha256) == is_kept
    if row.sha256:
        body = play(world.requests[0]).body
        assert archive.load(paths.layout, row.sha256) == body
    assert in_words(row) == f"The list page did not come. {row.why}"


SECOND = f"{FOLDER}/participatingAgencies10012025pm.xlsx"


def test_yesterdays_link_beside_todays_gives_a_version_each(
    paths: Paths, site: Site, world: World
) -> None:
    site.links((SECOND, "Participating 10/1"), (LISTED, "Participating 10/2"), (WAITING, "Pending"))
    site.put(SECOND, OTHER)
    taken = look(paths, world)
    assert [(c.list, c.outcome, c.file_name) for c in taken] == [
        ("participating", "new", "participatingAgencies10012025pm.xlsx"),
        ("participating", "new", "participatingAgencies10022025am.xlsx"),
        ("pending", "new", "pendingAgencies10022025am.xlsx"),
    ]
    assert failed(taken) == []
    assert [c.outcome for c in look(paths, world)] == ["unchanged"] * 3


@pytest.mark.parametrize(
    ("old", "is_loud"),
    [
        (Reply(404, b"gone"), False),
        (Reply(410, b"gone"), False),
        (Reply(200, b"%PDF-1.7 a form"), False),
        (Reply(200, b"<html><body><p>The list has moved.</p></body></html>"), False),
        (Reply(200, plays.BLOCK_PAGE), True),
        (plays.refused(403), True),
    ],
    ids=["404", "410", "PDF", "page", "block page", "403"],
)
def test_a_link_that_is_no_list_fails_nothing_beside_one_that_is(
    paths: Paths, site: Site, world: World, old: Reply, is_loud: bool
) -> None:
    """One that could not be asked may have had the newer list: that is told."""
    site.links((SECOND, "Participating"), (LISTED, "Participating"), (WAITING, "Pending"))
    site.plays[SECOND] = plays.always(old)
    taken = look(paths, world)
    assert [c.outcome for c in taken].count("new") == 2
    assert [c.url for c in failed(taken)] == ([world.base + SECOND] if is_loud else [])
    beside = [line for line in found_in_words(taken) if line.startswith("Another link for it ")]
    assert len(beside) == (0 if is_loud else 1)
    site.plays[LISTED] = plays.always(old)
    taken = look(paths, world)
    assert {c.list for c in failed(taken)} == {"participating"}


def test_two_lists_of_one_moment_with_other_bytes_are_kept_and_told(
    paths: Paths, site: Site, world: World
) -> None:
    twin = "/file-download/download/public/7"
    site.links((twin, "Participating"), (LISTED, "Participating"), (WAITING, "Pending"))
    site.plays[twin] = plays.always(plays.download("participatingAgencies10022025am.xlsx", OTHER))
    taken = look(paths, world)
    assert [(c.list, c.outcome) for c in taken] == [
        ("participating", "new"),
        ("participating", "new"),
        ("participating", "failed"),
        ("pending", "new"),
    ]
    [told] = failed(taken)
    assert told.why == (
        "The page links 2 different files as the participating list of 2025-10-02"
        " (participatingAgencies10022025am.xlsx, participatingAgencies10022025am.xlsx): both are"
        f" kept; look at {world.base + PAGE}, and reject the wrong one (`pactwatch review`)."
    )


def unnamed_files(site: Site, gone: str) -> tuple[str, str, str]:
    """Link files by words that name no list: a form, two more, and one that is gone."""
    form, view, wait = (f"/file-download/download/public/{number}" for number in (1, 2, 3))
    site.links((form, "Form"), (view, "View 287(g)"), (wait, "Applicants"), ("/gone.xlsx", gone))
    site.put(form, b"%PDF-1.7 a form")
    return form, view, wait


def test_a_list_under_unknown_words_is_told_by_its_bytes(
    paths: Paths, site: Site, world: World
) -> None:
    _, view, wait = unnamed_files(site, "Old")
    site.plays[view] = plays.always(plays.download("participatingAgencies10022025am.xlsx", LIST))
    site.put(wait, APPLICATIONS)
    taken = look(paths, world)
    assert [(c.list, c.outcome, c.url) for c in taken] == [
        ("participating", "new", world.base + view),
        ("pending", "new", world.base + wait),
    ]
    assert failed(taken) == []


def test_files_that_are_no_list_are_named_with_what_they_are(
    paths: Paths, site: Site, world: World
) -> None:
    form, view, wait = unnamed_files(site, "")
    site.put(view, b"<html><body><p>Page</p></body></html>")
    site.put(wait, APPLICATIONS)
    [pending, told] = sorted(look(paths, world), key=lambda c: c.outcome, reverse=True)
    assert (pending.list, pending.outcome) == ("pending", "new")
    assert (told.list, told.outcome) == ("participating", "failed")
    assert told.why == (
        f"The page at {world.base + PAGE} links no participating list, and what it links is none"
        f" (Form ({world.base + form}): a PDF file; View 287(g) ({world.base + view}): a web page;"
        f" Applicants ({world.base + wait}): the pending list; {world.base}/gone.xlsx:"
        f" {world.base}/gone.xlsx answered 404: look at the page in a browser; if the list moved,"
        " set its page in seeds/lists.toml): open it in a browser; if the list moved, set its page"
        " in seeds/lists.toml."
    )


@pytest.fixture(scope="session")
def cases() -> Path:
    folder = SHARED / "cases"
    if not folder.is_dir():
        pytest.skip("the cases (../shared/cases) are not on this machine")
    return folder


def test_the_kept_pages_give_the_lists_they_link(
    paths: Paths, site: Site, world: World, cases: Path
) -> None:
    days = ("09262025pm", "09292025pm", "09302025pm")
    site.put(PAGE, (cases / "F19-page-old-and-new-list.html").read_bytes())
    lists = {day: (cases / f"participatingAgencies{day}.xlsx").read_bytes() for day in days}
    for day in days[:2]:
        site.put(f"{FOLDER}/participatingAgencies{day}.xlsx", lists[day])
    taken = look(paths, world)
    assert [c.sha256 for c in taken if c.list == "participating"] == [
        archive.digest(lists[day]) for day in days[:2]
    ]
    assert failed(taken) == []
    site.put(PAGE, (cases / "F20-page-view-287g.html").read_bytes())
    name = f"participatingAgencies{days[2]}.xlsx"
    at = "/file-download/download/public/5150"
    site.plays[at] = plays.always(plays.download(name, lists[days[2]]))
    [row, _] = looked = look(paths, world)
    assert (row.list, row.outcome, row.file_name) == ("participating", "new", name)
    assert failed(looked) == []
    site.put(PAGE, (cases / "F35-block-page-request-rejected.html").read_bytes())
    [row] = look(paths, world)
    assert "The list page answered with a block page" in (row.why or "")


def test_a_page_that_moved_is_followed_and_its_links_with_it(
    paths: Paths, site: Site, world: World
) -> None:
    site.put("/new/place/287g", plays.page_of(("../participating.xlsx", "Participating")))
    site.plays[PAGE] = plays.always(plays.moved("/new/place/287g", 301))
    site.put("/new/participating.xlsx", LIST)
    [row, _] = look(paths, world)
    assert (row.list, row.outcome, row.url) == (
        *("participating", "new"),
        f"{world.base}/new/participating.xlsx",
    )


def test_no_more_than_a_dozen_unknown_files_are_tried(
    paths: Paths, site: Site, world: World
) -> None:
    site.links(*((f"/file-download/download/public/{number}", "File") for number in range(40)))
    [told] = look(paths, world)
    assert (told.list, told.outcome) == (None, "failed")
    assert len(world.requests) == 1 + 12


def test_unknown_words_beside_a_participating_list_ask_for_nothing(
    paths: Paths, site: Site, world: World
) -> None:
    site.links((LISTED, "Participating"), ("/file-download/download/public/1", "Form"))
    look(paths, world)
    assert world.paths() == [PAGE, LISTED]


def test_no_participating_link_is_a_failure_and_the_pending_list_comes_in(
    paths: Paths, site: Site, world: World
) -> None:
    site.links((WAITING, "Pending"))
    [failed, pending] = look(paths, world)
    assert (failed.list, failed.outcome, pending.outcome) == ("participating", "failed", "new")
    assert "links no participating list" in (failed.why or "")


def test_a_pending_list_that_is_gone_is_told_from_one_that_never_was(
    paths: Paths, site: Site, world: World
) -> None:
    site.links((LISTED, "Participating"))
    [_, never] = outcomes(look(paths, world))
    assert never == (
        *("pending", "unchanged", 200),
        "The page links no pending list, and the record has none.",
    )
    site.links((LISTED, "Participating"), (WAITING, "Pending"))
    look(paths, world)
    site.links((LISTED, "Participating"))
    [_, gone] = look(paths, world, datetime(2025, 10, 2, 12, 30))
    assert (gone.outcome, gone.why) == (
        "unchanged",
        "The page no longer links a pending list: the record's last one is of 2025-10-02.",
    )
    assert in_words(gone) == gone.why


def test_the_seed_record_knows_when_the_pending_list_was_last_there(
    tmp_path: Path, site: Site, world: World
) -> None:
    site.links((LISTED, "Participating"))
    [_, gone] = look(paths_at(tmp_path / "data"), world)
    assert (gone.why or "").endswith("the record's last one is of 2026-02-27.")


def test_exchanged_links_are_told_by_their_content(paths: Paths, site: Site, world: World) -> None:
    """On 22 September 2025 the two files were published under each other's names."""
    site.put(LISTED, APPLICATIONS)
    site.put(WAITING, LIST)
    [first, second] = look(paths, world)
    assert [(c.list, c.url, c.sha256, c.why) for c in (first, second)] == [
        (
            "participating",
            world.base + WAITING,
            archive.digest(LIST),
            "The link of the pending list gave a participating list: the content decides.",
        ),
        (
            "pending",
            world.base + LISTED,
            archive.digest(APPLICATIONS),
            "The link of the participating list gave a pending list: the content decides.",
        ),
    ]


def test_a_page_that_holds_the_roster_is_the_list(paths: Paths, site: Site, world: World) -> None:
    """As before February 2025; the page's bytes are archived, read, and dated by the capture."""
    roster = (
        "<table><thead><tr><th>State</th><th>Law&nbsp;Enforcement Agency</th>"
        "<th>Support Type</th><th>Signed</th><th>MOA</th></tr></thead><tbody><tr>"
        "<td>FLORIDA</td><td>Baker County Sheriff's Office</td><td>Warrant Service Officer</td>"
        '<td>10/15/2019</td><td><a href="/doclib/287gMOA/baker.pdf">link</a></td></tr></table>'
    )
    site.links((WAITING, "Pending"), more=roster)
    page = site.plays[PAGE](world.requests[0] if world.requests else None).body  # type: ignore[arg-type]
    rows = look(paths, world)
    [offered] = [row for row in rows if row.url == world.base + PAGE]
    assert offered.sha256 == archive.digest(page)
    assert archive.load(paths.layout, offered.sha256) == page
    assert (offered.list, offered.outcome, offered.http_status, offered.file_name) == (
        *("participating", "new"),
        *(200, "287g"),
    )
    assert offered.captured_at == NOW
    assert world.paths() == [PAGE, WAITING]
    build(paths)
    listed = database.query(
        paths.layout.database,
        "select cast(published_on as varchar), date_rule, status, agreement_count, moa_url"
        " from publications inner join list_rows using (publication_id)"
        " where list = 'participating'",
    ).rows()
    moa = "https://www.ice.gov/doclib/287gMOA/baker.pdf"
    assert listed == [("2025-10-02", "capture", "accepted", 1, moa)]


def test_a_clock_far_from_ours_is_flagged_and_the_list_comes_in(
    paths: Paths, site: Site, world: World
) -> None:
    site.clock = datetime(2025, 10, 5, 12, 0)
    [row, _] = look(paths, world)
    assert (row.outcome, row.captured_at, row.why) == (
        *("new", NOW),
        "The clock of 127.0.0.1 says 2025-10-05 12:00 UTC and ours 2025-10-02 12:00:"
        " check the clock of this machine.",
    )
    # An answer that a cache kept for three days says so, and flags nothing.
    site.clock = NOW
    site.put(LISTED, LIST, Date="Mon, 29 Sep 2025 12:00:00 GMT", Age="259200")
    assert look(paths, world)[0].why is None
    site.put(LISTED, LIST, Last_Modified="Thu, 09 Oct 2025 09:00:00 GMT")
    assert "last changed on 2025-10-09 09:00 UTC, which is still to come" in (
        look(paths, world)[0].why or ""
    )


@pytest.mark.parametrize(
    ("ours", "theirs", "seen"),
    [
        (datetime(2035, 1, 1), NOW, NOW),
        (datetime(1970, 1, 1), NOW, NOW),
        (NOW, datetime(2035, 1, 1), NOW),
        (NOW, datetime(2019, 1, 1), NOW),
        (datetime(2025, 10, 2, 12, 40), NOW, datetime(2025, 10, 2, 12, 40)),
    ],
)
def test_bytes_are_dated_by_the_clock_that_can_be_right(
    paths: Paths, site: Site, world: World, ours: datetime, theirs: datetime, seen: datetime
) -> None:
    site.clock = theirs
    site.links((LISTED, "Participating"))
    rows = look(paths, world, ours)
    assert {(c.attempted_at, c.captured_at) for c in rows} == {(ours, seen)}


def test_what_was_found_is_said_in_plain_words(paths: Paths, site: Site, world: World) -> None:
    site.plays[WAITING] = plays.always(plays.refused(403))
    assert [in_words(capture) for capture in look(paths, world)] == [
        f"The participating list is new: participatingAgencies10022025am.xlsx ({len(LIST):,}"
        " bytes).",
        "The pending list did not come. 127.0.0.1 refuses this machine (403) with a block page,"
        " which says nothing of the list: download the list in a browser and run `pactwatch import"
        " FILE`.",
    ]
    site.put(WAITING, plays.BLOCK_PAGE)
    assert [in_words(capture) for capture in look(paths, world)] == [
        "The participating list is the one we have: participatingAgencies10022025am.xlsx.",
        "The pending list did not come. 127.0.0.1 answered with a block page, which says nothing of"
        f" the lists: open {world.base + WAITING} in a browser, download the lists and run"
        " `pactwatch import FILE`.",
    ]


def test_the_command_says_what_it_found_and_leaves_with_its_code(
    tmp_path: Path, site: Site, world: World
) -> None:
    """The command over the faults that people meet, on one data folder and a month's record."""
    seeds = cut_seeds(tmp_path / "seeds", date(2025, 9, 1), date(2025, 9, 30))
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PACTWATCH_")}
    settings = {
        "PACTWATCH_DATA": str(tmp_path / "data"),
        "PACTWATCH_PAGE": world.base + PAGE,
        "PACTWATCH_ALLOWED_HOSTS": '["127.0.0.1"]',
        "PACTWATCH_ALLOW_HTTP": "1",
        "PACTWATCH_TOTAL_SECONDS": "20",
    }

    def pactwatch(*words: str) -> tuple[int, str]:
        done = command(*words, env={**kept, **settings}, seeds=seeds)
        assert done.stderr == ""
        return done.returncode, done.stdout

    site.clock = None
    site.plays[PAGE] = plays.always(plays.refused(403))
    code, said = pactwatch("snapshot")
    assert (code, said.splitlines()[0]) == (
        3,
        "  The list page did not come. 127.0.0.1 refuses this machine (403) with a block page,"
        " which says nothing of the list: download the list in a browser and run `pactwatch import"
        " FILE`.",
    )
    site.put(PAGE, plays.BLOCK_PAGE)
    code, said = pactwatch("snapshot")
    assert (code, "The list page answered with a block page" in said) == (3, True)
    site.links((LISTED, "Participating Agencies"))
    site.put(LISTED, plays.BLOCK_PAGE)
    code, said = pactwatch("snapshot")
    assert (code, "answered with a block page" in said) == (3, True)
    assert pactwatch("status")[0] == 3
    site.plays[LISTED] = plays.in_turn(
        plays.refused(500), plays.cut(LIST, 90), fine := Reply(200, LIST)
    )
    code, said = pactwatch("snapshot", "--json")
    told = json.loads(said)
    assert [(c["list"], c["outcome"], c["http_status"]) for c in told["captures"]] == [
        ("participating", "new", 200),
        ("pending", "unchanged", 200),
    ]
    # One row where there were a thousand: archived, and held for a person.
    held = {one["publication_id"]: one["reasons"] for one in told["built"]["held"]}
    version = f"participating-2025-10-02am-{archive.digest(LIST)[:8]}"
    assert (code, held[version]) == (
        3,
        ["rows_down", "agreements_gone", "links_halved", "signing_stale"],
    )
    assert archive.load(Layout(tmp_path / "data"), told["captures"][0]["sha256"]) == fine.body
    site.put(LISTED, LIST, Date="Thu, 02 Oct 2025 12:00:00 GMT")
    code, said = pactwatch("snapshot")
    found = said.splitlines()[:2]
    assert found[0].startswith(
        "  The participating list is the one we have: participatingAgencies10022025am.xlsx."
        " The clock of 127.0.0.1 says 2025-10-02 12:00 UTC and ours "
    )
    assert found[1] == "  The page links no pending list: the record's last one is of 2025-09-30."
    # The bytes are known to be older than they were thought to be.
    assert (code, said.splitlines()[2].startswith("  Built the warehouse: ")) == (3, True)
    code, said = pactwatch("status")
    shown = said.splitlines()
    [at] = [at for at, line in enumerate(shown) if line.startswith("Last look at the site, ")]
    assert shown[at + 1 : at + 3] == found


def test_one_workbook_with_both_lists_is_both_also_when_nothing_changed(
    paths: Paths, site: Site, world: World
) -> None:
    waiting = [PENDING, ("OHIO", "Vinton County Sheriff's Office", "", "", "Task Force Model")]
    site.links((LISTED, "Participating Agencies"))
    saved = datetime(2025, 10, 2, 10)
    data = workbook([agreement()], sheets={"Pending": waiting}, saved=saved)
    site.plays[LISTED] = plays.conditional(data, etag='"2"')
    both = [("participating", None), ("pending", None)]
    assert [(c.list, c.why) for c in look(paths, world)] == both
    site.clock = NOW + timedelta(hours=6)
    again = look(paths, world, site.clock)
    assert [(c.list, c.why) for c in again] == both
    assert {(c.outcome, c.http_status) for c in again} == {("unchanged", 304)}
    build(paths)
    assert database.query(paths.layout.database, "from list_states").is_empty()
