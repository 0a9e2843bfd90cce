"""From grids of text cells to the lists they print: columns by name, rows, their links."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from flows.steps.common.records import LISTS, Contents, ListKind, Sheet

from .entries import NAMED, is_entry, with_fields
from .header import Grid, header_text, is_filled

LINKED = ("moa", "addendum")


@dataclass(frozen=True, slots=True)
class _Part:
    """One grid's rows by field, its list, and what to tell of it."""

    title: str
    kind: ListKind
    cells: pl.DataFrame
    header: dict[str, str]
    height: int
    unknown: tuple[str, ...]


def sheets_of(  # noqa: PLR0913 - the facts of one file
    sha: str,
    grids: Sequence[Grid],
    headers: Mapping[str, str],
    *,
    saved_at: datetime | None = None,
    is_copy: bool,
    notes: Sequence[str] = (),
) -> list[Sheet]:
    """Return the lists that a file's grids print, one of each kind: those with SIGNED are signed.

    `headers` maps printed header to field; a column that it lacks and that is not empty is told in
    `unknown_columns`. Several grids of one list are its rows one below the other, numbered on; a
    grid that only repeats agreements of another, or has no rows beside one that has, is left out
    and told in `notes`.
    """
    parts = [_part(grid, headers) for grid in grids]
    kept = _without_excerpts(parts)
    notes = [*notes, *(_left(part) for part in parts if part not in kept)]
    sheets = []
    for kind in LISTS:
        own = [part for part in kept if part.kind == kind]
        if not own:
            continue
        said = [*notes, *_parts_told(own)]
        unknown = tuple(dict.fromkeys(name for part in own for name in part.unknown))
        contents = Contents(sha, kind, saved_at, is_copy, unknown, tuple(said))
        sheets.append(Sheet(contents, _stacked(own), own[0].header))
    return sheets


def _part(grid: Grid, headers: Mapping[str, str]) -> _Part:
    cells, at = grid.cells, grid.at
    named: dict[str, str] = {}
    unknown: list[str] = []
    header = dict(zip(cells.columns, grid.header or cells.row(at), strict=False))
    for column in cells.columns:
        printed = header.get(column)
        field = headers.get(header_text(printed))
        if field and field not in named.values():
            named[column] = field
        elif cells[column].slice(at + 1).str.strip_chars().replace("", None).count():
            unknown.append(header_text(printed) or f"unnamed ({column})")
    names = {field: header_text(header[column]) for column, field in named.items()}
    body = cells.slice(at + 1).select(
        pl.int_range(at + 2, pl.len() + at + 2, dtype=pl.UInt32).alias("row_number"),
        *(pl.col(column).alias(field) for column, field in named.items()),
        *_links(grid, {cells.columns.index(column): field for column, field in named.items()}),
    )
    kind: ListKind = "participating" if "signed" in names else "pending"
    return _Part(grid.title, kind, body, names, cells.height, tuple(unknown))


def _links(grid: Grid, fields: Mapping[int, str]) -> list[pl.Series]:
    """Return moa_link and addendum_link: the first address over each cell below the header."""
    below = grid.cells.height - grid.at - 1
    urls: dict[str, list[str | None]] = {field: [None] * below for field in LINKED}
    text = {field: grid.cells.to_series(at) for at, field in fields.items() if field in urls}
    for links, is_sure in ((grid.links, True), (grid.spanned, False)):
        for row, column, url in links:
            field, at = fields.get(column, ""), row - grid.at - 1
            if field not in urls or not 0 <= at < below or urls[field][at]:
                continue
            if is_sure or (text[field][row] or "").strip():
                urls[field][at] = url
    return [pl.Series(f"{field}_link", found, pl.String) for field, found in urls.items()]


def _without_excerpts(parts: Sequence[_Part]) -> list[_Part]:
    """Return the parts that print an agreement no other does; the first of equal ones stays."""
    if len(parts) == 1:
        return [*parts]
    keys = [_keys(part) for part in parts]
    kept: list[int] = []
    # The longest first: it is never the excerpt of a shorter one.
    for at in sorted(range(len(parts)), key=lambda at: (-len(keys[at]), at)):
        if not kept or not any(keys[at] <= keys[other] for other in kept):
            kept.append(at)
    return [parts[at] for at in sorted(kept)]


def _keys(part: _Part) -> frozenset[tuple[str | None, ...]]:
    header = [pl.lit(part.header[field]).alias(f"{field}_header") for field in NAMED]
    rows = with_fields(part.cells).with_columns(header).filter(is_entry())
    key = rows.select(pl.col(NAMED).str.to_uppercase().str.strip_chars())
    return frozenset(key.iter_rows())


def _stacked(parts: Sequence[_Part]) -> pl.DataFrame:
    """Return the rows of parts one below the other; row numbers go on from part to part."""
    heights = [part.height for part in parts]
    if len(parts) == 1:
        return parts[0].cells
    return pl.concat(
        [
            part.cells.with_columns(pl.col("row_number") + sum(heights[:at]))
            for at, part in enumerate(parts)
        ],
        how="diagonal",
    )


def _parts_told(parts: Sequence[_Part]) -> list[str]:
    """Say which rows are of which sheet, where a list has several."""
    if len(parts) == 1:
        return []
    ends = [sum(part.height for part in parts[: at + 1]) for at in range(len(parts))]
    spans = [
        f"{part.title} is rows {end - part.height + 1:,} to {end:,}"
        for part, end in zip(parts, ends, strict=True)
    ]
    return [f"The list stands on {len(parts)} sheets, numbered on: {', '.join(spans)}."]


def _left(part: _Part) -> str:
    what = "has no rows" if not _keys(part) else "only repeats agreements of another"
    return f"{part.title or 'A table'} {what}: it was left out."


def frame_of(rows: Sequence[Sequence[str | None]]) -> pl.DataFrame:
    """Return rows of text, which may differ in length, as a frame."""
    width = max(map(len, rows), default=0)
    return pl.DataFrame(
        [[*row, *[None] * (width - len(row))] for row in rows],
        schema={f"column_{at + 1}": pl.String for at in range(width)},
        orient="row",
    )


def with_merged(
    cells: pl.DataFrame, merged: Sequence[tuple[int, int, int]], at: int
) -> pl.DataFrame:
    """Return the cells in which a merged one says the same of all its rows that are not blank.

    `merged` has the column, the first and the last row in the frame (from 0), `at` is the header's
    row; the file keeps the value in the first row alone.
    """
    if not merged:
        return cells
    filled = cells.select(is_filled()).to_series()
    for column, top, last in merged:
        if not 0 <= column < cells.width or not at < top < cells.height:
            continue
        values = cells.to_series(column)
        below = range(top + 1, min(last + 1, cells.height))
        rows = [row for row in below if filled[row] and not values[row]]
        cells = cells.with_columns(values.scatter(rows, values[top]))
    return cells
