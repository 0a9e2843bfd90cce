"""Remove what killed processes left half written, under the lock of those who write there."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from .errors import PactwatchError
from .files import Busy

LEFT_OVER = re.compile(r"\..+\.part(\.wal|\.tmp)?")


def sweep(folder: Path) -> int:
    """Remove what killed processes left half written in a folder; return how much that was.

    Call it while holding the lock of all who write there. `whole` writes to `.NAME.PROCESS.part`
    first, and others to files or folders with names like it, so under the lock each is left over.
    """
    removed = 0
    for place, below, files in os.walk(folder):
        if Path(place) == folder:
            below[:] = [name for name in below if name != "prefect"]  # not ours
        for name in filter(LEFT_OVER.fullmatch, [*below, *files]):
            path = Path(place) / name
            if name in below:
                below.remove(name)
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
            removed += 1
    return removed


@contextmanager
def hold_seeds(seeds: Path, patience: float = 30) -> Iterator[None]:
    """Hold the seeds for one who reads, changes and writes a file of them; remove leftovers.

    A data folder's lock would not do: several may share the seeds. Raises `Busy` when another has
    them for longer than so many seconds, and `PactwatchError` when they cannot be written to.
    """
    lock = FileLock(seeds / ".lock", timeout=patience, preserve_lock_file=True)
    try:
        lock.acquire()
    except Timeout:
        raise Busy(
            f"Another process is writing to {seeds.name}/: wait until it ends, then do it again."
        ) from None
    except OSError as problem:
        raise PactwatchError(
            f"The seeds {seeds.name}/ cannot be written to ({problem.strerror}): mend the folder's"
            " rights, or decide in a copy of the repository of your own."
        ) from problem
    try:
        sweep(seeds)
        yield
    finally:
        lock.release()


def sweep_seeds(seeds: Path) -> None:
    """Remove what a killed review left in the seeds, unless somebody is writing there now.

    Seeds that may not be written to, as those of an installation for many, are left alone.
    """
    with suppress(PactwatchError, OSError), hold_seeds(seeds, patience=0):
        pass
