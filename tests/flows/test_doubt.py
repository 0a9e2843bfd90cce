"""A misprinted row is no departure: it continues its agreement, or leaves it in doubt."""

from __future__ import annotations

import json
import random
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from flows.settings import paths_at
from flows.steps.common.layout import Paths
from flows.steps.reports import write
from flows.steps.sources.intake import import_path
from flows.steps.warehouse import undecided
from flows.steps.warehouse.build import build
from flows.steps.warehouse.reviews import settle_identity
from tests.cases import PLAIN, course_of, rows, totals
from tests.command import command
from tests.conftest import NOW, environment, seeds_without_record
from tests.few_lists import FILLERS, agencies, events, record, row
from tests.misprints import Course, courses, misprint
from tests.misprints.outcome import outcome, shortfall
from tests.workbooks import workbook

# The cases that failed on the first release, on three real lists cut to some ninety rows.


ADDED = [
    ("added", "fl-bradenton-police-department/tfm/2025-03-25", None, None),
    ("added", "fl-ponce-inlet-police-department/tfm/2025-04-14", None, None),
    ("added", "sc-union-county-sheriffs-office/wso/2025-06-12", None, None),
]
HAMILTON = "fl-hamilton-county-sheriffs-office/wso/2019-10-15"
REAL_CASES = {
    PLAIN[1]: ([], []),
    "F01-state-FLA": ([], [(22, "state_repaired", "repaired", "FLA.", "FL")]),
    "F03-model-TaskForce": (
        [("restated", HAMILTON, "WSO", "TFM"), ("restated", HAMILTON, "TFM", "WSO")],
        [],
    ),
    "F04-state-cells-merged": ([], []),
    "F13-one-future-signing-date": (
        [],
        [(22, "signed_after_list", "flagged", "2025-10-09", "2019-10-15")],
    ),
    "F23-state-codes": ([], []),
    "F24-dates-12-00-00-AM": ([], []),
    "F24-dates-16-Apr-25": ([], []),
    "F36-signing-date-TBD": ([], [(22, "signed_unreadable", "flagged", "TBD", "2019-10-15")]),
}


@pytest.mark.parametrize("case", REAL_CASES)
def test_a_misprinted_cell_is_flagged_and_nobody_leaves(case: str, tmp_path: Path) -> None:
    restated, flagged = REAL_CASES[case]
    paths = course_of(tmp_path, case)
    told = "select kind, agreement_id, before, after from events where kind <> 'reissued'"
    assert rows(paths, f"{told} order by published_on, kind, agreement_id") == [*ADDED, *restated]
    issues = "select row_number, code, severity, printed, settled from issues"
    assert rows(paths, f"{issues} where row_number is not null") == flagged
    assert totals(paths) == [(89, 89, 0), (92, 92, 0), (92, 92, 0)]
    stands = "select signed_on, status, last_listed from agreements where agreement_id = "
    known = (date(2019, 10, 15), "active", date(2025, 9, 30))
    assert rows(paths, f"{stands}'{HAMILTON}'") == [known]
    assert undecided.doubts(paths) == []


# Real lists with cells printed otherwise, at random but the same each time.


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Course], Paths]:
    """Return courses on cuts of 150 rows, more than are run, and where to work them out."""
    base = tmp_path_factory.mktemp("misprints")
    real = paths_at(base / "data")
    rng = random.Random(20250530)
    all_courses = courses(real, rng)
    found = [next(all_courses).cut(rng, 150) for _ in range(60)]
    return found, paths_at(real.layout.data, seeds=seeds_without_record(base / "seeds"))


@pytest.mark.parametrize("is_lasting", [False, True], ids=["once", "lasting"])
@pytest.mark.parametrize("cells", [1, 3])
def test_nobody_joins_or_leaves_by_a_misprint(
    cells: int, is_lasting: bool, drawn: tuple[list[Course], Paths]
) -> None:
    """Ten courses of each sort: no event that the clean lists do not have, and no total moves."""
    cut, paths = drawn
    first = 15 * (2 * (cells == 3) + is_lasting)
    run = 0
    for at, clean in enumerate(cut[first : first + 15]):
        course, misprints = misprint(clean, random.Random(at), cells, is_lasting=is_lasting)
        found = shortfall(clean, course, paths)
        if found is None:  # a stretch of the record with a list that a person rejected
            continue
        assert not found, (found, misprints)
        assert (len(misprints), course.rows.equals(clean.rows)) == (cells, False)
        run += 1
        if run == 10:
            return
    pytest.fail(f"only {run} courses could be run")


def test_real_changes_are_found_among_misprints(drawn: tuple[list[Course], Paths]) -> None:
    """The busiest of the courses, three cells misprinted: who really joined and left is told."""
    cut, paths = drawn
    clean = [outcome(course, paths).moves for course in cut]
    busiest = sorted(range(len(cut)), key=lambda at: len(clean[at]), reverse=True)[:5]
    assert sum(len(clean[at]) for at in busiest) == 27
    for at in busiest:
        course, misprints = misprint(cut[at], random.Random(at), 3, is_lasting=True)
        assert outcome(course, paths).moves == clean[at], misprints


# Where nothing settles it: counted, no event, shown.

ALPHA, BETA = row("Alpha Police Department"), row("Beta Police Department")
GARBLED = [row("Qwertz Xyz"), row("Uiopue Ghjk")]
NAMES = ["fl-alpha-police-department/wso/2019-10-15", "fl-beta-police-department/wso/2019-10-15"]


def statuses(paths: Paths) -> list[tuple[Any, ...]]:
    return rows(
        paths,
        "select agreement_id, status from agreements where state = 'FL' order by agreement_id",
    )


def test_two_rows_that_may_be_either_leave_both_in_doubt(tmp_path: Path) -> None:
    paths = record(tmp_path, [[ALPHA, BETA], GARBLED, GARBLED])
    assert events(paths) == []
    assert totals(paths) == [(42, 42, 0), (42, 42, 2), (42, 42, 2)]
    assert statuses(paths) == [(name, "in_doubt") for name in NAMES]
    names = [
        tuple(one[side].split(" | ")[1] for side in ("left", "right"))
        for one in undecided.doubts(paths)
    ]
    assert names == [
        ("alpha-police-department", "qwertz-xyz"),
        ("alpha-police-department", "uiopue-ghjk"),
        ("beta-police-department", "qwertz-xyz"),
        ("beta-police-department", "uiopue-ghjk"),
    ]


def test_a_doubt_ends_when_the_rows_are_as_they_were(tmp_path: Path) -> None:
    paths = record(tmp_path, [[ALPHA, BETA], GARBLED, [ALPHA, BETA]])
    assert events(paths) == []
    assert totals(paths) == [(42, 42, 0), (42, 42, 2), (42, 42, 0)]
    assert statuses(paths) == [(name, "active") for name in NAMES]
    assert undecided.doubts(paths) == []
    ended = rows(paths, "select distinct since, until from doubts")
    assert ended == [(date(2025, 6, 3), date(2025, 6, 3))]


def test_a_row_put_right_settles_what_it_was_and_leaves_the_other(tmp_path: Path) -> None:
    paths = record(tmp_path, [[ALPHA, BETA], GARBLED, [ALPHA, GARBLED[1]]])
    assert events(paths) == []
    assert totals(paths) == [(42, 42, 0), (42, 42, 1), (42, 42, 1)]
    assert statuses(paths) == [(NAMES[0], "active"), (NAMES[1], "in_doubt")]


def test_an_agreement_leaves_once_the_row_that_may_be_it_is_gone(tmp_path: Path) -> None:
    gone: list[Any] = []
    paths = record(tmp_path, [[ALPHA, BETA], GARBLED, GARBLED, *[gone] * 9])
    said = "strftime(published_on, '%d'), agreement_id, kind, rule, previous_row_number"
    assert rows(paths, f"select {said} from events where kind <> 'reissued' order by all") == [
        ("05", NAMES[0], "removed", "confirmed", 42),
        ("05", NAMES[1], "removed", "confirmed", 42),
    ]


def test_a_row_without_a_name_between_two_gone_is_either(tmp_path: Path) -> None:
    paths = record(tmp_path, [[ALPHA, BETA], [row("")], [row("")]])
    assert events(paths) == []
    assert totals(paths) == [(42, 42, 0), (42, 42, 2), (42, 42, 2)]
    keys = {one["right"] for one in undecided.doubts(paths)}
    assert keys == {"FL | ? | WSO | 2019-10-15"}


def test_a_person_settles_a_doubt(tmp_path: Path) -> None:
    paths = record(tmp_path, [[ALPHA, BETA], GARBLED, GARBLED])
    left, right = (
        "FL | alpha-police-department | WSO | 2019-10-15",
        "FL | qwertz-xyz | WSO | 2019-10-15",
    )
    settle_identity(paths, "same", (left, right), "the document says so", date(2025, 6, 5))
    build(paths)
    # The one being settled, nothing stands in the way of the other.
    assert totals(paths) == [(42, 42, 0), (42, 42, 0), (42, 42, 0)]
    assert [before for *_, before, _ in events(paths)] == [
        "Alpha Police Department",
        "Beta Police Department",
    ]
    other = (
        "FL | beta-police-department | WSO | 2019-10-15",
        "FL | uiopue-ghjk | WSO | 2019-10-15",
    )
    settle_identity(paths, "distinct", other, "another agency", date(2025, 6, 5))
    build(paths)
    assert undecided.doubts(paths) == []
    assert [(kind, before) for _, kind, _, before, _ in events(paths)] == [
        ("added", ""),
        ("removed", ""),
        ("renamed", "Alpha Police Department"),
    ]


NEW_ROW: dict[str, Any] = {"agency": "Gamma Police Department", "signed": date(2025, 6, 2)}


@pytest.mark.parametrize(
    ("cell", "key"),
    [
        ({"state": "ATLANTIS"}, "? | gamma-police-department | WSO | 2025-06-02"),
        ({"model": "Hybrid Model"}, "FL | gamma-police-department | ? | 2025-06-02"),
        ({"signed": "TBD"}, "FL | gamma-police-department | WSO"),
        ({"agency": ""}, "FL | ? | WSO | 2025-06-02"),
    ],
)
def test_a_new_row_that_cannot_be_read_counts_and_has_not_joined(
    cell: dict[str, str], key: str, tmp_path: Path
) -> None:
    unread = row(**(NEW_ROW | cell))
    paths = record(tmp_path, [[ALPHA], [ALPHA, unread], [ALPHA, unread]])
    assert events(paths) == []
    assert totals(paths) == [(41, 41, 0), (42, 42, 1), (42, 42, 1)]
    [one] = undecided.doubts(paths)
    assert (one["left"], one["right"], one["row_number"]) == (None, key, 43)
    week = "select opening, added, unplaced, closing from weekly"
    assert rows(paths, week) == [(41, 0, 1, 42)]
    read = record(tmp_path / "read", [[ALPHA], [ALPHA, unread], [ALPHA, row(**NEW_ROW)]])
    assert events(read, "kind, agreement_id") == [
        ("03", "added", "fl-gamma-police-department/wso/2025-06-02")
    ]
    assert totals(read) == [(41, 41, 0), (42, 42, 0), (42, 42, 0)]


def test_an_unread_row_of_another_name_holds_no_departure_up(tmp_path: Path) -> None:
    unread = row(**NEW_ROW, state="ATLANTIS")
    paths = record(tmp_path, [[ALPHA, BETA], [ALPHA, unread]])
    assert [(kind, rule) for _, kind, rule, *_ in events(paths)] == [("removed", "awaiting")]
    assert totals(paths) == [(42, 42, 0), (42, 42, 1)]


def test_a_row_that_reads_as_its_neighbor_is_its_own_agreement(tmp_path: Path) -> None:
    """One cell taken from the row below: two rows read the same, and both agreements stand."""
    paths = record(tmp_path, [[ALPHA, BETA], [BETA, BETA], [ALPHA, BETA]])
    assert events(paths) == [
        (
            "03",
            "renamed",
            "all_but_one",
            "Alpha Police Department",
            "Beta Police Department",
        )
    ]
    assert totals(paths) == [(42, 42, 0)] * 3
    assert agencies(paths) == [
        ("Alpha Police Department", ["Beta Police Department"]),
        ("Beta Police Department", []),
    ]


def test_two_rows_that_read_as_their_neighbor_leave_both_in_doubt(tmp_path: Path) -> None:
    last = row("Delta Police Department")
    paths = record(tmp_path, [[ALPHA, BETA, last], [last, last, last], [ALPHA, BETA, last]])
    assert events(paths) == []
    assert totals(paths) == [(43, 43, 0), (43, 43, 2), (43, 43, 0)]
    lasting = record(tmp_path / "lasting", [[ALPHA, BETA, last], *[[last] * 3] * 9])
    assert events(lasting) == []
    assert totals(lasting) == [(43, 43, 0), *[(43, 43, 2)] * 9]
    assert statuses(lasting) == [
        (NAMES[0], "in_doubt"),
        (NAMES[1], "in_doubt"),
        ("fl-delta-police-department/wso/2019-10-15", "active"),
    ]


def test_a_date_to_come_is_flagged_and_the_known_one_kept(tmp_path: Path) -> None:
    coming = row("Alpha Police Department", signed=date(2026, 6, 3))
    paths = record(tmp_path, [[ALPHA], [coming], [ALPHA]])
    assert events(paths) == []
    assert rows(paths, "select signed_on from agreements where state = 'FL'") == [
        (date(2019, 10, 15),)
    ]
    assert rows(paths, "select code, printed, settled from issues where row_number > 0") == [
        ("signed_after_list", "2026-06-03", "2019-10-15")
    ]


def test_a_departure_that_may_be_a_row_elsewhere_is_not_confirmed(tmp_path: Path) -> None:
    """The only row that left and the only one that came, of one date, but not in one place.

    A document had been linked: what never had any was only put right (relabelled).
    """
    documents = "https://www.ice.gov/doclib/287gMOA"
    alpha = row("Alpha Police Department", moa=f"{documents}/alpha.pdf")
    omega = row("Omega Police Department")
    between = [
        row(
            f"{name} Police Department",
            model="Jail Enforcement Model",
            moa=f"{documents}/{name}.pdf",
        )
        for name in ("Delta", "Gamma", "Kappa")
    ]
    lists = [[alpha, *between], *[[*between, omega]] * 9]
    paths = record(tmp_path, lists)
    assert [(kind, rule) for _, kind, rule, *_ in events(paths)] == [
        ("added", "first_listed"),
        ("removed", "awaiting"),
    ]
    [left, right] = (
        f"FL | {name}-police-department | WSO | 2019-10-15" for name in ("alpha", "omega")
    )
    assert [(one["left"], one["right"]) for one in undecided.candidates(paths)] == [(left, right)]
    settle_identity(paths, "distinct", (left, right), "two agencies", date(2025, 6, 20))
    build(paths)
    assert undecided.candidates(paths) == []
    assert [(kind, rule) for _, kind, rule, *_ in events(paths)] == [
        ("added", "first_listed"),
        ("removed", "confirmed"),
    ]


# What people see.


def test_review_shows_both_rows_and_the_command_that_settles(tmp_path: Path) -> None:
    link = "https://www.ice.gov/doclib/287gMOA/alpha.pdf"
    other = row("Qwertz Xyz", moa="https://www.ice.gov/doclib/287gMOA/x.pdf")
    lists = [[row("Alpha Police Department", moa=link), BETA], [other, GARBLED[1]]]
    paths = record(tmp_path, lists)
    env = environment(tmp_path / "data")
    said = command("review", env=env).stdout
    assert "In doubt: counted, and not said to have joined or left:" in said
    assert (
        "since 2025-06-03: the same state, model, date, type, place in the list;"
        " another agency" in said
    )
    before = "before: FLORIDA | Alpha Police Department | ? | Warrant Service Officer | 2019-10-15"
    assert f"{before} (participatingAgencies06022025am.xlsx, row 42), {link}" in said
    now = "now: FLORIDA | Qwertz Xyz | ? | Warrant Service Officer | 2019-10-15"
    assert f"{now} (participatingAgencies06032025am.xlsx, row 42)" in said
    assert (
        "pactwatch review same|distinct 'FL | alpha-police-department | WSO | 2019-10-15'"
        " 'FL | qwertz-xyz | WSO | 2019-10-15' --reason ..." in said
    )
    found = json.loads(command("review", "--json", env=env).stdout)
    assert [one["is_due"] for one in found["doubts"]] == [False] * 4
    assert (
        "doubt,participating,FL | alpha-police-department"
        in command("review", "--csv", env=env).stdout
    )
    told = command("status", env=env).stdout
    assert "in doubt: 2 agreements, since 2025-06-03 (`pactwatch review`)" in told
    told = command("explain", "fl-alpha-police-department", env=env).stdout
    assert "in doubt since 2025-06-03: FL | alpha-police-department" in told
    assert write.write_missing(paths, now=datetime(2025, 6, 9))
    page = (paths.layout.reports / "2025-W23" / "report.md").read_text()
    assert (
        "2 agreements are in doubt: the list has rows that may be these and cannot be read for"
        " sure. They count, and are not said to have left." in page.replace("\n", " ")
    )
    assert "Qwertz Xyz" in page


def test_a_doubt_of_ninety_days_asks_for_a_decision(tmp_path: Path) -> None:
    paths = record(tmp_path, [[ALPHA, BETA], GARBLED])
    later = tmp_path / "participatingAgencies09012025am.xlsx"
    later.write_bytes(workbook([*FILLERS, *GARBLED], saved=datetime(2025, 9, 1, 9)))
    import_path(paths, later, NOW)
    build(paths)
    assert [one["is_due"] for one in undecided.doubts(paths)] == [True] * 4
    env = environment(tmp_path / "data")
    told = command("status", env=env).stdout
    assert "2 for 90 days and more, please decide (`pactwatch review`)" in told
    assert "it has waited for 90 days, please decide" in command("review", env=env).stdout
