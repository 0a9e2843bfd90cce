"""Left is said of an agency of which nothing is listed any more; the others dropped something."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import duckdb
import pytest

from flows.steps.common.layout import Paths
from flows.steps.common.wording import by_agency, departure, gone
from flows.steps.notify import messages
from flows.steps.reports import facts, feeds, pages
from flows.steps.reports.pages.view import view
from flows.steps.reports.site import QUERIES, site_states
from flows.steps.warehouse import database
from tests.command import command
from tests.conftest import environment
from tests.unit.reports.test_report import pages as rendered
from tests.unit.reports.test_report import queried

Db = duckdb.DuckDBPyConnection

GONE = """
select events.*, agencies.name as agency
from events inner join agencies using (agency_id)
where events.kind = 'removed' and events.rule <> 'gap'
order by events.published_on, events.publication_id, agencies.name, events.model
"""

DEPARTURES = {
    ("la-morse-police-department", "2025-11-10"): "dropped its jail enforcement and warrant service"
    " models, still listed with the task force model",
    ("tx-nixon-police-department", "2025-08-12"): "dropped its warrant service model, still listed"
    " with the task force model",
    ("ok-okmulgee-county-criminal-justice-authority", "2025-08-12"): "dropped its jail enforcement"
    " model, still listed with the warrant service model",
    ("mn-jackson-county-sheriffs-office", "2025-07-11"): "dropped its jail enforcement model, still"
    " listed with the warrant service model",
    ("mn-jackson-county-sheriffs-office", "2025-12-29"): "dropped its warrant service model and"
    " left the list",
    ("va-hopewell-county-sheriffs-office", "2025-09-24"): "dropped its jail enforcement and warrant"
    " service models, still listed with the task force model",
    ("ne-brown-county-sheriffs-office", "2025-12-05"): "dropped its jail enforcement, task force"
    " and warrant service models and left the list",
    ("ok-fletcher-police-department", "2025-09-24"): "dropped its task force model and left the"
    " list",
}


def departures(db: Db) -> list[list[Any]]:
    return by_agency(database.read_dicts(db, GONE))


@pytest.mark.parametrize(("which", "says"), DEPARTURES.items())
def test_what_an_agency_did(db: Db, which: tuple[str, str], says: str) -> None:
    said = [
        departure(own)
        for own in departures(db)
        if (own[0]["agency_id"], str(own[0]["published_on"])) == which
    ]
    assert said == [says]


def test_an_agency_is_said_to_have_left_only_where_no_row_of_it_is_listed(db: Db) -> None:
    """Against the rows of the very list, by another way than the model's."""
    rows = db.execute(
        "select events.event_id, list_sort(list(agreements.model) filter ("
        " agreements.model is not null)) as models, any_value(events.still_listed)"
        " from events"
        " left join (select distinct publication_id, agreement_id from list_rows) as printed"
        " using (publication_id)"
        " left join agreements on printed.agreement_id = agreements.agreement_id"
        " and agreements.agency_id = events.agency_id"
        " where events.kind = 'removed' group by events.event_id"
    ).fetchall()
    assert len(rows) > 100
    assert [row for row in rows if (row[1] or []) != row[2]] == []


@pytest.mark.parametrize(
    ("models", "still", "says"),
    [
        (["TFM"], ["TFM"], "one of its two task force agreements, still listed with the task"),
        (
            ["JEM", "TFM"],
            ["TFM", "TFM", "WSO"],
            "its jail enforcement model and one of its three task force agreements, still listed"
            " with the task force and warrant service models",
        ),
        (["TFM"] * 2, ["TFM"] * 9, "two of its 11 task force agreements, still listed with the"),
        (["TFM"] * 2, [], "its task force model and left the list"),
    ],
)
def test_one_of_several_agreements_on_a_model(
    models: list[str], still: list[str], says: str
) -> None:
    events = [{"model": model, "still_listed": still} for model in models]
    assert departure(events).startswith(f"dropped {says}")


def test_both_numbers() -> None:
    assert gone(3, 1) == "3 agreements gone, 1 agency left"
    assert gone(1, 0) == "1 agreement gone, no agency left"


def test_a_week_tells_agreements_and_agencies(warehouse: Path, db: Db) -> None:
    found = facts.assemble("2025-W46", queried(warehouse, "2025-W46"))
    assert (found["ledger"]["left"]["value"], found["ledger"]["agencies_left"]["value"]) == (4, 2)
    query = "select agreements_gone, agencies_gone from weekly where week = '2025-W46'"
    assert db.execute(query + " and list = 'participating'").fetchall() == [(4, 2)]
    assert pages.lede(found).startswith(
        "17 agreements joined the list and 4 are gone; 2 agencies left the list. The total is"
    )
    left, dropped = view(found)["sections"][0]["parts"][1:3]
    assert (left["title"], left["text"]) == (
        "Left the list",
        "2 agencies dropped 2 agreements and left: Kansas 1, Utah 1.",
    )
    assert [row[0]["text"] for row in left["tables"][0]["rows"]] == [
        "Seward County Sheriff's Office",
        "Sanpete County Sheriff's Office",
    ]
    assert (dropped["title"], dropped["text"]) == (
        "Dropped an agreement, still listed",
        "1 agency dropped 2 agreements: Louisiana 1.",
    )
    assert [[cell["text"] for cell in row] for row in dropped["tables"][0]["rows"]] == [
        [
            "Morse Police Department",
            "Dropped its jail enforcement and warrant service models, still listed with the task"
            " force model",
            "17 October 2025",
            "7 November 2025 pm, rows 542 and 544",
            "\u2013",
        ]
    ]
    rows = list(csv.DictReader(rendered(found)["changes.csv"].splitlines()))
    assert [
        (row["change"], row["model"], row["still_listed"])
        for row in rows
        if row["kind"] == "removed"
    ] == [
        ("left", "TFM", ""),
        ("left", "JEM", ""),
        ("dropped", "JEM", "TFM"),
        ("dropped", "WSO", "TFM"),
    ]


def test_a_states_page_says_what_its_agencies_did(db: Db) -> None:
    rows = {name: database.read_dicts(db, sql) for name, sql in QUERIES.items()}
    views = site_states.views(rows | {"changes": database.read_dicts(db, feeds.QUERY)})
    page = {view["code"]: view for view in views}
    assert page["LA"]["gone_words"] == "4 agreements gone, 2 agencies left."
    hows = {(row[0]["text"], row[1]["text"]): row[4]["text"] for row in page["LA"]["left"]["rows"]}
    morse = "Morse Police Department"
    assert hows[morse, "Jail Enforcement Model"] == (
        "Dropped, the agency still listed with the task force model"
    )
    assert hows["Ouachita Parish Sheriff's Office", "Jail Enforcement Model"] == (
        "The agency left the list"
    )
    changes = [[cell["text"] for cell in row] for row in page["LA"]["changes"]["rows"]]
    assert [row[1:] for row in changes if row[2] == morse and row[1] != "Joined"] == [
        [
            "Dropped its jail enforcement and warrant service models, still listed with the task"
            " force model",
            morse,
            "Jail Enforcement Model and Warrant Service Officer",
        ]
    ]
    [brown] = [row for row in page["NE"]["changes"]["rows"] if row[1]["text"] == "Left the list"]
    assert [cell["text"] for cell in brown][2:] == [
        "Brown County Sheriff's Office",
        "Jail Enforcement Model, Task Force Model and Warrant Service Officer",
    ]


def test_a_notice_tells_who_left_and_who_dropped_what(db: Db) -> None:
    publication = "participating-2025-11-10am-333147e0"
    events = [row for own in departures(db) for row in own if row["publication_id"] == publication]
    totals = "select * from totals where list = 'participating' and published_on = $day"
    [now] = database.read_dicts(
        db, "select * from totals where publication_id = $id", {"id": publication}
    )
    before = database.read_dicts(db, totals, {"day": "2025-11-07"})[-1]
    notice = messages.change(now, before, events, 1)
    assert notice is not None
    assert notice.title == "287(g) list of 10 November 2025: 3 agreements gone, 1 agency left"
    assert notice.body.splitlines()[1:3] == [
        "Left the list (1): Kansas: Seward County Sheriff's Office (TFM).",
        "Dropped an agreement, still listed (1): Louisiana: Morse Police Department dropped its"
        " jail enforcement and warrant service models, still listed with the task force model.",
    ]


def test_explain_says_it_once_below_the_events(seed_places: Paths) -> None:
    env = environment(seed_places.layout.data)
    said = command("explain", "ne-brown-county-sheriffs-office", env=env).stdout.splitlines()
    [at] = [at for at, line in enumerate(said) if "left the list" in line]
    assert said[at].strip() == (
        "Dropped its jail enforcement, task force and warrant service models and left the list"
    )
    assert [line.split()[1] for line in said[at - 3 : at]] == ["removed"] * 3
    told = command("explain", "la-morse-police-department", "--csv", env=env).stdout
    gone = [row for row in csv.DictReader(told.splitlines()) if row["kind"] == "removed"]
    assert [(row["model"], row["still_listed"]) for row in gone] == [("JEM", "TFM"), ("WSO", "TFM")]
