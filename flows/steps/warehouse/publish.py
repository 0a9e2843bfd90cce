"""Put a built warehouse in the place of the published one.

The dated copy comes first, the file that readers open next, and `latest.json` last, with the hash
of what it speaks of: a swap that broke off in between shows, and the next build mends it. Dated
copies are thinned after that, when the new file is durable.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

from flows.steps.common.files import not_written, put_in_place, write_whole

LIST_DAYS_KEPT = 30
"""Dated copies kept of the newest list days; of earlier ones each month keeps its last."""

_DATED = re.compile(r"pactwatch-(\d{4}-\d{2}-\d{2})\.duckdb")


def swap_in(part: Path, database: Path, label: str, summary: Mapping[str, Any]) -> None:
    """Rename a built file over the published one; keep a dated copy and `latest.json`.

    `latest.json` holds the summary, the dated copy's name, and the file's sha256. Raises
    `PactwatchError` when the disk is full or the folder cannot be written to.
    """
    dated = database.parent / "published" / f"pactwatch-{label}.duckdb"
    sha256 = file_hash(part)
    pointer = {"file": f"published/{dated.name}", "sha256": sha256, **summary}
    try:
        dated.parent.mkdir(exist_ok=True)
        _link(part, dated)
        put_in_place(part, database)
        text = json.dumps(pointer, indent=2) + "\n"
        write_whole(database.parent / "latest.json", text.encode())
        _thin(dated)
    except OSError as problem:
        raise not_written(database, problem) from problem


def latest(database: Path) -> dict[str, Any] | None:
    """Return what `latest.json` says of the published file, or None when it is not that file.

    So it is when there is none, when either is damaged, or when a swap broke off between the two:
    all of them derived data, which the next build makes again.
    """
    try:
        pointer = json.loads((database.parent / "latest.json").read_bytes())
        is_it = pointer.pop("sha256") == file_hash(database)
        del pointer["file"]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return dict(pointer) if is_it else None


def file_hash(path: Path) -> str:
    """Return a file's sha256, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _link(part: Path, dated: Path) -> None:
    """Put a copy of a file in place whole: the same blocks where the disk knows hard links."""
    link = dated.with_name(f".{dated.name}.part")
    link.unlink(missing_ok=True)
    try:
        os.link(part, link)
    except PermissionError:  # how a disk without hard links answers
        shutil.copyfile(part, link)
    put_in_place(link, dated)


def spare(days: Iterable[date]) -> set[date]:
    """Return the list days whose dated copies are kept no longer."""
    ordered = sorted(set(days))
    last_of_month = {(day.year, day.month): day for day in ordered}
    return set(ordered[:-LIST_DAYS_KEPT]) - set(last_of_month.values())


def _thin(current: Path) -> None:
    """Delete the dated copies that are to spare; what else stands in the folder is not ours."""
    dated = {path: day for path in current.parent.iterdir() if (day := _list_day(path.name))}
    gone = spare(dated.values())
    for path, day in dated.items():
        if day in gone and path != current:
            with suppress(OSError):  # a copy too many fails no build
                path.unlink()


def _list_day(name: str) -> date | None:
    match = _DATED.fullmatch(name)
    try:
        return date.fromisoformat(match[1]) if match else None
    except ValueError:
        return None
