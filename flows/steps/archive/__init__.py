"""Keep every byte we ever got: content-addressed objects and a manifest row for every attempt.

Objects and the manifest are written to a temporary name, synced and renamed, so a crash leaves
neither half a file nor half a row. What came over the network is noted before it is stored, so
that a run that breaks off before its manifest row loses nothing. Nothing here looks inside the
bytes.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from ..records import Capture, Layout, PactwatchError
from .files import Busy, only_one, sweep, sync_folder, write_whole
from .runs import (
    end_broken_runs,
    read_ledger,
    read_notices,
    write_ledger,
    write_lines,
)

__all__ = [
    "Busy",
    "end_broken_runs",
    "only_one",
    "read_ledger",
    "read_notices",
    "sweep",
    "sync_folder",
    "write_ledger",
    "write_lines",
    "write_whole",
]

_TIMES = ("attempted_at", "captured_at", "last_modified")


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
        write_whole(_note(layout, sha256), json.dumps(_plain(noted)).encode())
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
    owed = [_capture(json.loads(note.read_text(encoding="utf-8"))) for note in notes]
    adopted = [capture for capture in owed if capture.sha256 in unknown]
    append_manifest(layout, adopted)
    for note in notes:
        note.unlink(missing_ok=True)
    return adopted


def read_manifest(layout: Layout, *, articles: bool = False) -> list[Capture]:
    """Return every attempt so far, oldest first: to get a list, or to get an article.

    Raises `PactwatchError` naming the line when one is damaged: a manifest is never mended by
    guessing.
    """
    path = layout.article_manifest if articles else layout.manifest
    if not path.exists():
        return []
    captures = []
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        try:
            captures.append(_capture(json.loads(line)))
        except (ValueError, TypeError):
            raise PactwatchError(
                f"Line {number} of raw/{path.name} is damaged: restore the file from a backup, or"
                " remove that line and import its file again; nothing was changed."
            ) from None
    return captures


def append_manifest(layout: Layout, captures: Iterable[Capture], *, articles: bool = False) -> None:
    """Add attempts to the manifest: the file is replaced whole, so no reader sees half a row."""
    path = layout.article_manifest if articles else layout.manifest
    captures = list(captures)
    added = "".join(json.dumps(_plain(capture)) + "\n" for capture in captures)
    if not added:
        return
    before = path.read_bytes() if path.exists() else b""
    if not before.endswith(b"\n") and before:  # cut by another program: no row may be glued on
        before += b"\n"
    write_whole(path, before + added.encode())
    for capture in captures:
        if capture.sha256 and capture.url:
            _note(layout, capture.sha256).unlink(missing_ok=True)


def _note(layout: Layout, sha256: str) -> Path:
    return layout.data / "raw" / "incoming" / f"{sha256}.json"


def _plain(capture: Capture) -> dict[str, Any]:
    row = {k: v for k, v in asdict(capture).items() if v is not None}
    return {k: v.isoformat() if isinstance(v, datetime) else v for k, v in row.items()}


def _capture(row: Mapping[str, Any]) -> Capture:
    known = {field.name for field in fields(Capture)}
    values = {k: v for k, v in row.items() if k in known}
    times = {k: datetime.fromisoformat(values[k]) for k in _TIMES if values.get(k)}
    return Capture(**{**values, **times})
