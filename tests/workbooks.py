"""Make small workbooks with what real lists have: links, hidden rows, blank rows, second sheets."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import xlsxwriter

HEADER = ("STATE", "LAW ENFORCEMENT AGENCY", "TYPE", "COUNTY", "SUPPORT TYPE", "SIGNED", "MOA")
PENDING = HEADER[:5]
Row = Sequence[Any]


def agreement(  # one argument a column
    state: str = "FLORIDA",
    agency: str = "Baker County Sheriff's Office",
    model: str = "Warrant Service Officer",
    signed: date | str = date(2019, 10, 15),
    moa: str = "https://www.ice.gov/doclib/287gMOA/287gWSO_BakerCoFl2019-10-15.pdf",
    kind: str = "County",
    county: str = "Baker County",
) -> Row:
    """Return one row of a participating list; `moa` is the address behind the word "link"."""
    return (state, agency, kind, county, model, signed, ("link", moa) if moa else "link pending")


COUNTIES = ("Baker", "Clay", "Duval", "Leon", "Bay", "Lake", "Levy", "Polk")


def county_list(count: int, day: int, moa: str = "") -> bytes:
    """Return a participating list of a day in May 2025 with so many sheriffs, eight at most."""
    rows = [
        agreement(agency=f"{name} County Sheriff's Office", signed=date(2025, 5, 20), moa=moa)
        for name in COUNTIES[:count]
    ]
    return workbook(rows, saved=datetime(2025, 5, day, 10))


def workbook(  # the ways a list differs
    rows: Sequence[Row | None],
    header: Sequence[str] = HEADER,
    *,
    saved: datetime = datetime(2025, 5, 28, 12, 0),
    creator: str = "",
    hidden: Sequence[int] = (),
    sheets: Mapping[str, Sequence[Row]] | None = None,
    at: tuple[int, int] = (0, 0),
    merged: Sequence[str] = (),
) -> bytes:
    """Return an .xlsx file; None is a blank row, `hidden` sheet rows from 0, `at` the corner.

    `merged` are ranges such as A2:A5, whose cells are one with the value of the first.
    """
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    book.set_properties({"author": creator, "created": saved})
    day = book.add_format({"num_format": "m/d/yyyy"})
    for title, other in (sheets or {}).items():
        extra = book.add_worksheet(title)
        for number, cells in enumerate(other):
            extra.write_row(number, 0, cells)
    sheet = book.add_worksheet("Sheet1" if not sheets else "List")
    top, left = at
    sheet.write_row(top, left, header)
    for number, row in enumerate(rows, start=top + 1):
        for column, value in enumerate(row or (), start=left):
            if isinstance(value, tuple):
                sheet.write_url(number, column, value[1], string=value[0])
            elif isinstance(value, date):
                sheet.write_datetime(number, column, value, day)
            elif value is not None:
                sheet.write(number, column, value)
    for span in merged:
        first = span.partition(":")[0]
        row = rows[int(first[1:]) - 2 - top] or ()
        sheet.merge_range(span, str(row[ord(first[0]) - ord("A") - left]))
    for number in hidden:
        sheet.set_row(number, options={"hidden": True})
    book.close()
    return stream.getvalue()
