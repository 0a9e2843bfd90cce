"""Write files whole, and hold the data folder for one writer.

Everything that the program writes goes through `whole`, or through `append_lines` for a log that
only grows. Both leave what was there, or what is to be there, and nothing in between.
"""

from __future__ import annotations

import errno
import filecmp
import os
import re
import shutil
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from filelock import FileLock, Timeout

from .causes import SystemFault, explained
from .errors import PactwatchError
from .layout import Layout

OTHERS = stat.S_IRWXG | stat.S_IRWXO


class Busy(PactwatchError):
    """Another run holds the data folder."""


@contextmanager
def whole(path: Path, like: Path | None = None) -> Iterator[Path]:
    """Give a name to write a file under; afterwards it is there whole, also after a crash.

    When the block ends, the file is synced and renamed to `path`; when it raises, the file is
    removed and what was at `path` stays. Where a person made the file before it, or the one it is
    to be `like`, less open than new files are, it is so from its first byte. Raises
    `PactwatchError` when the disk is full or the folder cannot be written to.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        if (known := like or path).is_file():
            part.touch(mode=_mode(known) & OTHERS | stat.S_IRUSR | stat.S_IWUSR)
        yield part
        put_in_place(part, path)
    except OSError as problem:
        raise not_written(path, problem) from problem
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def write_whole(path: Path, data: bytes, like: Path | None = None) -> None:
    """Write bytes to a file, whole or not at all; no more open than the file `like` is."""
    with whole(path, like) as part:
        part.write_bytes(data)


def is_as(path: Path, body: bytes | Path) -> bool:
    """Say whether a file holds these bytes, or those of another file."""
    if isinstance(body, bytes):
        return path.is_file() and path.stat().st_size == len(body) and path.read_bytes() == body
    return path.is_file() and filecmp.cmp(path, body, shallow=False)


def put(path: Path, body: bytes | Path) -> bool:
    """Write bytes, or a copy of a file, unless they are there; return whether they were new."""
    if is_as(path, body):
        return False
    with whole(path) as part:
        if isinstance(body, bytes):
            part.write_bytes(body)
        else:
            shutil.copyfile(body, part)
    return True


def put_in_place(part: Path, path: Path) -> None:
    """Rename a finished file to its name, in the same folder, so that a crash undoes neither.

    It is no more open than the one it replaces.
    """
    keep_tight(part, path)
    with part.open("rb+") as file:
        os.fsync(file.fileno())
    part.replace(path)
    sync_folder(path.parent)


def keep_tight(new: Path, before: Path) -> None:
    """Take rights from all but the owner that the file or folder before did not give, if any."""
    if before.exists() and (too_many := _mode(new) & ~_mode(before) & OTHERS):
        new.chmod(_mode(new) & ~too_many)


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def append_lines(path: Path, lines: Iterable[str]) -> None:
    """Add lines to a file that only grows, without writing again what it holds.

    Call it while holding the data folder. A mark beside the file says where it ended before, so
    that a line that a killed run left half written is known as such: `read_lines` leaves it out,
    and the next call cuts it off. A last line that another program cut gets its end, so that none
    is glued to it.
    """
    added = "".join(f"{line}\n" for line in lines).encode()
    if not added:
        return
    mark = _mark(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab+", buffering=0) as file:
            if mark.exists():
                file.truncate(len(_whole_lines(path)))
            size = file.seek(0, os.SEEK_END)
            file.seek(max(size - 1, 0))
            is_cut = size > 0 and file.read(1) != b"\n"
            write_whole(mark, str(size).encode())
            try:
                _write(file, b"\n" * is_cut + added)
            except OSError:
                file.truncate(size)
                raise
        mark.unlink()
    except OSError as problem:
        raise not_written(path, problem) from problem


def read_lines(path: Path) -> list[bytes]:
    """Return the lines of a file that `append_lines` wrote, none when there is no such file."""
    return _whole_lines(path).splitlines()


def _whole_lines(path: Path) -> bytes:
    """Return a file's bytes, without the end of an append that is under way or broke off."""
    while True:
        size = _marked_size(path)
        data = path.read_bytes() if path.exists() else b""
        if size == _marked_size(path):  # else an append ended in between
            break
    if size is None:
        return data
    return data[: max(size, data.rfind(b"\n") + 1)]


def _mark(path: Path) -> Path:
    return path.with_name(f"{path.name}.end")


def _marked_size(path: Path) -> int | None:
    try:
        return int(_mark(path).read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        return None


def _write(file: IO[bytes], data: bytes) -> None:
    if file.write(data) < len(data):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    os.fsync(file.fileno())


def not_written(path: Path, problem: BaseException) -> PactwatchError:
    """Return the error that says why a file could not be written, and what to do."""
    known = explained(problem, path, "written")
    return SystemFault(problem, path, verb="written") if known is None else known


def sync_folder(folder: Path) -> None:
    """Make a rename in a folder durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def locked(
    path: Path, patience: float, busy: Callable[[], PactwatchError], role: str = ""
) -> Iterator[None]:
    """Hold a lock; the system frees it when the process ends, however it ends.

    Raises what `busy` gives when another process has it for longer than so many seconds, and
    `SystemFault` when the lock's folder, which people know as `role`, cannot be written to.
    """
    lock = FileLock(path, timeout=patience, preserve_lock_file=True, on_acquired=_sign)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout:
        raise busy() from None
    except OSError as problem:
        raise SystemFault(problem, path.parent, role, "written") from problem
    try:
        yield
    finally:
        lock.release()


@contextmanager
def only_one(layout: Layout, patience: float = 0) -> Iterator[None]:
    """Hold the data folder for one writer; wait up to `patience` seconds for another to end.

    Raises `Busy` when another run has the folder for longer, and `PactwatchError` when it cannot
    be written to. Readers need no lock: what is published is replaced whole.
    """
    path = layout.data / ".lock"

    def busy() -> Busy:
        holder = path.read_text().strip() or "just starting"
        return Busy(
            f"Another run (process {holder}) is at work on {layout.data.name}/:"
            " wait until it ends, then run again."
        )

    with locked(path, patience, busy, "the data folder"):
        yield


def _sign(handle: int) -> None:
    """Write into the lock which process holds it, for those who wait."""
    os.truncate(handle, 0)
    os.pwrite(handle, str(os.getpid()).encode(), 0)


def aside(folder: Path) -> Path:
    """Return where a folder stands while another takes its place in two steps."""
    return folder.with_name(f".{folder.name}.old")


def sweep(layout: Layout) -> int:
    """Remove what dead runs left half made; call it while holding the folder. Return how many.

    `whole` writes to `.NAME.PROCESS.part` first, as a file or a folder, and a build to names like
    it, so under the lock each of these is left over. A folder set aside goes back to its name when
    none is there.
    """
    removed = 0
    for place, below, files in os.walk(layout.data):
        if Path(place) == layout.data:
            below[:] = [name for name in below if name != "prefect"]  # not ours
        for name in files:
            if re.fullmatch(r"\..+\.part(\.wal|\.tmp)?", name):
                (Path(place) / name).unlink(missing_ok=True)
                removed += 1
        for name in [name for name in below if re.fullmatch(r"\..+\.(part|old)", name)]:
            below.remove(name)
            removed += _sweep_folder(Path(place) / name)
    return removed


def _sweep_folder(left: Path) -> bool:
    """Put a folder that was set aside back when none took its place; else remove it."""
    path = left.with_name(left.stem[1:])
    if left == aside(path) and not path.exists():
        left.rename(path)
        return False
    shutil.rmtree(left, ignore_errors=True)
    return True
