"""Dating and gating: the name slips of the real record, and lists that must not get through."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache, partial
from pathlib import Path

import pytest

from flows.settings import ROOT, paths_at
from flows.steps.common import seeds, wording
from flows.steps.common.errors import UsageError
from flows.steps.common.layout import Paths
from flows.steps.common.records import ListKind, Posting, Review
from flows.steps.lists import dates, gate, other_kind, publications
from flows.steps.lists.faults import Compared, Measures, Weighed, faults_against
from flows.steps.lists.read import Record, read_record
from flows.steps.warehouse import frames

Named = tuple[ListKind, str, str, range]
BOUNDS = seeds.read_bounds(ROOT / "seeds")


def dated(
    name: str,
    saved: datetime | None = None,
    newest: date | None = None,
    sha: str = "a",
    **more: object,
) -> dates.Dated:
    more = {"list": "participating", **more}
    posting = Posting(sha256=sha, file_name=name, saved_at=saved, **more)  # type: ignore[arg-type]
    return dates.date_posting(posting, newest, BOUNDS.days_after_saving)


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
        # forms that people give a file when they keep it
        ("participatingAgencies_09-29-2025_pm.xlsx", "2025-09-29", "pm"),
        ("participating_agencies_09_29_2025.csv", "2025-09-29", None),
        ("participating 9.29.25.xlsx", "2025-09-29", None),
        ("pm_2025-09-29 participating.xlsx", "2025-09-29", "pm"),
        ("participatingAgencies20250929.xlsx", "2025-09-29", None),
        ("participating 250929.xlsx", "2025-09-29", None),
        ("participatingAgencies9292025am.xlsx", "2025-09-29", "am"),
        ("Participating agencies Sept. 29, 2025.xlsx", "2025-09-29", None),
        ("participating%20September%2029%202025.xlsx", "2025-09-29", None),
        ("participating_29Sep2025_am.xlsx", "2025-09-29", "am"),
        ("participatingAgenciesSep-29-2025.xlsx", "2025-09-29", None),
        ("participating 29.09.2025.xlsx", "2025-09-29", None),
        ("participatingAgencies09292025 3pm.xlsx", "2025-09-29", "pm"),
        ("participatingAgencies09292025pm (1).xlsx", "2025-09-29", "pm"),
        ("participatingAgencies09292025pm - Copy.xlsx", "2025-09-29", "pm"),
        ("participatingAgencies09292025pm_final v2.xlsx", "2025-09-29", "pm"),
        ("participatingAgencies 2025-09-29 at 3.45.12 PM.xlsx", "2025-09-29", "pm"),
        ("participatingagenciessep_29_2025.xlsx", "2025-09-29", None),
        # digits that are no date
        ("F12-participating_09-29-2025.xlsx", "2025-09-29", None),
        ("003_participating_092925.xlsx", "2025-09-29", None),
        ("287g-9-29-25 participating.xlsx", "2025-09-29", None),
        ("1759176000_participatingAgencies09292025.xlsx", "2025-09-29", None),
        ("participating09292025_3f01012025ab77.xlsx", "2025-09-29", None),
        ("participatingAgencies09292025_20251105140311.xlsx", "2025-09-29", None),
        # the last date counts
        ("participatingAgencies09262025pm_09292025am.xlsx", "2025-09-29", "am"),
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


@pytest.mark.parametrize(
    ("name", "saved", "day", "problem"),
    [
        # which digit is one too many only the saved time says
        ("participatingAgencies060920263pm.xlsx", datetime(2026, 6, 9, 15), "2026-06-09", None),
        # one of two dates fits the saved time
        (
            "participatingAgencies09262025 (got 11-05-2025).xlsx",
            datetime(2025, 9, 26, 20),
            "2025-09-26",
            None,
        ),
        (
            "participatingAgencies09262025pm 09292025pm.xlsx",
            datetime(2025, 9, 26, 20),
            "2025-09-29",
            None,
        ),
        # no year that a list can have
        ("participatingAgencies09292004.xlsx", datetime(2025, 9, 29, 20), "2025-09-29", None),
        ("participatingAgencies09292029.xlsx", datetime(2025, 9, 29, 20), "2025-09-29", None),
    ],
)
def test_the_saved_time_says_which_reading_of_a_name_is_right(
    name: str, saved: datetime, day: str, problem: str | None
) -> None:
    found = dated(name, saved, looked_at=datetime(2026, 11, 26))
    assert (str(found.published_on), found.problem) == (day, problem)


KEPT = "participating.xlsx"


@pytest.mark.parametrize(
    ("name", "more", "expected"),
    [
        (KEPT, {}, ("2025-09-29", "saved", None)),
        (KEPT, {"captured_at": datetime(2025, 10, 7)}, ("2025-09-29", "saved", None)),
        # got long after: the list of that day, or an old one that somebody kept
        (
            KEPT,
            {"captured_at": datetime(2025, 10, 9)},
            ("2025-09-29", "saved", "saved_long_before"),
        ),
        (
            KEPT,
            {"captured_at": datetime(2025, 9, 28)},
            ("2025-09-29", "saved", "date_contradicted"),
        ),
        (
            KEPT,
            {"last_modified": datetime(2025, 9, 30, 15)},
            ("2025-09-30", "last_modified", None),
        ),
        ("participating-20251002140000.xlsx", {}, ("2025-10-02", "capture", None)),
        ("participating-20251102140000.xlsx", {}, ("2025-11-02", "capture", "saved_long_before")),
        ("participating_2025-10-01T02-00-00Z.xlsx", {}, ("2025-09-30", "capture", None)),
        (
            KEPT,
            {"captured_at": datetime(2025, 10, 1, 2), "is_stamped": True},
            ("2025-09-30", "capture", None),
        ),
        # saved again by a program that copies: its saved time is not ICE's
        (
            KEPT,
            {"captured_at": datetime(2026, 1, 7), "is_copy": True},
            ("2026-01-06", "capture", None),
        ),
    ],
)
def test_without_a_date_in_the_name(
    name: str, more: dict[str, object], expected: tuple[str, str, str | None]
) -> None:
    found = dated(name, datetime(2025, 9, 29, 15), **more)  # type: ignore[arg-type]
    assert (str(found.published_on), found.rule, found.problem) == expected


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2025-09-29T10:00:00-04:00", datetime(2025, 9, 29, 14)),
        ("2025-09-29T14:00:00Z", datetime(2025, 9, 29, 14)),
        ("2025-09-29T23:30:00.123+09:00", datetime(2025, 9, 29, 14, 30, 0, 123000)),
        ("2025-09-29T14:00:00", datetime(2025, 9, 29, 14)),
        (" 2025-09-29T14:00:00Z ", datetime(2025, 9, 29, 14)),
        ("0001-01-01T00:00:00Z", None),
        ("1970-01-01T00:00:00Z", None),
        ("9999-12-31T23:59:59-14:00", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_a_saved_time_may_carry_its_own_offset(text: str, moment: datetime | None) -> None:
    assert dates.utc_time(text) == moment


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


def measures(rows: int = 100, **more: object) -> Measures:
    values: dict[str, object] = {
        "row_count": rows,
        "link_count": rows,
        "unsettled_count": 0,
        "repeated_count": 0,
        "newest_signed": None,
        "keys": frozenset(range(rows)),
    }
    return Measures(**{**values, **more})  # type: ignore[arg-type]


def names(*days: str, kind: str = "participating") -> list[dates.Dated]:
    return [
        dated(f"list{day}2025am.xlsx", sha=sha, list=kind)
        for sha, day in (day.split(":") for day in days)
    ]


def compare(weighed: dict[str, Measures]) -> Callable[[str, str], Compared]:
    """Say of two lists what their keys say; nothing that is unsettled continues another row."""

    def compared(before: str, now: str) -> Compared:
        gone = weighed[before].keys - weighed[now].keys
        return Compared(len(gone), weighed[now].unsettled_count)

    return compared


def judged(
    postings: list[dates.Dated],
    weighed: dict[str, Measures],
    reviews: list[Review] | None = None,
) -> list[tuple[str, str, tuple[str, ...]]]:
    return [
        (v.dated.posting.sha256, v.status, v.reasons)
        for v in gate.gate_list(postings, weighed, reviews or [], compare(weighed), BOUNDS)
    ]


@pytest.mark.parametrize(
    ("now", "reasons"),
    [
        (measures(95), ()),
        (measures(94), ("rows_down", "agreements_gone")),
        (measures(166), ()),
        (measures(167), ("rows_up",)),
        (measures(100, keys=frozenset(range(6, 106))), ("agreements_gone",)),
        (measures(100, link_count=49), ("links_halved",)),
        (measures(100, unsettled_count=3), ("unsettled_rows",)),
        (measures(100, unsettled_count=2), ()),
        (measures(100, repeated_count=3), ("rows_repeated",)),
        (measures(100, repeated_count=2), ()),
        (measures(100, unknown_columns=("NOTE",)), ("unknown_columns",)),
        (measures(100, newest_signed=date(2025, 4, 1)), ("signing_stale",)),
        # No new signing for more than a month, and none was forgotten.
        (measures(100, newest_signed=date(2025, 4, 20)), ()),
        (measures(100, newest_signed=date(2025, 4, 30)), ()),
    ],
)
def test_what_holds_a_participating_list(now: Measures, reasons: tuple[str, ...]) -> None:
    before = measures(newest_signed=date(2025, 4, 20))
    versions = judged(names("a:0528", "b:0529"), {"a": before, "b": now})
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
    empty = dict.fromkeys(publications.PUBLICATIONS_SCHEMA)
    frame = publications.publications_frame([{**empty, **row} for row in rows])
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


def held(versions: list[gate.Version]) -> list[tuple[str, tuple[str, ...], str | None]]:
    return [
        (v.dated.posting.sha256, v.why_held, v.passes_when)
        for v in versions
        if v.status != "accepted"
    ]


def gated(postings: list[dates.Dated], weighed: dict[str, Measures]) -> list[gate.Version]:
    return gate.gate_list(postings, weighed, [], compare(weighed), BOUNDS)


def test_a_held_list_says_with_figures_why_and_what_would_let_it_pass() -> None:
    weighed = {
        "a": measures(1035, newest_signed=date(2025, 5, 20)),
        "b": measures(2100, unknown_columns=("NOTE",)),
        "c": measures(2100),
        "d": measures(500, link_count=400, newest_signed=date(2025, 4, 1)),
        "e": measures(1035, unsettled_count=30),
    }
    found = held(gated(names("a:0528", "b:0529", "c:0530", "d:0531", "e:0601"), weighed))
    assert found == [
        (
            "b",
            (
                "it has columns that seeds/lists.toml does not know: NOTE",
                "it has 2,100 rows, 1 day after the 1,035 of 28 May 2025: more than 1,662 are held",
            ),
            "It counts only when a person accepts it.",
        ),
        (
            "c",
            ("it has 2,100 rows, 2 days after the 1,035 of 28 May 2025: more than 1,668 are held",),
            "It passes when the next list, of another day, has 1,995 to 2,205 rows, or when a"
            " person accepts it.",
        ),
        (
            "d",
            (
                "it has 500 rows, 3 days after the 1,035 of 28 May 2025: fewer than 983 are held",
                "535 of the 1,035 agreements of 28 May 2025 are gone from it: more than 52 are"
                " held",
                "it links 400 documents, where the list of 28 May 2025 links 1,035",
                "its newest signing, of 1 April 2025, is more than 30 days before its date and"
                " older than the newest of 28 May 2025",
            ),
            "It counts only when a person accepts it.",
        ),
        (
            "e",
            ("30 of its 1,035 rows have values no rule settles",),
            'It passes once seeds/ knows those values (`pactwatch query "select * from issues"`),'
            " or when a person accepts it.",
        ),
    ]
    assert (
        wording.why_held({"why_held": ["one", "two"], "passes_when": "Then."}) == "one; two. Then."
    )
    assert wording.why_held({"reasons": ["rows_up"]}) == "rows_up."  # of an earlier release


@pytest.mark.parametrize(
    ("days", "rows", "reasons"),
    [
        (0, 160, ()),
        (0, 161, ("rows_up",)),
        (90, 700, ()),
        (90, 701, ("rows_up",)),
        (100, 94, ()),
        (100, 93, ("rows_down", "agreements_gone")),
        (4500, 50, ()),
        (9000, 49, ("rows_down", "links_halved")),
    ],
)
def test_the_bounds_widen_with_the_days_between(
    days: int, rows: int, reasons: tuple[str, ...]
) -> None:
    """Rows up to 1.6 times and 6 a day; down 5% and 0.01% a day, to a half; as many gone."""
    first = date(2025, 5, 28)
    postings = [
        replace(dated("list.xlsx", sha=sha), published_on=day, problem=None)
        for sha, day in (("a", first), ("b", first + timedelta(days=days)))
    ]
    [_, found] = judged(postings, {"a": measures(100), "b": measures(rows)})
    assert found == ("b", "held" if reasons else "accepted", reasons)


def test_a_jump_passes_once_the_next_list_of_another_day_has_as_many_rows() -> None:
    weighed = {"a": measures(100), "b": measures(300), "c": measures(310), "d": measures(320)}
    confirmed = ("accepted", ("rows_up", "confirmed_by_next"))
    versions = judged(names("a:0528", "b:0529", "c:0530", "d:0602"), weighed)
    assert versions == [
        ("a", "accepted", ()),
        ("b", *confirmed),
        ("c", *confirmed),
        ("d", "accepted", ()),
    ]
    # within hours, or with other rows, it is the same broken export again
    hours = [*names("a:0528", "b:0529"), dated("list05292025pm.xlsx", sha="c")]
    assert [status for _, status, _ in judged(hours, weighed)] == ["accepted", "held", "held"]
    unlike = {**weighed, "c": measures(320)}
    versions = judged(names("a:0528", "b:0529", "c:0530"), unlike)
    assert [status for _, status, _ in versions] == ["accepted", "held", "held"]
    # the third confirms both of a day
    versions = judged([*hours, *names("d:0602")], {**weighed, "d": measures(311)})
    assert [status for _, status, _ in versions] == ["accepted"] * 4


@pytest.mark.parametrize(
    "broken",
    [
        measures(50),
        measures(0),
        measures(200, repeated_count=100, keys=frozenset(range(100))),
        measures(100, keys=frozenset(range(50, 150))),
        measures(100, link_count=20),
    ],
)
def test_a_broken_export_is_held_however_often_it_comes(broken: Measures) -> None:
    weighed = {"a": measures(100)} | dict.fromkeys("bcd", broken)
    versions = judged(names("a:0528", "b:0529", "b:0530", "c:0602", "d:0603"), weighed)
    assert [(sha, status) for sha, status, _ in versions] == [
        ("a", "accepted"),
        ("b", "held"),
        ("c", "held"),
        ("d", "held"),
    ]


def test_a_first_list_without_rows_is_held_or_it_would_hold_all_after_it() -> None:
    versions = judged(names("a:0528", "b:0529"), {"a": measures(0), "b": measures(900)})
    assert versions == [("a", "held", ("rows_down",)), ("b", "accepted", ())]


def test_accepted_bytes_undated_or_of_the_same_day_are_no_version() -> None:
    weighed = {"a": measures(), "b": measures(101)}
    undated = dated("pendingAgencies.xlsx", sha="a")
    again = dated("copy of 05282025 list05282025pm.xlsx", sha="a")
    versions = judged([*names("a:0528", "b:0528"), undated, again], weighed)
    assert versions == [("a", "accepted", ()), ("b", "accepted", ())]


def test_a_saved_time_alone_dates_no_second_version_of_the_same_bytes() -> None:
    weighed = {"a": measures(), "b": measures(101)}
    saved = datetime(2025, 5, 27, 15)
    copy = dated("participating.xlsx", saved, sha="a")
    late = dated("participating.xlsx", saved, sha="a", captured_at=datetime(2026, 5, 1))
    commit = dated("list.csv", sha="a", captured_at=datetime(2026, 6, 1), source="git")
    accepted = [("a", "accepted", ()), ("b", "accepted", ())]
    assert judged([copy, late, commit, *names("a:0528", "b:0529")], weighed) == accepted
    assert judged([late, *names("b:0529")], weighed) == [
        ("a", "held", ("saved_long_before",)),
        ("b", "accepted", ()),
    ]
    assert judged([late, commit, copy, *names("b:0529")], weighed) == accepted


def kinds(*named: Named) -> dict[tuple[ListKind, str], str]:
    """Say which of the lists (kind by columns, sha256, file name, keys) are of the other kind."""
    postings = [dated(name, sha=sha, list=kind) for kind, sha, name, _ in named]
    weighed = {
        (kind, sha): measures(len(keys), keys=frozenset(keys)) for kind, sha, _, keys in named
    }
    return other_kind.contradicted(postings, weighed, BOUNDS.kind_share)


def test_a_list_is_the_other_one_where_name_and_agencies_both_say_so() -> None:
    signed: Named = ("participating", "s", "participatingAgencies05282025am.xlsx", range(100))
    asked: Named = ("pending", "w", "pendingAgencies05282025am.xlsx", range(200, 220))
    bare: Named = ("pending", "x", "participatingAgencies05292025am.xlsx", range(1, 101))
    why = (
        "its columns are those of the pending list, but its name says participating, and 99 of its"
        " 100 agreements stand on the participating list of 28 May 2025"
    )
    assert kinds(signed, asked, bare) == {("pending", "x"): why}
    # Twice, it is not its own witness.
    again: Named = ("pending", "y", "participatingAgencies05302025am.xlsx", range(1, 102))
    assert set(kinds(signed, asked, bare, again)) == {("pending", "x"), ("pending", "y")}
    with_dates: Named = ("participating", "z", "pendingAgencies05292025am.xlsx", range(200, 221))
    assert set(kinds(signed, asked, with_dates)) == {("participating", "z")}


def test_two_lists_under_each_others_names_are_what_they_hold() -> None:
    """As on 22 September 2025."""
    named: list[Named] = [
        ("participating", "s", "participatingAgencies09192025am.xlsx", range(100)),
        ("pending", "w", "pendingAgencies09192025am.xlsx", range(90, 120)),
        ("participating", "t", "pendingAgencies09222025am.xlsx", range(105)),
        ("pending", "v", "participatingAgencies09222025am.xlsx", range(95, 121)),
    ]
    assert kinds(*named) == {}
    # Nor is one the other for its name alone, or where the same bytes have their own name as well.
    assert kinds(named[0], ("pending", "x", "participatingAgencies05292025am.xlsx", range(0))) == {}
    twice: Named = ("pending", "x", "participatingAgencies09222025am.xlsx", range(100))
    rightly: Named = ("pending", "x", "pendingAgencies09222025am.xlsx", range(100))
    assert kinds(named[0], twice, rightly) == {}


def test_a_name_that_is_wrong_does_not_hold_the_list_that_has_the_same_bytes() -> None:
    saved = datetime(2025, 5, 28, 13)
    wrong = dated("list01152025am.xlsx", saved, date(2025, 5, 27), sha="b")
    assert wrong.problem == "date_contradicted"
    right = dated("list05282025am.xlsx", saved, date(2025, 5, 27), sha="b")
    versions = judged([wrong, right], {"b": measures()})
    assert versions == [("b", "accepted", ())]
    # under a newer date the same bytes are an old list with a new name
    newer = dated("list06202025am.xlsx", saved, date(2025, 5, 27), sha="b")
    versions = judged([right, *names("c:0602"), newer], {"b": measures(), "c": measures()})
    assert versions[2] == ("b", "held", ("stale_repost", "date_contradicted"))


def test_a_bound_that_is_missing_or_no_number_is_named(tmp_path: Path) -> None:
    text = (ROOT / "seeds" / "rules.toml").read_text()
    for broken in (text.replace("per_day = 6", ""), text.replace("times = 1.6", 'times = "x"')):
        (tmp_path / "rules.toml").write_text(broken)
        with pytest.raises(UsageError, match=r"seeds/rules\.toml lacks a bound"):
            seeds.read_bounds(tmp_path)
    (tmp_path / "rules.toml").unlink()
    with pytest.raises(UsageError, match=r"seeds/rules\.toml is missing"):
        seeds.read_bounds(tmp_path)


# The real lists.


class Real:
    """The accepted participating lists of the record, and what the gate weighs of them."""

    def __init__(self, record: Record, paths: Paths) -> None:
        self.known = frames.evidence(record, paths)
        self.compare = cache(partial(self.known.compare, "participating"))
        measures = self.known.measures
        self.measures = {sha: one for (of, sha), one in measures.items() if of == "participating"}
        judged = self.gate([d for d in self.known.dated if d.posting.list == "participating"])
        self.accepted = [version.dated for version in judged if version.status == "accepted"]

    def gate(self, dated: list[dates.Dated]) -> list[gate.Version]:
        known = self.known
        return gate.gate_list(dated, self.measures, known.reviews, self.compare, known.bounds)

    def held(self, dated: list[dates.Dated]) -> list[tuple[str, tuple[str, ...], str | None]]:
        return held(self.gate(dated))


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Real:
    paths = paths_at(tmp_path_factory.mktemp("real"))
    return Real(read_record(paths), paths)


def test_no_good_list_is_held_however_many_are_missing_before_it(real: Real) -> None:
    accepted = real.accepted
    assert len(accepted) == 879
    assert real.held(accepted) == []
    for left_out in range(3):
        assert real.held([d for at, d in enumerate(accepted) if at % 3 != left_out]) == []
    for first in range(3):
        assert real.held(accepted[first::3]) == []
    for first in range(10):
        assert real.held(accepted[first::10]) == []


def test_no_good_list_is_held_after_a_month_or_two_without_any(real: Real) -> None:
    months = sorted({(day.year, day.month) for day in map(published, real.accepted)})
    assert (months[0], months[-1], len(months)) == ((2021, 1), (2026, 5), 65)
    for span in (1, 2):
        for at in range(1, len(months) - span):
            around = {months[at - 1], months[at + span]}
            kept = [d for d in real.accepted if (published(d).year, published(d).month) in around]
            assert real.held(kept) == []


def test_no_pair_of_good_lists_is_out_of_bounds(real: Real) -> None:
    """Each third list with any later one of these; all 385,881 pairs held when it was measured."""
    weighed = [Weighed(one, real.measures[one.posting.sha256]) for one in real.accepted[::3]]
    for at, before in enumerate(weighed):
        for now in weighed[at + 1 :]:
            shas = (before.dated.posting.sha256, now.dated.posting.sha256)
            faults = faults_against(now, before, partial(real.compare, *shas), BOUNDS)
            assert faults == {}


def published(dated: dates.Dated) -> date:
    assert dated.published_on
    return dated.published_on


def test_a_real_list_halved_doubled_or_emptied_is_held_also_when_it_comes_twice(
    real: Real,
) -> None:
    last, good = real.accepted[-2:]
    days = [published(good), published(good) + timedelta(days=3)]
    whole = real.measures[good.posting.sha256]
    keys = sorted(whole.keys)
    half = replace(whole, row_count=whole.row_count // 2, keys=frozenset(keys[::2]))
    empty = replace(whole, row_count=0, link_count=0, keys=frozenset())
    twice = replace(whole, row_count=2 * whole.row_count, repeated_count=whole.row_count)

    def compare_to(before: str, now: str) -> Compared:
        return Compared(gone=len(keys) // 2, unsettled=0)

    for broken in (half, empty, twice):
        again = [
            replace(good, posting=replace(good.posting, sha256=sha), published_on=day)
            for sha, day in zip("xy", days, strict=True)
        ]
        measured = {**real.measures, "x": broken, "y": broken}
        versions = gate.gate_list([last, *again], measured, [], compare_to, BOUNDS)
        assert [version.status for version in versions] == ["accepted", "held", "held"]


def test_the_record_as_it_was_shipped_follows_the_lists_of_may_2026(real: Real) -> None:
    """In order and each alone; the first release held them all, for ever."""
    may = [d for d in real.accepted if published(d) >= date(2026, 5, 11)]
    assert [str(published(d)) for d in may] == ["2026-05-11", "2026-05-14", "2026-05-18"]
    shipped = [d for d in real.accepted if published(d) <= date(2025, 9, 30)]
    assert real.held([*shipped, *may]) == []
    for one in may:
        assert real.held([*shipped, one]) == []
    assert real.measures[may[-1].posting.sha256].row_count == 1843
