"""Dating and gating: the name slips of the real record, and lists that must not get through."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from flows.steps import gate, versions, words
from flows.steps.records import Posting, Review


def dated(
    name: str,
    saved: datetime | None = None,
    newest: date | None = None,
    sha: str = "a",
    **more: object,
) -> gate.Dated:
    posting = Posting("participating", sha, name, saved_at=saved, **more)  # type: ignore[arg-type]
    return gate.date_posting(posting, newest)


@pytest.mark.parametrize(
    ("name", "day", "part"),
    [
        ("participatingAgencies05282025am.xlsx", "2025-05-28", "am"),
        ("participatingAgencies07242025pm_b.xlsx", "2025-07-24", "pm_b"),
        ("participatingAgencies12042025pm2.xlsx", "2025-12-04", "pm_2"),
        ("participatingAgencies09292025mid.xlsx", "2025-09-29", "mid"),
        ("participatingAgencies04232026.xlsx", "2026-04-23", None),
        ("ParticipatingAgency091826am.xlsx", "2026-09-18", "am"),
        ("287gParticipatingAgencies091526pm.xlsx", "2026-09-15", "pm"),
        ("participatingAgencies04212026am 12.15.07 AM.xlsx", "2026-04-21", "am"),
        ("participatingAgencies06112025pm copy.xlsx", "2025-06-11", "pm"),
        ('participatingAgencies05282025pm.xlsx"', "2025-05-28", "pm"),
    ],
)
def test_names_seen(name: str, day: str, part: str | None) -> None:
    found = dated(name)
    assert (str(found.published_on), found.part, found.rule, found.problem) == (
        day,
        part,
        "name",
        None,
    )


@pytest.mark.parametrize(
    ("name", "saved", "newest", "day", "rule"),
    [
        # a month too early; its workbook was saved on 2 September
        (
            "participatingAgencies08022025pm.xlsx",
            datetime(2025, 9, 2, 20, 5),
            date(2025, 8, 28),
            "2025-09-02",
            "name_slip_repaired",
        ),
        # a digit too many
        (
            "participatingAgencies090022025am.xlsx",
            datetime(2025, 9, 2, 12, 11),
            date(2025, 8, 28),
            "2025-09-02",
            "name_digit_repaired",
        ),
        # last year's number in January
        (
            "participatingAgencies01052025am.xlsx",
            datetime(2026, 1, 5, 13),
            None,
            "2026-01-05",
            "name_slip_repaired",
        ),
        (
            "participatingAgencies01054025am.xlsx",
            datetime(2026, 1, 5, 13),
            None,
            "2026-01-05",
            "name_slip_repaired",
        ),
    ],
)
def test_slips_are_repaired_when_one_reading_fits(
    name: str, saved: datetime, newest: date | None, day: str, rule: str
) -> None:
    found = dated(name, saved, newest)
    assert (str(found.published_on), found.rule, found.problem) == (day, rule, None)


def test_a_date_nothing_can_repair_is_a_problem_not_a_guess() -> None:
    found = dated("participatingAgencies04212025am.xlsx", datetime(2025, 3, 6, 13))
    assert (str(found.published_on), found.problem) == ("2025-04-21", "date_contradicted")


def test_a_list_cannot_be_older_than_a_signing_it_lists() -> None:
    found = dated("participatingAgencies01052025am.xlsx", None, date(2025, 12, 28))
    assert found.problem == "date_contradicted"


def test_a_capture_stamp_is_utc_and_the_list_is_dated_in_eastern_time() -> None:
    found = dated("ParticipatingEntities-20241229010544.xlsx", is_copy=True)
    assert (str(found.published_on), found.rule) == ("2024-12-28", "capture")


def test_without_a_date_in_the_name_last_modified_decides() -> None:
    found = dated("list.xlsx", last_modified=datetime(2025, 5, 28, 20))
    assert (str(found.published_on), found.rule) == ("2025-05-28", "last_modified")


def test_nothing_to_date_from_is_held() -> None:
    assert dated("list.xlsx").problem == "no_date"


def measures(rows: int = 100, **more: object) -> gate.Measures:
    values: dict[str, object] = {
        "row_count": rows,
        "link_count": rows,
        "unsettled_count": 0,
        "newest_signed": None,
        "keys": frozenset(range(rows)),
    }
    return gate.Measures(**{**values, **more})  # type: ignore[arg-type]


def names(*days: str, kind: str = "participating") -> list[gate.Dated]:
    return [
        gate.date_posting(Posting(kind, sha, f"list{day}2025am.xlsx"), None)  # type: ignore[arg-type]
        for sha, day in (day.split(":") for day in days)
    ]


def judged(
    postings: list[gate.Dated],
    weighed: dict[str, gate.Measures],
    reviews: list[Review] | None = None,
) -> list[tuple[str, str, tuple[str, ...]]]:
    def count_gone(before: str, now: str) -> int:
        return len(weighed[before].keys - weighed[now].keys)

    return [
        (v.dated.posting.sha256, v.status, v.reasons)
        for v in gate.gate_list(postings, weighed, reviews or [], count_gone)
    ]


@pytest.mark.parametrize(
    ("now", "reasons"),
    [
        (measures(95), ()),
        (measures(94), ("rows_down", "agreements_gone")),
        (measures(160), ()),
        (measures(161), ("rows_up",)),
        (measures(100, keys=frozenset(range(6, 106))), ("agreements_gone",)),
        (measures(100, link_count=49), ("links_halved",)),
        (measures(100, unsettled_count=3), ("unsettled_rows",)),
        (measures(100, unsettled_count=2), ()),
        (measures(100, unknown_columns=("NOTE",)), ("unknown_columns",)),
        (measures(100, newest_signed=date(2025, 4, 1)), ("signing_stale",)),
        (measures(100, newest_signed=date(2025, 4, 30)), ()),
    ],
)
def test_what_holds_a_participating_list(now: gate.Measures, reasons: tuple[str, ...]) -> None:
    versions = judged(names("a:0528", "b:0529"), {"a": measures(), "b": now})
    assert versions == [
        ("a", "accepted", ()),
        ("b", "held" if reasons else "accepted", reasons),
    ]


def test_a_pending_list_may_shrink_to_nothing() -> None:
    postings = names("a:0528", "b:0529", kind="pending")
    versions = judged(postings, {"a": measures(90), "b": measures(0)})
    assert [status for _, status, _ in versions] == ["accepted", "accepted"]


def test_a_held_list_is_not_what_the_next_one_is_weighed_against() -> None:
    weighed = {"a": measures(100), "b": measures(50), "c": measures(101)}
    versions = judged(names("a:0528", "b:0529", "c:0530"), weighed)
    assert [status for _, status, _ in versions] == ["accepted", "held", "accepted"]


def test_old_bytes_under_a_new_name_are_a_stale_repost_and_the_same_bytes_again_are_not() -> None:
    weighed = {"a": measures(), "b": measures(101)}
    versions = judged(names("a:0526", "a:0527", "b:0528", "b:0529", "a:0530", "b:0531"), weighed)
    assert versions == [
        ("a", "accepted", ()),
        ("b", "accepted", ()),
        ("a", "held", ("stale_repost",)),
    ]


def test_a_review_settles_a_version_either_way() -> None:
    weighed = {"a": measures(100), "b": measures(50), "c": measures(51)}
    review = Review("participating", "b", date(2025, 5, 29), "accept", "ICE confirmed it")
    versions = judged(names("a:0528", "b:0529", "c:0530"), weighed, [review])
    assert [status for _, status, _ in versions] == ["accepted", "accepted", "accepted"]
    refused = Review("participating", "c", date(2025, 5, 30), "reject", "a test page")
    versions = judged(names("a:0528", "b:0529", "c:0530"), weighed, [review, refused])
    assert versions[2] == ("c", "rejected", ("reviewed_reject",))


def test_the_order_within_a_day_is_saved_time_then_label() -> None:
    postings = [
        dated("list05282025pm.xlsx", datetime(2025, 5, 28, 12), sha="c"),
        dated("list05282025am.xlsx", datetime(2025, 5, 28, 12), sha="b"),
        dated("list05282025pm_b.xlsx", datetime(2025, 5, 28, 11), sha="a"),
    ]
    weighed = {sha: measures() for sha in "abc"}
    assert [sha for sha, _, _ in judged(postings, weighed)] == ["a", "b", "c"]


def test_a_list_whose_first_version_is_held_counts_its_steps_from_the_next() -> None:
    rows = [
        {"publication_id": name, "list": "participating", "seq": at, "status": status}
        for at, (name, status) in enumerate((("a", "held"), ("b", "accepted"), ("c", "accepted")))
    ]
    empty = dict.fromkeys(versions.PUBLICATIONS_SCHEMA)
    frame = versions.publications_frame([{**empty, **row} for row in rows])
    assert frame["step"].to_list() == [None, 0, 1]


@pytest.mark.parametrize(
    ("modified", "day", "rule"),
    [
        (datetime(2025, 10, 1, 9), "2025-10-01", "last_modified"),
        # some hours ahead of the capture, still of its day
        (datetime(2025, 10, 2, 20), "2025-10-02", "last_modified"),
        # a server whose clock runs a week ahead
        (datetime(2025, 10, 9, 9), "2025-10-02", "capture"),
    ],
)
def test_a_last_modified_later_than_the_capture_dates_nothing(
    modified: datetime, day: str, rule: str
) -> None:
    found = dated("list.xlsx", captured_at=datetime(2025, 10, 2, 12), last_modified=modified)
    assert (str(found.published_on), found.rule, found.problem) == (day, rule, None)


def test_readers_are_told_the_limits_that_the_gate_goes_by() -> None:
    for code, limit in (
        ("rows_down", f"{gate.MAX_ROWS_DOWN:.0%}"),
        ("rows_up", f"{gate.MAX_ROWS_UP:.0%}"),
        ("agreements_gone", f"{gate.MAX_AGREEMENTS_GONE:.0%}"),
        ("unsettled_rows", f"{gate.MAX_UNSETTLED:.0%}"),
        ("signing_stale", f"{gate.MAX_DAYS_SINCE_SIGNING} days"),
    ):
        assert f"more than {limit} " in words.WHY_HELD[code]
    assert gate.MIN_LINKS_KEPT == 0.5
    assert "fewer than half" in words.WHY_HELD["links_halved"]
