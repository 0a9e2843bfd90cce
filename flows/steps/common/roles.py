"""What a path is to people: the archive, a report, the seeds, by where it lies."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path

# How a file or folder is called while it is being made, and one that stands by for another.
_TEMPORARY = re.compile(r"^\.(.+?)(?:(?:\.\d+)?\.part(?:\.wal|\.tmp)?|\.twin|\.old)$")
# What lies where, by the end of a path: the first that fits.
_ROLES = tuple(
    (re.compile(pattern), role)
    for pattern, role in (
        (r"/\.lock$", "the lock of the data folder"),
        (r"/raw/captures\.jsonl(\.end)?$", "the manifest of captures"),
        (r"/raw/articles\.jsonl(\.end)?$", "the manifest of articles"),
        (r"/raw(/(objects|incoming)(/.*)?)?$", "the archive"),
        (r"/runs\.jsonl(\.damaged)?$", "the ledger of runs"),
        (r"/notices\.jsonl(\.damaged)?$", "the log of notices"),
        (r"/(published(/pactwatch-[^/]*)?|published/[^/]*)$", "the dated copy of the warehouse"),
        (r"/latest\.json$", "the pointer to the warehouse"),
        (r"\.duckdb[^/]*$|\.spill(/.*)?$", "the warehouse"),
        (r"/cache(/[^/]*)?$", "the cache of what was read"),
        (r"/exports(/[^/]*)?$", "the export"),
        (r"/(reports|latest)(/.*)?$|/feed\.(xml|json)$|/feeds/[^/]*$", "the report"),
        (r"/prefect(/.*)?$|/prefect-server\.log$", "Prefect's folder"),
        (r"/seeds(/.*)?$", "the reviewed seeds"),
        (r"/sql(/.*)?$", "the models in sql/"),
        (r"/flows(/.*)?$|/requirements\.lock$", "the program"),
        (r"/pactwatch\.toml$", "the settings file"),
    )
)


def role_of(path: Path) -> str:
    """Return what a path is, by where it lies: with its article, for the middle of a sentence."""
    place = f"/{_plain(path).as_posix()}"
    if found := next((role for pattern, role in _ROLES if pattern.search(place)), None):
        return found
    is_temporary = Path(tempfile.gettempdir()) in (path.parent, path.parent.parent)
    is_ours = re.search(r"/(tmp|pactwatch-)[^/]*(/[^/]*)?$", place)
    return "a temporary folder" if is_temporary and is_ours else "the file or folder"


def plain_name(path: Path) -> str:
    """Return a path's own name, also of the temporary file that it is written under."""
    return _TEMPORARY.sub(r"\1", path.name)


def _plain(path: Path) -> Path:
    """Return a path as it will be, also of what is in a folder that is being made."""
    return Path(*(_TEMPORARY.sub(r"\1", part) for part in path.parts))


def is_below(path: Path, root: Path) -> bool:
    """Say whether a path is `root`, below it, or one of the folders that it lies in."""
    one, other = _plain(Path(os.path.abspath(path))), Path(os.path.abspath(root))
    return one == other or other in one.parents or one in other.parents
