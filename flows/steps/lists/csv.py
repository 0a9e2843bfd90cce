"""Read a list saved as CSV: with commas, semicolons, tabs or bars, in any usual coding."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from itertools import islice

from flows.steps.common.errors import Unreadable
from flows.steps.common.records import Sheet

from .forms import decoded
from .header import HEADER_SEARCH_ROWS, Grid, find_header, first_line, no_columns
from .sheet import frame_of, sheets_of

DELIMITERS = (",", ";", "\t", "|")
MAX_COLUMNS = 200


def read_csv(sha: str, name: str, data: bytes, headers: Mapping[str, str]) -> list[Sheet]:
    """Read the list, whose header may stand below a title; raises `Unreadable` otherwise."""
    text = decoded(data).replace("\0", "")
    for delimiter in DELIMITERS:
        at = find_header(frame_of(_rows(name, text, delimiter, HEADER_SEARCH_ROWS)), headers)
        if at is not None:
            cells = frame_of(_rows(name, text, delimiter))
            return sheets_of(sha, [Grid("", cells, at)], headers, is_copy=True)
    if not name.lower().endswith((".csv", ".tsv", ".txt")):
        raise Unreadable(
            f"{name} is not a workbook: import the .xlsx or .csv file that ICE published."
        )
    raise Unreadable(no_columns(name, [frame_of(_rows(name, text, ",", 1))]))


def _rows(name: str, text: str, delimiter: str, most: int | None = None) -> list[list[str | None]]:
    """Return the rows, at most so many, as text, without the blank cells at their ends."""
    rows: list[list[str | None]] = []
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        for row in islice(reader, most):
            while row and not row[-1].strip():
                row.pop()
            if len(row) > MAX_COLUMNS:
                raise Unreadable(f"{name} has a row of {len(row):,} columns: check the file.")
            rows.append([*row])
    except csv.Error as problem:
        raise Unreadable(
            f"{name} cannot be read as CSV ({first_line(problem)}): check the file."
        ) from problem
    return rows
