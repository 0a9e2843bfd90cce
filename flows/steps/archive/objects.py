"""Keep every byte we ever got, by its hash.

Objects are written to a temporary name, synced and renamed, so a crash leaves no half file. What
came over the network is noted before it is stored, so that a run that breaks off before its
manifest row loses nothing. Nothing here looks inside the bytes.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import replace
from pathlib import Path

from flows.steps.common.causes import parsed
from flows.steps.common.errors import PactwatchError
from flows.steps.common.files import write_whole
from flows.steps.common.layout import Layout
from flows.steps.common.records import Capture

from .manifest import append_manifest, as_capture, as_row, note_of, read_manifest


def digest(data: bytes) -> str:
    """Return the sha256 of bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def extension(data: bytes, file_name: str) -> str:
    """Return the extension an object is kept under: what the bytes are, else what the name says."""
    if data[:4] == b"PK\x03\x04":
        return "xlsx"
    start = data[:512].lstrip().lower()
    if start.startswith((b"<!doctype html", b"<html")):
        return "html"
    suffix = Path(file_name).suffix.lower().lstrip(".")
    return suffix if re.fullmatch(r"[a-z0-9]{1,5}", suffix) else "bin"


def object_path(layout: Layout, sha256: str) -> Path | None:
    """Return where the object with this hash is kept, or None when the archive lacks it."""
    return next(iter((layout.objects / sha256[:2]).glob(f"{sha256}.*")), None)


def store(
    layout: Layout, data: bytes, file_name: str, capture: Capture | None = None
) -> tuple[str, bool]:
    """Keep bytes under their hash; return the hash and whether they were new.

    A `capture` with an address is noted first: should the run break off before its manifest row is
    written, `adopt` writes the row. An object damaged since is made whole again.
    """
    sha256 = digest(data)
    path = object_path(layout, sha256)
    if path and path.read_bytes() == data:
        return sha256, False
    if capture and capture.url:
        noted = replace(capture, sha256=sha256, size=len(data))
        write_whole(note_of(layout, sha256), json.dumps(as_row(noted)).encode())
    new = layout.objects / sha256[:2] / f"{sha256}.{extension(data, file_name)}"
    write_whole(path or new, data)
    return sha256, path is None


def load(layout: Layout, sha256: str) -> bytes:
    """Return an object's bytes; raises `PactwatchError` when they are gone or do not match."""
    path = object_path(layout, sha256)
    if path is None:
        raise PactwatchError(
            f"The archive lacks object {sha256[:12]}: restore warehouse/raw from a backup,"
            " or import the file again."
        )
    data = path.read_bytes()
    if digest(data) != sha256:
        raise PactwatchError(
            f"The archived file {path.name} no longer matches its hash: import the list again, or"
            " restore the file from a backup; the published warehouse is as it was."
        )
    return data


def stored(layout: Layout) -> set[str]:
    """Return the hashes of all objects in the archive."""
    return {path.stem for path in layout.objects.glob("??/*") if len(path.stem) == 64}


def orphans(layout: Layout) -> set[str]:
    """Return the hashes of objects that no manifest row names."""
    rows = [*read_manifest(layout), *read_manifest(layout, articles=True)]
    return stored(layout) - {row.sha256 for row in rows if row.sha256}


def adopt(layout: Layout) -> list[Capture]:
    """Write the manifest rows that broken-off runs still owed for what they had fetched."""
    notes = sorted((layout.data / "raw" / "incoming").glob("*.json"))
    if not notes:
        return []
    unknown = orphans(layout)
    owed = [as_capture(parsed(note, json.loads)) for note in notes]
    adopted = [capture for capture in owed if capture.sha256 in unknown]
    append_manifest(layout, adopted)
    for note in notes:
        note.unlink(missing_ok=True)
    return adopted
