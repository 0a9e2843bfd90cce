"""Run a command of ours and look at, or end it at, every point where it touches the data folder.

    python -P tests/killed.py FOLDER states TARGET COMMAND...   keeps the folder's states in TARGET
    python -P tests/killed.py FOLDER NUMBER COMMAND...          dies of SIGKILL at that point
    python -P tests/killed.py FOLDER count COMMAND...           says how many points there are

A point is just before Python opens a file for writing, renames, links, removes, syncs or makes a
folder, and before each write or database statement of our own code: between two points nothing on
the disk is changed by Python. Audit hooks and a profile function see them; our code knows nothing.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Any

CHANGES = {"os.rename", "os.remove", "os.link", "os.mkdir", "os.rmdir", "os.truncate"}
CALLS = {"fsync", "write", "execute", "write_parquet", "flush"}
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
LARGE = 100_000
"""Bytes from which a file that did not change is linked to the copy before: nothing of that size
is ever written to again under its name, only replaced."""


class Points:
    """Counts the points; dies at one, or keeps the folder as it is at each."""

    def __init__(self, folder: Path, at: int, target: Path | None) -> None:
        self.folder, self.at, self.target = folder.resolve(), at, target
        self.passed, self.last, self.is_looking = 0, "", False
        self.copies: dict[tuple[str, int, int], str] = {}

    def reach(self) -> None:
        if self.is_looking:
            return
        self.passed += 1
        if self.passed == self.at:
            os.kill(os.getpid(), signal.SIGKILL)
        if self.target is not None:
            self.is_looking = True
            self.keep(self.target)
            self.is_looking = False

    def keep(self, target: Path) -> None:
        listed = sorted(path for path in self.folder.rglob("*") if path.name != ".lock")
        seen = [(str(p), p.stat().st_size, p.stat().st_mtime_ns) for p in listed if p.is_file()]
        now = str((seen, [str(path) for path in listed]))
        if now != self.last:
            self.last = now
            shutil.copytree(self.folder, target / f"{self.passed:04}", copy_function=self.copy)

    def copy(self, path: str, to: str) -> None:
        """Copy a file, or link a large one to its copy when it is as it was."""
        is_now = os.stat(path)
        known = (path, is_now.st_size, is_now.st_mtime_ns)
        if is_now.st_size >= LARGE and known in self.copies:
            os.link(self.copies[known], to)
        else:
            self.copies[known] = to
            shutil.copy2(path, to)

    def audit(self, event: str, args: tuple[Any, ...]) -> None:
        if event in CHANGES or (event == "open" and args[2] and args[2] & WRITING):
            path = args[0]
            if event in ("os.remove", "os.rmdir") and args[1] > 0:  # beside an open folder
                path = Path(f"/proc/self/fd/{args[1]}").resolve() / path
            if isinstance(path, str | os.PathLike) and self.folder in Path(path).parents:
                self.reach()

    def profile(self, frame: FrameType, event: str, called: Any) -> None:
        is_ours = "/flows/" in frame.f_code.co_filename
        if event == "c_call" and is_ours and called.__name__ in CALLS:
            self.reach()


def main() -> None:
    folder, what, *rest = sys.argv[1:]
    target = Path(rest.pop(0)) if what == "states" else None
    points = Points(Path(folder), int(what) if what.isdecimal() else 0, target)
    sys.argv = ["pactwatch", *rest]
    from flows import cli

    sys.addaudithook(points.audit)
    sys.setprofile(points.profile)
    try:
        cli.main()
    finally:
        if what == "count":
            print(points.passed, file=sys.stderr)


main()
