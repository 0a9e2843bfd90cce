"""Read published lists: workbook, page or CSV bytes to the rows they print, as text.

A file mostly prints one list, and may print both. Nothing is cleaned here.
"""

from __future__ import annotations

from collections.abc import Mapping

from flows.steps.common.errors import Unreadable
from flows.steps.common.records import Sheet

from .csv import read_csv
from .forms import form_of
from .workbook import read_workbook

MAX_BYTES = 25_000_000


def read_file(sha: str, name: str, data: bytes, headers: Mapping[str, str]) -> list[Sheet]:
    """Read the lists of one file; raises `Unreadable` with one sentence when it holds none."""
    if len(data) > MAX_BYTES:
        raise Unreadable(
            f"{name} has {len(data):,} bytes, more than a list can have ({MAX_BYTES:,}):"
            " check what was downloaded."
        )
    match form_of(name, data):
        case "workbook":
            return read_workbook(sha, name, data, headers)
        case "page":
            from .page import read_page  # its parser takes a tenth of a second to import

            return read_page(sha, name, data, headers)
        case _:
            return read_csv(sha, name, data, headers)
