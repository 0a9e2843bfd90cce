"""Read published lists: workbook or CSV bytes to cells as text, and the XML of their links.

fastexcel gives the values. The MOA and ADDENDUM cells say only "link"; the address is in the
sheet's relationship part of the zip, so that part is read as well. Nothing is cleaned here.
"""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import fastexcel
import polars as pl

from .records import Contents, ListKind, Sheet, Unreadable

REQUIRED = {"state", "agency", "model"}
MAX_BYTES = 25_000_000
MAX_EXPANDED = 250_000_000
HEADER_SEARCH_ROWS = 30
READERS = 2


def read_sheets(
    files: Mapping[str, tuple[str, bytes]], headers: Mapping[str, str]
) -> tuple[list[Sheet], dict[str, str]]:
    """Read many lists at once: the sheets, and the sentence for each file that is no list.

    `files` maps sha256 to (file name, bytes); `headers` maps printed header to field, as
    seeds/lists.toml says. One unreadable file does not stop the others.
    """
    sheets: list[Sheet] = []
    refused: dict[str, str] = {}
    with ThreadPoolExecutor(READERS) as pool:
        reading = {
            sha: pool.submit(read_sheet, sha, name, data, headers)
            for sha, (name, data) in files.items()
        }
        for sha, future in reading.items():
            try:
                sheets.append(future.result())
            except Unreadable as problem:
                refused[sha] = str(problem)
    return sheets, refused


def read_sheet(sha: str, name: str, data: bytes, headers: Mapping[str, str]) -> Sheet:
    """Read one list; raises `Unreadable` with one sentence when the bytes are no list."""
    if len(data) > MAX_BYTES:
        raise Unreadable(
            f"{name} has {len(data):,} bytes, more than a list can have ({MAX_BYTES:,}):"
            " check what was downloaded."
        )
    if data[:4] == b"PK\x03\x04":
        return _read_workbook(sha, name, data, headers)
    start = data[:2000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype", b"<html", b"<head", b"<?xml", b"<body")):
        raise Unreadable(
            f"{name} is a web page, not a workbook (often a block page):"
            " open the address in a browser and save the list again."
        )
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable(
            f"{name} is encrypted or in the old .xls form:"
            " save it as .xlsx without a password and import it again."
        )
    if name.lower().endswith(".csv"):
        return _read_csv(sha, name, data, headers)
    raise Unreadable(f"{name} is not a workbook: import the .xlsx or .csv file that ICE published.")


def _read_workbook(sha: str, name: str, data: bytes, headers: Mapping[str, str]) -> Sheet:
    parts = _safe_parts(name, data)
    try:
        reader = fastexcel.read_excel(data)
        sheets = [
            (title, reader.load_sheet(title, header_row=None, dtypes="string").to_polars())
            for title in reader.sheet_names
        ]
    except Exception as problem:  # fastexcel raises its own tree; any of it means unreadable bytes
        raise Unreadable(
            f"{name} cannot be read as a workbook ({_first_line(problem)}):"
            " download it again from the list page."
        ) from problem
    found = [(title, cells, _find_header(cells, headers)) for title, cells in sheets]
    matching = [(title, cells, at) for title, cells, at in found if at is not None]
    if not matching:
        raise Unreadable(_no_columns(name, [cells for _, cells in sheets]))
    title, cells, at = max(matching, key=lambda match: match[1].height)
    sheet_part = _sheet_part(parts, title)
    sheet_xml = parts.get(sheet_part, b"")
    rels = parts.get(re.sub(r"([^/]+)$", r"_rels/\1.rels", sheet_part), b"")
    creator = _core(parts, "creator")
    saved = _core(parts, "modified")
    return _sheet(
        sha,
        cells,
        at,
        headers,
        saved_at=_utc(saved),
        # openpyxl signs its files: such a workbook is an archive's copy of a table, not ICE's own.
        is_copy=creator == "openpyxl",
        other_sheets=tuple(other for other, _ in sheets if other != title),
        first_cell=_first_cell(sheet_xml),
        links=sheet_xml[sheet_xml.rfind(b"</sheetData>") :].decode("utf-8", "replace"),
        targets=rels.decode("utf-8", "replace"),
    )


def _read_csv(sha: str, name: str, data: bytes, headers: Mapping[str, str]) -> Sheet:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    try:
        cells = pl.read_csv(
            io.StringIO(text), has_header=False, infer_schema=False, truncate_ragged_lines=True
        )
    except pl.exceptions.PolarsError as problem:
        raise Unreadable(
            f"{name} cannot be read as CSV ({_first_line(problem)}): check the file."
        ) from problem
    at = _find_header(cells, headers)
    if at is None:
        raise Unreadable(_no_columns(name, [cells]))
    return _sheet(sha, cells, at, headers, saved_at=None, is_copy=True)


def _sheet(  # noqa: PLR0913 - the facts of one sheet
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
    named: dict[str, str] = {}
    unknown: list[str] = []
    for column, printed in zip(cells.columns, cells.row(at), strict=True):
        field = headers.get(_header(printed))
        if field and field not in named.values():
            named[column] = field
        elif cells[column].slice(at + 1).str.strip_chars().replace("", None).count():
            unknown.append(_header(printed) or f"unnamed ({column})")
    body = cells.with_row_index("row_number", offset=first_cell[0]).slice(at + 1)
    body = body.select("row_number", *(pl.col(c).alias(f) for c, f in named.items()))
    fields = set(named.values())
    kind: ListKind = "participating" if "signed" in fields else "pending"
    order = {
        field: _letter(first_cell[1] + cells.columns.index(column))
        for column, field in named.items()
    }
    contents = Contents(sha, kind, saved_at, is_copy, tuple(unknown), other_sheets)
    return Sheet(contents, body, links, targets, order)


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
            f"{name} is a broken or truncated workbook ({_first_line(problem)}):"
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


def _find_header(cells: pl.DataFrame, headers: Mapping[str, str]) -> int | None:
    for at, row in enumerate(cells.head(HEADER_SEARCH_ROWS).iter_rows()):
        if {headers.get(_header(cell)) for cell in row} >= REQUIRED:
            return at
    return None


def _header(cell: str | None) -> str:
    return " ".join((cell or "").replace("\u00a0", " ").upper().split())


def _no_columns(name: str, sheets: Sequence[pl.DataFrame]) -> str:
    first = next((s.row(0) for s in sheets if s.height), ())
    seen = ", ".join(filter(None, (_header(cell)[:40] for cell in first[:8]))) or "nothing"
    return (
        f"{name} has no sheet with the columns STATE, LAW ENFORCEMENT AGENCY and SUPPORT TYPE"
        f" (first row: {seen}): if ICE renamed one, add the new name to seeds/lists.toml."
    )


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


def _index(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _letter(index: int) -> str:
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _utc(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=None) if text else None
    except ValueError:
        return None


def _first_line(problem: BaseException) -> str:
    return str(problem).strip().splitlines()[0][:120] if str(problem).strip() else "no detail"
