"""Keep every byte we ever got: content-addressed objects and a manifest row for every attempt.

Objects and the manifest are written to a temporary name, synced and renamed, so a crash leaves
neither half a file nor half a row. Nothing here looks inside the bytes.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, fields
from datetime import datetime
from pathlib import Path
from typing import Any

from .records import Capture, Layout, PactwatchError

_TIMES = ("attempted_at", "captured_at", "last_modified")


class Busy(PactwatchError):
    """Another run holds the data folder."""


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


def store(layout: Layout, data: bytes, file_name: str) -> tuple[str, bool]:
    """Keep bytes under their hash; return the hash and whether they were new."""
    sha256 = digest(data)
    if object_path(layout, sha256):
        return sha256, False
    folder = layout.objects / sha256[:2]
    write_whole(folder / f"{sha256}.{extension(data, file_name)}", data)
    return sha256, True


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
            f"The archived file {path.name} no longer matches its hash: delete it and import the"
            " list again; the published warehouse is as it was."
        )
    return data


def stored(layout: Layout) -> set[str]:
    """Return the hashes of all objects in the archive."""
    return {path.stem for path in layout.objects.glob("??/*") if len(path.stem) == 64}


def read_manifest(layout: Layout, *, articles: bool = False) -> list[Capture]:
    """Return every attempt so far, oldest first: to get a list, or to get an article."""
    path = layout.article_manifest if articles else layout.manifest
    if not path.exists():
        return []
    with path.open(encoding="utf-8") as lines:
        return [_capture(json.loads(line)) for line in lines]


def append_manifest(layout: Layout, captures: Iterable[Capture], *, articles: bool = False) -> None:
    """Add attempts to the manifest: the file is replaced whole, so no reader sees half a row."""
    path = layout.article_manifest if articles else layout.manifest
    added = "".join(json.dumps(_plain(capture)) + "\n" for capture in captures)
    if not added:
        return
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    write_whole(path, (before + added).encode())


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that it is there whole or not at all, also after a crash."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as problem:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise PactwatchError(
            f"{path.name} could not be written ({problem.strerror}): free some disk space or mend"
            " the folder's rights, then run again; nothing published was changed."
        ) from problem
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make a rename in a folder durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def only_one(layout: Layout) -> Iterator[None]:
    """Hold the data folder for one writer; raises `Busy` when another run has it."""
    layout.data.mkdir(parents=True, exist_ok=True)
    with (layout.data / ".lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            holder = lock.read().strip() or "unknown"
            raise Busy(
                f"Another run (process {holder}) is at work on {layout.data.name}/:"
                " wait until it ends, then run again."
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def _plain(capture: Capture) -> dict[str, Any]:
    row = {k: v for k, v in asdict(capture).items() if v is not None}
    return {k: v.isoformat() if isinstance(v, datetime) else v for k, v in row.items()}


def _capture(row: Mapping[str, Any]) -> Capture:
    known = {field.name for field in fields(Capture)}
    values = {k: v for k, v in row.items() if k in known}
    times = {k: datetime.fromisoformat(values[k]) for k in _TIMES if values.get(k)}
    return Capture(**{**values, **times})


def read_ledger(layout: Layout) -> list[dict[str, Any]]:
    """Return the runs so far, oldest first: run_id, job, started_at, ended_at, outcome, detail."""
    if not layout.ledger.exists():
        return []
    return [json.loads(line) for line in layout.ledger.read_text(encoding="utf-8").splitlines()]


def write_ledger(layout: Layout, run: Mapping[str, Any], keep: int = 500) -> None:
    """Add a run, or replace it by its run_id when it ended; the newest `keep` stay."""
    runs = [known for known in read_ledger(layout) if known["run_id"] != run["run_id"]]
    lines = "".join(json.dumps(known) + "\n" for known in [*runs, dict(run)][-keep:])
    write_whole(layout.ledger, lines.encode())
