"""What a system refuses, in one sentence: what it was about, why, and what to do.

Python's own errors, DuckDB's, Polars' and SQLite's all end in a number or a phrase of the operating
system. One table gives each its plain words; where a path lies says what the path is to people.
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

from .errors import PactwatchError, in_a_line
from .roles import is_below, plain_name, role_of

T = TypeVar("T")
_RIGHTS = ("this user has no right to it", "mend its rights and those of the folder it is in")
_AWAY = ("the disk does not answer", "connect that disk again")
_FILE_IN_PLACE = ("a file stands where a folder is to be", "move that file away")
CAUSES: dict[int, tuple[str, str]] = {
    errno.ENOSPC: ("the disk is full", "free some disk space"),
    errno.EDQUOT: (
        "the disk quota of this user is used up",
        "delete files on that disk or have the quota raised",
    ),
    errno.EFBIG: (
        "a file may not grow that large there",
        "raise the limit on the size of files (`ulimit -f`)",
    ),
    errno.EROFS: ("the disk is read-only", "make that disk writable"),
    errno.EACCES: _RIGHTS,
    errno.EPERM: _RIGHTS,
    errno.EMFILE: (
        "too many files are open in this process",
        "raise the limit on open files (`ulimit -n`)",
    ),
    errno.ENFILE: ("too many files are open on this machine", "end other programs"),
    errno.EIO: ("the disk failed to read or write", "check that disk for faults"),
    errno.ENOMEM: ("memory ran out", "end other programs or give the machine more memory"),
    errno.ENAMETOOLONG: ("the name is too long for this disk", "choose shorter names of folders"),
    errno.ENOENT: ("it is not there any more", "put it back"),
    errno.EISDIR: ("a folder stands where a file is to be", "move that folder away"),
    errno.ENOTDIR: _FILE_IN_PLACE,
    errno.EEXIST: _FILE_IN_PLACE,
    errno.ENOTEMPTY: ("the folder is not empty", "move away what is in it"),
    errno.ELOOP: ("its links lead in a circle", "mend those links"),
    errno.EBUSY: ("another program holds it", "end that program"),
    errno.EAGAIN: ("the system lacks means for now", "end other programs"),
    errno.ETXTBSY: ("another program runs it", "end that program"),
    errno.EMLINK: ("the disk allows no more links to it", "use another disk"),
    errno.EXDEV: ("it lies on another disk than its folder", "keep the folder on one disk"),
    errno.ENODEV: _AWAY,
    errno.ENXIO: _AWAY,
    errno.ESTALE: _AWAY,
    errno.ENOTCONN: _AWAY,
    errno.EHOSTDOWN: _AWAY,
    errno.EREMOTEIO: _AWAY,
    errno.ENOTSUP: ("the disk cannot do that", "use a disk that knows locks and renames"),
    errno.ENOLCK: ("the disk has no locks left", "use a disk that knows locks"),
    errno.ENOSYS: ("the disk cannot do that", "use a disk that knows locks and renames"),
}
_OF_WRITING = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EMLINK, errno.EXDEV}
_DATABASE_DAMAGED = ("it is damaged", "`pactwatch build --force` makes it anew from the archive")

_PHRASES = {
    **{os.strerror(number): number for number in CAUSES},
    "Cannot allocate memory": errno.ENOMEM,
    "disk I/O error": errno.EIO,  # SQLite's own words, down to the next comment
    "database or disk is full": errno.ENOSPC,
    "attempt to write a readonly database": errno.EROFS,
    "unable to open database file": errno.EACCES,
    "database is locked": errno.EBUSY,
    "failed to offload data block": errno.ENOSPC,  # DuckDB's: its temporary folder is full
}
# Kinds of errors that say all by themselves.
_KINDS = {"OutOfMemoryException": errno.ENOMEM, "IsADirectoryError": errno.EISDIR}
# A path in quotation marks, or at the end: Polars leaves out the beginning of a long one.
_NAMED = re.compile(r"[\"'](/[^\"']+)[\"']|: (?:\.{3}[^/]*)?(/.+?)(?: \(set POLARS_.*)?$")
_DUCKDB_DAMAGE = re.compile("Corrupt|corrupt|checksum|not a valid DuckDB|Serialization Error")
_OF_DATABASES = ("duckdb", "_duckdb", "polars", "sqlite3", "sqlalchemy")

_ELSEWHERE = {
    "the data folder": "set PACTWATCH_DATA to a folder of your own",
    "Prefect's folder": "set PREFECT_HOME to a folder of your own",
    "the published site": "give another folder with --to",
    "a temporary folder": "set TMPDIR to another folder",
}
"""What may be done instead, where another folder does as well."""


class SystemFault(PactwatchError):
    """What the system refused; `path` and `role` say of what, so that more can be said of it."""

    def __init__(
        self, problem: BaseException, path: Path | None, role: str = "", verb: str = ""
    ) -> None:
        self.problem, self.path, self.verb = problem, path, verb
        self.role = role or (role_of(path) if path else _role_without_path(problem))
        cause, mend = _cause(problem) or _unknown(problem)
        if elsewhere := _ELSEWHERE.get(self.role):
            mend += f", or {elsewhere}"
        named = f" ({plain_name(path)})" if path and plain_name(path) else ""
        done = verb or ("written" if number_of(problem) in _OF_WRITING else "used")
        super().__init__(
            f"{self.role[0].upper()}{self.role[1:]}{named} could not be {done} ({cause}):"
            f" {mend}, then run again; what is published is whole."
        )

    def __reduce__(self) -> tuple[Any, ...]:
        """Let it come whole out of a process of its own."""
        return SystemFault, (self.problem, self.path, self.role, self.verb)


def explained(
    problem: BaseException, path: Path | None = None, verb: str = ""
) -> PactwatchError | None:
    """Return an error as one that says what to do, or None when its cause is not known.

    The path that the error itself names counts, then `path`, then the one it was at work on.
    `verb` is what could not be done, where that is known: written, opened.
    """
    for one in _all_of(problem):
        if isinstance(one, PactwatchError):
            return one
        if _cause(one):
            where = _path_in(one) or path or _path_at_work(one.__traceback__)
            return SystemFault(one, where, verb=verb)
    return None


def sentence(problem: BaseException) -> str:
    """Return the one sentence that people read of an error, also when its cause is not known."""
    if known := explained(problem):
        return str(known)
    if not isinstance(problem, Exception):
        return type(problem).__name__
    return (
        f"Something we did not expect went wrong ({in_a_line(problem)}): run again with --debug and"
        " report what it prints."
    )


@contextmanager
def naming(root: Path, role: str) -> Iterator[None]:
    """Say `role` of what is refused at a path below `root`, or at one that leads there."""
    try:
        yield
    except Exception as problem:
        known = explained(problem)
        if isinstance(known, SystemFault) and known.path and is_below(known.path, root):
            raise SystemFault(known.problem, known.path, role, known.verb) from problem
        raise


def parsed(path: Path, parse: Callable[[str], T]) -> T:
    """Return what a text file of ours holds; raises `SystemFault` when it is damaged."""
    try:
        return parse(path.read_text(encoding="utf-8"))
    except ValueError as problem:  # no UTF-8, and no JSON or TOML
        raise SystemFault(problem, path, verb="read") from problem


def number_of(problem: BaseException) -> int | None:
    """Return the system's number of what it refused, also where a database only words it."""
    if isinstance(problem, MemoryError):
        return errno.ENOMEM
    if isinstance(problem, OSError) and problem.errno is not None:
        return problem.errno
    if not isinstance(problem, OSError) and not _is_of_database(problem):
        return None
    text = str(problem)
    if found := re.search(r"\(os error (\d+)\)", text):
        return int(found[1])
    name = type(problem).__name__
    if name in _KINDS and "failed to offload" not in text:
        return _KINDS[name]
    return next((number for phrase, number in _PHRASES.items() if phrase in text), None)


def _cause(problem: BaseException) -> tuple[str, str] | None:
    """Return the plain words for a cause, and what to do about it."""
    if (number := number_of(problem)) in CAUSES:
        return CAUSES[number]
    if _is_of_database(problem) and _DUCKDB_DAMAGE.search(str(problem)):
        return _DATABASE_DAMAGED
    return None


def _unknown(problem: BaseException) -> tuple[str, str]:
    """Return an error's own words, and what to do: a text that cannot be parsed is damaged."""
    if isinstance(problem, ValueError):
        mend = "restore it from a backup, or delete it if pactwatch made it"
        return f"it is damaged: {first_line(problem)}", mend
    return first_line(problem), "look at that file or folder"


def _role_without_path(problem: BaseException) -> str:
    if isinstance(problem, MemoryError):
        return "what was asked for"
    return "the warehouse" if _is_of_database(problem) else "a file"


def _all_of(problem: BaseException) -> Iterator[BaseException]:
    """Give an error, those of its group, and what they came from."""
    seen: list[BaseException] = []
    waiting = [problem]
    while waiting:
        one = waiting.pop(0)
        if any(one is known for known in seen):
            continue
        seen.append(one)
        yield one
        if isinstance(one, BaseExceptionGroup):
            waiting += one.exceptions
        if one.__cause__:
            waiting.append(one.__cause__)


def _path_in(problem: BaseException) -> Path | None:
    """Return the path that an error names: of two, the one that was to come."""
    named = getattr(problem, "filename2", None) or getattr(problem, "filename", None)
    if isinstance(named, str | bytes | Path):
        return Path(os.fsdecode(named))
    if not isinstance(problem, OSError) and not _is_of_database(problem):
        return None
    quoted = _NAMED.search(str(problem).partition("\n")[0])
    return Path(quoted[1] or quoted[2]) if quoted else None


def _path_at_work(trace: TracebackType | None) -> Path | None:
    """Return the path that the function nearest to an error had at hand: reads name none."""
    found = None
    while trace:
        local = trace.tb_frame.f_locals
        mine = [local[name] for name in ("part", "path", "self", "src") if name in local]
        found = next((Path(one) for one in mine if isinstance(one, Path)), found)
        trace = trace.tb_next
    return found


def _is_of_database(problem: BaseException) -> bool:
    """Say whether a database met an error at work: what is asked of it wrongly is none."""
    kinds = {kind.__name__ for kind in type(problem).__mro__}
    is_asked_wrongly = kinds & {"ProgrammingError", "DataError"}
    return type(problem).__module__.partition(".")[0] in _OF_DATABASES and not is_asked_wrongly


def first_line(problem: BaseException) -> str:
    """Return the first line of an error's own words, at most 300 letters."""
    return (str(problem).strip().splitlines() or [type(problem).__name__])[0][:300]
