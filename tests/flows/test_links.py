"""What happens to the links of agreements: events, and issues on rows."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import duckdb

from flows.steps.warehouse import database
from tests.few_lists import BAKER, record, row
from tests.workbooks import agreement

FOLDER = "https://www.ice.gov/doclib/287gMOA/"
OLD, NEW = f"{FOLDER}BakerCo%20FL_WSO.pdf", f"{FOLDER}BakerCoSheriffsOfficeFL_WSO_MOA.pdf"
EVENTS = (
    "select strftime(published_on, '%d'), kind, before, after, rule, row_number,"
    " previous_row_number from events where kind like 'moa%' order by published_on, kind"
)


def test_a_link_that_leads_elsewhere_is_an_event_and_its_spelling_is_none(tmp_path: Path) -> None:
    spelled = (
        OLD,
        "http://www.ICE.gov/doclib/287gMOA/BakerCo FL_WSO.pdf",
        f"{OLD}%20",
        f"{OLD}?v=2#page=1",
        f"https://web.archive.org/web/20250601000000/{OLD}",
        f"https://gcc02.safelinks.protection.outlook.com/?url={quote(OLD, safe='')}&data=x",
        NEW,
        NEW.replace("Baker", "baker"),
        "",
        OLD,
        "",
        OLD,
    )
    others = [
        row(f"{name} County Sheriff's Office", moa=f"{FOLDER}{name}CoFL.pdf")
        for name in ("Bay", "Clay", "Dixie")
    ]
    paths = record(tmp_path, [[agreement(moa=link), *others] for link in spelled])
    lower = NEW.replace("Baker", "baker")  # of a path, letter case counts
    at = ("moa_link", 42, 42)
    assert database.query(paths.layout.database, EVENTS).rows() == [
        ("10", "moa_replaced", OLD, NEW, *at),
        ("11", "moa_replaced", NEW, lower, *at),
        ("12", "moa_withdrawn", lower, None, *at),
        ("13", "moa_posted", None, OLD, *at),
        # Told apart from the posting of the same document after a pause, two lists later.
        ("13", "moa_replaced", lower, OLD, *at),
        ("16", "moa_withdrawn", OLD, None, *at),
        ("17", "moa_posted", None, OLD, *at),
    ]
    totals = "select distinct agreements from totals"
    assert database.query(paths.layout.database, totals).rows() == [(44,)]


def test_lists_that_differ_in_a_link_alone_print_the_same_rows(tmp_path: Path) -> None:
    paths = record(tmp_path, [[agreement(moa=OLD)], [agreement(moa=NEW)]])
    kinds = "select kind from events where published_on = date '2025-06-03' order by kind"
    assert database.query(paths.layout.database, kinds).rows() == [
        ("moa_replaced",),
        ("reissued",),
    ]


def test_a_link_to_another_agencys_agreement_is_flagged_on_the_row(tmp_path: Path) -> None:
    wrong = f"{FOLDER}287g_JEM_MOA_BakerCountyFL.pdf"
    paths = record(tmp_path, [[BAKER, row("Clay County Sheriff's Office", moa=wrong)]])
    issues = "select row_number, code, severity, printed, settled from issues"
    assert database.query(paths.layout.database, issues).rows() == [
        (43, "moa_names_another", "flagged", wrong, "Baker County Sheriff's Office")
    ]
    told = "select row_number, issues from list_rows where len(issues) > 0"
    assert database.query(paths.layout.database, told).rows() == [(43, ["moa_names_another"])]


def test_the_links_that_ice_replaced(db: duckdb.DuckDBPyConnection) -> None:
    found = db.execute(
        "select cast(published_on as varchar), agreement_id, parse_filename(before),"
        " parse_filename(after) from events where kind = 'moa_replaced'"
        " order by published_on, agreement_id"
    ).fetchall()
    assert len(found) == 22
    assert found[0] == (
        *("2024-12-11", "fl-walton-county-sheriffs-office/wso/2019-05-06"),
        *("287gWSO_WaltonCoFl2019-05-06.pdf", "287gWSO_Waria-labelonCoFl2019-05-06.pdf"),
    )
    assert found[-1] == (
        *("2026-04-21", "fl-jacksonville-sheriffs-office/jem/2020-06-09"),
        *("287gJEM_JacksonvilleCoFl2020-06-09.pdf", "JacksonvilleCoFL_JEM_MOA_04052026.pdf"),
    )


def test_the_links_of_the_record_to_another_agencys_agreement(
    db: duckdb.DuckDBPyConnection,
) -> None:
    found = db.execute(
        "select trim(agency_printed), settled, count(*) from issues inner join list_rows"
        " using (publication_id, row_number) where code = 'moa_names_another'"
        " group by all order by 1"
    ).fetchall()
    assert found == [
        ("Edgewood Police Department", "Edgewater Police Department", 28),
        (
            "Florida Fish and Wildlife Conservation Commission",
            "Florida Department of Environmental Protection, Division of Law Enforcement",
            11,
        ),
        ("Gilmer County Sheriff's Office", "Georgia Department of Public Safety", 35),
        ("Lancaster County Sheriff's Office", "Lancaster County Sheriff's Office (SC)", 5),
        ("Melbourne Beach Police Department", "City of Melbourne Police Department", 1),
        ("Mercer County Sheriff's Office", "Winkler County Sheriff's Office (TX)", 34),
        ("Montour County Sheriff's Office", "Manheim Borough Police Department", 150),
        ("Sebastian Police Department", "Satellite Beach Police Department", 164),
        ("Wayne County Sheriff's Office", "Whitfield County Sheriff's Office", 27),
    ]


def test_an_address_in_no_known_coding_stops_nothing(tmp_path: Path) -> None:
    links = (f"{FOLDER}Ca%F1on.pdf", f"{FOLDER}Canon.pdf")
    paths = record(tmp_path, [[agreement(moa=link)] for link in links])
    assert [one[1] for one in database.query(paths.layout.database, EVENTS).rows()] == [
        "moa_replaced"
    ]
