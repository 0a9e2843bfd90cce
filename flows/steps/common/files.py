"""Write files whole, and hold the data folder for one writer."""

from __future__ import annotations

import fcntl
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from .errors import PactwatchError
from .layout import Layout


class Busy(PactwatchError):
    """Another run holds the data folder."""


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
def only_one(layout: Layout, patience: float = 0) -> Iterator[None]:
    """Hold the data folder for one writer; wait up to `patience` seconds for another to end.

    Raises `Busy` when another run has the folder for longer, and `PactwatchError` when it cannot
    be written to. Readers need no lock: what is published is replaced whole.
    """
    try:
        layout.data.mkdir(parents=True, exist_ok=True)
        lock = (layout.data / ".lock").open("a+")
    except OSError as problem:
        raise PactwatchError(
            f"The data folder {layout.data.name}/ cannot be written to ({problem.strerror}): mend"
            " its rights, or set PACTWATCH_DATA to a folder of your own."
        ) from problem
    with lock:
        _lock(lock, layout, patience)
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        try:
            yield
        finally:
            lock.truncate(0)


def _lock(lock: TextIO, layout: Layout, patience: float) -> None:
    deadline = time.monotonic() + patience
    while True:
        try:
            return fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            holder = lock.read().strip() or "just starting"
        if time.monotonic() >= deadline:
            raise Busy(
                f"Another run (process {holder}) is at work on {layout.data.name}/:"
                " wait until it ends, then run again."
            )
        time.sleep(min(1.0, patience))


def sweep(layout: Layout) -> int:
    """Remove the temporary files of dead runs; call it while holding the folder. Return how many.

    Every writer here writes to `.NAME...part` first, so under the lock each of these is left over.
    """
    removed = 0
    for folder, below, files in os.walk(layout.data):
        if Path(folder) == layout.data:
            below[:] = [name for name in below if name != "prefect"]  # not ours
        for name in files:
            if re.fullmatch(r"\..+\.part(\.wal|\.tmp)?", name):
                (Path(folder) / name).unlink(missing_ok=True)
                removed += 1
    return removed
