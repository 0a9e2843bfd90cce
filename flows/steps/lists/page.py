"""Read a page that holds the list as a table, as the agency's page did until February 2025.

The table becomes a sheet like a workbook's: row 1 is the table's first row.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl
from bs4 import BeautifulSoup, Tag

from flows.steps.common.block_pages import is_block_page
from flows.steps.common.errors import Unreadable
from flows.steps.common.nesting import MAX_DEPTH, depth_of
from flows.steps.common.records import Sheet
from flows.steps.common.urls import joined

from .forms import AGAIN
from .header import Grid, find_header, goes_on, header_text
from .sheet import frame_of, sheets_of

# Relative addresses on an archived page are relative to the agency's site.
SITE = "https://www.ice.gov/"
ARCHIVE = "https://web.archive.org"
MAX_COLUMNS = 50
MAX_TAGS = 150_000  # five times those of a page with all that ICE ever listed
# Cells that run over rows or columns say so in an attribute that anybody may set to a million.
MAX_SPAN = 2000
MAX_LABEL = 80
BLOCKS = ("br", "p", "div", "li", "tr", "td")
NO_ADDRESS = ("#", "javascript:", "mailto:", "tel:", "data:")


@dataclass(slots=True)
class _Table:
    """A table's cells as text, row by row, and the links in them: (row, column, address)."""

    rows: list[list[str | None]] = field(default_factory=list)
    links: list[tuple[int, int, str]] = field(default_factory=list)


def read_page(sha: str, name: str, data: bytes, headers: Mapping[str, str]) -> list[Sheet]:
    """Read the lists in a page's tables; raises `Unreadable` when it holds none."""
    # Most pages are block pages or articles: looking for the words is far quicker than parsing.
    found = _tables(name, data, headers) if b"<table" in data.lower() else []
    if not found:
        raise Unreadable(_no_table(name, data))
    return sheets_of(sha, found, headers, is_copy=True)


def _no_table(name: str, data: bytes) -> str:
    if is_block_page(data):
        return (
            f"{name} is a block page, which says nothing of the list: open the address in a"
            " browser, download the list and run `pactwatch import FILE`."
        )
    return (
        f"{name} is a web page without a table of agreements, not a workbook: open the address"
        " in a browser and save the list again."
    )


def _tables(name: str, data: bytes, headers: Mapping[str, str]) -> list[Grid]:
    """Return the page's tables that have a list's columns."""
    if data.count(b"<") > MAX_TAGS or depth_of(data) > MAX_DEPTH:
        raise Unreadable(
            f"{name} has more tags, or deeper ones, than any page with a list: {AGAIN}."
        )
    page = BeautifulSoup(data, "lxml")
    base = _base(page)
    for broken in page.find_all(BLOCKS):
        broken.append(" ")  # where a browser breaks the line, the words are apart
    found = []
    for number, tag in enumerate(page.find_all("table"), start=1):
        table = _table(tag, base)
        cells = frame_of(table.rows)
        if (at := find_header(cells, headers)) is not None:
            cells = _without_labels(cells, at)
            found.append(Grid(f"table {number}", cells, at, table.links))
        elif found and goes_on(found[0], cells, headers):
            header = found[0].cells.row(found[0].at)
            found.append(Grid(f"table {number}", cells, -1, table.links, header=header))
    return found


def _without_labels(cells: pl.DataFrame, at: int) -> pl.DataFrame:
    """Return the cells without the column's name that a page for phones writes into each of them.

    A name counts as a label where every cell of the column that is not blank begins with it.
    """
    for column in cells.columns:
        name = re.escape(header_text(cells[column][at])).replace(r"\ ", r"\W+")
        label = rf"(?i)^\W*{name}(?:\s*:\s*|\s+|$)"
        values = cells[column].slice(at + 1).str.strip_chars().replace("", None).drop_nulls()
        if 0 < len(name) <= MAX_LABEL and values.len() and values.str.contains(label).all():
            is_below = pl.int_range(pl.len()) > at
            plain = pl.col(column).str.replace(label, "").str.strip_chars().replace("", None)
            cells = cells.with_columns(
                pl.when(is_below).then(plain).otherwise(column).alias(column)
            )
    return cells


def _table(table: Tag, base: str) -> _Table:
    grid = _Table()
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
        if re.match(r"[a-z][a-z0-9+.-]*:", href, re.I):
            return href
        if (url := joined(base, href)) is not None:
            return url
    return None


def _base(page: BeautifulSoup) -> str:
    """Return what relative addresses are relative to, without the prefix an archive put there."""
    tag = page.find("base", href=True)
    href = (
        re.sub(r"^(https?:)?(//web\.archive\.org)?/web/\d+[a-z_]*/", "", str(tag["href"]))
        if (isinstance(tag, Tag))
        else ""
    )
    return joined(SITE, href) or SITE
