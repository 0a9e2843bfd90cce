"""Archive lists from folders and files, and what every source does with the files it gets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path

from flows.steps import archive
from flows.steps.common.contained import Workers
from flows.steps.common.errors import UsageError
from flows.steps.common.layout import Layout, Paths
from flows.steps.common.records import Capture, Outcome, Progress, Taken
from flows.steps.lists import list_names, parse
from flows.steps.lists.name_dates import moment_in
from flows.steps.lists.read import Reader

from . import folder_dates

LIST_SUFFIXES = (".xlsx", ".xlsm", ".xls", ".csv")
PAGE_SUFFIXES = (".html", ".htm")


@dataclass(frozen=True, slots=True)
class Imported(Taken):
    """What an import took in: a manifest row for every file looked at.

    `left_alone` are the names of files that are not named as lists: they leave no row.
    """

    captures: list[Capture]
    left_alone: tuple[str, ...] = ()


def import_path(
    paths: Paths, path: Path, now: datetime, progress: Progress | None = None
) -> Imported:
    """Archive one list file, or every list file below a folder; unreadable ones are kept apart.

    A file's capture time is the moment in its name, else what the folders above it are named for;
    never the file system's. One file is tried by its content; below a folder files count that are
    named as lists, and pages named by a time that hold the list as a table. Raises `UsageError`
    when the path is not there or holds no list file.
    """
    found = find_files(path)
    with opened(paths) as desk:
        files: list[Path] = []
        left_alone: list[str] = []
        for file in found:
            names = _names(file, path)
            if path.is_file() or is_meant(names, partial(read_bounded, file), desk.reader):
                files.append(file)
            else:
                left_alone.append(file.relative_to(path).as_posix())
        if not files:
            raise UsageError(
                f"The folder {path.name} holds no .xlsx or .csv file that is named as a"
                " participating or pending list, and no page with the list that is named by its"
                " time: give the folder that the lists were saved to, or one file to try it by its"
                " content."
            )
        captures = desk.take(
            ((one.name, read_bounded(one), _capture(one, _names(one, path), now)) for one in files),
            len(files),
            progress,
        )
    return Imported(captures, tuple(left_alone))


def _capture(file: Path, names: Sequence[str], now: datetime) -> Capture:
    captured_at = time_named(names, now)
    return Capture(
        attempted_at=now,
        source="folder",
        outcome="new",
        file_name=file.name,
        captured_at=captured_at,
        size=file.stat().st_size,
        is_stamped=bool(captured_at) or None,
    )


def find_files(path: Path) -> list[Path]:
    """Return the files at a path that may be lists: the file itself, or those below the folder."""
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise UsageError(f"There is nothing at {path}: give a folder or a list file.")
    return sorted(
        file
        for file in path.rglob("*")
        if file.suffix.lower().strip("\"'") in LIST_SUFFIXES + PAGE_SUFFIXES and file.is_file()
    )


def is_meant(path: Sequence[str], read: Callable[[], bytes], reader: Reader) -> bool:
    """Say whether a file among others is a list or means to be one.

    `path` has the names of its folders and its own. Its name says so, or it is a page named by a
    time and reads as a list; what other tables hold is not ICE's list, however like one they read.
    """
    if list_names.is_named_as_list(path):
        return True
    if not path[-1].lower().endswith(PAGE_SUFFIXES) or not list_names.is_named_as_page(path):
        return False
    return reader.is_list(path[-1], read())


def time_named(path: Sequence[str], now: datetime) -> datetime | None:
    """Return when a file was saved, by its name or its folders'; a time to come is none."""
    *folders, name = path
    saved = moment_in(name) or folder_dates.time_in_folders(folders)
    return saved if saved and saved <= now else None


def _names(file: Path, path: Path) -> tuple[str, ...]:
    """Return the names of the folders that may tell something of a file, and its own."""
    top = path.resolve() if path.is_dir() else path.resolve().parent
    below = file.relative_to(path).parts[:-1] if path.is_dir() else ()
    return (*top.parts[-3:], *below, file.name)


def read_bounded(file: Path) -> bytes:
    """Return a file's bytes, at most one more than a list may have."""
    with file.open("rb") as stream:
        return stream.read(parse.MAX_BYTES + 1)


@contextmanager
def opened(paths: Paths) -> Iterator[Intake]:
    """Take in files one after the other; what reading them gave is kept once, at the end."""
    met = (c.sha256 for c in archive.read_manifest(paths.layout) if c.outcome != "failed")
    known = {sha for sha in met if sha}
    with Workers() as workers:
        intake = Intake(paths.layout, Reader(paths, workers), workers, known)
        yield intake
        intake.reader.save()


@dataclass(frozen=True, slots=True)
class Intake:
    """Where every source hands in its files: `known` are the hashes of those met before.

    What comes from the web is read by `reader` or else by `workers`, apart from this process.
    """

    layout: Layout
    reader: Reader
    workers: Workers
    known: set[str]

    def take(
        self,
        files: Iterable[tuple[str, bytes, Capture]],
        total: int = 1,
        progress: Progress | None = None,
    ) -> list[Capture]:
        """Archive files, find out which are lists, and add a manifest row for each.

        `files` gives (file name, bytes, the capture as far as the source knows it). Bytes over the
        size limit are not kept; everything else is, also what turns out to be no list.
        """
        captures: list[Capture] = []
        names: dict[str, str] = {}
        for at, (name, data, capture) in enumerate(files, start=1):
            if why := _too_large(name, data):
                captures.append(replace(capture, outcome="rejected", why=why))
                continue
            sha256, _ = archive.store(self.layout, data, name, capture)
            names.setdefault(sha256, name)
            outcome: Outcome = "unchanged" if sha256 in self.known else "new"
            self.known.add(sha256)
            captures.append(replace(capture, sha256=sha256, size=len(data), outcome=outcome))
            if progress and at % 20 == 0:
                progress(at, 2 * total)
        self.reader.read(
            names,
            lambda done, all_of: progress(total + done, total + all_of) if progress else None,
        )
        captures = [row for capture in captures for row in self._settled(capture)]
        archive.append_manifest(self.layout, captures)
        if progress:
            progress(2 * total, 2 * total)
        return captures

    def _settled(self, capture: Capture) -> list[Capture]:
        """Return the capture with what reading told: which lists it holds, or why it is none.

        A file with both lists has a row for each.
        """
        sha256 = capture.sha256 or ""
        if sha256 in self.reader.lists.refused:
            return [replace(capture, outcome="rejected", why=self.reader.lists.refused[sha256])]
        lists = self.reader.lists.contents.get(sha256, ())
        kinds = [known.list for known in lists]
        swapped: list[str] = []
        if capture.list and kinds and capture.list not in kinds:
            swapped.append(
                f"The link of the {capture.list} list gave a {kinds[0]} list: the content decides."
            )
        return [
            replace(
                capture,
                list=known.list,
                why=" ".join(filter(None, (capture.why, *swapped, *known.notes))) or None,
            )
            for known in lists
        ] or [capture]


def _too_large(name: str, data: bytes) -> str | None:
    if len(data) <= parse.MAX_BYTES:
        return None
    return (
        f"{name} is larger than a list can be ({parse.MAX_BYTES:,} bytes):"
        " check what was downloaded."
    )
