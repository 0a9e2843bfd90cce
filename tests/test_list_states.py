"""Silence, a list without a link, other bytes under one name, an old file under a new name."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from flows import health, report
from flows.backfill import import_path
from flows.build import build
from flows.places import Places
from flows.publish import publish
from flows.steps import archive, warehouse
from flows.steps.records import Capture, Layout, ListKind, Outcome, UsageError
from tests.conftest import seeds_without_record
from tests.workbooks import PENDING, agreement, workbook

FIRST = datetime(2025, 10, 1, 15, 0)


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """Lists of 1 October: two agreements, one pending."""
    places = Places(Layout(tmp_path / "data"), seeds=seeds_without_record(tmp_path / "seeds"))
    bring(places, tmp_path, "participatingAgencies10012025am.xlsx", FIRST, "Baker", "Clay")
    pending = tmp_path / "pendingAgencies10012025am.xlsx"
    pending.write_bytes(workbook([agreement()[:5]], PENDING, saved=FIRST))
    import_path(places, pending, FIRST)
    return places


def bring(places: Places, folder: Path, name: str, saved: datetime, *counties: str) -> None:
    signed = date(2025, 9, 30)
    rows = [agreement(agency=f"{c} County Sheriff's Office", signed=signed) for c in counties]
    (folder / name).write_bytes(workbook(rows, saved=saved))
    import_path(places, folder / name, saved)


def look(places: Places, kind: ListKind, day: int, outcome: Outcome, sha256: str | None) -> None:
    """Leave the manifest row of a look at ICE's page, `day` days after the first list."""
    at = FIRST + timedelta(days=day)
    capture = Capture(at, "ice", outcome, list=kind, captured_at=at, sha256=sha256)
    archive.append_manifest(places.layout, [capture])


def told(places: Places) -> list[tuple[object, ...]]:
    """Build, and return what befell the lists as a whole."""
    build(places)
    kinds = "('silent', 'unlinked', 'replaced_in_place', 'stale_repost')"
    columns = "kind, list, cast(published_on as varchar), before, after, rule, publication_id"
    return warehouse.query(
        places.layout.database, f"select {columns} from events where kind in {kinds}"
    ).rows()


def stood(places: Places, kind: ListKind) -> tuple[str, str]:
    """Return the sha256 and the publication id of a list's newest version."""
    build(places)
    return warehouse.query(
        places.layout.database,
        f"select arg_max(sha256, seq), arg_max(publication_id, seq) from publications"
        f" where list = '{kind}'",
    ).row(0)


def test_a_list_falls_silent_when_looks_find_the_same_and_speaks_again(
    places: Places, tmp_path: Path
) -> None:
    sha256, publication = stood(places, "participating")
    look(places, "participating", 1, "unchanged", sha256)
    look(places, "participating", 7, "unchanged", sha256)
    assert told(places) == []
    look(places, "participating", 8, "unchanged", sha256)
    silent = ("silent", "participating", "2025-10-09", "2025-10-01")
    assert told(places) == [(*silent, None, "usual_gap_days", publication)]
    assert build(places).is_new is False
    [one, _] = health.status(places, date(2025, 10, 10), silent_days=30)["lists"]
    assert [(row["kind"], str(row["since"])) for row in one["states"]] == [("silent", "2025-10-09")]

    saved = datetime(2025, 10, 12, 15, 0)
    bring(places, tmp_path, "participatingAgencies10122025.xlsx", saved, "Baker", "Clay", "Leon")
    # The pending list of 1 October is silent by the clock of the list that came since.
    _, pending = stood(places, "pending")
    assert told(places) == [
        (*silent, "2025-10-12", "usual_gap_days", publication),
        ("silent", "pending", *silent[2:], None, "usual_gap_days", pending),
    ]
    [one, _] = health.status(places, date(2025, 10, 12), silent_days=30)["lists"]
    assert one["states"] == []


def test_a_failed_look_says_nothing_of_silence(places: Places) -> None:
    sha256, _ = stood(places, "participating")
    look(places, "participating", 1, "unchanged", sha256)
    look(places, "participating", 9, "failed", None)
    assert told(places) == []


def test_a_list_that_the_page_no_longer_links(places: Places) -> None:
    sha256, publication = stood(places, "pending")
    look(places, "pending", 1, "unchanged", sha256)
    look(places, "pending", 2, "unchanged", None)
    look(places, "pending", 3, "unchanged", None)
    unlinked = ("unlinked", "pending", "2025-10-03", "2025-10-01")
    assert told(places) == [(*unlinked, None, "no_link_on_page", publication)]
    [_, pending] = health.status(places, date(2025, 10, 4), silent_days=30)["lists"]
    assert [row["kind"] for row in pending["states"]] == ["unlinked"]
    look(places, "pending", 4, "unchanged", sha256)
    assert told(places) == [(*unlinked, "2025-10-05", "no_link_on_page", publication)]
    states = warehouse.query(places.layout.database, "select * from list_states").rows()
    assert states == [("pending", "unlinked", date(2025, 10, 3), date(2025, 10, 5), publication)]


def test_other_bytes_under_one_name_and_old_bytes_under_a_new_one(
    places: Places, tmp_path: Path
) -> None:
    first, publication = stood(places, "participating")
    name = "participatingAgencies10012025am.xlsx"
    later = FIRST + timedelta(hours=2)
    old = (tmp_path / name).read_bytes()
    bring(places, tmp_path, name, later, "Baker", "Clay", "Leon")
    second, replaced = stood(places, "participating")
    (tmp_path / "participatingAgencies10072025.xlsx").write_bytes(old)
    import_path(places, tmp_path / "participatingAgencies10072025.xlsx", later)
    reposted = f"participating-2025-10-07-{first[:8]}"
    assert told(places) == [
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
    [one, _] = health.status(places, date(2025, 10, 8), silent_days=30)["lists"]
    kinds = [(row["kind"], row["publication_id"]) for row in one["states"]]
    assert kinds == [("replaced_in_place", replaced), ("stale_repost", reposted)]
    assert publication != replaced


def test_a_record_whose_only_list_is_held_has_nothing_to_report_and_says_so(tmp_path: Path) -> None:
    """Nobody knows the states of the one list, so a person must look at it first."""
    places = Places(Layout(tmp_path / "data"), seeds=seeds_without_record(tmp_path / "seeds"))
    path = tmp_path / "participatingAgencies10012025am.xlsx"
    path.write_bytes(workbook([agreement(state="ATLANTIS")] * 3, saved=FIRST))
    import_path(places, path, FIRST)
    built = build(places)
    assert (built.publications, built.accepted, built.as_of) == (1, 0, "none")
    assert [held["reasons"] for held in built.held] == [["unsettled_rows"]]
    assert report.write_missing(places) == []
    with pytest.raises(UsageError, match="The record has no accepted list"):
        publish(places, tmp_path / "site")
    assert not (tmp_path / "site").exists()


def test_a_failed_look_leaves_the_attempts_that_the_seeds_know(tmp_path: Path) -> None:
    """1,124 versions come with the repository, each a row of `captures` until its bytes come."""
    places = Places(Layout(tmp_path / "data"))
    archive.append_manifest(places.layout, [Capture(FIRST, "ice", "failed", why="status 500")])
    build(places)
    counted = warehouse.query(
        places.layout.database, "select source, count(*) from captures group by all order by all"
    ).rows()
    assert counted == [("ice", 1), ("seed", 1124)]
