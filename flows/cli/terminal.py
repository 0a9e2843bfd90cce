"""The terminal: where commands print, and what their options share."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Annotated, Any

from cyclopts import Parameter
from rich.console import Console

HELD = 3
"""The exit code of a command that ran, and something is held or a look failed."""


class Terminal(Console):
    """A console that leaves a closed pipe to `main`, which ends quietly."""

    def on_broken_pipe(self) -> None:
        """Raise what was met, where Rich would end the process as failed."""
        raise BrokenPipeError


# Piped output is read by programs and pages, not by an 80-column terminal.
console = Terminal(width=None if sys.stdout.isatty() else 200)
errors = Console(stderr=True)
Json = Annotated[bool, Parameter(name="--json", negative="", help="Print JSON for a script.")]


@contextmanager
def bars() -> Iterator[None]:
    """Show a progress bar for each long stage."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from flows.stages import watching

    columns = TextColumn("{task.description:>8}"), BarColumn(), MofNCompleteColumn()
    with Progress(*columns, TimeElapsedColumn(), console=errors, transient=True) as bars:
        tasks: dict[str, Any] = {}

        def watch(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage, total=total)
            bars.update(tasks[stage], completed=done, total=total)

        with watching(watch):
            yield


def print_json(value: Any) -> None:
    """Print a value as JSON, with dates and times in ISO form."""

    def plain(other: Any) -> Any:
        return other.isoformat() if isinstance(other, date | datetime) else str(other)

    is_utf = (sys.stdout.encoding or "utf-8").lower().replace("-", "").startswith("utf")
    print(json.dumps(value, indent=2, default=plain, ensure_ascii=not is_utf))


def as_typed(word: str) -> str:
    """Return a word of the command line as UTF-8, also where the locale knows ASCII only."""
    return os.fsencode(word).decode("utf-8", errors="replace")


def replace_unprintable() -> None:
    """Let terminals of other encodings show `?` for a sign they lack, and go on."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
