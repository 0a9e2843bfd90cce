"""Which processes of a data folder are alive: what a killed command must not leave behind."""

from __future__ import annotations

import os
import select
import time
from pathlib import Path

PATIENCE = 40


def of_folder(data: Path) -> dict[int, str]:
    """Return the processes whose environment names a data folder, with their command lines."""
    wanted = f"PACTWATCH_DATA={data}".encode()
    found = {}
    for place in Path("/proc").glob("[0-9]*"):
        try:
            if wanted in (place / "environ").read_bytes().split(b"\0"):
                said = (place / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                if "State:\tZ" not in (place / "status").read_text():
                    found[int(place.name)] = said
        except OSError:
            continue  # it ended while we looked
    return found


def still_after(data: Path, patience: float = PATIENCE) -> dict[int, str]:
    """Return the processes of a data folder that do not end within so many seconds."""
    deadline = time.monotonic() + patience
    while (found := of_folder(data)) and time.monotonic() < deadline:
        time.sleep(0.1)
    return found


def has_ended(handle: int, patience: float = PATIENCE) -> bool:
    """Wait until the process of a handle (`os.pidfd_open`) has ended, and close the handle."""
    ended = select.poll()
    ended.register(handle, select.POLLIN)  # it can be read once the process has ended
    found = bool(ended.poll(patience * 1_000))
    os.close(handle)
    return found
