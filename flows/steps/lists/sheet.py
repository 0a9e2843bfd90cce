"""From a grid of text cells to the sheet of a list: the header row, the columns by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import polars as pl

from flows.steps.common.records import Contents, ListKind, Sheet

REQUIRED = {"state", "agency", "model"}
HEADER_SEARCH_ROWS = 30


def make_sheet(  # noqa: PLR0913 - the facts of one sheet
    sha: str,
    cells: pl.DataFrame,
    at: int,
    headers: Mapping[str, str],
    *,
    saved_at: datetime | None,
    is_copy: bool,
    other_sheets: tuple[str, ...] = (),
    first_cell: tuple[int, int] = (1, 0),
    links: str = "",
    targets: str = "",
) -> Sheet:
    """Return the sheet of a grid of text cells whose header stands in row `at` (from 0).

    `headers` maps printed header to field; a column that it lacks and that is not empty is told in
    `unknown_columns`. `first_cell` is the corner's row (from 1) and column (from 0) in the file.
    """
    named: dict[str, str] = {}
    unknown: list[str] = []
    for column, printed in zip(cells.columns, cells.row(at), strict=True):
        field = headers.get(header_text(printed))
        if field and field not in named.values():
            named[column] = field
        elif cells[column].slice(at + 1).str.strip_chars().replace("", None).count():
            unknown.append(header_text(printed) or f"unnamed ({column})")
    body = cells.with_row_index("row_number", offset=first_cell[0]).slice(at + 1)
    body = body.select("row_number", *(pl.col(c).alias(f) for c, f in named.items()))
    fields = set(named.values())
    kind: ListKind = "participating" if "signed" in fields else "pending"
    order = {
        field: letter(first_cell[1] + cells.columns.index(column))
        for column, field in named.items()
    }
    contents = Contents(sha, kind, saved_at, is_copy, tuple(unknown), other_sheets)
    return Sheet(contents, body, links, targets, order)


def with_merged(
    cells: pl.DataFrame,
    merged: Sequence[tuple[int, int, int]],
    first_cell: tuple[int, int],
    at: int,
) -> pl.DataFrame:
    """Return the cells in which a merged one says the same of all its rows that are not blank.

    `merged` has the column (from 0) and the first and last row (from 1) in the file, `at` is the
    header's row in the frame; the file keeps the value in the first row alone.
    """
    if not merged:
        return cells
    is_filled = cells.select(
        pl.any_horizontal(pl.all().str.strip_chars().replace("", None).is_not_null())
    ).to_series()
    for index, first, last in merged:
        column, top = index - first_cell[1], first - first_cell[0]
        if not 0 <= column < cells.width or not at < top < cells.height:
            continue
        values = cells.to_series(column)
        below = range(top + 1, min(last - first_cell[0] + 1, cells.height))
        rows = [row for row in below if is_filled[row] and not values[row]]
        cells = cells.with_columns(values.scatter(rows, values[top]))
    return cells


def find_header(cells: pl.DataFrame, headers: Mapping[str, str]) -> int | None:
    """Return the first row (from 0) that names the columns every list has, or None."""
    for at, row in enumerate(cells.head(HEADER_SEARCH_ROWS).iter_rows()):
        if {headers.get(header_text(cell)) for cell in row} >= REQUIRED:
            return at
    return None


def header_text(cell: str | None) -> str:
    """Return a header cell as it is looked up: upper case, single blanks."""
    return " ".join((cell or "").replace("\u00a0", " ").upper().split())


def no_columns(name: str, sheets: Sequence[pl.DataFrame]) -> str:
    """Return the sentence for a file whose sheets lack the columns of a list."""
    first = next((s.row(0) for s in sheets if s.height), ())
    seen = ", ".join(filter(None, (header_text(cell)[:40] for cell in first[:8]))) or "nothing"
    return (
        f"{name} has no sheet with the columns STATE, LAW ENFORCEMENT AGENCY and SUPPORT TYPE"
        f" (first row: {seen}): if ICE renamed one, add the new name to seeds/lists.toml."
    )


def letter(index: int) -> str:
    """Return the letters of a column, counted from 0, as a spreadsheet names it."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def first_line(problem: BaseException) -> str:
    """Return what a problem says, short enough for a sentence."""
    return str(problem).strip().splitlines()[0][:120] if str(problem).strip() else "no detail"
