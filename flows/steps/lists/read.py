"""Read everything known of the lists: archive, seed record, and what the cache kept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

import polars as pl

from flows.steps import archive
from flows.steps.common import fingerprint, seeds
from flows.steps.common.contained import Workers
from flows.steps.common.layout import Paths
from flows.steps.common.records import Capture, Contents, Posting, Progress

from . import parse_cache, seed_record
from .batch import Lists, read_lists
from .publications import seed_postings


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
    with Workers() as workers:
        reader = Reader(paths, workers)
        reader.read(wanted)
        reader.save()
    lists = reader.lists
    contents = {sha: lists.contents[sha] for sha in wanted if sha in lists.contents}
    refused = {sha: lists.refused[sha] for sha in wanted if sha in lists.refused}
    rows = lists.rows()
    if len(contents) < len(lists.contents):
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


class Reader:
    """Reads archived lists, each of them once: the cache has those that were read before."""

    def __init__(self, paths: Paths, workers: Workers) -> None:
        self._paths, self._workers = paths, workers
        self._headers = seeds.read_lists_config(paths.seeds)["columns"]
        code = fingerprint.of_code("lists")
        self._key = fingerprint.of_text(code, json.dumps(self._headers))
        self._is_kept = True

    @cached_property
    def lists(self) -> Lists:
        """What was read so far."""
        return parse_cache.load(self._folder, self._key)

    def read(self, wanted: Mapping[str, str], progress: Progress | None = None) -> None:
        """Read those of the lists that are not read yet.

        `wanted` maps sha256 to a file name, which only serves messages.
        """
        known = self.lists.contents.keys() | self.lists.refused.keys()
        missing = {sha: name for sha, name in wanted.items() if sha not in known}
        if missing:
            load = partial(archive.load, self._paths.layout)
            self.lists.add(read_lists(missing, load, self._headers, self._workers, progress))
            self._is_kept = False

    def is_list(self, name: str, data: bytes) -> bool:
        """Say whether a file holds a list; it need not be in the archive."""
        found = read_lists({"": name}, lambda _: data, self._headers, self._workers)
        return bool(found.contents)

    def save(self) -> None:
        """Keep what was read for the next reader; nothing is written when that was nothing new."""
        if not self._is_kept:
            parse_cache.save(self._folder, self._key, self.lists)

    @property
    def _folder(self) -> Path:
        return self._paths.layout.data / "cache"


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
