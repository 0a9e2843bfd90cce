"""What an editor would doubt on the real record, and the command that lists it."""

from __future__ import annotations

import json

import duckdb
import polars as pl
import pytest

from flows.settings import ROOT
from flows.steps.common.layout import Paths
from tests.command import Said, command
from tests.conftest import environment

Db = duckdb.DuckDBPyConnection
COUNTS = {
    "departed_as_another_came": 2,
    "join_undecided": 2,
    "in_another_state": 3,
    "withdrawn_as_another_signed": 3,
    "two_sheriffs": 1,
    "names_alike": 5,
    "relabelled_with_document": 2,
    "renewed_without_document": 1,
    "signed_after_listing": 10,
    "signed_year_repaired": 3,
    "moa_names_another": 9,
    "file_shared": 1,
}
"""Findings of each kind on the lists of 2021 to 2026, in the order in which they are listed."""


def audit(paths: Paths, *options: str) -> Said:
    """Run `pactwatch audit` on a data folder."""
    return command("audit", *options, env=environment(paths.layout.data))


def test_what_the_record_has_to_doubt(db: Db) -> None:
    kinds = db.execute("select finding from audit").fetchall()
    assert [kind for (kind,) in kinds] == [
        kind for kind, number in COUNTS.items() for _ in range(number)
    ]


def test_every_finding_has_its_rows_as_printed(db: Db) -> None:
    lacking = (
        "select * from audit where file_name is null or agency_printed is null or says is null"
    )
    assert db.execute(lacking).fetchall() == []
    alone = "select * from audit where other_publication_id is null or other_file_name is null"
    assert db.execute(alone).fetchall() == []
    unlike = """
        select * from audit
        inner join list_rows using (publication_id, row_number)
        where audit.agency_printed <> list_rows.agency_printed
            or list_rows.agreement_id <> audit.agreement_id
    """
    assert db.execute(unlike).fetchall() == []


def test_issues_of_dates_and_links_are_each_told_once_an_agreement(db: Db) -> None:
    codes = "('signed_after_listing', 'signed_year_repaired', 'moa_names_another')"
    flagged = db.execute(
        "select distinct code, agreement_id from issues"
        f" inner join list_rows using (publication_id, row_number) where code in {codes}"
        " order by all"
    ).fetchall()
    told = f"select finding, agreement_id from audit where finding in {codes} order by all"
    assert db.execute(told).fetchall() == flagged


@pytest.mark.parametrize(
    ("finding", "ids"),
    [
        (
            "departed_as_another_came",
            [
                ("al-blountsville-police-department", "al-blount-county-sheriffs-office"),
                (
                    "pa-milford-borough-police-department",
                    "pa-eastern-pike-regional-police-department",
                ),
            ],
        ),
        (
            "two_sheriffs",
            [
                (
                    "tn-metropolitan-moore-county-sheriffs-office",
                    "tn-moore-county-sheriffs-office",
                )
            ],
        ),
        (
            "renewed_without_document",
            [("nc-person-county-sheriffs-office", "nc-person-county-sheriffs-office")],
        ),
    ],
)
def test_whom_a_finding_is_about(finding: str, ids: list[tuple[str, str]], db: Db) -> None:
    asked = "select agency_id, other_agency_id from audit where finding = ?"
    assert db.execute(asked, [finding]).fetchall() == ids


def test_the_command_counts_first_and_shows_both_rows(seed_places: Paths) -> None:
    told = audit(seed_places)
    assert (told.returncode, told.stdout.splitlines()[:2]) == (
        0,
        ["42 findings:", "     2  departed_as_another_came"],
    )
    assert (
        "      al-blountsville-police-department/tfm/2025-12-08,"
        " al-blount-county-sheriffs-office/tfm/2026-01-26\n"
        "      participatingAgencies01222026am.xlsx, row 6: Blountsville Police Department | Task"
        " Force Model | 2025-12-08, https://www.ice.gov/doclib/287gMOA/"
        "BlountsvillePDAL_TFM_MOA_12082025.pdf\n"
        "      participatingAgencies01262026pm.xlsx, row 6: Blount County Sheriff's Office | Task"
        " Force Model | 2026-01-26\n"
    ) in told.stdout


def test_the_command_for_one_state_or_kind_in_its_forms(seed_places: Paths) -> None:
    of_state = json.loads(audit(seed_places, "--state", "tn", "--json").stdout)
    assert [(one["state"], one["finding"]) for one in of_state] == [
        ("TN", "in_another_state"),
        ("TN", "two_sheriffs"),
        ("TN", "relabelled_with_document"),
    ]
    of_kind = audit(seed_places, "--finding", "file_shared", "--csv").stdout.splitlines()
    assert of_kind[0].startswith("finding,question,says,state,agency_id,")
    assert [line.split(",")[0] for line in of_kind[1:]] == ["file_shared"]
    none = audit(seed_places, "--finding", "file_shared", "--state", "TX")
    assert (none.returncode, none.stdout) == (0, "Nothing to doubt.\n")


@pytest.mark.parametrize("options", [("--state", "ZZ"), ("--finding", "sheriffs")])
def test_a_state_or_kind_that_there_is_not_is_wrong_use(
    options: tuple[str, str], seed_places: Paths
) -> None:
    asked = audit(seed_places, *options)
    assert (asked.returncode, len(asked.stderr.splitlines())) == (2, 1)
    assert asked.stderr.startswith(f"Nothing is called {options[1]} here: give one of ")


def explained(paths: Paths, one: str) -> str:
    """Return the id of the agency that an id leads to."""
    told = command("explain", one, "--json", env=environment(paths.layout.data))
    assert told.returncode == 0, told.stderr
    return str(json.loads(told.stdout)["agency"]["agency_id"])


def released_ids(what: str) -> list[str]:
    """Return the ids of a kind that the first release published."""
    released = pl.read_csv(ROOT / "tests" / "golden" / "released_ids.csv.gz")
    return released.filter(pl.col("what") == what)["id"].to_list()


@pytest.mark.parametrize("what", ["agency", "agreement", "alias", "application", "event"])
def test_every_kind_of_released_id_explains_its_agency(what: str, seed_places: Paths) -> None:
    ids = [one for one in released_ids(what) if what != "event" or "/" in one]
    for one in ids[:: len(ids) // 4]:
        assert explained(seed_places, one)


def test_an_event_explains_its_agency_by_either_id(seed_places: Paths) -> None:
    agreement = "ok-fletcher-police-department/tfm/2025-05-08"
    [released] = [one for one in released_ids("event") if one.endswith(f":removed:{agreement}")]
    for one in (released, f"participating:removed:{agreement}:1"):
        assert explained(seed_places, one) == "ok-fletcher-police-department"


def test_an_event_of_a_whole_list_is_of_no_agency(seed_places: Paths) -> None:
    event = next(one for one in released_ids("event") if one.endswith(":reissued"))
    asked = command("explain", event, env=environment(seed_places.layout.data))
    says = f"{event} befell a list as a whole: no agency is concerned.\n"
    assert (asked.returncode, asked.stderr) == (2, says)
