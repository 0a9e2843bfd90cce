"""Find the header of a list in a grid of text cells, and the grids that go on under another's."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

REQUIRED = {"state", "agency", "model"}
HEADER_SEARCH_ROWS = 30
LONGEST = 1_000  # characters of a cell that may be a column's name
# What scripts that sort a table write into the cells of its header.
SORT_WORDS = re.compile(
    r"^(?:(?:CLICK|ACTIVATE|PRESS|TAP) TO )?SORT(?:ED)?(?: TABLE)?(?: COLUMN)? BY "
    r"|(?<=\S) (?:(?:CLICK|ACTIVATE|PRESS|TAP|TOGGLE|NOT|UN)\b.{0,20})?SORT(?:ED|ABLE|ING)?\b.*$"
    r"|(?<=\S) (?:ASC|DESC)(?:ENDING)?$"
)


@dataclass(frozen=True, slots=True)
class Grid:
    """A sheet or table that has a list's columns: cells as text, and the links in them.

    `cells` begins at the sheet's first row; `at` is the header's row in it, from 0, or -1 where it
    has none and goes on under `header`, that of another. `links` are (row from 0, column of `cells`
    from 0, address); of a link over several cells those that print nothing may be meant by nobody,
    so they stand in `spanned`.
    """

    title: str
    cells: pl.DataFrame
    at: int
    links: Sequence[tuple[int, int, str]] = ()
    spanned: Sequence[tuple[int, int, str]] = ()
    header: tuple[str | None, ...] = ()


def find_header(cells: pl.DataFrame, headers: Mapping[str, str]) -> int | None:
    """Return the first row (from 0) that names the columns every list has, or None."""
    for at, row in enumerate(cells.head(HEADER_SEARCH_ROWS).iter_rows()):
        if {headers.get(header_text(cell)) for cell in row} >= REQUIRED:
            return at
    return None


def goes_on(grid: Grid, cells: pl.DataFrame, headers: Mapping[str, str]) -> bool:
    """Say whether cells without a header go on with the rows of a grid that has one.

    They do where most rows print a state and a model that the grid prints in those columns; where
    the grid is but a header, as scripts that keep it in sight make it, where most rows fill them.
    """
    named = [headers.get(header_text(cell)) for cell in grid.cells.row(grid.at)]
    places = [named.index(field) for field in sorted(REQUIRED)]
    if cells.width <= max(places):
        return False
    text = [
        frame.select(pl.nth(places).str.strip_chars().replace("", None))
        for frame in (grid.cells.slice(grid.at + 1), cells)
    ]
    known, rows = (frame.rename(dict(zip(frame.columns, "amt", strict=True))) for frame in text)
    filled = pl.all_horizontal(pl.all().is_not_null())
    known = known.filter(filled)
    if known.is_empty() and cells.width != grid.cells.width:
        return False
    if known.height:
        filled &= pl.all_horizontal(pl.col(c).is_in(known[c].implode()) for c in "mt")
    printed = cells.filter(is_filled())
    return 0 < printed.height <= 2 * rows.filter(filled).height


def is_filled() -> pl.Expr:
    """Say whether a row prints anything in any of its columns."""
    return pl.any_horizontal(pl.all().str.strip_chars().replace("", None).is_not_null())


def header_text(cell: str | None) -> str:
    """Return a header cell as looked up: words in upper case, no marks of sorting or notes."""
    plain = "".join(char for char in (cell or "")[:LONGEST] if unicodedata.category(char) != "No")
    letters = "".join(
        char if char.isalnum() else " " for char in unicodedata.normalize("NFKC", plain)
    )
    return SORT_WORDS.sub("", " ".join(letters.upper().split())).strip()


def no_columns(name: str, sheets: Sequence[pl.DataFrame]) -> str:
    """Return the sentence for a file whose sheets lack the columns of a list."""
    first = next((s.row(0) for s in sheets if s.height), ())
    seen = ", ".join(filter(None, (header_text(cell)[:40] for cell in first[:8]))) or "nothing"
    return (
        f"{name} has no sheet with the columns STATE, LAW ENFORCEMENT AGENCY and SUPPORT TYPE"
        f" (first row: {seen}): if ICE renamed one, add the new name to seeds/lists.toml."
    )


def first_line(problem: BaseException) -> str:
    """Return what a problem says, short enough for a sentence."""
    return str(problem).strip().splitlines()[0][:120] if str(problem).strip() else "no detail"
