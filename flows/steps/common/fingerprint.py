"""Hashes that say whether something has to be made again: of code, and of the files it read.

What a room makes depends on its own code and that of the layers below it, on the packages that are
installed, and on its inputs. So a kept result is keyed by all of these, whatever they are, and
never by a list of files that somebody has to remember to extend.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

STEPS = Path(__file__).parent.parent
LOCK = STEPS.parent.parent / "requirements.lock"
LAYERS = (
    ("reports", "notify"),
    ("warehouse",),
    ("sources", "articles"),
    ("lists",),
    ("identity", "claims"),
    ("archive", "fetch"),
    ("common",),
)
"""The rooms of flows/steps by layer: each may call those below it. `make lint` holds it to that."""


@cache
def of_code(room: str) -> str:
    """Return a short hash over a room's files, those of all layers below it, and the lock file."""
    [at] = [position for position, rooms in enumerate(LAYERS) if room in rooms]
    below = [room, *(name for rooms in LAYERS[at + 1 :] for name in rooms)]
    files = [
        (path.relative_to(STEPS).as_posix(), path)
        for name in below
        for path in (STEPS / name).rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    ]
    return _hash([*files, *([(LOCK.name, LOCK)] if LOCK.exists() else [])])


def of_files(*folders: Path) -> str:
    """Return a short hash over the files in folders; where the folders stand does not count."""
    return _hash(
        (f"{folder.name}/{path.relative_to(folder).as_posix()}", path)
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith(".")
    )


def of_text(*parts: str) -> str:
    """Return a short hash over texts, in this order."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def _hash(files: Iterable[tuple[str, Path]]) -> str:
    joined = hashlib.sha256()
    for name, path in sorted(files):
        joined.update(name.encode() + b"\0" + path.read_bytes() + b"\0")
    return joined.hexdigest()[:16]
