"""Open the zip that a workbook is: its XML parts by name, within the limits."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping
from posixpath import normpath

from flows.steps.common.errors import Unreadable

from .forms import AGAIN, zip_form
from .header import first_line

MAX_EXPANDED = 100_000_000
BROKEN = (
    zipfile.BadZipFile,
    EOFError,
    OSError,
    RuntimeError,
    NotImplementedError,
    ValueError,
    zlib.error,
)


def xml_parts(name: str, data: bytes) -> dict[str, bytes]:
    """Return the XML parts of a workbook by their names, inflated within the limit.

    Reading them here checks each part's declared size and checksum before another reader sees the
    file. Raises `Unreadable` with the sentence for what is no workbook, or too large.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            found = archive.infolist()
            if sum(info.file_size for info in found) > MAX_EXPANDED:
                raise Unreadable(
                    f"{name} expands past {MAX_EXPANDED:,} bytes, which no list does:"
                    " it was not opened; delete it and download the list again."
                )
            names = {_plain(info.filename): info for info in found}
            if not any(part.lower() == "xl/workbook.xml" for part in names):
                what, todo = zip_form(set(names))
                raise Unreadable(f"{name} is {what}: {todo}.")
            return {part: archive.read(i) for part, i in names.items() if _is_read(part)}
    except BROKEN as problem:
        raise Unreadable(
            f"{name} is a broken or truncated workbook ({first_line(problem)}): {AGAIN}."
        ) from problem


def repacked(parts: Mapping[str, bytes]) -> bytes:
    """Return a plain zip of the parts, for a reader that their own one was too odd for."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return packed.getvalue()


def part_named(parts: Mapping[str, bytes], name: str) -> str:
    """Return the name under which a part stands; letter case does not count. Empty for none."""
    if name in parts:
        return name
    return next((part for part in parts if part.lower() == name.lower()), "")


def _plain(name: str) -> str:
    """Return a part's name with the slashes that the format asks for."""
    return normpath(name.replace("\\", "/").lstrip("/"))


def _is_read(part: str) -> bool:
    lower = part.lower()
    return lower.endswith((".xml", ".rels")) and "/theme/" not in lower
