"""Which rows are a list's: hidden sheets, several sheets, both lists, totals, notes, headers."""

from __future__ import annotations

import io
import tomllib
from collections.abc import Sequence

import pytest
import xlsxwriter

from flows.settings import ROOT
from flows.steps.common.errors import Unreadable
from flows.steps.common.records import Sheet
from flows.steps.lists import parse
from flows.steps.lists.rows import printed_rows
from tests.workbooks import HEADER, PENDING, Row, agreement, workbook

HEADERS = tomllib.loads((ROOT / "seeds" / "lists.toml").read_text())["columns"]
NAMES = [f"{name} Police Department" for name in ("Ames", "Boone", "Clive", "Davis", "Eldon")]
LISTED = [agreement(agency=name, moa="") for name in NAMES]
PLAIN = [(*tuple(map(str, row[:6])), "link pending") for row in LISTED]


def book(sheets: Sequence[tuple[str, Sequence[Row]]], hidden: Sequence[str] = ()) -> bytes:
    """Return a workbook with these sheets, rows as given; hidden ones as no menu shows them."""
    stream = io.BytesIO()
    made = xlsxwriter.Workbook(stream, {"in_memory": True})
    for title, rows in sheets:
        sheet = made.add_worksheet(title)
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
        if title in hidden:
            sheet.very_hidden() if title.startswith("V") else sheet.hide()
        else:
            sheet.activate()
            sheet.set_first_sheet()
    made.close()
    return stream.getvalue()


def read(data: bytes) -> list[Sheet]:
    return parse.read_file("", "list.xlsx", data, HEADERS)


def printed(sheet: Sheet) -> list[tuple[int, str]]:
    rows, _ = printed_rows([sheet])
    return rows.select("row_number", "agency_printed").rows()


@pytest.mark.parametrize("title", ["Very old", "Old"])
def test_a_hidden_sheet_is_not_the_list_however_long(title: str) -> None:
    [sheet] = read(book([(title, [HEADER, *PLAIN]), ("Now", [HEADER, *PLAIN[:2]])], hidden=[title]))
    assert printed(sheet) == [(2, NAMES[0]), (3, NAMES[1])]
    assert sheet.contents.notes == (f"The sheet {title} is hidden: it was not read.",)


def test_a_list_on_a_hidden_sheet_alone_is_refused_by_its_name() -> None:
    data = book([("Cover", [("Title",)]), ("Hidden", [HEADER, *PLAIN])], hidden=["Hidden"])
    with pytest.raises(Unreadable, match=r"and hidden ones \(Hidden\): look at the file"):
        read(data)


def test_a_list_over_several_sheets_is_the_rows_of_all() -> None:
    first = [("287(g) participating agencies",), (), HEADER, *PLAIN[:3]]
    # The second sheet has its columns in another order and one more of them.
    others = ("LAW ENFORCEMENT AGENCY", "STATE", "SUPPORT TYPE", "SIGNED", "ADDENDUM")
    second = [others, *((row[1], row[0], row[4], row[5], "") for row in PLAIN[3:])]
    [sheet] = read(book([("A-C", first), ("D-E", second)]))
    assert printed(sheet) == [
        (4, NAMES[0]),
        (5, NAMES[1]),
        (6, NAMES[2]),
        (8, NAMES[3]),
        (9, NAMES[4]),
    ]
    assert sheet.contents.list == "participating"
    assert sheet.contents.notes == (
        "The list stands on 2 sheets, numbered on: A-C is rows 1 to 6, D-E is rows 7 to 9.",
    )


def test_both_lists_in_one_workbook_are_two_lists() -> None:
    pending = [PENDING, ("OHIO", "Vinton Police Department", "", "", "Task Force Model")]
    signed, asked = read(book([("Pending", pending), ("Participating", [HEADER, *PLAIN])]))
    assert (signed.contents.list, printed(signed)) == ("participating", list(enumerate(NAMES, 2)))
    assert (asked.contents.list, printed(asked)) == ("pending", [(2, "Vinton Police Department")])


def test_an_excerpt_beside_the_list_adds_nothing() -> None:
    """New ones of the week, or a count by agency without dates, repeat what the list has."""
    new = [HEADER, *PLAIN[3:], ("Total", "2", "", "", "", "", "")]
    undated = [PENDING, *(row[:5] for row in PLAIN[:2])]
    [sheet] = read(book([("New", new), ("List", [HEADER, *PLAIN]), ("By agency", undated)]))
    assert printed(sheet) == list(enumerate(NAMES, 2))
    assert sheet.contents.notes == (
        "New only repeats agreements of another: it was left out.",
        "By agency only repeats agreements of another: it was left out.",
    )


def test_an_empty_second_sheet_is_no_pending_list() -> None:
    [sheet] = read(book([("List", [HEADER, *PLAIN]), ("Pending", [PENDING])]))
    assert sheet.contents.list == "participating"
    assert sheet.contents.notes == ("Pending has no rows: it was left out.",)


NO_AGREEMENT = [
    ("Total", "5"),
    ("TOTAL:", None, None, None, "5"),
    ("Grand Total", 5),
    (None, "Total agencies: 5"),
    (None, "Number of agreements", None, None, None, None, 5),
    (5,),
    ("* Signed, not yet active",),
    (None, "Source: Enforcement and Removal Operations"),
    (None, "Updated September 29, 2025"),
    ("Note: an agency may have several agreements.",),
    (None, None, None, None, None, None, "Page 1 of 2"),
    HEADER,
    tuple(name.title() + ":" for name in HEADER),
]


@pytest.mark.parametrize("row", NO_AGREEMENT, ids=lambda row: " ".join(map(str, filter(None, row))))
@pytest.mark.parametrize("at", [0, 2, 5])
def test_totals_notes_and_headers_again_are_no_rows(row: Row, at: int) -> None:
    [sheet] = read(book([("List", [HEADER, *PLAIN[:at], row, *PLAIN[at:]])]))
    rows, left_out = printed_rows([sheet])
    assert rows["agency_printed"].to_list() == NAMES
    assert rows["row_number"].to_list() == [n for n in range(2, 8) if n != at + 2]
    [why] = left_out.values()
    text = " | ".join(str(cell) for cell in row if cell is not None)
    assert why == f"Left out, as they print no agreement: row {at + 2} ({text[:80]})."


MAYBE_MISPRINTED = [
    (None, NAMES[2]),
    ("IOWA", NAMES[2]),
    ("IOWA", None, "Municipality", None, None, "2025-05-28"),
    (None, "Total Wellness District Police", None, None, "Task Force Model", "2025-05-28"),
    ("Total", NAMES[2], None, None, "Task Force Model"),
    (None, None, None, "Story County", "Task Force Model"),
]


@pytest.mark.parametrize("row", MAYBE_MISPRINTED)
def test_a_row_that_may_be_a_misprinted_agreement_stays(row: Row) -> None:
    [sheet] = read(book([("List", [HEADER, *PLAIN, row])]))
    rows, left_out = printed_rows([sheet])
    assert (rows.height, rows["row_number"].max(), left_out) == (6, 7, {})


def test_marks_of_sorting_in_a_header_do_not_hide_its_name() -> None:
    header = [
        *("STATE \u25b2", "Law Enforcement Agency: activate to sort column ascending"),
        *("TYPE*", "County (sort)", "Sort by Support Type", "SIGNED\u00b9 \u2195", "MOA Sortable"),
    ]
    [sheet] = read(workbook(LISTED, header))
    assert printed(sheet) == list(enumerate(NAMES, 2))
    assert (sheet.contents.list, sheet.contents.unknown_columns) == ("participating", ())


def test_a_sheet_without_a_header_goes_on_with_the_list_before_it() -> None:
    """Where most of its rows print states and models in the list's own columns."""
    tally = ("Tally", [("IOWA", "5"), ("OHIO", "2")])
    data = book([("A-C", [HEADER, *PLAIN[:3]]), tally, ("D-E", PLAIN[3:])])
    [sheet] = read(data)
    assert printed(sheet) == list(enumerate(NAMES, 2))
    assert sheet.contents.notes == (
        "The sheet Tally has no columns of a list: it was not read.",
        "The list stands on 2 sheets, numbered on: A-C is rows 1 to 4, D-E is rows 5 to 6.",
    )
