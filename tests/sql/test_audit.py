"""What an editor would doubt: a few rows given, the findings expected."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from tests.sql.tables import Tables

FIRST = date(2025, 5, 5)
CAME = "finding, agreement_id, other_agreement_id, row_number, other_row_number"


def on(step: int) -> date:
    """Return the day of a step: there is one list a day."""
    return FIRST + timedelta(days=step)


def end(tables: Tables, name: str, steps: tuple[int, int] = (0, 0), **more: Any) -> None:
    """Give an agreement with its first and last step; its rows are those of the steps."""
    told = {"marks": [], "moa_files": [], "telling": [name], "canonical": name} | more
    tables.given(
        "stg_ends",
        {
            **{"list": "participating", "agreement_id": f"{name}/tfm", "agency_id": name},
            **{"agency": name.title(), "agency_key": name, "state": "PA", "model": "TFM"},
            **{"first_step": steps[0], "first_on": on(steps[0]), "last_on": on(steps[1])},
            **{"first_publication_id": f"p{steps[0]}", "first_row_number": steps[0]},
            **{"last_publication_id": f"p{steps[1]}", "last_row_number": steps[1]},
            **told,
        },
    )


def event(tables: Tables, kind: str, name: str, step: int, **more: Any) -> None:
    """Give an event of an agreement; its row before is that of the step before."""
    told = {"list": "participating", "standing": "confirmed"} | more
    tables.given(
        "events",
        {
            **{"kind": kind, "agreement_id": f"{name}/tfm", "published_on": on(step)},
            **{"previous_publication_id": f"p{step - 1}", "previous_row_number": step - 1},
            **{"publication_id": f"p{step}", "row_number": step if kind != "removed" else None},
            **told,
        },
    )


PIKE: dict[str, Any] = {"county": "Pike County"}


@pytest.mark.parametrize(
    ("gone", "came", "first", "expected"),
    [
        (PIKE, PIKE, 37, "county"),
        (PIKE, PIKE, 40, None),  # ten days later: a county has many agencies
        (PIKE, PIKE, 20, None),  # both stood
        (PIKE, PIKE | {"model": "WSO"}, 37, None),
        (PIKE, PIKE | {"state": "NY"}, 37, None),
        ({"signed_on": FIRST}, {"signed_on": FIRST}, 55, "signing date"),
        ({"signed_on": FIRST}, {"signed_on": FIRST}, 20, None),
        ({"moa_files": ["a.pdf"]}, {"moa_files": ["b.pdf", "a.pdf"]}, 20, "linked file"),
        ({"telling": ["cambria"]}, {"telling": ["cambrla"]}, 50, "like name"),
        ({"telling": ["cambria"]}, {"telling": ["cambrla"]}, 62, None),  # a month later
        ({"telling": ["polk"]}, {"telling": ["hall"]}, 50, None),
        ({"telling": ["pembroke"]}, {"telling": ["pembroke", "pines"]}, 30, "like name"),
        ({"telling": ["ward"], "marks": ["1"]}, {"telling": ["ward"], "marks": ["2"]}, 30, None),
        ({"county": None}, {"county": None}, 31, None),
    ],
)
def test_a_departure_as_another_row_came(
    tables: Tables, gone: dict[str, Any], came: dict[str, Any], first: int, expected: str | None
) -> None:
    end(tables, "milford", (1, 29), **gone)
    end(tables, "eastern", (first, 70), **came)
    event(tables, "removed", "milford", 30)
    found = tables.ask(f"select {CAME}, says from audit_departures")
    if expected is None:
        assert found == []
        return
    says = (
        f"Milford (TFM) left on 2025-06-04, and Eastern came on {on(first)}: the same state and"
        f" model, and {expected}."
    )
    ids = ("departed_as_another_came", "milford/tfm", "eastern/tfm")
    assert found == [(*ids, 29, first, says)]


def test_a_departure_that_was_retracted_is_no_question(tables: Tables) -> None:
    end(tables, "milford", (1, 29), **PIKE)
    end(tables, "eastern", (31, 70), **PIKE)
    event(tables, "removed", "milford", 30, standing="retracted")
    assert tables.ask("from audit_departures") == []


def candidate(tables: Tables, left: str, right: str, rule: str, **more: Any) -> None:
    """Give a join that no rule may make."""
    told = {"list": "participating", "left": left, "right": right, "rule": rule} | more
    tables.given("identity_candidates", {"evidence": "2 edits apart", **told})


def keyed(tables: Tables, *names: str) -> None:
    """Give the printed keys of agreements."""
    for name in names:
        ids = {"agreement_id": f"{name}/tfm", "agency_id": name}
        tables.given("loaded_variants", {"key": f"AL | {name} | TFM", **ids})


def lists(tables: Tables, steps: int) -> None:
    """Give accepted lists, one a day."""
    for step in range(steps):
        publication = {"publication_no": step, "publication_id": f"p{step}", "seq": step}
        publication |= {"list": "participating", "published_on": on(step), "status": "accepted"}
        tables.given("stg_publications", publication | {"step": step})
        tables.given("publications", publication | {"file_name": f"{step}.xlsx"})


def printed(tables: Tables, number: int, name: str, steps: range, **more: Any) -> None:
    """Give a line that lists print at the row of its number."""
    of_it = {"agreement_id": f"{name}/tfm", "agreement_no": number, "agency_id": name}
    told = {"list": "participating", "agency": name.title(), "state": "PA"} | more
    tables.given("stg_lines", {"line": number, **of_it, **told})
    tables.given("line_texts", {"line": number, "agency_printed": f"{name} as printed"})
    for step in steps:
        place = {"publication_no": step, "line": number, "row_number": number}
        tables.given("line_places", place)
        listed = {"agreement_no": number, "row_count": 1, "is_in_doubt": False}
        tables.given("stg_listed", place | listed)


@pytest.mark.parametrize(("came", "is_told"), [("marion", True), ("baylor", False)])
def test_a_join_that_no_rule_may_make(tables: Tables, came: str, is_told: bool) -> None:
    lists(tables, 9)
    end(tables, "madison", (0, 8))
    end(tables, "marion", (5, 9))
    printed(tables, 3, "madison", range(5))
    printed(tables, 4, "madison", range(7, 9))  # back later
    printed(tables, 6, "marion", range(5, 8))
    keyed(tables, "madison", "marion")
    key = f"AL | {came} | TFM"
    candidate(tables, "AL | madison | TFM", key, "respelled", publication_id="p5")
    found = tables.ask(f"select {CAME}, publication_id, says from audit_undecided")
    says = (
        "Madison may have gone on as Marion on the participating list of 2025-05-10: 2 edits apart."
    )
    expected = ("join_undecided", "madison/tfm", "marion/tfm", 3, 6, "p4", says)
    assert found == ([expected] if is_told else [])


@pytest.mark.parametrize(
    ("code", "cell", "settled", "says"),
    [
        (
            "signed_after_listing",
            *("2025-06-30", "2025-06-30"),
            "Webb was first listed on 2025-05-05, before the signing date 2025-06-30.",
        ),
        (
            "signed_year_repaired",
            *("2015-05-05", "2025-05-05"),
            "Webb was signed on 2015-05-05 as printed, read as 2025-05-05; first listed on"
            " 2025-05-05.",
        ),
        (
            "moa_names_another",
            *("https://ice.gov/a/Kerr.pdf", "Kerr County"),
            "Webb links Kerr.pdf, which is by its name of Kerr County.",
        ),
    ],
)
def test_an_odd_cell_is_told_once_with_its_first_and_last_list(
    tables: Tables, code: str, cell: str, settled: str, says: str
) -> None:
    lists(tables, 4)
    end(tables, "webb", (0, 3))
    printed(tables, 7, "webb", range(4))
    for step in (1, 2, 3):
        row = {"publication_id": f"p{step}", "row_number": 7, "code": code}
        tables.given("issues", row | {"printed": cell, "settled": settled})
    columns = "finding, agreement_id, says, publication_id, other_publication_id, row_number"
    expected = [(code, "webb/tfm", says, "p1", "p3", 7)]
    assert tables.ask(f"select {columns} from audit_cells") == expected


@pytest.mark.parametrize(
    ("other", "steps", "names", "is_told"),
    [
        ("edgewater", range(2, 4), None, True),
        ("edgewater", range(4, 6), None, False),  # not on one list
        ("edgewater", range(2, 4), "Edgewood", False),  # its name says whose it is not
        ("edgewood", range(2, 4), None, False),  # two agreements of one agency
    ],
)
def test_a_file_that_two_agencies_link(
    tables: Tables, other: str, steps: range, names: str | None, is_told: bool
) -> None:
    lists(tables, 6)
    link = {"moa_file": "a.pdf", "moa_url": "https://ice.gov/A.pdf"}
    printed(tables, 8, "edgewood", range(4), **link)
    printed(tables, 9, other, steps, **link, moa_names=names)
    found = tables.ask(f"select {CAME}, publication_id, other_agency_id from audit_files")
    expected = ("file_shared", "edgewater/tfm", "edgewood/tfm", 9, 8, "p2", "edgewood")
    assert found == ([expected] if is_told else [])


@pytest.mark.parametrize(
    ("other", "county", "is_told"),
    [
        ("metropolitan moore county sheriffs office", "Moore County", True),
        ("moore county sheriffs department", None, True),
        ("moore city sheriff", "Moore County", False),
        ("moore police department", "Moore County", False),
        ("lincoln county sheriffs office", "Lincoln County", False),
    ],
)
def test_two_sheriffs_of_a_county(
    tables: Tables, other: str, county: str | None, is_told: bool
) -> None:
    lists(tables, 4)
    for number, (agency, name, at) in enumerate(
        (("a", "moore county sheriffs office", None), ("b", other, county))
    ):
        end(tables, agency, (0, 3), canonical=name, county=at)
        tables.given("loaded_variants", {"agency_id": agency, "canonical": name})
        days = {"first_listed": on(0), "last_listed": on(3)}
        tables.given("agencies", {"agency_id": agency, "name": name, "state": "PA", **days})
        printed(tables, number, agency, range(number, 3))
    columns = "agency_id, other_agency_id, publication_id, row_number, other_row_number"
    found = tables.ask(f"select {columns} from audit_sheriffs")
    assert found == ([("a", "b", "p2", 0, 1)] if is_told else [])


@pytest.mark.parametrize(("state", "finding"), [("PA", "names_alike"), ("NY", "in_another_state")])
def test_two_agencies_that_may_be_one(tables: Tables, state: str, finding: str) -> None:
    lists(tables, 3)
    for number, (agency, of_state) in enumerate((("mahanoy", "PA"), ("mahanoi", state))):
        tables.given("agencies", {"agency_id": agency, "name": agency, "state": of_state})
        printed(tables, number, agency, range(3))
    candidate(tables, "mahanoy", "mahanoi", "same_agency")
    found = tables.ask("select finding, agency_id, other_agency_id, says from audit_names")
    says = f"mahanoy (PA) and mahanoi ({state}) may be one agency: 2 edits apart."
    assert found == [(finding, "mahanoy", "mahanoi", says)]


@pytest.mark.parametrize(
    ("came", "first", "is_told"),
    [
        ({"state": "KY"}, 5, True),
        ({"state": "KY"}, 4, False),  # both stood
        ({"state": "KY"}, 36, False),
        ({"state": "KY", "agency_key": "carrol"}, 5, False),
        ({"state": "KY", "model": "WSO"}, 5, False),
        ({}, 5, False),  # of its own state
    ],
)
def test_a_departure_as_its_name_came_in_another_state(
    tables: Tables, came: dict[str, Any], first: int, is_told: bool
) -> None:
    end(tables, "carroll", (0, 4))
    end(tables, "other", (first, 40), **{"agency_key": "carroll"} | came)
    event(tables, "removed", "carroll", 5)
    expected = [("in_another_state", "carroll/tfm", "other/tfm", 4, 5)]
    assert tables.ask(f"select {CAME} from audit_states") == (expected if is_told else [])


@pytest.mark.parametrize(
    ("link", "changed", "finding"),
    [
        (None, {}, "relabelled_without_document"),
        ("https://ice.gov/A.pdf", {}, "relabelled_with_document"),
        (None, {"rule": "respelled"}, None),
        (None, {"right": "PA | haskell-pd | TFM"}, None),  # the same name
        (None, {"right": "PA | ? | TFM"}, None),
    ],
)
def test_a_relabel_by_whether_a_document_is_linked(
    tables: Tables, link: str | None, changed: dict[str, Any], finding: str | None
) -> None:
    relabel(tables, link, changed)
    found = tables.ask("select finding, row_number, other_row_number from audit_relabels")
    assert found == ([(finding, 4, 3)] if finding else [])


def relabel(tables: Tables, link: str | None = None, changed: dict[str, Any] | None = None) -> None:
    """Give an agreement that went on under another name on the third list, as it may be changed."""
    lists(tables, 4)
    end(tables, "haskell", (0, 3), moa_url=link)
    printed(tables, 3, "haskell", range(2))
    printed(tables, 4, "haskell", range(2, 4))
    names = {"left": "PA | haskell-pd | TFM", "right": "PA | haskell-so | TFM"}
    ids = {"list": "participating", "agreement_id": "haskell/tfm", "rule": "relabelled"}
    places = {"previous_publication_id": "p1", "publication_id": "p2"}
    tables.given("identity_links", names | ids | places | (changed or {}))


def test_a_relabel_is_settled_by_a_person_or_by_the_name_coming_back(tables: Tables) -> None:
    relabel(tables)
    left, right = "PA | haskell-pd | TFM", "PA | haskell-so | TFM"
    tables.given("seed_identity_links", {"decision": "same", "left": right, "right": left})
    assert tables.ask("from audit_relabels") == []


def test_a_name_that_came_back_is_no_relabel(tables: Tables) -> None:
    relabel(tables)
    back = {"left": "PA | haskell-so | TFM", "right": "PA | haskell-pd | TFM"}
    tables.given("identity_links", {"agreement_id": "haskell/tfm", "rule": "redated", **back})
    assert tables.ask("from audit_relabels") == []


@pytest.mark.parametrize(
    ("kind", "files", "says"),
    [
        ("renewed", [], "links no document."),
        ("switched", ["a.pdf"], "links the same document."),
        ("renewed", ["a.pdf", "b.pdf"], None),
        ("duplicate_dropped", [], None),
    ],
)
def test_a_renewal_without_a_second_document(
    tables: Tables, kind: str, files: list[str], says: str | None
) -> None:
    end(tables, "old", (0, 2), moa_files=["a.pdf"])
    end(tables, "new", (3, 9), moa_files=files)
    event(tables, kind, "new", 3, before="old/tfm", standing=None)
    found = tables.ask(f"select {CAME}, says from audit_renewals")
    told = f"New (TFM) took over from Old (TFM) on 2025-05-08, and {says}"
    expected = ("renewed_without_document", "new/tfm", "old/tfm", 3, 2, told)
    assert found == ([expected] if says else [])


@pytest.mark.parametrize(
    ("first", "asked_by", "is_told"),
    [
        (6, None, True),
        (0, None, True),  # while it was asked for
        (190, None, False),  # more than half a year later
        (6, "pines", False),  # signed what it had asked for itself
    ],
)
def test_an_application_withdrawn_though_one_of_a_like_name_signed(
    tables: Tables, first: int, asked_by: str | None, is_told: bool
) -> None:
    end(tables, "pembroke", (0, 4), list="pending")
    end(tables, "pines", (first, first), telling=["pembroke", "pines"])
    event(tables, "pending_withdrawn", "pembroke", 5, list="pending")
    if asked_by:
        asked = {"application_id": "pines/pending", "agency_id": asked_by}
        tables.given("pending", asked | {"agreement_id": "pines/tfm"})
    found = tables.ask(f"select {CAME} from audit_applications")
    expected = ("withdrawn_as_another_signed", "pembroke/tfm", "pines/tfm", 4, first)
    assert found == ([expected] if is_told else [])


@pytest.mark.parametrize(("until", "is_told"), [(None, True), (on(3), False)])
def test_an_agreement_in_doubt(tables: Tables, until: date | None, is_told: bool) -> None:
    lists(tables, 3)
    end(tables, "webb", (0, 2))
    printed(tables, 3, "webb", range(3))
    rows = {"publication_id": "p2", "row_number": 3, "since": on(2), "until": until}
    before = {"previous_publication_id": "p1", "previous_row_number": 3}
    told = {"agreement_id": "webb/tfm", "agency_id": "webb", "evidence": "the same county"}
    tables.given("doubts", rows | before | told)
    found = tables.ask("select finding, state, agreement_id, says, row_number from audit_doubts")
    says = "Webb has been in doubt since 2025-05-07: the same county."
    assert found == ([("in_doubt", "PA", "webb/tfm", says, 3)] if is_told else [])


def test_a_finding_stands_with_its_question_and_both_rows(tables: Tables) -> None:
    lists(tables, 40)
    end(tables, "milford", (0, 29), **PIKE)
    end(tables, "eastern", (31, 39), **PIKE)
    printed(tables, 29, "milford", range(30))
    printed(tables, 31, "eastern", range(31, 40))
    event(tables, "removed", "milford", 30)
    question = {"finding": "departed_as_another_came", "place": "1", "says": "Did it leave?"}
    tables.given("seed_audit_findings", question)
    columns = (
        "finding, question, file_name, agency_printed, row_number, other_file_name,"
        " other_agency_printed, other_row_number"
    )
    assert tables.make("audit", columns) == [
        (
            *("departed_as_another_came", "Did it leave?"),
            *("29.xlsx", "milford as printed", 29, "31.xlsx", "eastern as printed", 31),
        )
    ]


@pytest.mark.parametrize(
    ("left", "right", "is_told"),
    [
        ("AL | eastern | TFM", "AL | milford | TFM", False),
        ("milford", "eastern", False),
        ("milford", "pike", True),
    ],
)
def test_what_a_person_decided_is_no_question(
    tables: Tables, left: str, right: str, is_told: bool
) -> None:
    end(tables, "milford", (0, 29), **PIKE)
    end(tables, "eastern", (31, 39), **PIKE)
    event(tables, "removed", "milford", 30)
    keyed(tables, "milford", "eastern", "pike")
    for agency in ("milford", "eastern", "pike"):
        tables.given("agencies", {"agency_id": agency})
    tables.given("seed_identity_links", {"decision": "distinct", "left": left, "right": right})
    question = {"finding": "departed_as_another_came", "place": "1", "says": "Did it leave?"}
    tables.given("seed_audit_findings", question)
    assert len(tables.make("audit")) == is_told
