"""Print cells of real lists otherwise than ICE did, and see what that makes of the record.

A course takes a few successive lists of the seed record and prints one cell, or three of three
rows, otherwise: on the second list, or on all from the second on. A misprint is no event, so nobody
may join, leave or return by it, and no total may move.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace

import polars as pl

from flows.steps.common.layout import Paths
from flows.steps.lists import seed_record
from flows.steps.lists.read import read_record, seed_tables
from flows.steps.warehouse.frames import judge

from .cells import printed_otherwise


@dataclass(frozen=True, slots=True)
class Misprint:
    """A cell printed otherwise: of which row, as what, and how that came about."""

    row: str
    field: str
    kind: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Course:
    """A few successive lists: their versions' facts and their printed rows."""

    publications: pl.DataFrame
    rows: pl.DataFrame

    def cut(self, rng: random.Random, height: int) -> Course:
        """Keep what stands in one stretch of the first list: `height` rows of it, in list order."""
        key = pl.concat_str("state_printed", "agency_printed", separator=" ", ignore_nulls=True)
        rows = self.rows.with_columns(at=key.str.to_lowercase())
        first = rows.filter(pl.col("sha256") == self.publications["sha256"][0])["at"].sort()
        if first.len() <= height:
            return self
        begin = rng.randrange(first.len() - height)
        ends = pl.lit(first[begin]), pl.lit(first[begin + height - 1])
        stretch = pl.col("at").is_between(*ends)
        return replace(self, rows=rows.filter(stretch).drop("at"))


def courses(paths: Paths, rng: random.Random) -> Iterator[Course]:
    """Yield courses of three or four successive accepted participating lists, at random."""
    published, listings = seed_tables(paths.seeds)
    rows = seed_record.expand(published, listings)
    judged = judge(read_record(paths), paths).publications
    order = judged.filter(pl.col("step").is_not_null(), pl.col("list") == "participating")["sha256"]
    while True:
        shas = order[(begin := rng.randrange(order.len() - 4)) : begin + rng.choice((3, 4))]
        at = pl.DataFrame({"sha256": shas}).with_row_index("at")
        of_course = published.join(at, on="sha256").sort("at").drop("at")
        yield Course(of_course, rows.filter(pl.col("sha256").is_in(shas.implode())))


def misprint(
    course: Course, rng: random.Random, cells: int, *, is_lasting: bool
) -> tuple[Course, list[Misprint]]:
    """Print a cell of each of so many rows of the second list otherwise, there or from it on."""
    shas = course.publications["sha256"].to_list()
    second = course.rows.filter(pl.col("sha256") == shas[1]).sort("row_number")
    columns = [column for column in second.columns if column.endswith(("_printed", "_url"))]
    first = rng.randrange(second.height - cells)
    beside = range(first, first + cells)  # rows misprinted side by side hide each other's place
    spots = beside if rng.random() < 0.3 else rng.sample(range(second.height), cells)
    done: list[Misprint] = []
    rows = course.rows
    for at in spots:
        row = second.row(at, named=True)
        beside_it = [spot for spot in (at - 1, at + 1) if 0 <= spot < second.height]
        near, far = (
            second.row(rng.choice(others), named=True)
            for others in (beside_it, range(second.height))
        )
        name, kind, after = printed_otherwise(row, near, far, rng)
        lists = shas[1:] if is_lasting else shas[1:2]
        is_row = pl.col("sha256").is_in(lists) & pl.all_horizontal(
            pl.col(column).eq_missing(row[column]) for column in columns
        )
        is_one = is_row & (is_row.cum_sum().over("sha256") == 1)  # of an exact duplicate, one row
        rows = rows.with_columns(
            pl.when(is_one).then(pl.lit(after, pl.String)).otherwise(name).alias(name)
        )
        printed = " | ".join(str(row[column]) for column in columns)
        done.append(Misprint(printed, name, kind, row[name], after))
    return replace(course, rows=rows), done
