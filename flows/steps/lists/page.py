"""Read a page that holds the list as a table, as the agency's page did until February 2025.

The table becomes a sheet like a workbook's: row 1 is the table's first row, and a link becomes the
pair of XML elements that a workbook would have for it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urljoin

import polars as pl
from bs4 import BeautifulSoup, Tag

from flows.steps.common.errors import Unreadable
from flows.steps.common.records import Sheet

from .sheet import REQUIRED, find_header, header_text, letter, make_sheet

# Relative addresses on an archived page are relative to the agency's site.
SITE = "https://www.ice.gov/"
ARCHIVE = "https://web.archive.org"
MAX_COLUMNS = 50
# Cells that run over rows or columns say so in an attribute that anybody may set to a million.
MAX_SPAN = 2000
BLOCKS = ("br", "p", "div", "li", "tr", "td")
NO_ADDRESS = ("#", "javascript:", "mailto:", "tel:", "data:")


@dataclass(slots=True)
class _Grid:
    """A table's cells as text, row by row, and the links in them: (row, column, address)."""

    rows: list[list[str | None]] = field(default_factory=list)
    links: list[tuple[int, int, str]] = field(default_factory=list)


def read_page(sha: str, name: str, data: bytes, headers: Mapping[str, str]) -> Sheet:
    """Read the list's table on a page; raises `Unreadable` when the page holds none.

    Of several tables with the list's columns the longest is read, one with signing dates first.
    """
    # Most pages are block pages or articles: looking for the words is far quicker than parsing.
    found = _tables(data, headers) if b"<table" in data.lower() else []
    if not found:
        raise Unreadable(
            f"{name} is a web page, not a workbook (often a block page):"
            " open the address in a browser and save the list again."
        )
    number, grid, cells, at = max(
        found, key=lambda one: (_has_signed(one[2], one[3], headers), one[2].height)
    )
    refs = "".join(
        f'<hyperlink ref="{letter(c)}{r + 1}" r:id="r{r}-{c}"/>' for r, c, _ in grid.links
    )
    targets = "".join(
        f'<Relationship Id="r{r}-{c}" Target="{html.escape(url)}"/>' for r, c, url in grid.links
    )
    return make_sheet(
        sha,
        cells,
        at,
        headers,
        saved_at=None,
        is_copy=True,
        other_sheets=tuple(f"table {other}" for other, *_ in found if other != number),
        links=refs,
        targets=targets,
    )


def _tables(data: bytes, headers: Mapping[str, str]) -> list[tuple[int, _Grid, pl.DataFrame, int]]:
    """Return the tables with the list's columns: number on the page, grid, cells, header row."""
    page = BeautifulSoup(data, "lxml")
    base = _base(page)
    for broken in page.find_all(BLOCKS):
        broken.append(" ")  # where a browser breaks the line, the words are apart
    found = []
    for number, table in enumerate(page.find_all("table"), start=1):
        grid = _grid(table, base)
        cells = _frame(grid)
        if (at := find_header(cells, headers)) is not None:
            found.append((number, grid, _without_later_headers(cells, at, headers), at))
    return found


def _grid(table: Tag, base: str) -> _Grid:
    grid = _Grid()
    running: dict[int, tuple[int, str | None]] = {}  # column: rows left, text of the cell above
    for tr in table.find_all("tr"):
        if tr.find_parent("table") is not table:
            continue
        line: list[str | None] = []
        for cell in tr.find_all(["td", "th"], recursive=False):
            _run_on(line, running)
            if len(line) >= MAX_COLUMNS:
                break
            text = _text(cell)
            if address := _address(cell, base):
                grid.links.append((len(grid.rows), len(line), address))
            rows, columns = _span(cell, "rowspan"), _span(cell, "colspan")
            for at in range(min(columns, MAX_COLUMNS)):
                printed = text if at == 0 else None
                if rows > 1:
                    running[len(line)] = (rows - 1, printed)
                line.append(printed)
        _run_on(line, running)
        grid.rows.append(line)
    return grid


def _run_on(line: list[str | None], running: dict[int, tuple[int, str | None]]) -> None:
    """Print the cells from rows above that reach into this row at this place."""
    while len(line) in running:
        left, text = running.pop(len(line))
        if left > 1:
            running[len(line)] = (left - 1, text)
        line.append(text)


def _frame(grid: _Grid) -> pl.DataFrame:
    width = max((len(row) for row in grid.rows), default=0)
    return pl.DataFrame(
        [row + [None] * (width - len(row)) for row in grid.rows],
        schema={f"column_{at}": pl.String for at in range(width)},
        orient="row",
    )


def _without_later_headers(
    cells: pl.DataFrame, at: int, headers: Mapping[str, str]
) -> pl.DataFrame:
    """Blank the rows that print the header again, as table scripts do at the foot."""
    printed = [header_text(cell) for cell in cells.row(at)]
    names = [
        pl.col(column).str.replace_all("\u00a0", " ").str.strip_chars().str.to_uppercase() == name
        for column, name in zip(cells.columns, printed, strict=True)
        if headers.get(name) in REQUIRED
    ]
    is_again = pl.all_horizontal(names).fill_null(False) & (pl.int_range(pl.len()) > at)
    return cells.with_columns(pl.when(~is_again).then(pl.all()))


def _has_signed(cells: pl.DataFrame, at: int, headers: Mapping[str, str]) -> bool:
    return any(headers.get(header_text(cell)) == "signed" for cell in cells.row(at))


def _text(cell: Tag) -> str | None:
    """Return a cell's text as a browser shows it: blanks and line ends are one blank."""
    return re.sub(r"[ \t\r\n\f]+", " ", cell.get_text()).strip(" ") or None


def _span(cell: Tag, name: str) -> int:
    value = str(cell.get(name) or "1").strip()
    return min(max(int(value), 1), MAX_SPAN) if value.isascii() and value.isdecimal() else 1


def _address(cell: Tag, base: str) -> str | None:
    """Return the address of a cell's first link, absolute; an archive's prefix stays on it."""
    for link in cell.find_all("a", href=True):
        href = str(link["href"]).strip()
        if not href or href.lower().startswith(NO_ADDRESS):
            continue
        if re.match(r"/web/\d+[a-z_]*/", href):
            return ARCHIVE + href
        # With a scheme it is absolute, also in slips such as `https:/www.ice.gov`.
        return href if re.match(r"[a-z][a-z0-9+.-]*:", href, re.I) else urljoin(base, href)
    return None


def _base(page: BeautifulSoup) -> str:
    """Return what relative addresses are relative to, without the prefix an archive put there."""
    tag = page.find("base", href=True)
    href = (
        re.sub(r"^(https?:)?(//web\.archive\.org)?/web/\d+[a-z_]*/", "", str(tag["href"]))
        if (isinstance(tag, Tag))
        else ""
    )
    return urljoin(SITE, href)
