"""Who serves the schedules of a data folder: a lock that the system holds, and a note beside it.

The lock is apart from that of runs: `pactwatch serve` holds it for weeks, and runs come and go.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime

from filelock import FileLock, Timeout

from .errors import UsageError
from .files import locked, write_whole
from .layout import Layout

PATIENCE = 2.0
"""Seconds that outlast the blink in which somebody asks whether the lock is held."""
PARENT_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Serving:
    """A `pactwatch serve`: its process, since when (UTC), and where its Prefect server answers.

    `address` is that of the API, empty until there is one; `deployment` is the name under which
    the server knows the schedules of `flows`.
    """

    pid: int = 0
    since: str = ""
    address: str = ""
    deployment: str = ""
    flows: tuple[str, ...] = ()

    @property
    def in_words(self) -> str:
        """Return which process serves, and since when."""
        if not self.pid:
            return "another process"
        return f"process {self.pid}, since {self.since[:16].replace('T', ' ')} UTC"


Note = Callable[[str, str, tuple[str, ...]], None]
"""Takes the address of the API, the deployments' name, and the flows that are served."""


@contextmanager
def claimed(layout: Layout, now: datetime) -> Iterator[Note]:
    """Hold the schedules of a data folder for this process, also against another server's.

    The system frees the lock when the process ends, however it ends. Raises `UsageError` when
    another process has it.
    """

    def busy() -> UsageError:
        served = read(layout) or Serving()
        end = f"`kill {served.pid}`" if served.pid else "Ctrl-C where it runs"
        return UsageError(
            f"A `pactwatch serve` is at work on {layout.data.name}/ already ({served.in_words}):"
            f" leave the schedule to it, or end it first ({end}); another data folder"
            " (PACTWATCH_DATA) may have a `serve` of its own."
        )

    def note(address: str, deployment: str, flows: tuple[str, ...]) -> None:
        served = Serving(os.getpid(), now.isoformat(), address, deployment, flows)
        write_whole(layout.serving, json.dumps(asdict(served)).encode())

    with locked(layout.serve_lock, PATIENCE, busy, "the data folder"):
        note("", "", ())
        yield note


def holder(layout: Layout) -> Serving | None:
    """Return who serves the schedules of a data folder; None when nobody does."""
    if not layout.serve_lock.exists():
        return None
    try:
        with FileLock(layout.serve_lock, timeout=0, preserve_lock_file=True):
            return None
    except Timeout:
        return read(layout) or Serving()


def read(layout: Layout) -> Serving | None:
    """Return the note of who served last, alive or not; None when there is no whole one."""
    try:
        found = Serving(**json.loads(layout.serving.read_bytes()))
    except (OSError, ValueError, TypeError):
        return None
    kinds = {"pid": int, "since": str, "address": str, "deployment": str, "flows": list}
    is_whole = all(isinstance(getattr(found, name), kind) for name, kind in kinds.items())
    return found if is_whole else None


def end_with(parent: int) -> None:
    """End this process when its parent is no longer the process of this number.

    Whoever is killed ends no child. Nothing is tidied up: a run may be killed at any point.
    """

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(PARENT_SECONDS)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
