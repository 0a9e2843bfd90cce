"""Read many lists at once, in processes that a broken or crafted file may end."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import polars as pl

from flows.steps.common import contained
from flows.steps.common.contained import Stopped, Workers
from flows.steps.common.errors import PactwatchError, Unreadable
from flows.steps.common.records import ROWS_SCHEMA, Contents, Progress

from .forms import AGAIN
from .parse import read_file
from .rows import printed_rows

FILES, BYTES, SECONDS = 20, 8_000_000, 5
"""How many files, and bytes of them, are read in one call, and how long it may take.

Real ones take half a second; what takes longer is read again, each by itself.
"""

Files = dict[str, tuple[str, bytes]]
"""File name and bytes by sha256."""


@dataclass(slots=True)
class Lists:
    """What was read: by sha256 what each file holds, or the sentence for one that is no list.

    `tables` have the rows as printed (`ROWS_SCHEMA`).
    """

    contents: dict[str, tuple[Contents, ...]] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    tables: list[pl.DataFrame] = field(default_factory=list)

    def rows(self) -> pl.DataFrame:
        """Return the rows of all lists, as printed (`ROWS_SCHEMA`)."""
        return pl.concat([pl.DataFrame(schema=ROWS_SCHEMA), *self.tables])

    def add(self, other: Lists) -> None:
        """Take in what was read elsewhere."""
        self.contents |= other.contents
        self.refused |= other.refused
        self.tables += other.tables


def read_lists(
    wanted: Mapping[str, str],
    load: Callable[[str], bytes],
    headers: Mapping[str, str],
    workers: Workers,
    progress: Progress | None = None,
) -> Lists:
    """Read the lists in files: `wanted` has their names by sha256, `load` gives the bytes of one.

    `headers` maps printed header to field, as seeds/lists.toml says. A file that ends its reader,
    or takes it past its limits, is refused with the reason and does not stop the others. Raises
    `PactwatchError` when something outside ends every reader.
    """
    found, again = Lists(), dict[str, str]()
    for names, read in _each(_grouped(wanted, load), headers, workers, SECONDS):
        if isinstance(read, Lists):
            found.add(read)
        else:
            again |= names
        if progress:
            progress(len(found.contents) + len(found.refused), len(wanted))
    # One by one, so that it shows which of them it was.
    alone = ({sha: (name, load(sha))} for sha, name in again.items())
    for names, read in _each(alone, headers, workers):
        if isinstance(read, Lists):
            found.add(read)
        else:
            found.refused |= _refusals(names, read)
    return found


def _grouped(wanted: Mapping[str, str], load: Callable[[str], bytes]) -> Iterator[Files]:
    """Give the files in groups that one call reads."""
    files: Files = {}
    size = 0
    for sha, name in wanted.items():
        data = load(sha)
        if files and (len(files) == FILES or size + len(data) > BYTES):
            yield files
            files, size = {}, 0
        files[sha] = (name, data)
        size += len(data)
    if files:
        yield files


def _each(
    groups: Iterable[Files],
    headers: Mapping[str, str],
    workers: Workers,
    seconds: int = contained.SECONDS,
) -> Iterator[tuple[dict[str, str], Lists | Stopped]]:
    """Give the names of each group's files by sha256, and what reading them gave."""
    named: deque[dict[str, str]] = deque()

    def calls() -> Iterator[tuple[Files, Mapping[str, str]]]:
        for files in groups:
            named.append({sha: name for sha, (name, _) in files.items()})
            yield files, headers

    for read in workers.call_each(read_batch, calls(), seconds):
        yield named.popleft(), read


def _refusals(names: Mapping[str, str], stopped: Stopped) -> dict[str, str]:
    """Return the sentence for a file that ended its reader; raise one when the file did not."""
    [(sha, name)] = names.items()
    if stopped.is_outside:
        raise PactwatchError(
            f"The reader of {name} was ended twice from outside, most likely by the system for"
            " want of memory: free some memory, then run again; nothing published was changed."
        )
    return {sha: f"{name} {stopped.why}, which no list does: {AGAIN}."}


def read_batch(files: Files, headers: Mapping[str, str]) -> Lists:
    """Read the lists in files, in this process; one that is no list does not stop the others."""
    sheets = []
    found = Lists()
    for sha, (name, data) in files.items():
        try:
            sheets += read_file(sha, name, data, headers)
        except Unreadable as problem:
            found.refused[sha] = str(problem)
    rows, left_out = printed_rows(sheets)
    for sheet in sheets:
        one = sheet.contents
        if why := left_out.get((one.sha256, one.list)):
            one = replace(one, notes=(*one.notes, why))
        found.contents[one.sha256] = (*found.contents.get(one.sha256, ()), one)
    found.tables.append(rows)
    return found
