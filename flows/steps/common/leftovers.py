"""Hold the seeds for one who writes there, and remove what killed ones left half written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from .errors import PactwatchError
from .files import Busy, locked


@contextmanager
def hold_seeds(seeds: Path, patience: float = 30) -> Iterator[None]:
    """Hold the seeds for one who reads, changes and writes a file of them; remove leftovers.

    A data folder's lock would not do: several may share the seeds. Raises `Busy` when another has
    them for longer than so many seconds, and `PactwatchError` when they cannot be written to.
    """
    busy = Busy(
        f"Another process is writing to {seeds.name}/: wait until it ends, then do it again."
    )
    with locked(seeds / ".lock", patience, lambda: busy):
        for left in seeds.glob(".*.part"):  # under the lock nobody else is at work on it
            left.unlink(missing_ok=True)
        yield


def sweep_seeds(seeds: Path) -> None:
    """Remove what a killed review left in the seeds, unless somebody is writing there now.

    Seeds that may not be written to, as those of an installation for many, are left alone.
    """
    with suppress(PactwatchError, OSError), hold_seeds(seeds, patience=0):
        pass
