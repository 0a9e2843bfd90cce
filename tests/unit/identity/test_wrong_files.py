"""Links whose file is named after another agency than that of the row."""

from __future__ import annotations

import polars as pl
import pytest

from flows.steps.identity.wrong_files import WRONG_FILE, with_wrong_files
from flows.steps.lists.clean import slug

STATES = {"FLORIDA": "FL", "GEORGIA": "GA", "SOUTH DAKOTA": "SD", "TEXAS": "TX"}
LISTED = {
    "FL": [
        "Edgewater Police Department",
        "Edgewood Police Department",
        "Melbourne Police Department",
        "Melbourne Beach Police Department",
        "St. Cloud Police Department",
        "Walton County Sheriff's Office",
        "Fort Walton Beach Police Department",
        "Lee County Sheriff's Office",
        "Lee County Port Authority Police",
        "University of West Florida Police Department",
        "Florida Department of Environmental Protection, Division of Law Enforcement",
        "Florida Fish and Wildlife Conservation Commission",
    ],
    "GA": [
        "Georgia Department of Public Safety",
        "Whitfield County Sheriff's Office",
        "Wayne County Sheriff's Office",
    ],
    "SD": ["South Dakota Highway Patrol", "McCook County Sheriff's Office"],
    "TX": ["Wayne County Constable Precinct 2", "Stamford Police Department"],
}
RIGHT = [
    ("FL", "Edgewood Police Department", "EdgewoodPoliceDeptFL_TFM_MOA_04.10.2025.pdf"),
    ("FL", "Edgewood Police Department", "EDGEWOODPDFL_4.10.25.pdf"),
    ("FL", "Edgewood Police Department", "287gTFM_OrangeCoFl2025-07-02.pdf"),
    ("FL", "Edgewood Police Department", "scan_0042.pdf"),
    ("FL", "Melbourne Beach Police Department", "MelbourneBeachPD_TFM_MOA.pdf"),
    ("FL", "St. Cloud Police Department", "ST_CLOUD_PD_FL_TFM_04.14.25.pdf"),
    ("FL", "Fort Walton Beach Police Department", "FortWaltonBeachPDFL_TFM_MOA.pdf"),
    ("FL", "Fort Walton Beach Police Department", "FtWaltonBchPDFL_TFM_MOA.pdf"),
    ("FL", "Lee County Port Authority Police", "LeeCountyFL_7.2.25.pdf"),
    ("FL", "University of West Florida Police Department", "UWFPDFL_TFM_MOA.pdf"),
    ("GA", "Wayne County Sheriff's Office", "WayneCoSheriffsOfficeGA_TFM_MOA_01302026.pdf"),
    ("GA", "Wayne County Sheriff's Office", "WaneDeptPublicSafety_TFM_MOA.pdf"),
    ("SD", "South Dakota Highway Patrol", "SouthDakotaHwyPatrol_TFM_MOA_05222025.pdf"),
    ("SD", "McCook County Sheriff's Office", "McCookCoSD_TFM_MOA_05222025.pdf"),
    ("TX", "Stamford Police Department", "StanfordPoliceDeptTX_TFM_MOA_01262026.pdf"),
]
WRONG = [
    (
        *("TX", "Stamford Police Department", "WhitfieldCoGA_TFM_MOA_01262026.pdf"),
        "Whitfield County Sheriff's Office (GA)",
    ),
    (
        *("FL", "Edgewood Police Department", "EdgewaterPoliceDeptFL_TFM_MOA_07022025.pdf"),
        "Edgewater Police Department",
    ),
    (
        *("FL", "Melbourne Beach Police Department", "MelbournePoliceDeptFL_TFM_MOA.pdf"),
        "Melbourne Police Department",
    ),
    (
        *("FL", "Melbourne Police Department", "Melbourne%20Beach%20PD_FL.PDF?v=2"),
        "Melbourne Beach Police Department",
    ),
    (
        "FL",
        "Florida Fish and Wildlife Conservation Commission",
        "FloridaDeptEnvironProtectDivLawEnf_TFM_MOA_04252025.pdf",
        "Florida Department of Environmental Protection, Division of Law Enforcement",
    ),
    (
        *("FL", "Edgewood Police Department", "287g_JEM_MOA_WaltonCountyFL.pdf"),
        "Walton County Sheriff's Office",
    ),
    (
        *("FL", "Edgewood Police Department", "StCloudPDFL_TFM.pdf"),
        "St. Cloud Police Department",
    ),
    (
        *("GA", "Wayne County Sheriff's Office", "287gJEM_WhitfieldCoGa2020-06-09.pdf"),
        "Whitfield County Sheriff's Office",
    ),
    (
        *("GA", "Wayne County Sheriff's Office", "georgiaDeptPublicSafety_TFM_MOA_03.10.25.pdf"),
        "Georgia Department of Public Safety",
    ),
    (
        *("SD", "South Dakota Highway Patrol", "McCookCoSheriffSD_TFM.pdf"),
        "McCook County Sheriff's Office",
    ),
]


def lines(state: str, agency: str, file: str, county: str | None = None) -> pl.DataFrame:
    """Return the agencies of `LISTED` without links, and one row that links a file."""
    listed = [(one, name, None, None) for one, names in LISTED.items() for name in names]
    address = f"https://www.ice.gov/doclib/287gMOA/{file}"
    rows = pl.DataFrame(
        [*listed, (state, agency, county, address)],
        schema=dict.fromkeys(("state", "agency", "county", "moa_url"), pl.String),
        orient="row",
    )
    keys = slug(rows["agency"])
    return rows.with_row_index("line").with_columns(
        list=pl.lit("participating"),
        agency_key=keys,
        agency_id=pl.col("state").str.to_lowercase() + "-" + keys,
        issues=pl.lit(["signed_repaired"]),
    )


def flagged(given: pl.DataFrame) -> list[tuple[str | None, list[str]]]:
    """Return, of the rows with a link, the agency found and the issues."""
    found = with_wrong_files(given, STATES).drop_nulls("moa_url")
    return found.select("moa_names", "issues").rows()


@pytest.mark.parametrize(("state", "agency", "file", "named"), WRONG)
def test_a_file_that_names_another_agency_is_flagged(
    state: str, agency: str, file: str, named: str
) -> None:
    assert flagged(lines(state, agency, file)) == [(named, ["signed_repaired", WRONG_FILE])]


@pytest.mark.parametrize(("state", "agency", "file"), RIGHT)
def test_a_file_that_may_be_the_agencys_own_is_not(state: str, agency: str, file: str) -> None:
    assert flagged(lines(state, agency, file)) == [(None, ["signed_repaired"])]


def test_a_file_that_names_the_rows_county_is_not_flagged() -> None:
    file = "287g_JEM_MOA_WaltonCountyFL.pdf"
    assert flagged(lines("FL", "Edgewood Police Department", file, "Walton County")) == [
        (None, ["signed_repaired"])
    ]


def test_an_older_name_of_the_agency_counts_as_its_own() -> None:
    given = lines("FL", "Edgewood Police Department", "EdgewaterPoliceDeptFL_TFM.pdf")
    one = given.with_columns(
        agency_id=pl.col("agency_id").str.replace("edgewater", "edgewood", literal=True)
    )
    assert flagged(one) == [(None, ["signed_repaired"])]


def test_rows_without_an_agency_or_a_link_come_back_as_they_were() -> None:
    given = lines("FL", "Edgewood Police Department", "EdgewaterPoliceDeptFL_TFM.pdf")
    unknown = given.with_columns(agency_id=pl.lit(None, pl.String))
    assert with_wrong_files(unknown, STATES).drop("moa_names").equals(unknown)
    assert with_wrong_files(given.clear(), STATES).height == 0
