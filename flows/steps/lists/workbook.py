"""Read a workbook: its cells as text, and the XML of its links."""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Mapping
from datetime import datetime

import fastexcel

from flows.steps.common.errors import Unreadable
from flows.steps.common.records import Sheet

from .sheet import find_header, first_line, make_sheet, no_columns, with_merged

MAX_EXPANDED = 250_000_000


def read_workbook(sha: str, name: str, data: bytes, headers: Mapping[str, str]) -> Sheet:
    """Read the sheet that holds the list; raises `Unreadable` with one sentence."""
    parts = _safe_parts(name, data)
    try:
        reader = fastexcel.read_excel(data)
        sheets = [
            (title, reader.load_sheet(title, header_row=None, dtypes="string").to_polars())
            for title in reader.sheet_names
        ]
    except Exception as problem:  # fastexcel raises its own tree; any of it means unreadable bytes
        raise Unreadable(
            f"{name} cannot be read as a workbook ({first_line(problem)}):"
            " download it again from the list page."
        ) from problem
    found = [(title, cells, find_header(cells, headers)) for title, cells in sheets]
    matching = [(title, cells, at) for title, cells, at in found if at is not None]
    if not matching:
        raise Unreadable(no_columns(name, [cells for _, cells in sheets]))
    title, cells, at = max(matching, key=lambda match: match[1].height)
    sheet_part = _sheet_part(parts, title)
    sheet_xml = parts.get(sheet_part, b"")
    rels = parts.get(re.sub(r"([^/]+)$", r"_rels/\1.rels", sheet_part), b"")
    first_cell = _first_cell(sheet_xml)
    after_rows = sheet_xml[sheet_xml.rfind(b"</sheetData>") :].decode("utf-8", "replace")
    cells = with_merged(cells, _merged(after_rows), first_cell, at)
    creator = _core(parts, "creator")
    saved = _core(parts, "modified")
    return make_sheet(
        sha,
        cells,
        at,
        headers,
        saved_at=_utc(saved),
        # openpyxl signs its files: such a workbook is an archive's copy of a table, not ICE's own.
        is_copy=creator == "openpyxl",
        other_sheets=tuple(other for other, _ in sheets if other != title),
        first_cell=first_cell,
        links=after_rows,
        targets=rels.decode("utf-8", "replace"),
    )


def _safe_parts(name: str, data: bytes) -> dict[str, bytes]:
    """Return the XML parts we read, inflated within the limit.

    Reading them here checks each part's declared size and checksum before fastexcel sees the file.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            wanted = [i for i in archive.infolist() if i.filename.startswith(("xl/", "docProps/"))]
            if sum(info.file_size for info in wanted) > MAX_EXPANDED:
                raise Unreadable(
                    f"{name} expands past {MAX_EXPANDED:,} bytes, which no list does:"
                    " it was not opened; delete it and download the list again."
                )
            parts = {i.filename: archive.read(i) for i in wanted if _is_xml(i.filename)}
    except (zipfile.BadZipFile, EOFError, OSError, RuntimeError, NotImplementedError) as problem:
        raise Unreadable(
            f"{name} is a broken or truncated workbook ({first_line(problem)}):"
            " download it again from the list page."
        ) from problem
    if "xl/workbook.xml" not in parts:
        raise Unreadable(
            f"{name} is a zip file but not a workbook:"
            " import the .xlsx or .csv file that ICE published."
        )
    return parts


def _is_xml(part: str) -> bool:
    return part.endswith((".xml", ".rels")) and "/theme/" not in part


def _sheet_part(parts: Mapping[str, bytes], title: str) -> str:
    """Return the zip part of the worksheet with this title, through the workbook's relations."""
    sheets = {
        html.unescape(_attribute(tag, "name")): _attribute(tag, "r:id")
        for tag in _elements(parts["xl/workbook.xml"], "sheet")
    }
    for tag in _elements(parts.get("xl/_rels/workbook.xml.rels", b""), "Relationship"):
        if _attribute(tag, "Id") == sheets.get(title):
            target = _attribute(tag, "Target")
            return target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return ""


def _elements(xml: bytes, element: str) -> list[str]:
    return re.findall(rf"<{element}\s[^>]*>", xml.decode("utf-8", "replace"))


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf'\s{re.escape(name)}="([^"]*)"', tag)
    return found[1] if found else ""


def _core(parts: Mapping[str, bytes], element: str) -> str:
    """Return one element of docProps/core.xml. It also names staff: take only what is asked."""
    core = parts.get("docProps/core.xml", b"").decode("utf-8", "replace")
    found = re.search(rf"<(?:\w+:)?{element}\b[^>]*>([^<]*)<", core)
    return found[1].strip() if found else ""


def _first_cell(sheet_xml: bytes) -> tuple[int, int]:
    """Return the sheet row (from 1) and column (from 0) where the used range starts.

    fastexcel's frame starts there, not at A1, so a blank first row or column shifts it.
    """
    if not (first := re.search(rb'<c\s[^>]*?\br="([A-Z]+)(\d+)"', sheet_xml[:200_000])):
        return 1, 0
    if first[1] == b"A":
        return int(first[2]), 0
    letters = set(re.findall(rb'<c\s[^>]*?\br="([A-Z]+)\d+"', sheet_xml))
    return int(first[2]), min(_index(letter.decode()) for letter in letters)


def _merged(after_rows: str) -> list[tuple[int, int, int]]:
    """Return (column from 0, first row, last row) of the cells merged over several rows."""
    found = re.findall(
        r"""<(?:\w+:)?mergeCell\s[^>]*?\bref\s*=\s*["']\$?([A-Z]+)\$?(\d+):\$?[A-Z]+\$?(\d+)["']""",
        after_rows,
    )
    return [
        (_index(letters), int(first), int(last))
        for letters, first, last in found
        if int(first) < int(last)
    ]


def _index(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _utc(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=None) if text else None
    except ValueError:
        return None
