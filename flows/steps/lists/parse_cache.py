"""Keep what reading gave, so that a build reads each list's and article's bytes once.

The cache is disposable: it is keyed by the fingerprint of the code that read, and a build without
it gives the same tables.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl

from flows.steps.common.files import not_written, whole
from flows.steps.common.records import ROWS_SCHEMA, Contents

from .batch import Lists

CONTENTS_SCHEMA = pl.Schema(
    {
        "sha256": pl.String(),
        "list": pl.String(),
        "saved_at": pl.Datetime("us"),
        "is_copy": pl.Boolean(),
        "unknown_columns": pl.List(pl.String()),
        "notes": pl.List(pl.String()),
        "refused": pl.String(),
    }
)


def load(folder: Path, parser: str) -> Lists:
    """Return the lists parsed so far by this parser; none when the cache is damaged."""
    described = _read(folder / f"contents-{parser}.parquet")
    rows = _read(folder / f"rows-{parser}.parquet")
    if described is None or rows is None:
        return Lists()
    if (described.schema, rows.schema) != (CONTENTS_SCHEMA, ROWS_SCHEMA):
        return Lists()
    found = Lists()
    for row in described.iter_rows(named=True):
        if row["refused"] is not None:
            found.refused[row["sha256"]] = row["refused"]
        else:
            known = Contents(
                row["sha256"],
                row["list"],
                row["saved_at"],
                row["is_copy"],
                tuple(row["unknown_columns"]),
                tuple(row["notes"]),
            )
            found.contents[known.sha256] = (*found.contents.get(known.sha256, ()), known)
    # A run that broke off between the two files left rows whose list will be read again.
    found.tables.append(rows.filter(pl.col("sha256").is_in(list(found.contents))))
    return found


def frames(
    folder: Path, name: str, key: str, make: Callable[[], tuple[pl.DataFrame, ...]]
) -> tuple[pl.DataFrame, ...]:
    """Return what `make` gives, kept from the last call with the same key."""
    kept = [_read(path) for path in sorted(folder.glob(f"{name}-{key}-*.parquet"))]
    whole = tuple(frame for frame in kept if frame is not None)
    if (folder / f"{name}-{key}-0of{len(whole)}.parquet").exists():
        return whole
    made = make()
    for at, frame in enumerate(made):
        _write(folder / f"{name}-{key}-{at}of{len(made)}.parquet", frame)
    for old in set(folder.glob(f"{name}-*.parquet")) - set(folder.glob(f"{name}-{key}-*of*")):
        old.unlink(missing_ok=True)
    return made


def save(folder: Path, parser: str, found: Lists) -> None:
    """Write the cache; rows first, so that no reader takes contents without their rows.

    Raises `PactwatchError` when the disk is full.
    """
    described = pl.DataFrame(
        [
            (c.sha256, c.list, c.saved_at, c.is_copy, c.unknown_columns, c.notes, None)
            for lists in found.contents.values()
            for c in lists
        ]
        + [
            (sha, None, None, None, None, None, sentence) for sha, sentence in found.refused.items()
        ],
        schema=CONTENTS_SCHEMA,
        orient="row",
    )
    for name, frame in (("rows", found.rows()), ("contents", described)):
        _write(folder / f"{name}-{parser}.parquet", frame)
        for old in set(folder.glob(f"{name}-*.parquet")) - {folder / f"{name}-{parser}.parquet"}:
            old.unlink(missing_ok=True)


def _read(path: Path) -> pl.DataFrame | None:
    """Return a kept frame, or None when it is not there or damaged: it is then made again."""
    try:
        return pl.read_parquet(path)
    except (OSError, pl.exceptions.PolarsError, pl.exceptions.PanicException):
        return None


def _write(path: Path, frame: pl.DataFrame) -> None:
    try:
        with whole(path) as part:
            frame.write_parquet(part, compression="lz4")
    except pl.exceptions.PolarsError as problem:
        raise not_written(path, problem) from problem
