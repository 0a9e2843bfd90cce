"""Who is who: the rules against what every row that left really was, events, ids, decisions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.settings import ROOT
from flows.steps.common.errors import UsageError
from flows.steps.common.layout import Paths
from flows.steps.warehouse import database as warehouse_step
from flows.steps.warehouse import undecided
from flows.steps.warehouse.build import build
from flows.steps.warehouse.reviews import settle_identity
from tests.few_lists import BAKER, Lists, agencies, events, record, row
from tests.workbooks import Row, agreement

DOCUMENTS = "https://www.ice.gov/doclib/287gMOA"
GOLDEN = ROOT / "tests" / "golden" / "identity.csv"
SAME = {"formatting", "redated", "renamed", "restated"}
Db = duckdb.DuckDBPyConnection


@dataclass
class Score:
    """Rows that we join or call departed, against what they were."""

    right: int = 0
    wrong: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        return self.right / max(1, self.right + len(self.wrong))

    @property
    def recall(self) -> float:
        return self.right / max(1, self.right + len(self.missed))


def judged(db: Db) -> pl.DataFrame:
    """Return the labelled rows with what the warehouse says of each."""
    rows = pl.read_csv(GOLDEN, infer_schema=False).rows()
    columns = "list, previous, publication, state, agency, model, signed, truth, partner, why"
    db.execute(f"create temp table golden ({columns.replace(',', ' varchar,')} varchar)")
    db.executemany(f"insert into golden values ({', '.join('?' * 10)})", rows)
    found = db.execute(JUDGED)
    names = [column[0] for column in found.description]
    return pl.DataFrame(found.fetchall(), schema=names, orient="row")


JUDGED = """
with

lists as (
    select publication_id, list, step, published_on || coalesce(part, '') as label
    from publications
    where status = 'accepted'
),

labelled as (
    select golden.*, before.publication_id as before_id, now.publication_id as now_id
    from golden
    inner join lists as now
        on golden.list = now.list and golden.publication = now.label
    inner join lists as before
        on golden.list = before.list and golden.previous = before.label
        and now.step = before.step + 1
),

printed as (
    select
        publication_id,
        agreement_id,
        concat_ws(' | ', state_printed, agency_printed, model_printed, signed_printed) as key
    from list_rows
)

select distinct
    labelled.publication,
    concat_ws(' | ', labelled.state, labelled.agency, labelled.model, labelled.signed) as key,
    labelled.truth,
    labelled.partner,
    gone.agreement_id,
    list_sort(list(distinct stays.key) filter (where stays.key is not null)) as partners,
    any_value(events.kind) as kind,
    any_value(events.rule) as rule
from labelled
left join printed as gone
    on labelled.before_id = gone.publication_id
    and gone.key
        = concat_ws(' | ', labelled.state, labelled.agency, labelled.model, labelled.signed)
left join printed as stays
    on labelled.now_id = stays.publication_id and gone.agreement_id = stays.agreement_id
left join events
    on labelled.now_id = events.publication_id
    and gone.agreement_id = events.agreement_id
    and events.kind in ('removed', 'renewed', 'switched')
group by all
order by labelled.publication, key
"""


def scores(rows: pl.DataFrame) -> tuple[Score, Score]:
    """Return (joins, departures) against the labels; rows too near the end are left out."""
    joins, departures = Score(), Score()
    for one in rows.iter_rows(named=True):
        name = f"{one['publication']} {one['key']}: {one['truth']}"
        is_joined = bool(one["partners"])
        if one["truth"] in SAME and one["partner"] in (one["partners"] or []):
            joins.right += 1
        elif one["truth"] in SAME:
            joins.missed.append(name)
        if is_joined and not (one["truth"] in SAME and one["partner"] in one["partners"]):
            joins.wrong.append(f"{name}, joined with {one['partners']}")
        is_departed = one["kind"] == "removed" and one["rule"] == "confirmed"
        if is_departed and one["truth"] == "removed":
            departures.right += 1
        elif is_departed:
            departures.wrong.append(name)
        elif one["truth"] == "removed":
            departures.missed.append(f"{name}, {one['kind']} {one['rule']}")
    return joins, departures


def test_every_row_that_left_is_judged_as_a_person_did(warehouse: Path) -> None:
    with duckdb.connect(":memory:") as db:
        db.execute(f"attach '{warehouse}' as record (read_only)")
        db.execute("set search_path = 'record,memory'")
        rows = judged(db)
    assert rows.height == sum(1 for _ in GOLDEN.open()) - 1
    joins, departures = scores(rows)
    for title, score in (("joins", joins), ("departures", departures)):
        print(f"{title}: precision {score.precision:.1%}, recall {score.recall:.1%}")
        for kind, misses in (("wrong", score.wrong), ("missed", score.missed)):
            for miss in misses:
                print(f"  {kind}: {miss}")
    assert joins.precision >= 0.99
    assert joins.recall >= 0.97
    assert departures.precision >= 0.99
    assert departures.recall >= 0.97


RENAMES = {
    "an abbreviation": ("Tampa PD", "Tampa Police Department", {}),
    "a state in front": ("Department of Corrections", "Florida Department of Corrections", {}),
    "City of": ("City of Largo Police Department", "Largo Police Department", {}),
    "a letter": ("Lampass County Sheriff's Office", "Lampasas County Sheriff's Office", {}),
    "two letters swapped": ("Macro Island Police Department", "Marco Island Police Department", {}),
    "a word cut short": ("Berrian County Sheriff's Offic", "Berrian County Sheriff's Office", {}),
    "another body of the county": ("Gulf County BOCC", "Gulf County Sheriff's Office", {}),
    "words in another order": ("Constable Unity Township", "Unity Township Constable", {}),
    "the same document": (
        "Louisiana State Patrol",
        "Louisiana State Police Department",
        {"moa": "https://www.ice.gov/doclib/LouisianaStatePolice_TFM_MOA.pdf"},
    ),
}


@pytest.mark.parametrize("case", RENAMES)
def test_a_name_put_right_is_the_same_agreement(case: str, tmp_path: Path) -> None:
    old, new, fields = RENAMES[case]
    paths = record(tmp_path, [[row(old, **fields)], [row(new, **fields)]])
    assert [(day, kind, before, after) for day, kind, _, before, after in events(paths)] == [
        ("03", "renamed", old, new)
    ]


# Signed on the day of the list that brings it: what ICE's new rows look like.
NEW = {"signed": date(2025, 6, 2)}
TWO_AGENCIES = {
    "another county of like name": ("Leon County Sheriff's Office", "Levy County Sheriff's Office"),
    "another precinct": ("Harris County Constable Pct 1", "Harris County Constable Pct 4"),
    "another direction": ("Melbourne Police Department", "West Melbourne Police Department"),
    "another place": ("Holmes Beach Police Department", "Daytona Beach Police Department"),
    "a city and its county": ("Fairfax Police Department", "Fairfax County Sheriff's Office"),
}


@pytest.mark.parametrize("case", TWO_AGENCIES)
def test_two_agencies_are_not_made_one(case: str, tmp_path: Path) -> None:
    old, new = TWO_AGENCIES[case]
    paths = record(tmp_path, [[row(old)], [row(new, **NEW)]])
    assert [(kind, rule) for _, kind, rule, *_ in events(paths)] == [
        ("added", "first_listed"),
        ("removed", "awaiting"),
    ]


@pytest.mark.parametrize("case", TWO_AGENCIES)
def test_an_old_row_under_another_name_is_no_departure(case: str, tmp_path: Path) -> None:
    """Nobody signs with a date of six years ago: the row is the one that stood in its place."""
    old, new = TWO_AGENCIES[case]
    paths = record(tmp_path, [[row(old)], [row(new)]])
    assert events(paths) == [("03", "renamed", "relabelled", old, new)]
    assert looks(paths) == [(old, new)]


def test_a_name_that_stands_beside_it_is_another_agency(tmp_path: Path) -> None:
    """Marion and Martin are two edits apart and two counties: the row was Marion's."""
    marion, martin = (f"{name} County Sheriff's Office" for name in ("Marion", "Martin"))
    beside = [row(name, model="Jail Enforcement Model") for name in (marion, martin)]
    lists = [[*beside, row(marion)], [*beside, row(martin)]]
    paths = record(tmp_path, lists)
    assert [(kind, before, after) for _, kind, _, before, after in events(paths)] == [
        ("renamed", marion, martin)
    ]
    assert agencies(paths) == [(marion, [martin]), (martin, [])]
    [(left, right)] = warehouse_step.query(
        paths.layout.database, 'select "left", "right" from identity_links'
    ).rows()
    assert left == "FL | marion-county-sheriffs-office | WSO | 2019-10-15"
    assert right == "FL | martin-county-sheriffs-office | WSO | 2019-10-15"
    for decision, kinds in (("same", ["renamed"]), ("distinct", ["added", "removed"])):
        line = f"{decision},{left},{right},we asked them,a call,2025-06-04\n"
        again = record(tmp_path / decision, lists, links=line)
        assert [kind for _, kind, *_ in events(again)] == kinds
        assert looks(again) == []


def looks(paths: Paths) -> list[tuple[str, str]]:
    """Return the names of the joins that `review` shows for a look."""
    return [(one["agency_before"], one["agency_printed"]) for one in undecided.relabels(paths)]


def candidates(paths: Paths) -> list[tuple[str, ...]]:
    sql = 'select "left", "right" from identity_candidates'
    return warehouse_step.query(paths.layout.database, sql).rows()


def test_a_person_can_part_what_a_rule_joins(tmp_path: Path) -> None:
    lists = [[row("Gulf County BOCC")], [row("Gulf County Sheriff's Office")]]
    line = (
        "distinct,fl-gulf-county-bocc,fl-gulf-county-sheriffs-office,two bodies,a call,2025-06-04\n"
    )
    kinds = [kind for _, kind, *_ in events(record(tmp_path, lists, links=line))]
    assert kinds == ["added", "removed"]


def test_a_decision_that_names_nothing_listed_stops_the_build(tmp_path: Path) -> None:
    line = "same,fl-baker-county-sheriffs-office,fl-no-such-agency,why,who,2025-06-04\n"
    with pytest.raises(UsageError, match=r"identity_links\.csv line 2: .*fl-no-such-agency"):
        record(tmp_path, [[BAKER]], links=line)


def test_a_county_has_one_sheriff(tmp_path: Path) -> None:
    """An office on one model and a department on another, side by side; a city's is another."""
    names = ("Walker County Sheriff's Department", "Walker County Sheriff's Office")
    city = "Walker City Sheriff's Office"
    rows = [row(names[0], model="Jail Enforcement Model"), row(names[1]), row(city)]
    paths = record(tmp_path, [rows])
    assert agencies(paths) == [(city, []), (names[0], [names[1]])]
    totals = warehouse_step.query(paths.layout.database, "select agreements, agencies from totals")
    assert totals.rows() == [(43, 42)]
    assert candidates(paths) == []
    pair = ("fl-walker-county-sheriffs-department", "fl-walker-county-sheriffs-office")
    settle_identity(paths, "distinct", pair, "two agencies", date(2025, 6, 4))
    build(paths)
    assert agencies(paths) == [(city, []), *((name, []) for name in names)]


def test_a_police_department_printed_in_two_ways_is_a_candidate(tmp_path: Path) -> None:
    names = ("Largo Police Department", "Largo Police Office")
    paths = record(tmp_path, [[row(names[0], model="Jail Enforcement Model"), row(names[1])]])
    pair = ("fl-largo-police-department", "fl-largo-police-office")
    assert candidates(paths) == [pair]
    settle_identity(paths, "same", pair, "one agency", date(2025, 6, 4))
    build(paths)
    assert candidates(paths) == []
    [(_, others)] = [one for one in agencies(paths) if "Largo" in one[0]]
    assert len(others) == 1


def test_a_respelling_that_was_taken_back_is_no_second_agency(tmp_path: Path) -> None:
    """So Hopewell of Virginia was printed for a day, beside its two other agreements."""
    names = ("Hopewell County Sheriff's Office", "Hopewell Sheriff's Office")
    county = {"county": "Hopewell County"}
    beside = row(names[0], model="Jail Enforcement Model", **county)
    lists = [[beside, row(name, **county)] for name in (names[0], names[1], names[0])]
    assert agencies(record(tmp_path / "one", lists)) == [(names[0], [names[1]])]
    # Left as it is, it is one name more of the same body; with an agreement of its own, another's.
    assert agencies(record(tmp_path / "stays", lists[:2])) == [(names[0], [names[1]])]
    own = [[*rows, row(names[1], model="Task Force Model", **county)] for rows in lists]
    assert agencies(record(tmp_path / "own", own)) == [(names[0], []), (names[1], [])]


def test_every_agency_bears_an_agreement_or_an_application(db: Db) -> None:
    assert (
        db.execute(
            "select agency_id from agencies where agency_id not in"
            " (select agency_id from agreements union all select agency_id from pending)"
        ).fetchall()
        == []
    )


def test_dates_states_and_types_put_right(tmp_path: Path) -> None:
    lists = [
        [BAKER, row("Cass County Sheriff's Office", state="MONTANA")],
        [
            agreement(signed=date(2019, 10, 16)),
            row("Cass County Sheriff's Office", state="MINNESOTA"),
        ],
        [
            agreement(signed=date(2019, 10, 16), kind="State Agency"),
            row("Cass County Sheriff's Office", state="MINNESOTA"),
        ],
    ]
    assert events(record(tmp_path, lists)) == [
        ("03", "redated", "redated", "2019-10-15", "2019-10-16"),
        ("03", "restated", "other_state", "MT", "MN"),
        ("04", "restated", "type_printed", "County", "State Agency"),
    ]


def test_a_new_signing_and_another_model_take_over(tmp_path: Path) -> None:
    lists = [
        [agreement(moa=f"{DOCUMENTS}/one.pdf"), row("Clay County Sheriff's Office")],
        [
            agreement(signed=date(2025, 6, 3), moa=f"{DOCUMENTS}/two.pdf"),
            row(
                "Clay County Sheriff's Office",
                model="Jail Enforcement Model",
                signed=date(2025, 6, 3),
            ),
        ],
    ]
    paths = record(tmp_path, lists)
    assert [(kind, rule) for _, kind, rule, *_ in events(paths)] == [
        ("renewed", "same_step"),
        ("switched", "same_step"),
    ]
    taken = "select status, replaced_by is not null from agreements where status <> 'active'"
    assert warehouse_step.query(paths.layout.database, taken).rows() == [("replaced", True)] * 2


def test_a_second_row_of_one_agreement_is_no_departure(tmp_path: Path) -> None:
    twice = [row("City of Largo Police Department"), row("Largo Police Department")]
    paths = record(tmp_path, [twice, twice, twice[1:]])
    assert [(kind, rule) for _, kind, rule, *_ in events(paths)] == [
        ("duplicate_dropped", "stood_beside")
    ]


def test_a_row_back_under_another_spelling_was_only_missing(tmp_path: Path) -> None:
    old, new = row("Wyoming State Highway Patrol"), row("Wyoming Highway State Patrol")
    said = events(record(tmp_path, [[old], [], [new], *[[new]] * 9]))
    assert [(kind, rule) for _, kind, rule, *_ in said] == [
        ("removed", "gap"),
        ("renamed", "reworded"),
        ("returned", "gap"),
    ]


def test_a_departure_is_provisional_confirmed_or_retracted(tmp_path: Path) -> None:
    def said(lists: Lists, base: str) -> list[tuple[str, ...]]:
        return events(record(tmp_path / base, lists), "kind, rule, is_provisional")

    here, gone = [row("Baker County Sheriff's Office")], list[Row]()
    assert said([here, gone, gone], "a") == [("03", "removed", "awaiting", "True")]
    assert said([here, *[gone] * 10], "b") == [("03", "removed", "confirmed", "False")]
    assert said([here, gone, gone, here], "c") == [
        ("03", "removed", "gap", "True"),
        ("05", "returned", "gap", "False"),
    ]
    assert said([here, *[gone] * 10, here], "d") == [
        ("03", "removed", "confirmed", "False"),
        ("17", "returned", "new_period", "False"),
    ]


def test_an_application_is_followed_to_its_end(tmp_path: Path) -> None:
    def asked(agency: str) -> Row:
        return ("FLORIDA", agency, "County", "", "Task Force Model")

    baker, clay, dixie = (
        asked(f"{name} County Sheriff's Office") for name in ("Baker", "Clay", "Dixie")
    )
    typed = asked("Bradfort County Sheriff's Office")
    signed = [
        row(f"{name} County Sheriff's Office", model="Task Force Model")
        for name in ("Baker", "Bradford")
    ]
    paths = record(
        tmp_path,
        [[], signed, *[signed[1:]] * 11],
        [[baker, clay, typed], [clay, dixie], [clay, dixie, baker], *[[dixie]] * 10],
    )
    pending = "select application_id, outcome, matched_by, days_waited from pending order by all"
    assert warehouse_step.query(paths.layout.database, pending).rows() == [
        ("fl-baker-county-sheriffs-office/tfm/pending", "signed", "exact", 1),
        ("fl-bradfort-county-sheriffs-office/tfm/pending", "signed", "spelling", 1),
        ("fl-clay-county-sheriffs-office/tfm/pending", "withdrawn", None, 3),
        ("fl-dixie-county-sheriffs-office/tfm/pending", "waiting", None, 15),
    ]
    kinds = [(day, kind) for day, kind, *_ in events(paths) if "pending" in kind]
    assert ("03", "pending_added") in kinds
    assert ("04", "returned_to_pending") in kinds
    assert kinds.count(("03", "pending_signed")) == 2
    assert ("05", "pending_withdrawn") in kinds


SPELLINGS = st.sampled_from(
    [
        "Baker County Sheriff's Office",
        "BAKER COUNTY SHERIFF’S OFFICE",
        " Baker  County Sheriffs Office ",
    ]
)


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    names=st.tuples(SPELLINGS, SPELLINGS, SPELLINGS),
    seed=st.randoms(),
    order=st.sampled_from([1, -1]),
)
def test_ids_hold_whatever_the_order_blanks_case_and_apostrophes(
    names: tuple[str, ...], seed: Any, order: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    base = tmp_path_factory.mktemp("ids")
    lists = [[row(name), row("Tampa PD"), row("Clay County Sheriff's Office")] for name in names]
    lists[2][1] = row("Tampa Police Department")
    for rows in lists:
        seed.shuffle(rows)
    paths = record(base, lists, order=order)
    ids = "select agreement_id from agreements where state = 'FL' order by 1"
    assert [one for (one,) in warehouse_step.query(paths.layout.database, ids).rows()] == [
        "fl-baker-county-sheriffs-office/wso/2019-10-15",
        "fl-clay-county-sheriffs-office/wso/2019-10-15",
        "fl-tampa-pd/wso/2019-10-15",
    ]
    assert [kind for _, kind, *_ in events(paths)] == ["renamed"]


def test_ids_once_published_resolve_after_older_lists_arrive(tmp_path: Path) -> None:
    lists = [[row("Tampa PD")], [row("Tampa Police Department")], [row("Tampa Police Department")]]
    newer = record(tmp_path / "newer", [[], *lists[1:]])
    whole = record(tmp_path / "whole", lists)
    known = """
    select agreement_id as id from agreements
    union select agency_id from agencies
    union select alias_id from id_aliases where event_id is null
    """
    before, after = (
        {one for (one,) in warehouse_step.query(paths.layout.database, known).rows()}
        for paths in (newer, whole)
    )
    assert "fl-tampa-police-department/wso/2019-10-15" in before
    assert before <= after


def test_a_plain_comparison_is_told_beside_ours(tmp_path: Path) -> None:
    paths = record(tmp_path, [[row("Tampa PD")], [row("Tampa Police Department")]])
    naive = "select naive_added, naive_removed, added, removed, amended from naive_changes"
    assert warehouse_step.query(paths.layout.database, naive).rows() == [(1, 1, 0, 0, 1)]


def test_an_application_stays_one_under_another_spelling(db: Db) -> None:
    """Christian County signed on 7 July; "Sherrifs" of 21 July is its application once more."""
    told = db.execute(
        "select cast(published_on as varchar), kind, after from events"
        " where list = 'pending' and contains(agreement_id, 'mo-christian-county') order by all"
    ).fetchall()
    signed = "mo-christian-county-sheriffs-office/tfm/2025-07-07"
    assert told == [
        ("2025-03-27", "pending_added", None),
        ("2025-07-08", "pending_signed", signed),
        ("2025-07-21", "pending_signed", signed),
        ("2025-07-21", "returned_to_pending", "2025-07-21"),
    ]


HERITAGE_CREEK = "ky-heritage-creek-police-department/tfm/2025-04-29"
MCINTOSH = "ok-mcintosh-county-sheriffs-office/tfm/2026-02-10"
MCKENZIE = "nd-mckenzie-county-sheriffs-office/tfm/2025-03-17"
ELSEWHERE = "signed_elsewhere"


def test_an_application_under_another_state_was_signed(db: Db) -> None:
    """Kentucky's Heritage Creek stood under Florida, North Dakota's McKenzie under Texas."""
    followed = db.execute(
        "select application_id, outcome, pending.agreement_id, days_waited, rule from pending"
        " inner join identity_links as links"
        " on links.\"left\" like upper(pending.state) || ' | ' || split_part("
        "substr(application_id, 4), '/', 1) || ' |%' and links.agreement_id = pending.agreement_id"
        " where left(application_id, 2) <> left(pending.agreement_id, 2) order by all"
    ).fetchall()
    assert followed == [
        ("fl-heritage-creek-police-department/tfm/pending", "signed", HERITAGE_CREEK, 2, ELSEWHERE),
        ("tx-mcintosh-county-sheriffs-office/tfm/pending", "signed", MCINTOSH, 2, ELSEWHERE),
        ("tx-mckenzie-county-sheriffs-office/tfm/pending", "signed", MCKENZIE, 1, ELSEWHERE),
    ]


def test_an_application_for_what_had_been_signed_is_not_withdrawn(db: Db) -> None:
    """Marion County of Alabama signed in June, and stood on the pending list of 21 July."""
    asked = "al-marion-county-sheriffs-office/tfm/pending"
    signed = "al-marion-county-sheriffs-office/tfm/2025-06-12"
    told = db.execute(
        "select cast(published_on as varchar), kind, rule, after from events"
        " where agreement_id = ? order by all",
        [asked],
    ).fetchall()
    assert told == [
        ("2025-07-21", "returned_to_pending", "signed_before", None),
        ("2025-07-22", "pending_signed", "signed_before", signed),
    ]
    [row] = db.execute(
        "select outcome, agreement_id, days_waited from pending where application_id = ?", [asked]
    ).fetchall()
    assert row == ("signed", signed, None)
    wrongly = db.execute(
        "select application_id from pending inner join agreements using (agency_id, model)"
        " where outcome = 'withdrawn' and agreements.first_listed <= pending.first_listed"
        " and agreements.last_listed >= pending.first_listed"
    ).fetchall()
    assert wrongly == []


def test_an_older_list_that_arrives_changes_no_id_of_another_event(tmp_path: Path) -> None:
    """The list of June 4 comes late: what happened then moves, and every event keeps its id."""
    baker, clay = row("Baker County Sheriff's Office"), row("Clay County Sheriff's Office")
    lists = [
        [baker],
        [baker],
        [row("Baker County Sherifs Office"), clay],
        [row("Baker County Sherifs Office"), clay],
        [row("Baker County Sherifs Office")],
    ]
    told = "select event_id, kind, agreement_id from events where agreement_id is not null"
    whole = record(tmp_path / "whole", lists)
    part = record(tmp_path / "part", [*lists[:2], *lists[3:]])
    ids = [
        warehouse_step.query(paths.layout.database, told).sort("event_id").rows()
        for paths in (part, whole)
    ]
    baker_id, clay_id = (
        f"fl-{name}-county-sheriffs-office/wso/2019-10-15" for name in ("baker", "clay")
    )
    assert ids[0] == ids[1]
    assert [one for one, *_ in ids[1]] == [
        f"participating:added:{clay_id}:1",
        f"participating:removed:{clay_id}:1",
        f"participating:renamed:{baker_id}:1",
    ]
