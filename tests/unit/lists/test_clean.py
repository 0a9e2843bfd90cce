"""Cleaning rules: what a printed value is read as, and what is flagged instead of guessed."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest

from flows.settings import ROOT, paths_at
from flows.steps.common import seeds
from flows.steps.common.errors import CheckFailed, UsageError
from flows.steps.common.records import ROWS_SCHEMA, Reference
from flows.steps.lists import publications
from flows.steps.lists.clean import clean_rows, without_later_dates
from flows.steps.lists.signing_dates import clean_date
from flows.steps.warehouse.build import build

REFERENCE = seeds.read_reference(ROOT / "seeds")


def clean(**printed: str | None) -> dict[str, object]:
    row = {
        "state_printed": "FLORIDA",
        "agency_printed": "Baker County Sheriff's Office",
        "model_printed": "Task Force Model",
        "signed_printed": "2025-03-01",
        **{f"{name}_printed": value for name, value in printed.items()},
    }
    rows = pl.DataFrame([row], schema=ROWS_SCHEMA)
    return clean_rows(rows, REFERENCE).row(0, named=True)


@pytest.mark.parametrize(
    ("printed", "state", "issues"),
    [
        ("FLORIDA", "FL", []),
        ("TEXAS ", "TX", []),
        ("UTAh", "UT", []),
        ("WEST\u00a0VIRGINIA", "WV", []),
        ("UTAHJ", "UT", ["state_repaired"]),
        ("WEST VIRIGINIA", "WV", ["state_repaired"]),
        ("PENNSLYVANIA", "PA", ["state_repaired"]),
        ("NOUTH CAROLINA", None, ["state_unknown"]),  # North and South are one edit away
        ("AKANSAS", None, ["state_unknown"]),  # Kansas and Arkansas are
        ("ONTARIO", None, ["state_unknown"]),
        (None, None, ["state_unknown"]),
        ("GUAM", "GU", []),
        ("AL", "AL", []),
        ("w.v.", "WV", []),
        ("D.C.", "DC", []),
        ("Washington, D.C.", "DC", []),
        ("CNMI", "MP", []),
        ("Commonwealth of the Northern Mariana Islands", "MP", []),
        ("Virgin Islands of the United States", "VI", []),
        ("US Virgin Islands", "VI", []),
        ("Commonwealth of Virginia", "VA", []),
        ("Territory of Guam", "GU", []),
        ("State of Florida", "FL", []),
        ("Commonwealth of Virgina", "VA", ["state_repaired"]),
        ("FLA.", "FL", ["state_repaired"]),
        ("Calif", "CA", ["state_repaired"]),
        ("W. Va.", "WV", ["state_repaired"]),
        # one letter from a code or an abbreviation is no misprint of it
        ("FI", None, ["state_unknown"]),
        ("XL", None, ["state_unknown"]),
        ("FLQ.", None, ["state_unknown"]),
        ("MINSS", None, ["state_unknown"]),
    ],
)
def test_state(printed: str | None, state: str | None, issues: list[str]) -> None:
    row = clean(state=printed)
    assert (row["state"], row["issues"]) == (state, issues)


@pytest.mark.parametrize(
    ("printed", "model", "issues"),
    [
        ("Jail Enforcement Model ", "JEM", []),
        ("Jail Enforcment Model", "JEM", ["model_repaired"]),
        ("Warrant Services Officer", "WSO", []),
        ("Task Force Officer", "TFM", []),
        ("TFM", "TFM", []),
        ("wso", "WSO", []),
        ("Jail Enforcement", "JEM", []),
        ("Task Force", "TFM", []),
        ("TFO", "TFM", []),
        ("TFN", None, ["model_unknown"]),
        ("Hybrid Model", None, ["model_unknown"]),
        (None, None, ["model_unknown"]),
    ],
)
def test_model(printed: str | None, model: str | None, issues: list[str]) -> None:
    row = clean(model=printed)
    assert (row["model"], row["issues"]) == (model, issues)


@pytest.mark.parametrize(
    ("printed", "signed_on", "issue"),
    [
        ("2019-10-15", "2019-10-15", None),
        ("05/082025", "2025-05-08", "signed_repaired"),
        ("7/72025", "2025-07-07", "signed_repaired"),
        ("8/282025", "2025-08-28", "signed_repaired"),
        ("6/30/20026", "2026-06-30", "signed_repaired"),
        ("5025-07-07", "2025-07-07", "signed_repaired"),
        ("7//7/2025", "2025-07-07", "signed_repaired"),
        ("3/5/25", "2025-03-05", None),
        ("3-5-2025", "2025-03-05", None),
        ("June 5, 2025", "2025-06-05", None),
        ("45799", "2025-05-22", None),
        ("16-Apr-25", "2025-04-16", None),
        ("16Apr2025", "2025-04-16", None),
        ("2025-Apr-16", "2025-04-16", None),
        ("4/16/2025 12:00:00 AM", "2025-04-16", None),
        ("4/16/25 3:00 PM", "2025-04-16", None),
        ("4/16/2025 0:00", "2025-04-16", None),
        ("2025-04-16T00:00:00", "2025-04-16", None),
        ("2025-04-16T00:00:00-04:00", "2025-04-16", None),
        ("2025-04-16 00:00:00.000", "2025-04-16", None),
        ("April 16th, 2025", "2025-04-16", None),
        ("Apr. 16, 2025", "2025-04-16", None),
        ("Sept. 16, 2025", "2025-09-16", None),
        ("Wednesday, April 16, 2025", "2025-04-16", None),
        ("16 April, 2025", "2025-04-16", None),
        ("16th day of April, 2025", "2025-04-16", None),
        ("20250416", "2025-04-16", None),
        ("\uff14/\uff11\uff16/\uff12\uff10\uff12\uff15", "2025-04-16", None),
        ("\u0664/\u0661\u0666/\u0662\u0660\u0662\u0665", "2025-04-16", None),
        # the day before the month, where it can be nothing else
        ("16.04.2025", "2025-04-16", "signed_repaired"),
        ("16/4/2025", "2025-04-16", "signed_repaired"),
        ("04162025", "2025-04-16", "signed_repaired"),
        ("31/4/2025", None, "signed_unreadable"),
        ("2025-16-04", None, "signed_unreadable"),
        ("April 31, 2025", None, "signed_unreadable"),
        ("4/16/2025 25:61", None, "signed_unreadable"),
        ("4/2025", None, "signed_unreadable"),
        ("April 2025", None, "signed_unreadable"),
        ("4/16/99", None, "signed_unreadable"),
        ("4/16/1925", None, "signed_unreadable"),
        ("99999", None, "signed_unreadable"),
        ("2025-04-16 and 2025-05-01", None, "signed_unreadable"),
        ("2205-03-01", None, "signed_unreadable"),  # 2005 and 2025 are both one slip away
        ("13/45/2025", None, "signed_unreadable"),
        ("TBD", None, "signed_unreadable"),
        (None, None, "signed_missing"),
        ("", None, "signed_missing"),
    ],
)
def test_signing_date(printed: str | None, signed_on: str | None, issue: str | None) -> None:
    assert clean_date(printed) == (signed_on, issue)


@pytest.mark.parametrize(
    "printed",
    [
        "Baker County Sheriff's Office",
        "BAKER COUNTY SHERIFF\u2019S OFFICE",
        " Baker  County\u00a0Sheriffs Office ,",
        "Baker County Sheriff\u02bcs\u200b Office",
    ],
)
def test_case_blanks_apostrophes_and_punctuation_do_not_make_another_agency(printed: str) -> None:
    assert clean(agency=printed)["agency_key"] == "baker-county-sheriffs-office"


@pytest.mark.parametrize("printed", ["#N/A", "#NA", "N/A", "#n?A", "n.a."])
def test_ways_of_writing_not_applicable_are_no_value(printed: str) -> None:
    row = clean(county=printed, type=printed)
    assert (row["county"], row["agency_type"], row["issues"]) == (None, None, [])


def test_an_unknown_type_is_flagged_and_the_row_keeps_its_key() -> None:
    row = clean(type="Martian")
    assert (row["agency_type"], row["issues"]) == (None, ["type_unknown"])
    assert (row["state"], row["model"], row["signed_on"]) == ("FL", "TFM", date(2025, 3, 1))


def test_a_missing_agency_is_an_issue() -> None:
    assert clean(agency=None)["issues"] == ["agency_missing"]


def test_a_reviewed_fix_is_applied_to_exactly_its_value() -> None:
    fixes = {("agency", "Macro Island Police Department"): "Marco Island Police Department"}
    reference = Reference(REFERENCE.states, REFERENCE.models, REFERENCE.agency_types, fixes)
    names = ["Macro Island Police Department", "Macro Island Police"]
    rows = pl.DataFrame([{"agency_printed": name} for name in names], schema=ROWS_SCHEMA)
    assert clean_rows(rows, reference)["agency"].to_list() == [
        "Marco Island Police Department",
        "Macro Island Police",
    ]


def test_a_county_that_a_person_put_right_is_found_by_its_name(
    db: duckdb.DuckDBPyConnection,
) -> None:
    """The row keeps what ICE printed beside it."""
    assert db.execute(
        "select county_printed, agencies.county from list_rows"
        " inner join agreements using (agreement_id) inner join agencies using (agency_id)"
        " where agency_id = 'fl-bunnell-police-department' group by all order by all"
    ).fetchall() == [("Flager County", "Flagler County"), ("Flagere County", "Flagler County")]


def test_a_fix_that_matches_nothing_stops_the_build(tmp_path: Path) -> None:
    paths = paths_at(tmp_path / "data", seeds=tmp_path / "seeds")
    shutil.copytree(ROOT / "seeds", paths.seeds)
    path = paths.seeds / "value_fixes.csv"
    header = path.read_text().splitlines(keepends=True)[0]
    path.write_text(f"{header}agency,Nobody Police,Somebody Police,a slip,a list,2026-01-01\n")
    with pytest.raises(CheckFailed, match="mends agency 'Nobody Police', which no list prints"):
        build(paths)
    path.write_text(path.read_text().replace("agency,Nobody", "colour,Nobody"))
    with pytest.raises(UsageError, match=r"value_fixes\.csv line 2: the field must be one of"):
        build(paths)


def test_a_date_later_than_the_first_list_that_prints_it_is_none() -> None:
    """One signed on the list's own day stands; what only a list without a sure date prints too."""
    days = [date(2025, 5, 28), date(2025, 5, 29), date(2025, 6, 30), None]
    lines = pl.DataFrame(
        {"line": [0, 1, 2, 3], "signed_on": days, "issues": [[], [], ["type_repaired"], []]},
        schema={"line": pl.UInt32, "signed_on": pl.Date, "issues": pl.List(pl.String)},
    )
    paths = pl.DataFrame(
        {"list": "x", "sha256": ["a", "a", "a", "b", "b", "c"], "line": [0, 1, 3, 1, 2, 2]},
        schema={"list": pl.String, "sha256": pl.String, "line": pl.UInt32},
    )
    listed = pl.DataFrame(
        {"list": "x", "sha256": ["a", "b"], "published_on": [date(2025, 5, 28), date(2025, 6, 1)]}
    )
    found = without_later_dates(lines, paths, listed)
    assert found.select("line", "signed_on", "issues").rows() == [
        (0, date(2025, 5, 28), []),
        (1, None, ["signed_after_list"]),
        (2, None, ["type_repaired", "signed_after_list"]),
        (3, None, []),
    ]


def test_a_few_misprinted_dates_do_not_say_when_a_list_was_made() -> None:
    """The newest signing is the one after which at most one row in fifty is signed."""
    days = [date(2025, 5, 1)] * 97 + [date(2025, 5, 28), date(2052, 5, 1), date(2026, 9, 10)]
    lines = pl.DataFrame({"line": range(100), "signed_on": days})
    paths = pl.DataFrame({"list": "x", "sha256": "a", "line": range(100)})
    assert publications.newest_signed(lines, paths, 0.02) == {("x", "a"): date(2025, 5, 28)}
    # Of a short list one row may be wrong.
    short = paths.filter(pl.col("line") > 97)
    assert publications.newest_signed(lines, short, 0.02) == {("x", "a"): date(2026, 9, 10)}
    undated = lines.with_columns(signed_on=pl.lit(None, pl.Date))
    assert publications.newest_signed(undated, paths, 0.02) == {("x", "a"): None}
