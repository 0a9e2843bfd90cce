"""Run a command of ours in which one call to the system fails, as a disk or a limit makes it fail.

    python -P tests/failing.py CALL NUMBER PATTERN AT MARK COMMAND...

The CALL whose path (or statement) fits PATTERN fails for the AT-th time with the system's error
NUMBER, and writes MARK. Calls are Python's audit events (`open`, `os.rename`, `os.mkdir`,
`os.link`, `os.scandir`, `subprocess.Popen`), those without a path in their error (`fsync`, `read`,
`lock`), and `connect`, `execute` and `frame` (a Polars file) as DuckDB and Polars word them. Our
code knows nothing.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

BY_EVENT = ("open", "os.rename", "os.mkdir", "os.link", "os.scandir", "subprocess.Popen")


class Fault:
    """The fault to come: counts the calls that fit, and comes once."""

    def __init__(self, number: int, pattern: str, at: int, mark: Path) -> None:
        self.number, self.pattern, self.left, self.mark = number, re.compile(pattern), at, mark
        self.is_marking = False

    def is_due(self, what: object) -> bool:
        """Say whether the call at this path is the one that fails."""
        if self.is_marking or not self.pattern.search(str(what)):
            return False
        self.left -= 1
        if self.left == 0:
            self.is_marking = True
            self.mark.write_text(str(what))
            self.is_marking = False
        return self.left == 0

    def words(self) -> str:
        return os.strerror(self.number)


def by_event(fault: Fault, call: str) -> None:
    """Fail as Python's own calls do: with the path in the error."""

    def audit(event: str, args: tuple[Any, ...]) -> None:
        if event != call or not args or not isinstance(args[0], str | bytes | os.PathLike):
            return
        paths = [os.fsdecode(one) for one in args[:2] if isinstance(one, str | bytes | os.PathLike)]
        last = paths[-1] if event in ("os.rename", "os.link") else paths[0]
        if fault.is_due(last):
            raise OSError(fault.number, fault.words(), paths[0])

    sys.addaudithook(audit)


def by_handle(fault: Fault, call: str) -> None:
    """Fail as calls on open files do: without a path in the error."""
    import fcntl

    def failing(do: Callable[..., Any], path_of: Callable[[Any], str]) -> Callable[..., Any]:
        def called(one: Any, *args: Any, **options: Any) -> Any:
            if fault.is_due(path_of(one)):
                raise OSError(fault.number, fault.words())
            return do(one, *args, **options)

        return called

    def of_handle(handle: int) -> str:
        return os.readlink(f"/proc/self/fd/{handle}")

    if call == "fsync":
        os.fsync = failing(os.fsync, of_handle)
    elif call == "lock":
        fcntl.flock = failing(fcntl.flock, of_handle)
    else:
        for name in ("read_bytes", "read_text"):
            setattr(Path, name, failing(getattr(Path, name), str))


def by_frame(fault: Fault) -> None:
    """Fail as Polars does."""
    import polars as pl

    def failing(do: Callable[..., Any], at: int) -> Callable[..., Any]:
        def called(*args: Any, **options: Any) -> Any:
            if fault.is_due(args[at]):
                said = f"{fault.words()} (os error {fault.number})"
                raise pl.exceptions.ComputeError(said) if at else OSError(f"{said}: {args[at]}")
            return do(*args, **options)

        return called

    for name in ("read_csv", "read_parquet"):
        setattr(pl, name, failing(getattr(pl, name), 0))
    pl.DataFrame.write_parquet = failing(pl.DataFrame.write_parquet, 1)  # type: ignore[method-assign]


def by_database(fault: Fault, call: str) -> None:
    """Fail as DuckDB does."""
    import duckdb

    connect = duckdb.connect

    class Failing:
        def __init__(self, db: Any) -> None:
            self._db = db

        def __getattr__(self, name: str) -> Any:
            return getattr(self._db, name)

        def __enter__(self) -> Failing:
            return self

        def __exit__(self, *_: object) -> None:
            self._db.close()

        def execute(self, sql: str, *args: Any) -> Any:
            if fault.is_due(sql):
                raise duckdb.IOException(f"IO Error: Could not write file: {fault.words()}")
            return self._db.execute(sql, *args)

    def connected(path: str = ":memory:", *args: Any, **options: Any) -> Any:
        if call == "connect" and fault.is_due(path):
            raise duckdb.IOException(f'IO Error: Cannot open file "{path}": {fault.words()}')
        db = connect(path, *args, **options)
        return Failing(db) if call == "execute" else db

    duckdb.connect = connected  # type: ignore[assignment]


def main() -> None:
    call, number, pattern, at, mark, *words = sys.argv[1:]
    sys.argv = ["pactwatch", *words]
    fault = Fault(int(number), pattern, int(at), Path(mark))
    from flows import cli

    if call in BY_EVENT:
        by_event(fault, call)
    elif call == "frame":
        by_frame(fault)
    elif call in ("connect", "execute"):
        by_database(fault, call)
    else:
        by_handle(fault, call)
    cli.main()


main()
