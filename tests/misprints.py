"""Print cells of real lists otherwise than ICE did, and see what that makes of the record.

A course takes a few successive lists of the seed record, prints one cell (or three, of three rows)
otherwise on the second list or on all from the second on, and works out events and totals of both.
A misprint is no event: nobody may join or leave by it, and no total may move.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from flows.identify import identity_frames
from flows.judge import judge
from flows.places import Places
from flows.record import Record, seed_tables
from flows.steps import normalise, seed_record, seeds, versions, warehouse
from flows.steps.records import Contents

FIELDS = ("state", "agency", "type", "county", "model", "signed", "moa")
MOVES = ("added", "removed", "returned")
COUNTED = ("agreements", "agencies")
NEEDED = "totals"  # the last model that a course needs
CHECKS = ("25_", "30_", "35_", "36_", "40_")


@dataclass(frozen=True, slots=True)
class Misprint:
    """A cell printed otherwise: of which row, as what, and how that came about."""

    row: tuple[str, ...]
    field: str
    kind: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the record says of a course: who joined and left, the totals, and the rows in doubt."""

    moves: frozenset[tuple[str, ...]]
    totals: tuple[tuple[Any, ...], ...]
    parts: tuple[tuple[Any, ...], ...]
    in_doubt: tuple[int, ...]
    held: tuple[str, ...]


Cell = str | None
Kind = Callable[[random.Random, str, Cell, Cell], Cell]
"""Takes a cell, the one beside it and one of anywhere in its column; returns what is printed."""


def blank(rng: random.Random, value: str, beside: Cell, anywhere: Cell) -> Cell:
    return None


def cut_short(rng: random.Random, value: str, beside: Cell, anywhere: Cell) -> Cell:
    """Keep the beginning, as a narrow cell or an abbreviation does: FLORIDA, FLA."""
    kept = value[: rng.randint(2, max(2, len(value) // 2))]
    return kept + rng.choice(("", "."))


def misspelt(rng: random.Random, value: str, beside: Cell, anywhere: Cell) -> Cell:
    """Change one to four letters: one dropped, doubled, swapped with the next, or another."""
    letters = list(value)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(letters))
        how = rng.randrange(4)
        if how == 0 and len(letters) > 1:
            del letters[at]
        elif how == 1:
            letters.insert(at, letters[at])
        elif how == 2 and at + 1 < len(letters):
            letters[at], letters[at + 1] = letters[at + 1], letters[at]
        else:
            letters[at] = rng.choice("abcdefghijklmnopqrstuvwxyz0123456789")
    return "".join(letters)


def from_beside(rng: random.Random, value: str, beside: Cell, anywhere: Cell) -> Cell:
    return beside


def from_anywhere(rng: random.Random, value: str, beside: Cell, anywhere: Cell) -> Cell:
    return anywhere


def word_lost(rng: random.Random, value: str, beside: Cell, anywhere: Cell) -> Cell:
    words = value.split()
    del words[rng.randrange(len(words))]
    return " ".join(words) or None


def words_turned(rng: random.Random, value: str, beside: Cell, anywhere: Cell) -> Cell:
    words = value.split()
    rng.shuffle(words)
    return " ".join(words)


def placeholder(rng: random.Random, value: str, beside: Cell, anywhere: Cell) -> Cell:
    return rng.choice(("TBD", "N/A", "#REF!", "#N/A", "see MOA", "-", "?", "0"))


def doubled(rng: random.Random, value: str, beside: Cell, anywhere: Cell) -> Cell:
    return f"{value} {value}"


def digits_moved(rng: random.Random, value: str, beside: Cell, anywhere: Cell) -> Cell:
    """Print another digit for one, which moves a date by days, months, years or centuries."""
    spots = [at for at, letter in enumerate(value) if letter.isdigit()]
    if not spots:
        return value
    at = rng.choice(spots)
    return f"{value[:at]}{rng.choice('0123456789')}{value[at + 1 :]}"


KINDS: tuple[Kind, ...] = (
    blank,
    cut_short,
    misspelt,
    from_beside,
    from_anywhere,
    word_lost,
    words_turned,
    placeholder,
    doubled,
    digits_moved,
)


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


def courses(places: Places, rng: random.Random, kind: str = "participating") -> Iterator[Course]:
    """Yield courses of three or four successive accepted lists of the seed record, at random."""
    published, listings = seed_tables(places.seeds)
    rows = seed_record.expand(published, listings)
    with warehouse.reading(places.layout.database) as db:
        order = [
            sha
            for (sha,) in db.execute(
                "select sha256 from publications where status = 'accepted' and list = $1"
                " order by seq",
                [kind],
            ).fetchall()
        ]
    while True:
        length = rng.choice((3, 4))
        begin = rng.randrange(len(order) - length)
        shas = order[begin : begin + length]
        at = pl.DataFrame({"sha256": shas}).with_row_index("at")
        of_course = published.join(at, on="sha256").sort("at").drop("at")
        yield Course(of_course, rows.filter(pl.col("sha256").is_in(shas)))


def misprint(
    course: Course, rng: random.Random, cells: int, *, is_lasting: bool
) -> tuple[Course, list[Misprint]]:
    """Print a cell of each of so many rows of the second list otherwise, there or from it on."""
    shas = course.publications["sha256"].to_list()
    second = course.rows.filter(pl.col("sha256") == shas[1]).sort("row_number")
    columns = [column for column in second.columns if column.endswith(("_printed", "_url"))]
    done: list[Misprint] = []
    rows = course.rows
    first = rng.randrange(second.height - cells)
    beside = range(first, first + cells)  # rows misprinted side by side hide each other's place
    spots = beside if rng.random() < 0.3 else rng.sample(range(second.height), cells)
    for at in spots:
        row = second.row(at, named=True)
        near = second.row(at + 1 if at + 1 < second.height else at - 1, named=True)
        if at and rng.random() < 0.5:
            near = second.row(at - 1, named=True)
        far = second.row(rng.randrange(second.height), named=True)
        name, kind, before, after = _printed_otherwise(row, near, far, rng)
        is_row = pl.all_horizontal(pl.col(c).eq_missing(row[c]) for c in columns)
        if not is_lasting:
            is_row &= pl.col("sha256") == shas[1]
        # Of an exact duplicate, one row only.
        is_row &= pl.col("sha256").is_in(shas[1:])
        rows = rows.with_columns(
            pl.when(is_row & (is_row.cum_sum().over("sha256") == 1))
            .then(pl.lit(after, pl.String))
            .otherwise(name)
            .alias(name)
        )
        done.append(Misprint(tuple(str(row[c]) for c in columns), name, kind, before, after))
    return replace(course, rows=rows), done


def _printed_otherwise(
    row: dict[str, Any], near: dict[str, Any], far: dict[str, Any], rng: random.Random
) -> tuple[str, str, str | None, str | None]:
    while True:
        field = rng.choice(FIELDS)
        name = f"{field}_url" if field == "moa" else f"{field}_printed"
        if not row[name]:
            continue
        how = rng.choice(KINDS)
        after = how(rng, row[name], near[name], far[name])
        if after != row[name]:
            return name, how.__name__, row[name], after


def outcome(course: Course, places: Places) -> Outcome:
    """Work out what the record says when these lists are all there is."""
    rows = course.publications.iter_rows(named=True)
    contents = {
        row["sha256"]: Contents(row["sha256"], row["list"], row["saved_at"], row["is_copy"])
        for row in rows
    }
    postings = versions.seed_postings(course.publications)
    judged = judge(Record([], postings, contents, {}, course.rows), places)
    frames = identity_frames(judged, places) | {
        "loaded_publications": judged.publications,
        "loaded_captures": versions.captures_frame([], postings),
        "loaded_lists": seeds.read_cadence(places.seeds),
    }
    with duckdb.connect(":memory:") as db:
        warehouse.fill(db, frames, _models(places.sql))
        for check in sorted((places.sql / "90_checks").glob("*.sql")):
            if check.name.startswith(CHECKS):
                found = db.execute(check.read_text()).fetchall()
                assert not found, (check.name, found)
        moves = db.execute(
            "select kind, agreement_id, publication_id from events where kind in $1 and"
            " list = 'participating'",
            [list(MOVES)],
        ).fetchall()
        totals = db.execute(
            "select publication_id, agreements, agencies from totals order by list, seq"
        ).fetchall()
        parts = db.execute(
            "select publication_id, states, jem, tfm, wso from totals order by list, seq"
        ).fetchall()
        doubts = [n for (n,) in db.execute("select in_doubt from totals order by seq").fetchall()]
        held = db.execute("select publication_id, reasons from publications where step is null")
        return Outcome(
            frozenset(moves), tuple(totals), tuple(parts), tuple(doubts), tuple(held.fetchall())
        )


def parts_as_printed(
    clean: Course, course: Course, parts: tuple[tuple[Any, ...], ...], places: Places
) -> tuple[tuple[Any, ...], ...]:
    """Return the totals by state and model that a course should have, given the clean one's.

    They follow the print where it is another state or model, and stay where it cannot be read.
    """
    reference = seeds.read_reference(places.seeds)
    at = ["sha256", "row_number"]
    meant, read = (
        normalise.clean_rows(of.rows.with_columns(list=pl.lit("participating")), reference)
        for of in (clean, course)
    )
    both = meant.join(
        read.select(*at, "state", "model"), on=at, suffix="_read", maintain_order="left"
    ).with_columns(
        pl.coalesce(f"{name}_read", name).alias(f"{name}_read") for name in ("state", "model")
    )
    expected = []
    for sha, (publication, *_, jem, tfm, wso) in zip(
        clean.publications["sha256"], parts, strict=True
    ):
        rows = both.filter(pl.col("sha256") == sha)
        counts = [
            count
            + rows.filter(pl.col("model_read") == model).height
            - rows.filter(pl.col("model") == model).height
            for model, count in (("JEM", jem), ("TFM", tfm), ("WSO", wso))
        ]
        expected.append((publication, rows["state_read"].drop_nulls().n_unique(), *counts))
    return tuple(expected)


def _models(sql: Path) -> Sequence[Path]:
    models = warehouse.models(sql)
    last = next(at for at, path in enumerate(models) if warehouse.table_name(path) == NEEDED)
    return models[: last + 1]
