"""Read a workbook: the lists on its visible sheets, with the addresses behind their cells."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from posixpath import basename, dirname, join, normpath

import fastexcel
import polars as pl
from lxml import etree

from flows.steps.common.errors import Unreadable
from flows.steps.common.records import Sheet

from .dates import utc_time
from .forms import AGAIN
from .header import Grid, find_header, first_line, goes_on, no_columns
from .links import elements, first_cell_column, read_marks, targets_of, texts
from .package import part_named, repacked, xml_parts
from .sheet import sheets_of, with_merged

MAX_CORE = 100_000  # bytes; a hundred times what any program writes
FORMULA = re.compile(rb"hyperlink\s*\(", re.I)
DIMENSION = re.compile(rb"<(?:\w+:)?dimension\b[^<>]*>(?:</(?:\w+:)?dimension>)?")


@dataclass(frozen=True, slots=True)
class _Titled:
    """A worksheet: its title, its part of the zip, and whether people see it."""

    title: str
    part: str
    is_visible: bool


def read_workbook(sha: str, name: str, data: bytes, headers: Mapping[str, str]) -> list[Sheet]:
    """Read the lists on the visible sheets; raises `Unreadable` with one sentence."""
    parts = xml_parts(name, data)
    try:
        titled = _titled(parts)
        cells = _frames(data, parts, [one.title for one in titled if one.is_visible])
        grids, notes = _grids(parts, titled, cells, headers)
        core = _core(parts)
    except etree.XMLSyntaxError as problem:
        raise Unreadable(
            f"{name} has a part that is no XML ({first_line(problem)}): {AGAIN}."
        ) from problem
    except Exception as problem:  # fastexcel raises its own tree; any of it means unreadable bytes
        raise Unreadable(
            f"{name} cannot be read as a workbook ({first_line(problem)}): {AGAIN}."
        ) from problem
    if not grids:
        raise Unreadable(_no_list(name, titled, cells))
    return sheets_of(
        sha,
        grids,
        headers,
        saved_at=utc_time(core.get("modified", "")),
        # openpyxl signs its files: such a workbook is an archive's copy of a table, not ICE's own.
        is_copy=core.get("creator") == "openpyxl",
        notes=notes,
    )


def _frames(
    data: bytes, parts: Mapping[str, bytes], titles: Sequence[str]
) -> dict[str, pl.DataFrame]:
    """Return the cells of the sheets with these titles as text, from the first row on.

    What a stricter reader stumbles over, and a spreadsheet program does not, is taken away: an odd
    zip is packed anew, without the dimension that a sheet gives of itself.
    """
    try:
        return _read(data, titles)
    except Exception:
        plain = {
            part: DIMENSION.sub(b"", xml, count=1) if "worksheets/sheet" in part.lower() else xml
            for part, xml in parts.items()
        }
        return _read(repacked(plain), titles)


def _read(data: bytes, titles: Sequence[str]) -> dict[str, pl.DataFrame]:
    reader = fastexcel.read_excel(data)
    return {
        name: reader.load_sheet(name, header_row=None, skip_rows=0, dtypes="string").to_polars()
        for name in titles
    }


def _grids(
    parts: Mapping[str, bytes],
    titled: Sequence[_Titled],
    frames: Mapping[str, pl.DataFrame],
    headers: Mapping[str, str],
) -> tuple[list[Grid], list[str]]:
    """Return the visible sheets that print a list, and what to tell of the others."""
    grids: list[Grid] = []
    notes: list[str] = []
    for one in titled:
        if not one.is_visible:
            notes.append(f"The sheet {one.title} is hidden: it was not read.")
            continue
        cells = frames[one.title]
        at = find_header(cells, headers)
        if at is not None:
            grids.append(_grid(parts, one, cells, at))
        elif grids and goes_on(grids[0], cells, headers):
            header = grids[0].cells.row(grids[0].at)
            grids.append(replace(_grid(parts, one, cells, -1), header=header))
        elif cells.height:
            notes.append(f"The sheet {one.title} has no columns of a list: it was not read.")
    return grids, notes


def _grid(parts: Mapping[str, bytes], one: _Titled, cells: pl.DataFrame, at: int) -> Grid:
    xml = parts[one.part]
    relations = join(dirname(one.part), "_rels", f"{basename(one.part)}.rels")
    shift = _columns_before(xml, cells, max(at, 0))
    values = [(None,) * shift + row for row in cells.iter_rows()] if FORMULA.search(xml) else []
    size = (cells.height, cells.width + shift)
    marks = read_marks(xml, parts.get(part_named(parts, relations), b""), values, size)
    cells = with_merged(cells, [(c - shift, top, last) for c, top, last in marks.merged], at)
    return Grid(
        one.title,
        cells,
        at,
        [(row, column - shift, url) for row, column, url in marks.links],
        [(row, column - shift, url) for row, column, url in marks.spanned],
    )


def _columns_before(xml: bytes, cells: pl.DataFrame, at: int) -> int:
    """Return how many columns are not used before the first of the frame, which begins at one."""
    row = next((row for row in range(at, cells.height) if any(cells.row(row))), 0)
    printed = next((place for place, cell in enumerate(cells.row(row)) if cell), 0)
    return max(first_cell_column(xml, row) - printed, 0)


def _titled(parts: Mapping[str, bytes]) -> list[_Titled]:
    """Return the worksheets in the workbook's order, through its relations."""
    book = part_named(parts, "xl/workbook.xml")
    relations = parts.get(part_named(parts, "xl/_rels/workbook.xml.rels"), b"")
    targets = targets_of(relations)
    sheets = []
    for sheet in elements(parts[book], "sheet"):
        target = targets.get(sheet.get("id", ""), "").replace("\\", "/")
        path = target.lstrip("/") if target.startswith("/") else normpath(join("xl", target))
        part = part_named(parts, path)
        if part and "name" in sheet:
            is_visible = sheet.get("state", "visible").lower() not in ("hidden", "veryhidden")
            sheets.append(_Titled(sheet["name"], part, is_visible))
    return sheets


def _no_list(name: str, titled: Sequence[_Titled], frames: Mapping[str, pl.DataFrame]) -> str:
    said = no_columns(name, list(frames.values()))
    hidden = ", ".join(one.title for one in titled if not one.is_visible)
    if not hidden:
        return said
    return (
        f"{name} has no visible sheet with the columns of a list, and hidden ones ({hidden}): look"
        " at the file; if the list is there, show its sheet, save it and import it again."
    )


def _core(parts: Mapping[str, bytes]) -> dict[str, str]:
    """Return the saved time and the program that made the file, as far as they can be read.

    The part also names staff: nothing else is taken from it.
    """
    part = parts.get(part_named(parts, "docProps/core.xml"), b"")
    if not 0 < len(part) <= MAX_CORE:
        return {}
    try:
        return texts(part, ("modified", "creator"))
    except etree.XMLSyntaxError:
        return {}
