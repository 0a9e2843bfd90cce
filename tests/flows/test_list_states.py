"""Silence, a list without a link, other bytes under one name, an old file under a new name."""

from __future__ import annotations

import io
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from rich.console import Console

from flows.cli import health, print_status
from flows.settings import paths_at
from flows.steps import archive
from flows.steps.common.errors import UsageError
from flows.steps.common.layout import Paths
from flows.steps.common.records import Capture, ListKind, Outcome
from flows.steps.reports import write
from flows.steps.reports.publish_site import publish
from flows.steps.sources.intake import import_path
from flows.steps.warehouse import database
from flows.steps.warehouse.build import build
from tests.conftest import seeds_without_record
from tests.workbooks import PENDING, agreement, workbook

FIRST = datetime(2025, 10, 1, 15, 0)


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    """Lists of 1 October: two agreements, one pending."""
    paths = paths_at(tmp_path / "data", seeds=seeds_without_record(tmp_path / "seeds"))
    bring(paths, tmp_path, "participatingAgencies10012025am.xlsx", FIRST, "Baker", "Clay")
    pending = tmp_path / "pendingAgencies10012025am.xlsx"
    pending.write_bytes(workbook([agreement()[:5]], PENDING, saved=FIRST))
    import_path(paths, pending, FIRST)
    return paths


def bring(paths: Paths, folder: Path, name: str, saved: datetime, *counties: str) -> None:
    signed = date(2025, 9, 30)
    rows = [agreement(agency=f"{c} County Sheriff's Office", signed=signed) for c in counties]
    (folder / name).write_bytes(workbook(rows, saved=saved))
    import_path(paths, folder / name, saved)


def look(paths: Paths, kind: ListKind, day: int, outcome: Outcome, sha256: str | None) -> None:
    """Leave the manifest row of a look at ICE's page, `day` days after the first list."""
    at = FIRST + timedelta(days=day)
    capture = Capture(at, "ice", outcome, list=kind, captured_at=at, sha256=sha256)
    archive.append_manifest(paths.layout, [capture])


def told(paths: Paths) -> list[tuple[object, ...]]:
    """Build, and return what befell the lists as a whole."""
    build(paths)
    kinds = "('silent', 'unlinked', 'replaced_in_place', 'stale_repost')"
    columns = "kind, list, cast(published_on as varchar), before, after, rule, publication_id"
    return database.query(
        paths.layout.database, f"select {columns} from events where kind in {kinds}"
    ).rows()


def stood(paths: Paths, kind: ListKind) -> tuple[str, str]:
    """Return the sha256 and the publication id of a list's newest version."""
    build(paths)
    return database.query(
        paths.layout.database,
        f"select arg_max(sha256, seq), arg_max(publication_id, seq) from publications"
        f" where list = '{kind}'",
    ).row(0)


def test_a_list_falls_silent_when_looks_find_the_same_and_speaks_again(
    paths: Paths, tmp_path: Path
) -> None:
    sha256, publication = stood(paths, "participating")
    look(paths, "participating", 1, "unchanged", sha256)
    look(paths, "participating", 7, "unchanged", sha256)
    assert told(paths) == []
    look(paths, "participating", 8, "unchanged", sha256)
    silent = ("silent", "participating", "2025-10-09", "2025-10-01")
    assert told(paths) == [(*silent, None, "usual_gap_days", publication)]
    assert build(paths).is_new is False
    [one, _] = health.status(paths, date(2025, 10, 10), silent_days=30)["lists"]
    assert [(row["kind"], str(row["since"])) for row in one["states"]] == [("silent", "2025-10-09")]

    saved = datetime(2025, 10, 12, 15, 0)
    bring(paths, tmp_path, "participatingAgencies10122025.xlsx", saved, "Baker", "Clay", "Leon")
    # The pending list of 1 October is silent by the clock of the list that came since.
    _, pending = stood(paths, "pending")
    assert told(paths) == [
        (*silent, "2025-10-12", "usual_gap_days", publication),
        ("silent", "pending", *silent[2:], None, "usual_gap_days", pending),
    ]
    [one, _] = health.status(paths, date(2025, 10, 12), silent_days=30)["lists"]
    assert one["states"] == []


def test_a_look_by_a_clock_that_ran_ahead_counts_when_the_site_said_it_was(paths: Paths) -> None:
    sha256, _ = stood(paths, "participating")
    seen_at = FIRST + timedelta(days=1)
    ahead = Capture(
        datetime(2035, 1, 1),
        *("ice", "unchanged", "participating"),
        captured_at=seen_at,
        sha256=sha256,
    )
    archive.append_manifest(paths.layout, [ahead])
    assert told(paths) == []


def test_only_a_look_that_found_the_same_version_says_that_the_page_still_shows_it(
    paths: Paths,
) -> None:
    sha256, _ = stood(paths, "participating")
    look(paths, "participating", 8, "unchanged", sha256)
    build(paths)

    def same_on() -> list[object]:
        [one, _] = health.status(paths, date(2025, 10, 11), silent_days=30)["lists"]
        return [row["same_on"] for row in one["states"]]

    assert same_on() == [date(2025, 10, 9)]
    look(
        paths, "participating", 9, "unchanged", "f" * 64
    )  # another version, which is not built yet
    assert same_on() == [date(2025, 10, 9)]


def test_a_failed_look_says_nothing_of_silence(paths: Paths) -> None:
    sha256, _ = stood(paths, "participating")
    look(paths, "participating", 1, "unchanged", sha256)
    look(paths, "participating", 9, "failed", None)
    assert told(paths) == []


def test_a_list_that_the_page_no_longer_links(paths: Paths) -> None:
    sha256, publication = stood(paths, "pending")
    look(paths, "pending", 1, "unchanged", sha256)
    look(paths, "pending", 2, "unchanged", None)
    look(paths, "pending", 3, "unchanged", None)
    unlinked = ("unlinked", "pending", "2025-10-03", "2025-10-01")
    assert told(paths) == [(*unlinked, None, "no_link_on_page", publication)]
    [_, pending] = health.status(paths, date(2025, 10, 4), silent_days=30)["lists"]
    assert [(row["kind"], row["was_linked"]) for row in pending["states"]] == [("unlinked", True)]
    look(paths, "pending", 4, "unchanged", sha256)
    assert told(paths) == [(*unlinked, "2025-10-05", "no_link_on_page", publication)]
    states = database.query(paths.layout.database, "select * from list_states").rows()
    assert states == [("pending", "unlinked", date(2025, 10, 3), date(2025, 10, 5), publication)]


def test_a_first_look_that_finds_no_link_says_nothing_of_looks_before(paths: Paths) -> None:
    look(paths, "pending", 2, "unchanged", None)
    build(paths)
    found = health.status(paths, date(2025, 10, 4), silent_days=30)
    out = io.StringIO()
    print_status.status(Console(file=out, width=200), found)
    said = (
        "not linked on ICE's page at our first look, on 2025-10-03; the list of 2025-10-01 is the"
    )
    assert said in out.getvalue()


def test_other_bytes_under_one_name_and_old_bytes_under_a_new_one(
    paths: Paths, tmp_path: Path
) -> None:
    first, publication = stood(paths, "participating")
    name = "participatingAgencies10012025am.xlsx"
    later = FIRST + timedelta(hours=2)
    old = (tmp_path / name).read_bytes()
    bring(paths, tmp_path, name, later, "Baker", "Clay", "Leon")
    second, replaced = stood(paths, "participating")
    (tmp_path / "participatingAgencies10072025.xlsx").write_bytes(old)
    import_path(paths, tmp_path / "participatingAgencies10072025.xlsx", later)
    reposted = f"participating-2025-10-07-{first[:8]}"
    assert told(paths) == [
        ("replaced_in_place", "participating", "2025-10-01", first, second, "same_name", replaced),
        (
            "stale_repost",
            "participating",
            "2025-10-07",
            name,
            "participatingAgencies10072025.xlsx",
            "same_bytes",
            reposted,
        ),
    ]
    [one, _] = health.status(paths, date(2025, 10, 8), silent_days=30)["lists"]
    kinds = [(row["kind"], row["publication_id"]) for row in one["states"]]
    assert kinds == [("replaced_in_place", replaced), ("stale_repost", reposted)]
    assert publication != replaced


def test_a_record_whose_only_list_is_held_has_nothing_to_report_and_says_so(tmp_path: Path) -> None:
    """Nobody knows the states of the one list, so a person must look at it first."""
    paths = paths_at(tmp_path / "data", seeds=seeds_without_record(tmp_path / "seeds"))
    path = tmp_path / "participatingAgencies10012025am.xlsx"
    path.write_bytes(workbook([agreement(state="ATLANTIS")] * 3, saved=FIRST))
    import_path(paths, path, FIRST)
    built = build(paths)
    assert (built.publications, built.accepted, built.as_of) == (1, 0, "none")
    assert [held["reasons"] for held in built.held] == [["unsettled_rows"]]
    assert write.write_missing(paths) == []
    with pytest.raises(UsageError, match="The record has no accepted list"):
        publish(paths, tmp_path / "site")
    assert not (tmp_path / "site").exists()


def test_a_failed_look_leaves_the_attempts_that_the_seeds_know(tmp_path: Path) -> None:
    """1,124 versions come with the repository, each a row of `captures` until its bytes come."""
    paths = paths_at(tmp_path / "data")
    archive.append_manifest(paths.layout, [Capture(FIRST, "ice", "failed", why="status 500")])
    build(paths)
    counted = database.query(
        paths.layout.database, "select source, count(*) from captures group by all order by all"
    ).rows()
    assert counted == [("ice", 1), ("seed", 1124)]
