"""Models one at a time: a few rows given, the rows expected."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from tests.sql.tables import Tables

FIRST = date(2025, 5, 5)  # a Monday


def lists(tables: Tables, days: list[int], kind: str = "participating") -> None:
    """Give accepted lists, so many days after the first one."""
    on = [FIRST + timedelta(days=day) for day in days]
    for step, day in enumerate(on):
        tables.given(
            "stg_publications",
            {
                **{"publication_no": step, "publication_id": f"p{step}", "list": kind},
                **{"published_on": day, "seq": step, "step": step, "status": "accepted"},
                **{"last_step": len(on) - 1, "last_published_on": on[-1]},
            },
        )


def runs(tables: Tables, *stretches: tuple[int, int]) -> None:
    """Give the stretches of steps in which one agreement is listed."""
    for number, (first, last) in enumerate(stretches, start=1):
        tables.given(
            "stg_runs",
            {
                **{"list": "participating", "agreement_id": "a", "agreement_no": 1},
                **{"first_step": first, "last_step": last, "run_number": number},
            },
        )


@pytest.mark.parametrize(
    ("days", "stretches", "expected"),
    [
        ([0, 1], [(0, 1)], []),
        ([0, 1], [(0, 0)], [(1, None, 0, 0, False, False)]),
        ([0, 1, 2, 3], [(0, 0)], [(1, None, 2, 2, False, False)]),  # lists enough, days not
        ([0, 1, 20], [(0, 0)], [(1, None, 19, 1, False, False)]),  # days enough, lists not
        ([0, 1, 5, 10], [(0, 0)], [(1, None, 9, 2, False, False)]),  # nine days are not past nine
        ([0, 1, 5, 11], [(0, 0)], [(1, None, 10, 2, True, False)]),
        ([0, 1, 5, 11], [(0, 0), (3, 3)], [(1, 3, 10, 1, False, True)]),  # back before two lists
        ([0, 1, 2, 5, 11], [(0, 0), (4, 4)], [(1, 4, 10, 2, True, False)]),  # back after it stood
        (
            [0, 1, 2, 3],
            [(0, 0), (2, 2)],
            [(1, 2, 1, 0, False, True), (3, None, 0, 0, False, False)],
        ),
    ],
)
def test_a_departure_stands_after_two_more_lists_and_nine_days(
    tables: Tables,
    days: list[int],
    stretches: list[tuple[int, int]],
    expected: list[tuple[Any, ...]],
) -> None:
    lists(tables, days)
    runs(tables, *stretches)
    columns = "gone_step, back_step, days_gone, lists_since, is_confirmed, is_gap"
    assert sorted(tables.make("stg_absences", columns)) == expected


@pytest.mark.parametrize(("other", "is_confirmed"), [("b", False), ("a", True)])
def test_a_departure_that_a_person_has_yet_to_tell_from_a_row_that_came_is_not_confirmed(
    tables: Tables, other: str, is_confirmed: bool
) -> None:
    lists(tables, [0, 1, 5, 11])
    runs(tables, (0, 0))
    for variant, agreement in ((1, "a"), (2, other)):
        tables.given("loaded_variants", {"variant": variant, "agreement_id": agreement})
    tables.given("loaded_refused", {"list": "participating", "step": 1, "left": 1, "came": 2})
    assert tables.make("stg_absences", "is_confirmed") == [(is_confirmed,)]


def held(tables: Tables, number: int, agency: str, model: str | None, *steps: int) -> None:
    """Give an agreement with the steps that list it; its rows print an agency and a model."""
    of_it = {"agreement_id": f"a{number}", "agreement_no": number}
    line = {"line": number, "agency_id": agency, "model": model, "list": "participating"}
    tables.given("stg_lines", {**of_it, **line})
    for step in steps:
        tables.given("stg_listed", {"publication_no": step, "agreement_no": number, "line": number})
    starts = [step for step in steps if step - 1 not in steps]
    ends = [step for step in steps if step + 1 not in steps]
    for run, (first, last) in enumerate(zip(starts, ends, strict=True), start=1):
        stretch = {"first_step": first, "last_step": last, "run_number": run}
        tables.given("stg_runs", {**of_it, **stretch, "list": "participating"})


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        ((), []),
        ((("x", "TFM", 0, 1),), ["TFM"]),
        ((("x", "WSO", 0, 1), ("x", "TFM", 0, 1)), ["TFM", "WSO"]),
        ((("x", "JEM", 0, 1), ("x", "JEM", 1)), ["JEM", "JEM"]),  # two more of the same model
        ((("x", "WSO", 0),), []),  # gone in the same step
        ((("y", "TFM", 0, 1),), []),  # another agency's
        ((("x", "TFM", 0, 2),), ["TFM"]),  # only missing from that list
        ((("x", "TFM", 2),), []),  # signed later
    ],
)
def test_what_an_agency_keeps_when_an_agreement_is_gone(
    tables: Tables, others: tuple[tuple[Any, ...], ...], expected: list[str]
) -> None:
    lists(tables, [0, 1, 5])
    held(tables, 1, "x", "JEM", 0)
    for number, other in enumerate(others, start=2):
        held(tables, number, *other)
    tables.make("stg_absences")
    found = dict(tables.make("stg_still_listed", "agreement_id, still_listed"))
    assert found["a1"] == expected


def test_a_row_whose_model_cannot_be_read_still_stands(tables: Tables) -> None:
    lists(tables, [0, 1])
    held(tables, 1, "x", "JEM", 0)
    held(tables, 2, "x", None, 0, 1)
    tables.given("stg_lines", {"line": 9, "agreement_no": 2, "agency_id": "x", "model": "TFM"})
    tables.make("stg_absences")
    assert tables.make("stg_still_listed", "still_listed") == [(["TFM"],)]


def test_an_agreement_signed_anew_within_days_counts_as_kept(tables: Tables) -> None:
    lists(tables, [0, 1, 5])
    held(tables, 1, "x", "JEM", 0)
    held(tables, 2, "x", "WSO", 0)
    tables.given(
        "stg_takeovers",
        {"agreement_id": "a2", "rule": "after_gap", "taken_by": "c", "taken_step": 2},
    )
    tables.make("stg_absences")
    found = dict(tables.make("stg_still_listed", "agreement_id, still_listed"))
    assert found == {"a1": ["WSO"], "a2": []}


def total(seq: int, day: date, agreements: int, kind: str = "participating") -> dict[str, Any]:
    return {
        **{"publication_id": f"p{seq}", "list": kind, "published_on": day, "seq": seq},
        "agreements": agreements,
    }


@pytest.mark.parametrize(
    ("agreements", "days", "expected"),
    [
        (628, -1, (493, 4.651852, None, None, None, "before_baseline")),
        (628, 0, (493, 4.651852, None, None, None, "same_day")),
        (270, 7, (135, 2.0, 135.0, 1.0, 7.0, "growing")),
        (270, 70, (135, 2.0, 13.5, 0.071773, 70.0, "growing")),
        (135, 10, (0, 1.0, 0.0, 0.0, None, "unchanged")),
        (100, 10, (-35, 0.740741, -24.5, -0.189475, None, "shrinking")),
        (0, 10, (-135, 0.0, -94.5, None, None, "to_zero")),
    ],
)
def test_growth_against_a_baseline(
    tables: Tables, agreements: int, days: int, expected: tuple[Any, ...]
) -> None:
    tables.given("baselines", {"baseline_id": "b", "as_of": FIRST, "agreements": 135})
    tables.given("totals", total(0, FIRST + timedelta(days=days), agreements))
    tables.given("totals", total(1, FIRST, 9, "pending"))  # counts against no baseline
    columns = (
        "net, round(ratio, 6), per_week, round(weekly_rate, 6), round(doubling_days, 6), trend"
    )
    assert tables.make("growth", columns) == [expected]


def test_growth_from_a_baseline_of_none_has_no_ratio(tables: Tables) -> None:
    tables.given("baselines", {"baseline_id": "b", "as_of": FIRST, "agreements": 0})
    tables.given("totals", total(0, FIRST + timedelta(days=7), 5))
    columns = "net, ratio, percent, per_week, weekly_rate, doubling_days, trend"
    assert tables.make("growth", columns) == [(5, None, None, 5.0, None, None, "from_zero")]


def event(day: date, kind: str, rule: str | None = None) -> dict[str, Any]:
    return {"list": "participating", "published_on": day, "kind": kind, "rule": rule}


def test_a_week_opens_with_the_last_list_before_it_and_one_without_a_list_stays(
    tables: Tables,
) -> None:
    for seq, (day, agreements) in enumerate(((0, 10), (2, 12), (15, 11), (16, 13))):
        tables.given("totals", total(seq, FIRST + timedelta(days=day), agreements))
    for day, kind, rule in (
        (2, "added", None),
        (2, "added", None),
        (2, "renamed", "respelled"),  # one agreement as before
        (15, "removed", "awaiting"),
        (16, "returned", "gap"),
        (16, "added", None),
        (16, "switched", "same_step"),
    ):
        tables.given("events", event(FIRST + timedelta(days=day), kind, rule))
    columns = (
        "week, lists, opening, added, removed, returned, replaced, closing, net, publication_ids"
    )
    assert tables.make("weekly", columns) == [
        ("2025-W19", 2, 10, 2, 0, 0, 0, 12, 2, ["p0", "p1"]),
        ("2025-W20", 0, 12, 0, 0, 0, 0, 12, 0, []),
        ("2025-W21", 2, 12, 1, 1, 1, 0, 13, 1, ["p2", "p3"]),
    ]


def test_a_week_counts_agreements_gone_and_agencies_gone(tables: Tables) -> None:
    tables.given("totals", total(0, FIRST, 9), total(1, FIRST + timedelta(days=1), 3))
    for agency, standing, still in (
        ("x", "confirmed", []),  # two models in one step: one agency
        ("x", "confirmed", []),
        ("y", "waiting", []),
        ("z", "confirmed", ["TFM"]),
        ("v", "retracted", []),  # only missing
    ):
        more = {"agency_id": agency, "standing": standing, "still_listed": still}
        tables.given("events", {**event(FIRST + timedelta(days=1), "removed"), **more})
    tables.given("events", event(FIRST + timedelta(days=1), "added"))
    columns = "removed, agreements_gone, agencies_gone"
    assert tables.make("weekly", columns) == [(5, 4, 2)]


def test_a_takeover_by_an_agreement_that_stood_beside_lists_one_fewer(tables: Tables) -> None:
    tables.given("totals", total(0, FIRST, 5), total(1, FIRST + timedelta(days=1), 4))
    tables.given("events", event(FIRST + timedelta(days=1), "renewed", "stood_beside"))
    assert tables.make("weekly", "opening, removed, replaced, closing") == [(5, 0, -1, 4)]


def test_a_state_is_new_in_the_week_it_is_first_listed_after_the_first_list(
    tables: Tables,
) -> None:
    tables.given("totals", total(0, FIRST, 1), total(1, FIRST + timedelta(days=8), 3))
    for state, day in (("FL", 0), ("WY", 8), ("GU", 8), ("FL", 8)):
        tables.given("agreements", {"state": state, "first_listed": FIRST + timedelta(days=day)})
    assert tables.make("weekly", "week, new_states") == [
        ("2025-W19", []),
        ("2025-W20", ["GU", "WY"]),
    ]


APPLIED = {
    **{"application_id": "x", "agency_id": "y", "state": "FL", "model": "WSO"},
    **{"first_listed": FIRST, "last_listed": FIRST + timedelta(days=4), "is_confirmed": False},
}


@pytest.mark.parametrize(
    ("row", "is_silent", "expected"),
    [
        ({}, False, ("waiting", 4)),
        ({}, True, (None, 4)),  # a list that stopped tells of nobody who waits
        ({"gone_on": FIRST + timedelta(days=6), "is_confirmed": True}, False, ("withdrawn", 6)),
        ({"gone_on": FIRST + timedelta(days=6)}, False, ("waiting", 6)),  # not confirmed yet
        (
            {"agreement_id": "a", "signed_listed": FIRST + timedelta(days=9)},
            True,
            ("signed", 9),
        ),
        (
            {"agreement_id": "a", "signed_listed": FIRST - timedelta(days=9)},
            False,
            ("signed", None),
        ),  # signed before it was asked for
    ],
)
def test_an_application_waits_is_signed_or_withdrawn(
    tables: Tables, row: dict[str, Any], is_silent: bool, expected: tuple[Any, ...]
) -> None:
    tables.given("stg_applications", APPLIED | row)
    if is_silent:
        tables.given("list_states", {"list": "pending", "state": "silent"})
    assert tables.make("pending", "outcome, days_waited") == [expected]


@pytest.mark.parametrize(
    ("day", "expected"),
    [(-1, []), (0, ["a"]), (1, ["a"]), (2, ["a", "b"]), (30, ["b"])],
)
def test_agreements_as_of_a_day_are_those_of_the_list_in_force(
    tables: Tables, day: int, expected: list[str]
) -> None:
    for step, published in enumerate((0, 2, 4)):
        tables.given(
            "publications",
            {
                **{"publication_id": f"p{step}", "list": "participating", "step": step},
                "published_on": FIRST + timedelta(days=published),
            },
        )
    for name, first, last in (("a", 0, 1), ("b", 1, 2)):
        tables.given("agreements", {"agreement_id": name})
        tables.given(
            "listings",
            {
                **{"list": "participating", "agreement_id": name},
                **{"first_step": first, "last_step": last},
            },
        )
    on = FIRST + timedelta(days=day)
    found = tables.ask(f"select agreement_id from agreements_as_of('{on}') order by all")
    assert [name for (name,) in found] == expected
