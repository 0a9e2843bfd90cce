"""Read published lists: workbook, page or CSV bytes to cells as text, and the XML of their links.

fastexcel gives the values of a workbook. The MOA and ADDENDUM cells say only "link"; the address is
in the sheet's relationship part of the zip, so that part is read as well. Nothing is cleaned here.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import polars as pl

from flows.steps.common.errors import Unreadable
from flows.steps.common.records import Sheet

from .sheet import find_header, first_line, make_sheet, no_columns
from .workbook import read_workbook

MAX_BYTES = 25_000_000
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
        return read_workbook(sha, name, data, headers)
    if data[:2000].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        from .page import read_page  # its parser takes a tenth of a second to import

        return read_page(sha, name, data, headers)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable(
            f"{name} is encrypted or in the old .xls form:"
            " save it as .xlsx without a password and import it again."
        )
    if name.lower().endswith(".csv"):
        return _read_csv(sha, name, data, headers)
    raise Unreadable(f"{name} is not a workbook: import the .xlsx or .csv file that ICE published.")


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
            f"{name} cannot be read as CSV ({first_line(problem)}): check the file."
        ) from problem
    at = find_header(cells, headers)
    if at is None:
        raise Unreadable(no_columns(name, [cells]))
    return make_sheet(sha, cells, at, headers, saved_at=None, is_copy=True)
