"""Backfill from the Internet Archive over real sockets: the stand-in plays CDX and mementos."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import date, datetime
from functools import partial
from pathlib import Path
from unittest import mock

import pytest

from flows.settings import ROOT, paths_at
from flows.steps import archive
from flows.steps.common import files
from flows.steps.common.layout import Paths
from flows.steps.lists import parse_cache
from flows.steps.sources import wayback, wayback_plan
from flows.steps.sources.intake import import_path
from flows.steps.sources.wayback import Access, Archive, ArchiveSilent
from flows.steps.sources.wayback_plan import Filled, Plan, access_of
from flows.steps.warehouse import database
from flows.steps.warehouse.build import build
from tests.conftest import COMMAND, NOW, seeds_without_record
from tests.pages import page, table
from tests.workbooks import PENDING, agreement, workbook
from tests.world import Reply, Request, World
from tests.world.archive import Held, InternetArchive, cut, memento, times

FOLDER = "https://www.ice.gov/doclib/about/offices/ero/287g"
PAGE = "https://www.ice.gov/identify-and-arrest/287g"
OLD_PAGE = "http://www.ice.gov/287g"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
COUNTIES = ("Baker", "Bay", "Clay", "Duval", "Escambia", "Hernando", "Leon", "Levy")
DAYS = (date(2024, 12, 1), date(2025, 6, 30))


def agencies(many: int) -> list[str]:
    return [f"{name} County Sheriff's Office" for name in COUNTIES[:many]]


def roster(many: int, token: str = "") -> bytes:
    """Return the page with a table of so many agreements."""
    moa = "/doclib/287gMOA/287gWSO_{}.pdf"
    rows = [
        ("FLORIDA", name, "Warrant Service Officer", "10/15/2019", moa.format(name.split()[0]))
        for name in agencies(many)
    ]
    return page(table(rows), token)


def book(many: int, saved: str) -> bytes:
    """Return a workbook of so many agreements, one signed shortly before it was saved."""
    rows = [agreement(agency=name) for name in agencies(many)]
    rows.append(agreement(agency="Walton County Sheriff's Office", signed=date(2025, 4, 30)))
    return workbook(rows, saved=datetime.fromisoformat(saved))


def waiting(saved: str) -> bytes:
    row = (
        "FLORIDA",
        "Nassau County Sheriff's Office",
        "County",
        "Nassau County",
        "Task Force Model",
    )
    return workbook([row], PENDING, saved=datetime.fromisoformat(saved))


PAGES = [
    Held(OLD_PAGE, "20241201100000", status="301", headers={"location": PAGE}),
    Held(PAGE, "20241204075359", roster(4, "a")),
    Held(PAGE, "20241211140551", roster(4, "b")),
    Held(PAGE, "20250119192356", roster(5)),
    Held(PAGE, "20250226050000", page("<h1>See the workbooks below</h1>")),
    Held(PAGE, "20250601000000", page("<h1>Later pages are not asked for</h1>")),
]
MAY = Held(
    f"{FOLDER}/participatingAgencies05052025am.xlsx",
    "20250506010203",
    book(5, "2025-05-05T13:00"),
    mimetype=SHEET,
    headers={"Last-Modified": "Mon, 05 May 2025 13:10:00 GMT", "ETag": '"m"'},
)
BOOKS = [
    MAY,
    Held(
        f"{FOLDER}/pendingAgencies05052025am.xlsx",
        "20250506010209",
        waiting("2025-05-05T13:00"),
        mimetype=SHEET,
    ),
    Held(
        f"{FOLDER}/participatingAgencies05122025pm.xlsx",
        "20250513040506",
        book(6, "2025-05-12T20:00"),
        mimetype=SHEET,
    ),
    Held(f"{FOLDER}/287gFactSheet.pdf", "20250513040507", b"%PDF", mimetype="application/pdf"),
]


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return paths_at(tmp_path / "data", seeds=seeds_without_record(tmp_path / "seeds"))


@pytest.fixture
def ia() -> InternetArchive:
    return InternetArchive(*PAGES, *BOOKS)


@pytest.fixture
def world(ia: InternetArchive) -> Iterator[World]:
    with World(ia) as world:
        yield world


def fill(paths: Paths, world: World, days: wayback_plan.Days = DAYS) -> tuple[Plan, Filled]:
    with Archive(Access(world.base, pause=0, contact="desk@example.org")) as source:
        planned = wayback_plan.plan(paths, source, [days], NOW)
        return planned, wayback_plan.fill(paths, source, planned)


def outcomes(paths: Paths) -> list[tuple[str, str | None, str | None]]:
    return [(c.outcome, c.list, c.file_name) for c in archive.read_manifest(paths.layout)]


def test_pages_and_workbooks_become_one_record(paths: Paths, world: World) -> None:
    planned, filled = fill(paths, world)
    assert outcomes(paths) == [
        ("rejected", None, "287g-20241201100000.html"),
        ("new", "participating", "287g-20241204075359.html"),
        ("new", "participating", "287g-20241211140551.html"),
        ("new", "participating", "287g-20250119192356.html"),
        ("rejected", None, "287g-20250226050000.html"),
        ("new", "participating", "participatingAgencies05052025am.xlsx"),
        ("new", "pending", "pendingAgencies05052025am.xlsx"),
        ("new", "participating", "participatingAgencies05122025pm.xlsx"),
    ]
    assert [c.why for c in filled.captures if c.outcome == "rejected"] == [
        "The capture of http://www.ice.gov/287g of 2024-12-01 10:00:00 UTC holds a redirect (301),"
        " not a list.",
        "The page https://www.ice.gov/identify-and-arrest/287g held no table of agreements on"
        " 2025-02-26 05:00:00 UTC.",
    ]
    assert (planned.known, filled.left, filled.stopped) == (0, 0, None)
    build(paths)
    versions = database.query(
        paths.layout.database,
        """
        select list, cast(published_on as varchar), date_rule, status, row_count, agreement_count
        from publications order by list, seq
        """,
    )
    assert versions.rows() == [
        ("participating", "2024-12-04", "capture", "accepted", 4, 4),
        ("participating", "2024-12-11", "capture", "accepted", 4, 4),
        ("participating", "2025-01-19", "capture", "accepted", 5, 5),
        ("participating", "2025-05-05", "name", "accepted", 6, 6),
        ("participating", "2025-05-12", "name", "accepted", 7, 7),
        ("pending", "2025-05-05", "name", "accepted", 1, 1),
    ]


def test_many_captures_are_read_and_kept_once_and_no_row_is_written_again(
    paths: Paths, world: World
) -> None:
    """Work for one capture does not grow with those before it."""
    build(paths)
    with (
        mock.patch.object(parse_cache, "load", wraps=parse_cache.load) as load,
        mock.patch.object(parse_cache, "save", wraps=parse_cache.save) as save,
        mock.patch.object(files, "write_whole", wraps=files.write_whole) as write,
    ):
        _, filled = fill(paths, world)
    assert (filled.count("new"), load.call_count, save.call_count) == (6, 1, 1)
    written = [call.args[0].name for call in write.call_args_list]
    assert set(written) == {"captures.jsonl.end"}  # where the manifest ended, before each row
    assert {len(call.args[1]) for call in write.call_args_list} <= {1, 2, 3, 4}


def test_a_capture_keeps_what_the_site_and_the_archive_said_of_it(
    paths: Paths, world: World
) -> None:
    fill(paths, world)
    [may] = [
        c
        for c in archive.read_manifest(paths.layout)
        if c.captured_at == datetime(2025, 5, 6, 1, 2, 3)
    ]
    assert (may.source, may.url, may.etag, may.http_status, may.size, may.attempted_at) == (
        "wayback",
        f"https://web.archive.org/web/20250506010203id_/{MAY.url}",
        '"m"',
        200,
        len(MAY.body),
        NOW,
    )
    assert may.last_modified == datetime(2025, 5, 5, 13, 10)
    assert archive.load(paths.layout, may.sha256 or "") == MAY.body


def test_every_request_says_who_asks_and_only_what_is_needed(paths: Paths, world: World) -> None:
    fill(paths, world)
    agents = {request.headers["user-agent"] for request in world.requests}
    assert agents == {"pactwatch/0.1 (public record of 287(g) agreements; desk@example.org)"}
    asked = [
        (r.path, r.query.get("url", [""])[0], r.query.get("matchType")) for r in world.requests
    ]
    assert asked[:4] == [
        ("/cdx/search/cdx", f"{FOLDER}/", ["prefix"]),
        ("/cdx/search/cdx", f"{DOWNLOADS}/", ["prefix"]),
        ("/cdx/search/cdx", PAGE, ["exact"]),
        ("/cdx/search/cdx", "https://www.ice.gov/287g", ["exact"]),
    ]
    stamps = [re.findall(r"\d{14}", path)[0] for path, *_ in asked[4:]]
    assert stamps == sorted(held.stamp for held in (*PAGES[1:5], *BOOKS[:3]))


def test_a_second_backfill_asks_for_no_capture_again(paths: Paths, world: World) -> None:
    fill(paths, world)
    before, asked = outcomes(paths), len(world.requests)
    planned, filled = fill(paths, world)
    assert (planned.wanted, planned.told, planned.known) == ([], [], 8)
    assert filled.captures == []
    assert outcomes(paths) == before
    assert {path for path in world.paths()[asked:]} == {"/cdx/search/cdx"}


def test_bytes_that_came_another_way_are_not_asked_for(
    paths: Paths, world: World, tmp_path: Path
) -> None:
    (tmp_path / "saved").mkdir()
    (tmp_path / "saved" / "list.xlsx").write_bytes(MAY.body)
    import_path(paths, tmp_path / "saved", NOW)
    planned, _ = fill(paths, world)
    assert planned.known == 1
    assert f"/web/{MAY.stamp}id_/{MAY.url}" not in world.paths()


def test_each_digest_is_taken_once_and_results_come_in_pages(paths: Paths) -> None:
    later = [
        Held(f"{MAY.url}{tail}", stamp, MAY.body, mimetype=SHEET)
        for tail, stamp in (
            ("", "20250507010203"),
            ("?v=2", "20250508010203"),
            ("%22", "20250509010203"),
        )
    ]
    with World(InternetArchive(*PAGES, *BOOKS, *later, page_size=2)) as world:
        planned, _ = fill(paths, world)
        assert len(planned.wanted) == 7
        assert f"/web/{MAY.stamp}id_/{MAY.url}" in world.paths()
        assert not [path for path in world.paths() if "/web/2025050701" in path]


def test_a_revisit_is_taken_when_its_first_capture_is_out_of_the_window(paths: Paths) -> None:
    digest = MAY.line.split()[5]
    revisit = Held(MAY.url, "20250520000000", status="-", mimetype="warc/revisit", digest=digest)
    with World(InternetArchive(MAY, revisit)) as world:
        fill(paths, world, (date(2025, 5, 15), date(2025, 5, 31)))
    [capture] = archive.read_manifest(paths.layout)
    assert (capture.outcome, capture.captured_at) == ("new", datetime(2025, 5, 20))
    assert archive.load(paths.layout, capture.sha256 or "") == MAY.body


DOWNLOADS = "https://www.ice.gov/file-download/download/public"
FILE = "application/octet-stream"


def test_files_under_addresses_without_names_are_told_by_their_types_and_names(
    paths: Paths,
) -> None:
    """As since April 2026: the name stands in Content-Disposition, and forms lie beside lists."""
    listed = book(3, "2025-05-20T10:00:00")
    name = {"Content-Disposition": 'attachment; filename="participatingAgencies05202025am.xlsx"'}
    form, other = b"%PDF a form", b"PK\x03\x04 some other archive"
    pdf = base64.b32encode(hashlib.sha1(form, usedforsecurity=False).digest()).decode()
    ia = InternetArchive(
        Held(f"{DOWNLOADS}/5150", "20250521000000", listed, mimetype=SHEET, headers=name),
        Held(f"{DOWNLOADS}/5151", "20250522000000", listed, mimetype=FILE),
        Held(f"{DOWNLOADS}/5152", "20250522000001", other, mimetype="application/zip"),
        Held(f"{DOWNLOADS}/5153", "20250522000002", form, mimetype="application/pdf"),
        Held(
            f"{DOWNLOADS}/5153", "20250523000002", mimetype="warc/revisit", status="-", digest=pdf
        ),
        Held(f"{DOWNLOADS}/5154", "20250522000003", b"<p>", mimetype="text/html"),
        Held(f"{DOWNLOADS}/5155", "20250522000004", b"", mimetype=FILE, status="302"),
        MAY,
    )
    with World(ia) as world:
        planned, filled = fill(paths, world)
        assert [(one.capture.url, one.file_name) for one in planned.wanted] == [
            (MAY.url, MAY.url.rsplit("/", 1)[-1]),
            (f"{DOWNLOADS}/5150", "5150"),
            (f"{DOWNLOADS}/5152", "5152"),
        ]
        assert [(c.outcome, c.list, c.file_name) for c in filled.captures] == [
            ("new", "participating", MAY.url.rsplit("/", 1)[-1]),
            ("new", "participating", "participatingAgencies05202025am.xlsx"),
            ("rejected", None, "5152"),
        ]
        assert filled.captures[2].why is not None
        world.requests.clear()
        again, _ = fill(paths, world)
        assert (again.wanted, again.known) == ([], 3)
        assert [path for path in world.paths() if path.startswith("/web/")] == []
    build(paths)
    days = database.query(
        paths.layout.database, "select cast(published_on as varchar) from publications order by 1"
    )
    assert days.to_series().to_list() == ["2025-05-05", "2025-05-20"]


def test_captures_that_cannot_be_had_are_told_and_do_not_stop_the_rest(
    paths: Paths, ia: InternetArchive, world: World
) -> None:
    first, second, third, *_ = (PAGES[1].stamp, PAGES[2].stamp, PAGES[3].stamp)
    other_time = Reply(302, headers={"Location": f"/web/20200101000000id_/{PAGE}"})
    ia.faults[first] = times(1, other_time)
    ia.faults[second] = times(1, Reply(404, b"not archived"))
    ia.faults[third] = times(1, memento(PAGES[3], at="20250118000000"))
    ia.faults[PAGES[4].stamp] = times(
        1, Reply(503, b"", {"X-Archive-Wayback-Runtime-Error": "ResourceNotAvailableException"})
    )
    ia.faults[MAY.stamp] = times(1, cut(memento(MAY)))
    ia.faults[BOOKS[1].stamp] = times(1, memento(PAGES[0], at=BOOKS[1].stamp))
    _, filled = fill(paths, world)
    assert [c.outcome for c in filled.captures] == ["rejected"] + ["failed"] * 3 + [
        "rejected",
        "failed",
        "failed",
        "new",
    ]
    of = f"The capture of {PAGE} of"
    assert [c.why for c in filled.captures if c.outcome == "failed"] == [
        f"{of} 2024-12-04 07:53:59 UTC cannot be played, or the archive offers another time for"
        " it.",
        f"{of} 2024-12-11 14:05:51 UTC is listed, but the archive does not hold it.",
        "The archive gave the capture of 2025-01-18 00:00:00 UTC where 20250119192356 was asked"
        " for.",
        f"The capture of {MAY.url} of 2025-05-06 01:02:03 UTC broke off while it came: the next"
        " backfill asks again.",
        f"The capture of {BOOKS[1].url} of 2025-05-06 01:02:09 UTC holds the answer 301, not a"
        " file.",
    ]
    planned, filled = fill(paths, world)
    assert [one.file_name for one in planned.wanted] == [
        "287g-20241204075359.html",
        "287g-20241211140551.html",
        "287g-20250119192356.html",
        "participatingAgencies05052025am.xlsx",
        "pendingAgencies05052025am.xlsx",
    ]
    assert filled.count("new") == 5


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        (Reply(429, b"", {"Retry-After": "300"}), r"it asks us to wait 5 min \(429\)"),
        (Reply(503, b"busy"), r"it answers 503"),
        (Reply(503, b"busy", {"Retry-After": "3600"}), r"it answers 503"),
    ],
)
def test_an_archive_that_asks_us_to_stop_keeps_what_came(
    paths: Paths, ia: InternetArchive, world: World, reply: Reply, says: str
) -> None:
    ia.faults[MAY.stamp] = lambda _: reply
    _, filled = fill(paths, world)
    assert (filled.count("new"), filled.left) == (3, 3)
    assert re.fullmatch(
        rf"The Internet Archive gives nothing more for now \({says}\): try again later; what came"
        r" before is kept, and the same command goes on from there\.",
        filled.stopped or "",
    )
    assert outcomes(paths)[-1] == ("failed", None, "participatingAgencies05052025am.xlsx")
    ia.faults.clear()
    planned, filled = fill(paths, world)
    assert (len(planned.wanted), filled.count("new"), filled.stopped) == (3, 3, None)


def test_a_busy_moment_is_waited_out(paths: Paths, ia: InternetArchive, world: World) -> None:
    ia.faults[MAY.stamp] = times(2, Reply(503, b"busy"))
    ia.faults["cdx"] = times(2, Reply(504, b"busy"))
    assert fill(paths, world)[1].count("new") == 6


def broken(held: Held, _: Request) -> Reply:
    """Answer with half of a capture."""
    return cut(memento(held))


def test_three_broken_transfers_in_a_row_end_it(
    paths: Paths, ia: InternetArchive, world: World
) -> None:
    for held in PAGES[1:4]:
        ia.faults[held.stamp] = partial(broken, held)
    _, filled = fill(paths, world)
    assert filled.stopped == (
        "The Internet Archive broke off 3 times in a row: try again later; what came before is"
        " kept, and the same command goes on from there."
    )
    assert [c.outcome for c in filled.captures] == ["rejected", "failed", "failed", "failed"]


def test_a_capture_that_inflates_past_a_list_is_not_kept(
    paths: Paths, ia: InternetArchive, world: World
) -> None:
    import gzip

    body = gzip.compress(b"0" * (wayback.MAX_BYTES + 1))
    reply = memento(MAY)
    packed = Reply(200, body, {**reply.headers, "Content-Encoding": "gzip"})
    ia.faults[MAY.stamp] = lambda _: packed
    _, filled = fill(paths, world)
    assert [c.why for c in filled.captures if c.outcome == "failed"] == [
        "The capture is larger than a list can be (25,000,000 bytes)."
    ]
    assert filled.count("new") == 5


def test_a_broken_line_ends_one_search_and_not_the_others(
    paths: Paths, ia: InternetArchive, world: World
) -> None:
    lines = "\n".join([MAY.line, "gov,ice)/x 2025 what", BOOKS[2].line])
    ia.faults["cdx"] = times(1, Reply(200, lines.encode()))
    planned, filled = fill(paths, world)
    assert [one.capture.url for one in planned.wanted] == [PAGE] * 4 + [MAY.url]
    assert filled.captures[0].why == (
        f"The Internet Archive's list of captures of {FOLDER}/ cannot be read"
        " (UnexpectedResponseFormat): what stood before is taken; try again another day."
    )
    assert filled.count("new") == 4


def test_no_captures_is_no_error(paths: Paths) -> None:
    with World(InternetArchive()) as world:
        planned, filled = fill(paths, world)
    assert (planned.wanted, planned.size, filled.captures, outcomes(paths)) == ([], 0, [], [])


@pytest.mark.parametrize("reply", [Reply(429), Reply(500, b"error"), Reply(400, b"Bad Request")])
def test_a_search_that_is_refused_says_so(
    paths: Paths, ia: InternetArchive, world: World, reply: Reply
) -> None:
    ia.faults["cdx"] = lambda _: reply
    with pytest.raises(ArchiveSilent, match="gives nothing more for now"):
        fill(paths, world)


def start(data: Path, world: World, *arguments: str) -> subprocess.Popen[str]:
    known = {k: v for k, v in os.environ.items() if not k.startswith("PACTWATCH_")}
    return subprocess.Popen(
        [*COMMAND, *arguments],
        cwd=ROOT,
        env={
            **known,
            "PACTWATCH_DATA": str(data),
            "PACTWATCH_ARCHIVE_URL": world.base,
            "PACTWATCH_ALLOW_HTTP": "1",
            "PACTWATCH_ARCHIVE_PAUSE_SECONDS": "0",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_the_command_says_how_many_and_how_long_before_it_takes_them(
    paths: Paths, world: World
) -> None:
    days = ("backfill", "--from", "2024-12-01", "--to", "2025-06-30")
    said, _ = start(paths.layout.data, world, *days, "--dry-run").communicate()
    size = sum(len(held.body) + 500 for held in (*PAGES[1:5], *BOOKS[:3]))
    assert said.splitlines() == [
        f"  7 captures to take, {size:,} bytes, about 1 min; 0 are here already.",
        "  The capture of http://www.ice.gov/287g of 2024-12-01 10:00:00 UTC holds a redirect"
        " (301), not a list.",
    ]
    assert not paths.layout.manifest.exists()
    assert not paths.layout.objects.exists()


def test_a_killed_backfill_goes_on_where_it_was(
    paths: Paths, ia: InternetArchive, world: World, tmp_path: Path
) -> None:
    """The kill comes while the fifth capture drips in; what came before is not asked for again."""
    days = ("backfill", "--from", "2024-12-01", "--to", "2025-06-30")
    arrived, go = threading.Event(), threading.Event()

    def wait(_: Request) -> None:
        arrived.set()
        go.wait(60)

    ia.faults[MAY.stamp] = wait
    running = start(paths.layout.data, world, *days)
    assert arrived.wait(60)
    running.kill()
    running.communicate()
    go.set()
    ia.faults.clear()
    before = len(world.requests)
    assert [outcome for outcome, *_ in outcomes(paths)] == [
        "rejected",
        "new",
        "new",
        "new",
        "rejected",
    ]
    again = start(paths.layout.data, world, *days)
    said, told = again.communicate()
    # The record that the repository ships has these days already: the small lists are held.
    assert again.returncode == 3, told
    assert "5 captures were here already." in said
    assert len([path for path in world.paths()[before:] if path.startswith("/web/")]) == 3
    undisturbed = paths_at(tmp_path / "undisturbed", seeds=paths.seeds)
    fill(undisturbed, world)
    assert outcomes(paths) == outcomes(undisturbed)
    assert archive.stored(paths.layout) == archive.stored(undisturbed.layout)


@pytest.mark.parametrize(
    ("setting", "arguments", "says"),
    [
        ({}, ("2025-06-30", "2025-06-01"), "2025-06-30 is after 2025-06-01"),
        ({"PACTWATCH_OFFLINE": "1"}, ("2025-06-01", "2025-06-30"), "PACTWATCH_OFFLINE is set"),
        (
            {"PACTWATCH_ARCHIVE_URL": "http://127.0.0.1:9"},
            ("2025-06-01", "2025-06-30"),
            "PACTWATCH_ARCHIVE_URL is http://127.0.0.1:9: it must begin with https://",
        ),
    ],
)
def test_wrong_use_is_said_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    setting: dict[str, str],
    arguments: tuple[str, str],
    says: str,
) -> None:
    from flows import cli

    for name, value in {"PACTWATCH_DATA": str(tmp_path), **setting}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(
        sys, "argv", ["x", "backfill", "--from", arguments[0], "--to", arguments[1]]
    )
    with pytest.raises(SystemExit) as left:
        cli.main()
    assert left.value.code == 2
    assert says in capsys.readouterr().err


def test_the_address_of_the_archive_is_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    from flows import settings
    from flows.steps.common.layout import Job

    assert access_of(Job("data")).base == "https://web.archive.org"
    monkeypatch.setenv("PACTWATCH_ARCHIVE_URL", "https://mirror.example.org")
    assert access_of(settings.job()).base == "https://mirror.example.org"
