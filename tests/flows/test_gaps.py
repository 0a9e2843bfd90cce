"""Gaps mend themselves: what the record lacks is asked of the archive, once, and nothing moves."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import zipfile
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from flows import stages
from flows.run_summary import Summary
from flows.settings import ROOT, paths_at
from flows.steps import archive
from flows.steps.common.layout import Job, Layout, Paths
from flows.steps.sources import gaps
from flows.steps.sources.gaps import Gap
from flows.steps.sources.intake import import_path
from flows.steps.sources.wayback import Access
from flows.steps.warehouse import database, lookups
from flows.steps.warehouse.build import build
from tests.conftest import NOW, seeds_without_record
from tests.world import Reply, World
from tests.world.archive import Held, InternetArchive

FOLDER = "https://www.ice.gov/doclib/about/offices/ero/287g"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KEPT = ("05022025pm", "05232025pm", "05282025pm", "06042025am")
LOST = {"05122025amB": "20250513100000", "05162025am": "20250517100000", "05192025pm": "20250520"}
TODAY = datetime(2025, 6, 5, 6, 0)
ASKED = "https://web.archive.org/cdx/search/cdx?from=20250502&to=20250523"
SAID = "The participating list, 2 May \u2013 23 May 2025:"


def list_path(folder: Path, day: str) -> Path:
    return folder / "participating" / f"participatingAgencies{day}.xlsx"


@pytest.fixture
def lost(shared_record: Path) -> list[Held]:
    """Return the archive's captures of the lists that the record lacks, and of one around it."""
    captured = {**LOST, "05022025pm": "20250503100000", "06042025am": "20250604200000"}
    return [
        Held(
            f"{FOLDER}/participatingAgencies{day}.xlsx",
            stamp.ljust(14, "0"),
            list_path(shared_record, day).read_bytes(),
            mimetype=SHEET,
        )
        for day, stamp in captured.items()
    ]


def record(folder: Path, lists: Path, days: tuple[str, ...]) -> Paths:
    """Return a data folder with these lists imported and built, without the seed record."""
    paths = paths_at(folder / "data", seeds=seeds_without_record(folder / "seeds"))
    for day in days:
        import_path(paths, list_path(lists, day), NOW)
    build(paths)
    return paths


@pytest.fixture
def holed(tmp_path: Path, shared_record: Path) -> Paths:
    return record(tmp_path, shared_record, KEPT)


def mend(paths: Paths, world: World, now: datetime = TODAY) -> gaps.Mended:
    known = lookups.publications(paths)
    return gaps.mend(paths, Access(world.base, pause=0), now, known)


def test_a_gap_is_longer_than_the_usual_pause() -> None:
    days = [date(2025, 5, day) for day in (23, 2, 9, 2)] + [date(2025, 5, 30)]
    assert gaps.gaps_of("pending", days, 7, date(2025, 6, 6)) == [
        Gap("pending", date(2025, 5, 9), date(2025, 5, 23))
    ]
    assert gaps.gaps_of("pending", days, 7, date(2025, 6, 7))[1:] == [
        Gap("pending", date(2025, 5, 30), None)
    ]
    assert gaps.gaps_of("pending", [], 7, date(2025, 6, 7)) == []


def test_a_gap_is_mended_and_every_figure_is_that_of_the_full_record(
    holed: Paths, lost: list[Held], tmp_path: Path, shared_record: Path, seed_places: Paths
) -> None:
    with World(InternetArchive(*lost)) as world:
        mended = mend(holed, world)
        # The list at the edge is here already, and the one of June is in no gap.
        assert len([path for path in world.paths() if path.startswith("/web/")]) == 3
    assert mended.lines == [
        "Asked the Internet Archive about 1 gap in the record: 3 new versions came in.",
        f"{SAID} 3 new versions came in.",
    ]
    build(holed)
    (tmp_path / "full").mkdir()
    full = record(tmp_path / "full", shared_record, (*KEPT, *LOST))
    for table in database.columns(full.layout.database):
        if table == "captures":
            continue
        query = f"select * from {table} order by all"
        if table == "publications":  # where the bytes came from is another matter
            query = "select * exclude (url, captured_at) from publications order by list, seq"
        ours, theirs = (database.query(p.layout.database, query) for p in (holed, full))
        assert ours.equals(theirs), table
    totals = "select sha256, agreement_count from publications where list = 'participating'"
    known = dict(database.query(seed_places.layout.database, totals).rows())
    mended_totals = database.query(holed.layout.database, f"{totals} order by seq").rows()
    assert len(mended_totals) == 7
    assert dict(mended_totals) == {sha: known[sha] for sha, _ in mended_totals}


def test_a_gap_asked_for_at_a_time_to_come_counts_as_never_asked_for(holed: Paths) -> None:
    with World(InternetArchive()) as world:
        assert mend(holed, world, datetime(2035, 1, 1)).lines != []
        assert mend(holed, world).lines != []
        assert mend(holed, world).lines == []


def test_a_mended_gap_is_no_gap_and_an_empty_one_is_asked_for_ever_less(holed: Paths) -> None:
    asked: list[int] = []
    with World(InternetArchive()) as world:
        for day in range(20):
            before = len(world.requests)
            mended = mend(holed, world, TODAY + timedelta(days=day, hours=day % 2))
            if day == 0:
                assert mended.lines == [
                    "Asked the Internet Archive about 1 gap in the record: no new versions came in."
                ]
            if any("from=20250502" in r.target for r in world.requests[before:]):
                asked.append(day)
            assert mend(holed, world, TODAY + timedelta(days=day, hours=day % 2)).lines == []
    assert asked == [0, 1, 3, 7, 15]
    rows = [c for c in archive.read_manifest(holed.layout) if c.url == ASKED]
    assert [(c.outcome, c.list, c.why) for c in rows] == [
        ("unchanged", "participating", f"{SAID} no new versions came in.")
    ] * 5


def test_silence_up_to_today_is_a_gap(holed: Paths) -> None:
    with World(InternetArchive()) as world:
        mend(holed, world, datetime(2025, 6, 20))
    since = [
        c for c in archive.read_manifest(holed.layout) if c.url and c.url.endswith("=20250604")
    ]
    assert [c.why for c in since] == [
        "The participating list, since 4 June 2025: no new versions came in."
    ]


def test_a_failing_archive_is_a_sentence_and_what_came_is_kept(
    holed: Paths, lost: list[Held]
) -> None:
    ia = InternetArchive(*lost)
    ia.faults["20250517100000"] = lambda _: Reply(429, b"", {"Retry-After": "120"})
    with World(ia) as world:
        mended = mend(holed, world)
        stop = (
            "The Internet Archive gives nothing more for now (it asks us to wait 2 min (429)): try"
            " again later; what came before is kept, and the same command goes on from there."
        )
        assert mended.lines == [
            "Asked the Internet Archive about 1 gap in the record: 1 new version came in.",
            f"{SAID} 1 new version came in.",
            stop,
        ]
        [row] = [c for c in archive.read_manifest(holed.layout) if c.url == ASKED]
        assert (row.outcome, row.why) == ("failed", f"{SAID} 1 new version came in. {stop}")
        ia.faults.clear()
        build(holed)
        mended = mend(holed, world, TODAY + timedelta(days=1))
        assert [c.file_name for c in mended.versions] == [
            "participatingAgencies05162025am.xlsx",
            "participatingAgencies05192025pm.xlsx",
        ]
    nowhere = World()  # a server that is not running
    nowhere._server.server_close()
    late = TODAY + timedelta(days=60)
    known = lookups.publications(holed)
    mended = gaps.mend(holed, Access(nowhere.base, pause=0), late, known)
    assert mended.lines[-1] == (
        "The Internet Archive gives nothing more for now (it cannot be reached): try again later;"
        " what came before is kept, and the same command goes on from there."
    )


def test_a_long_gap_is_mended_in_parts(
    holed: Paths, lost: list[Held], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gaps, "MOST_CAPTURES", 2)
    with World(InternetArchive(*lost)) as world:
        mended = mend(holed, world)
        assert len(mended.versions) == 2
        assert mended.lines[-1] == "1 capture of those days wait for the next run."
        mended = mend(holed, world)
        assert [c.file_name for c in mended.versions] == ["participatingAgencies05192025pm.xlsx"]
        assert mend(holed, world).lines == []


def test_offline_nothing_is_asked_or_written(seed_places: Paths) -> None:
    job = Job(str(seed_places.layout.data))
    summary = Summary()
    stages.fill_gaps(job, summary)
    assert summary == Summary()
    assert not seed_places.layout.manifest.exists()


def test_the_flows_mend_and_backfill_the_seed_record_and_say_so(
    tmp_path: Path, shared_record: Path
) -> None:
    """The record that the repository ships ends on 18 May 2026; the archive has one of the 20th."""
    name = "participatingAgencies05202026am.xlsx"
    stream = io.BytesIO(list_path(shared_record, "05182026am").read_bytes())
    with zipfile.ZipFile(stream, "a") as book:
        book.writestr("note.txt", "saved again")
    code = (
        "from flows import settings\n"
        "settings.prepare_prefect(settings.read().data)\n"
        "from flows.backfill import backfill\n"
        "from flows.snapshot import snapshot\n"
        "from flows.run_summary import summary_lines\n"
        "print(*summary_lines(snapshot.fn(settings.job())), sep='\\n')\n"
        "from datetime import date\n"
        "done = backfill.fn(settings.job(), date(2026, 1, 1), date(2026, 6, 30))\n"
        "print(done.count('new'), len(done.captures), done.planned.known, done.filled.left)\n"
    )
    known = {k: v for k, v in os.environ.items() if not k.startswith(("PACTWATCH_", "PREFECT_"))}
    held = Held(f"{FOLDER}/{name}", "20260521000000", stream.getvalue())
    shipped = list_path(shared_record, "01082026am")  # in no gap, and not here with its bytes
    other = Held(f"{FOLDER}/{shipped.name}", "20260109000000", shipped.read_bytes())
    with World(InternetArchive(held, other)) as world:
        done = subprocess.run(
            [sys.executable, "-c", code],
            env={
                **known,
                "PACTWATCH_DATA": str(tmp_path),
                "PACTWATCH_PAGE": f"{world.base}/287g",
                "PACTWATCH_ALLOWED_HOSTS": '["127.0.0.1"]',
                "PACTWATCH_ALLOW_HTTP": "1",
                "PACTWATCH_ARCHIVE_URL": world.base,
                "PACTWATCH_ARCHIVE_PAUSE_SECONDS": "0",
            },
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
    lines = done.stdout.splitlines()
    assert "The participating list, since 18 May 2026: 1 new version came in." in lines
    built = "Built the warehouse: 1,123 of 1,125 list versions accepted, the newest of 2026-05-20."
    assert built in lines
    assert lines[-1] == "1 1 1 0"
    run, filled = archive.read_ledger(Layout(tmp_path))
    assert (run["outcome"], filled["outcome"]) == ("failed", "finished")  # there is no list page
    assert filled["detail"] == "1 new captures, 0 left."
    assert "The participating list, since 18 May 2026: 1 new version" in run["detail"]
