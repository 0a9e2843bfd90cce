"""Replace a folder whole: whoever reads it finds the old one or the new one, never some of each.

A rename replaces a file but no folder that holds files. Linux swaps two names in one step
(`renameat2`), and that is what happens wherever system and disk can. Elsewhere the old folder is
renamed aside first: a run killed just then leaves nothing under the name, and `files.sweep` puts
the old folder back. A folder that cannot be renamed at all, as one that a disk is mounted on, is
filled file by file. Call all of this while holding the data folder.
"""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from .files import aside, is_as, keep_tight, not_written, put, sync_folder

SWAP, HERE = 2, -100
"""RENAME_EXCHANGE of linux/fs.h, and AT_FDCWD of fcntl.h: paths are meant as they are written."""
CANNOT_SWAP = {errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP, errno.EXDEV, errno.EBUSY}
CANNOT_RENAME = {errno.EXDEV, errno.EBUSY}


@contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """Give a folder to write into; when the block ends it takes the place of `path`, whole.

    When the block raises, it is removed and what was at `path` stays. A link at `path` stays too:
    the folder it leads to is replaced. Files and folders that a person made less open than new
    ones are keep that. Raises `PactwatchError` when the disk is full or may not be written to.
    """
    path = path.resolve() if path.is_symlink() else path
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        for left in path.parent.glob(f".{path.name}.*.part/"):
            shutil.rmtree(left)  # of a dead run
        part.mkdir(parents=True)
        yield part
        keep_tight_within(part, path)
        sync_within(part)
        _replace(part, path)
    except OSError as problem:
        raise not_written(path, problem) from problem
    finally:
        shutil.rmtree(part, ignore_errors=True)


def put_folder(path: Path, files: Mapping[str, bytes]) -> bool:
    """Make a folder hold these files, by their paths in it, and no others; say if it did not."""
    if path.is_dir() and _holds(path, files):
        return False
    with whole_folder(path) as part:
        write_files(part, files)
    return True


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files into a folder that is being made, by their paths in it."""
    for name, body in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)


def swap(one: Path, other: Path) -> bool:
    """Exchange what two names stand for, in one step and for good; say if that can be done here."""
    rename = _renameat2()
    sync_folder(one.parent)
    if rename is None:
        return False
    if rename(HERE, os.fsencode(one), HERE, os.fsencode(other), SWAP):
        code = ctypes.get_errno()
        if code in CANNOT_SWAP:
            return False
        raise OSError(code, os.strerror(code), str(other))
    for folder in {one.parent, other.parent}:
        sync_folder(folder)
    return True


def files_within(folder: Path) -> list[str]:
    """Return the files of a folder and of those in it, by their paths in it, in order."""
    start = len(os.path.join(folder, ""))
    return sorted(
        f"{place}{os.sep}{name}"[start:].replace(os.sep, "/")
        for place, _, names in os.walk(folder)
        for name in names
    )


def keep_tight_within(folder: Path, before: Path) -> None:
    """Make a folder and all in it no more open than what has the same name in `before`."""
    for place, _, names in os.walk(folder):
        known = before / Path(place).relative_to(folder)
        keep_tight(Path(place), known)
        for name in names:
            keep_tight(Path(place) / name, known / name)


def sync_within(folder: Path) -> None:
    """Make a folder durable with all that is in it."""
    for place, _, names in os.walk(folder):
        for name in names:
            with (Path(place) / name).open("rb") as file:
                os.fsync(file.fileno())
        sync_folder(Path(place))


def _replace(part: Path, path: Path) -> None:
    """Put a finished folder in the place of `path`, if there is one; what was there goes."""
    if not path.exists():
        part.rename(path)
    elif not swap(part, path):
        old = aside(path)
        shutil.rmtree(old, ignore_errors=True)
        try:
            path.rename(old)
        except OSError as problem:
            if problem.errno not in CANNOT_RENAME:
                raise
            return _fill(part, path)
        part.rename(path)
        shutil.rmtree(old, ignore_errors=True)
    sync_folder(path.parent)


def _fill(part: Path, path: Path) -> None:
    """Make a folder that stays in its place hold what `part` does, pages after what they show."""
    names = files_within(part)
    for name in sorted(names, key=lambda name: (name.endswith(".html"), name)):
        put(path / name, part / name)
    for name in set(files_within(path)) - set(names):
        (path / name).unlink()


def _holds(path: Path, files: Mapping[str, bytes]) -> bool:
    return set(files_within(path)) == files.keys() and all(
        is_as(path / name, body) for name, body in files.items()
    )


@cache
def _renameat2() -> Any:
    """Return the system's call that swaps two names, or None where it has none."""
    try:
        return ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError, TypeError):
        return None
