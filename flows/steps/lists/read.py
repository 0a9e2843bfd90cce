"""Read everything known of the lists: archive, seed record, and what the cache kept."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import polars as pl

from flows.steps import archive
from flows.steps.common import fingerprint, seeds
from flows.steps.common.layout import Paths
from flows.steps.common.records import Capture, Contents, Posting, Progress

from . import parse, parse_cache, seed_record
from .publications import seed_postings
from .rows import printed_rows

BATCH = 150  # lists read at once


@dataclass(frozen=True, slots=True)
class Record:
    """Everything known of the lists, read and not yet judged.

    `contents` has by sha256 what each file holds: one list, or both.
    """

    captures: list[Capture]
    seed_postings: list[Posting]
    contents: dict[str, tuple[Contents, ...]]
    refused: dict[str, str]
    rows: pl.DataFrame

    @property
    def captured(self) -> frozenset[str]:
        """Return the hashes of the bytes that some attempt brought; the others are of the seeds."""
        return frozenset(capture.sha256 for capture in self.captures if capture.sha256)


def read_record(paths: Paths) -> Record:
    """Read all lists: those in the archive (through the parse cache) and the seed record."""
    captures = archive.read_manifest(paths.layout)
    wanted = {
        c.sha256: c.file_name or c.sha256
        for c in captures
        if c.sha256 and c.outcome in ("new", "unchanged")
    }
    reader = Reader(paths)
    reader.read(wanted)
    reader.save()
    contents = {sha: reader.contents[sha] for sha in wanted if sha in reader.contents}
    refused = {sha: reader.refused[sha] for sha in wanted if sha in reader.refused}
    rows = reader.rows()
    if len(contents) < len(reader.contents):
        rows = rows.filter(pl.col("sha256").is_in(list(contents)))
    publications, listings = seed_tables(paths.seeds)
    only_seeds = publications.filter(~pl.col("sha256").is_in(list(contents)))
    if only_seeds.height:
        seeded = seed_record.expand(publications, listings)
        rows = pl.concat([rows, seeded.filter(~pl.col("sha256").is_in(list(contents)))])
        for row in only_seeds.iter_rows(named=True):
            known = Contents(row["sha256"], row["list"], row["saved_at"], row["is_copy"])
            others = [one for one in contents.get(known.sha256, ()) if one.list != known.list]
            contents[known.sha256] = (*others, known)
    return Record(captures, seed_postings(publications), contents, refused, rows)


@dataclass(slots=True)
class Reader:
    """Reads archived lists, each of them once: the cache has those that were read before.

    `contents` says by sha256 what was read, `refused` why the others are no lists.
    """

    paths: Paths
    contents: dict[str, tuple[Contents, ...]] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    _tables: list[pl.DataFrame] = field(default_factory=list)
    _headers: dict[str, str] = field(default_factory=dict)

    def read(self, wanted: Mapping[str, str], progress: Progress | None = None) -> None:
        """Read those of the lists that are not read yet.

        `wanted` maps sha256 to a file name, which only serves messages.
        """
        if not self._tables:
            self._headers = seeds.read_lists_config(self.paths.seeds)["columns"]
            kept = parse_cache.load(self._folder, self._key)
            self.contents, self.refused, self._tables = kept[0], kept[1], [kept[2]]
        known = self.contents.keys() | self.refused.keys()
        missing = {sha: name for sha, name in wanted.items() if sha not in known}
        if missing:
            load = partial(archive.load, self.paths.layout)
            contents, refused, rows = read_lists(missing, load, self._headers, progress)
            self.contents |= contents
            self.refused |= refused
            self._tables.append(rows)

    def rows(self) -> pl.DataFrame:
        """Return the rows of all lists read, as printed (`ROWS_SCHEMA`)."""
        return pl.concat(self._tables)

    def save(self) -> None:
        """Keep what was read for the next reader; nothing is written when that was nothing new."""
        if len(self._tables) > 1:
            kept = self.contents, self.refused, self.rows()
            parse_cache.save(self._folder, self._key, *kept)

    @property
    def _folder(self) -> Path:
        return self.paths.layout.data / "cache"

    @property
    def _key(self) -> str:
        return fingerprint.of_text(fingerprint.of_code("lists"), json.dumps(self._headers))


def read_lists(
    wanted: Mapping[str, str],
    load: Callable[[str], bytes],
    headers: Mapping[str, str],
    progress: Progress | None = None,
) -> tuple[dict[str, tuple[Contents, ...]], dict[str, str], pl.DataFrame]:
    """Return (contents, refused, rows) of lists; `load` gives the bytes with a hash.

    One batch is stacked while the next is read.
    """
    contents: dict[str, tuple[Contents, ...]] = {}
    refused: dict[str, str] = {}
    with ThreadPoolExecutor(1) as beside:
        stacked = []
        shas = list(wanted)
        for at in range(0, len(shas), BATCH):
            files = {sha: (wanted[sha], load(sha)) for sha in shas[at : at + BATCH]}
            sheets, problems = parse.read_files(files, headers)
            refused |= problems
            for sheet in sheets:
                known = contents.get(sheet.contents.sha256, ())
                contents[sheet.contents.sha256] = (*known, sheet.contents)
            stacked.append(beside.submit(printed_rows, sheets))
            if progress:
                progress(len(contents) + len(refused), len(wanted))
        parts = [part.result() for part in stacked]
    for told in (left_out for _, left_out in parts):
        for (sha, kind), why in told.items():
            contents[sha] = tuple(
                replace(one, notes=(*one.notes, why)) if one.list == kind else one
                for one in contents[sha]
            )
    return contents, refused, pl.concat([rows for rows, _ in parts])


def seed_tables(folder: Path) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return publications and listings of the seed record, empty when there are no such files.

    Their columns are those of `seed_record.PUBLICATIONS_SCHEMA` and `LISTINGS_SCHEMA`.
    """
    tables = []
    for name, schema in (
        ("publications", seed_record.PUBLICATIONS_SCHEMA),
        ("listings", seed_record.LISTINGS_SCHEMA),
    ):
        path = folder / f"{name}.csv"
        has_file = path.exists()
        tables.append(pl.read_csv(path, schema=schema) if has_file else pl.DataFrame(schema=schema))
    return tables[0], tables[1]
