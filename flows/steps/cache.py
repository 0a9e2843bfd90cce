"""Keep what reading gave, so that a build reads each list's and article's bytes once.

The cache is disposable: it is keyed by the fingerprint of the code that read, and a build without
it gives the same tables.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable
from pathlib import Path

import polars as pl

from .records import ROWS_SCHEMA, Contents

CONTENTS_SCHEMA = pl.Schema(
    {
        "sha256": pl.String(),
        "list": pl.String(),
        "saved_at": pl.Datetime("us"),
        "is_copy": pl.Boolean(),
        "unknown_columns": pl.List(pl.String()),
        "other_sheets": pl.List(pl.String()),
        "refused": pl.String(),
    }
)


def fingerprint(paths: Iterable[Path]) -> str:
    """Return a short hash over files, such as the parser's source and its seeds."""
    joined = hashlib.sha256()
    for path in sorted(paths):
        joined.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return joined.hexdigest()[:16]


def load(folder: Path, parser: str) -> tuple[dict[str, Contents], dict[str, str], pl.DataFrame]:
    """Return (contents, refused, rows) of the lists parsed so far by this parser."""
    try:
        described = pl.read_parquet(folder / f"contents-{parser}.parquet")
        rows = pl.read_parquet(folder / f"rows-{parser}.parquet")
    except (FileNotFoundError, pl.exceptions.PolarsError):
        return {}, {}, pl.DataFrame(schema=ROWS_SCHEMA)
    contents, refused = {}, {}
    for row in described.iter_rows(named=True):
        if row["refused"] is not None:
            refused[row["sha256"]] = row["refused"]
        else:
            contents[row["sha256"]] = Contents(
                row["sha256"],
                row["list"],
                row["saved_at"],
                row["is_copy"],
                tuple(row["unknown_columns"]),
                tuple(row["other_sheets"]),
            )
    return contents, refused, rows


def frames(
    folder: Path, name: str, key: str, make: Callable[[], tuple[pl.DataFrame, ...]]
) -> tuple[pl.DataFrame, ...]:
    """Return what `make` gives, kept from the last call with the same key."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = sorted(folder.glob(f"{name}-{key}-*.parquet"))
    try:
        if kept:
            return tuple(pl.read_parquet(path) for path in kept)
    except pl.exceptions.PolarsError:
        pass  # a damaged cache is made again
    made = make()
    for at, frame in enumerate(made):
        _write(folder / f"{name}-{key}-{at}.parquet", frame)
    for old in set(folder.glob(f"{name}-*.parquet")) - set(folder.glob(f"{name}-{key}-*")):
        old.unlink(missing_ok=True)
    return made


def save(
    folder: Path,
    parser: str,
    contents: dict[str, Contents],
    refused: dict[str, str],
    rows: pl.DataFrame,
) -> None:
    """Write the cache; rows first, so that no reader takes contents without their rows."""
    folder.mkdir(parents=True, exist_ok=True)
    described = pl.DataFrame(
        [
            (c.sha256, c.list, c.saved_at, c.is_copy, c.unknown_columns, c.other_sheets, None)
            for c in contents.values()
        ]
        + [(sha, None, None, None, None, None, sentence) for sha, sentence in refused.items()],
        schema=CONTENTS_SCHEMA,
        orient="row",
    )
    for name, frame in (("rows", rows), ("contents", described)):
        _write(folder / f"{name}-{parser}.parquet", frame)
        for old in set(folder.glob(f"{name}-*.parquet")) - {folder / f"{name}-{parser}.parquet"}:
            old.unlink(missing_ok=True)


def _write(path: Path, frame: pl.DataFrame) -> None:
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    frame.write_parquet(part, compression="lz4")
    part.replace(path)
