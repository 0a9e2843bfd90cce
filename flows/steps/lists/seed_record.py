"""Fold the lists we read into the seed record, and expand it again, row for row.

`publications.csv` has a line per version in published order; `listings.csv` a line per unbroken
run of publications that print the same row. Both files are read top to bottom: the order of the
listings' lines is the printed order, so a list is the lines whose run covers it, and their row
numbers follow from that order and from the sheet rows that hold no agreement.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import polars as pl

from flows.steps.common.records import PRINTED_COLUMNS, ROWS_SCHEMA

PUBLICATIONS_SCHEMA = pl.Schema(
    {
        "list": pl.String(),
        "publication_id": pl.String(),
        "published_on": pl.Date(),
        "part": pl.String(),
        "file_name": pl.String(),
        "sha256": pl.String(),
        "row_count": pl.UInt32(),
        "date_rule": pl.String(),
        "saved_at": pl.Datetime("us"),
        "is_copy": pl.Boolean(),
        "skipped_rows": pl.String(),
    }
)
LISTINGS_SCHEMA = pl.Schema(
    {
        "list": pl.String(),
        **{name.removesuffix("_printed"): pl.String() for name in PRINTED_COLUMNS},
        "first_publication": pl.String(),
        "last_publication": pl.String(),
    }
)


@dataclass(slots=True)
class _Run:
    """A row's unbroken run, and the run printed after it."""

    row: int
    first: int
    last: int
    following: list[_Run] = field(default_factory=list)


def fold(publications: pl.DataFrame, rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the two seed tables for `publications` (in published order) and their printed rows.

    A version printed again later (a stale re-post) has a publication of its own and no rows.
    """
    contents = publications.unique(["list", "sha256"], keep="first", maintain_order=True)
    rows = rows.with_columns(
        pl.struct(PRINTED_COLUMNS).rank("dense").alias("row")  # equal rows get equal numbers
    )
    skipped = _skipped_rows(rows)
    tables = []
    for kind in contents["list"].unique(maintain_order=True):
        of_list = contents.filter(pl.col("list") == kind)
        own = rows.filter(pl.col("list") == kind)
        lists = [
            part["row"].to_list()
            for part in (
                own.filter(pl.col("sha256") == sha).sort("row_number") for sha in of_list["sha256"]
            )
        ]
        runs = pl.DataFrame(
            [(run.row, run.first, run.last) for run in _runs(lists)],
            schema={"row": rows.schema["row"], "first": pl.UInt32, "last": pl.UInt32},
            orient="row",
        )
        printed = rows.select("row", *PRINTED_COLUMNS).unique("row")
        ids = of_list["publication_id"]
        tables.append(
            runs.join(printed, on="row", maintain_order="left").with_columns(
                pl.lit(kind).alias("list"),
                ids.gather(runs["first"]).alias("first_publication"),
                ids.gather(runs["last"]).alias("last_publication"),
            )
        )
    listings = pl.concat(tables).rename(
        {name: name.removesuffix("_printed") for name in PRINTED_COLUMNS}
    )
    seeded = publications.join(skipped, on=["list", "sha256"], how="left", maintain_order="left")
    return seeded.select(PUBLICATIONS_SCHEMA.names()), listings.select(LISTINGS_SCHEMA.names())


def expand(publications: pl.DataFrame, listings: pl.DataFrame) -> pl.DataFrame:
    """Return the printed rows (`ROWS_SCHEMA`) of every version in the seed record."""
    contents = publications.unique(["list", "sha256"], keep="first", maintain_order=True)
    contents = contents.with_row_index("at")
    place = contents.select("publication_id", "at")
    lines = (
        listings.rename({name.removesuffix("_printed"): name for name in PRINTED_COLUMNS})
        .with_row_index("line")
        .join(place, left_on="first_publication", right_on="publication_id")
        .join(place, left_on="last_publication", right_on="publication_id", suffix="_last")
    )
    printed = (
        lines.select("line", "list", at=pl.int_ranges("at", pl.col("at_last") + 1))
        .explode("at", empty_as_null=False)
        .with_columns(pl.col("at").cast(pl.UInt32))
        # A run counts the versions of its own list only.
        .join(contents.select("at", "list", "sha256"), on=["at", "list"])
        .sort("at", "line")
    )
    numbers = _row_numbers(contents)
    printed = printed.with_columns(nth=pl.int_range(pl.len()).over("at").cast(pl.UInt32))
    return (
        printed.join(numbers, on=["at", "nth"], maintain_order="left")
        .join(lines.select("line", *PRINTED_COLUMNS), on="line", maintain_order="left")
        .select(ROWS_SCHEMA.names())
        .match_to_schema(ROWS_SCHEMA)
    )


def _runs(lists: Sequence[Sequence[int]]) -> Iterable[_Run]:
    """Return the runs of rows over successive lists, in an order every list agrees with.

    Rows of the longest common order of two successive lists go on; a row that moved ends its run
    and begins another where it is printed now.
    """
    head = _Run(-1, -1, -1)
    before: list[_Run] = []
    for at, rows in enumerate(lists):
        going_on = _common_order([run.row for run in before], rows)
        printed: list[_Run] = []
        previous = head
        for nth, row in enumerate(rows):
            if nth in going_on:
                run = before[going_on[nth]]
                run.last = at
            else:
                run = _Run(row, at, at, previous.following)
                previous.following = [run]
            printed.append(run)
            previous = run
        before = printed
    run = head
    while run.following:
        run = run.following[0]
        yield run


def _common_order(before: Sequence[int], now: Sequence[int]) -> dict[int, int]:
    """Return {place now: place before} for the longest run of rows in the same order in both."""
    places: dict[int, list[int]] = {}
    for place, row in enumerate(before):
        places.setdefault(row, []).append(place)
    matched = [(nth, places[row].pop(0)) for nth, row in enumerate(now) if places.get(row)]
    tails: list[int] = []
    tail_of: list[int] = []
    back = [-1] * len(matched)
    for which, (_, place) in enumerate(matched):
        at = bisect_left(tails, place)
        back[which] = tail_of[at - 1] if at else -1
        tails[at : at + 1] = [place]
        tail_of[at : at + 1] = [which]
    longest: dict[int, int] = {}
    which = tail_of[-1] if tail_of else -1
    while which >= 0:
        nth, place = matched[which]
        longest[nth] = place
        which = back[which]
    return longest


def _skipped_rows(rows: pl.DataFrame) -> pl.DataFrame:
    """Return list, sha256, skipped_rows: sheet rows up to the last that hold no printed row."""
    numbers = pl.col("row_number").cast(pl.Int64)
    return (
        rows.group_by("list", "sha256")
        .agg(numbers.max().alias("last"), numbers.alias("used"))
        .select(
            "list",
            "sha256",
            pl.int_ranges(1, pl.col("last") + 1)
            .list.set_difference("used")
            .list.sort()
            .cast(pl.List(pl.String))
            .list.join(" ")
            .alias("skipped_rows"),
        )
    )


def _row_numbers(contents: pl.DataFrame) -> pl.DataFrame:
    """Return at, nth and row_number: the sheet row of each version's nth printed row."""
    skipped = (
        pl.col("skipped_rows")
        .fill_null("")
        .str.split(" ")
        .list.eval(pl.element().filter(pl.element() != "").cast(pl.Int64))
    )
    return (
        contents.with_columns(skipped=skipped)
        .with_columns(
            row_number=pl.int_ranges(
                1, pl.col("row_count").cast(pl.Int64) + pl.col("skipped").list.len() + 1
            ).list.set_difference("skipped")
        )
        .select("at", "row_number")
        .explode("row_number", empty_as_null=False)
        .sort("at", "row_number")
        .with_columns(
            pl.col("row_number").cast(pl.UInt32),
            nth=pl.int_range(pl.len()).over("at").cast(pl.UInt32),
        )
    )
