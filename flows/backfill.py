"""FLOW folders, single files and the Internet Archive → archive."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from flows.places import Places
from flows.record import parse_objects
from flows.steps import archive, gate, internet_archive, parse
from flows.steps.records import Capture, UsageError

Progress = Callable[[int, int], None]
LIST_NAME = re.compile(r"(participating|pending).*\.(xlsx|xlsm|csv)", re.I)
LIST_SUFFIXES = (".xlsx", ".xlsm", ".xls", ".csv")


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import took in: a manifest row for every file looked at."""

    captures: list[Capture]

    def count(self, outcome: str) -> int:
        """Return how many files had this outcome."""
        return sum(capture.outcome == outcome for capture in self.captures)


def import_path(
    places: Places, path: Path, now: datetime, progress: Progress | None = None
) -> Imported:
    """Archive one list file, or every list file below a folder; unreadable ones are kept apart.

    Raises `UsageError` when the path is not there or holds no list file.
    """
    files = find_files(path)

    def read() -> Iterable[tuple[str, bytes, Capture]]:
        for file in files:
            capture = Capture(
                attempted_at=now,
                source="folder",
                outcome="new",
                file_name=file.name,
                captured_at=gate.stamp_of(file.name),
                size=file.stat().st_size,
            )
            yield file.name, read_bounded(file), capture

    return take_in(places, read(), len(files), progress)


def find_files(path: Path) -> list[Path]:
    """Return the list files at a path: the file itself, or those below the folder, by name."""
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise UsageError(f"There is nothing at {path}: give a folder or a list file.")
    files = sorted(
        file
        for file in path.rglob("*")
        if file.suffix.lower().strip("\"'") in LIST_SUFFIXES and file.is_file()
    )
    if not files:
        raise UsageError(
            f"The folder {path.name} holds no .xlsx or .csv file:"
            " give the folder that the lists were saved to."
        )
    return files


def read_bounded(file: Path) -> bytes:
    """Return a file's bytes, at most one more than a list may have."""
    with file.open("rb") as stream:
        return stream.read(parse.MAX_BYTES + 1)


def take_in(
    places: Places,
    files: Iterable[tuple[str, bytes, Capture]],
    total: int,
    progress: Progress | None = None,
) -> Imported:
    """Archive files, find out which are lists, and add a manifest row for each.

    `files` gives (file name, bytes, the capture as far as the source knows it). Bytes over the
    size limit are not kept; everything else is, also what turns out to be no list.
    """
    layout = places.layout
    known = {c.sha256 for c in archive.read_manifest(layout) if c.outcome != "failed"}
    captures: list[Capture] = []
    names: dict[str, str] = {}
    for at, (name, data, capture) in enumerate(files, start=1):
        if len(data) > parse.MAX_BYTES:
            why = (
                f"{name} is larger than a list can be ({parse.MAX_BYTES:,} bytes):"
                " check what was downloaded."
            )
            captures.append(replace(capture, outcome="rejected", why=why))
            continue
        sha256, _ = archive.store(layout, data, name, capture)
        names.setdefault(sha256, name)
        is_known = sha256 in known
        known.add(sha256)
        captures.append(
            replace(
                capture,
                sha256=sha256,
                size=len(data),
                outcome="unchanged" if is_known else "new",
            )
        )
        if progress and at % 20 == 0:
            progress(at, 2 * total)
    contents, refused, _ = parse_objects(
        places,
        names,
        lambda done, all_of: progress(total + done, total + all_of) if progress else None,
    )
    captures = [_settled(capture, contents, refused) for capture in captures]
    archive.append_manifest(layout, captures)
    if progress:
        progress(2 * total, 2 * total)
    return Imported(captures)


def from_internet_archive(
    places: Places,
    prefix: str,
    days: tuple[date, date],
    now: datetime,
    pause: Callable[[], None],
) -> Imported:
    """Archive the Internet Archive's captures of the lists below an address, between two days.

    Each distinct digest is taken once; `pause` is called before each request.
    """

    def read() -> Iterable[tuple[str, bytes, Capture]]:
        for found in internet_archive.captures(prefix, *days):
            name = unquote(found.url.rsplit("/", 1)[-1])
            if not LIST_NAME.search(name):
                continue
            pause()
            capture = Capture(
                attempted_at=now,
                source="wayback",
                outcome="new",
                url=found.raw_url,
                file_name=name,
                captured_at=found.captured_at,
            )
            yield name, internet_archive.get(found), capture

    return take_in(places, read(), 0)


def _settled(capture: Capture, contents: Any, refused: dict[str, str]) -> Capture:
    """Return the capture with what reading the bytes told: which list, or why it is none."""
    sha256 = capture.sha256 or ""
    if sha256 in refused:
        return replace(capture, outcome="rejected", why=refused[sha256])
    if sha256 in contents:
        return replace(capture, list=contents[sha256].list)
    return capture
