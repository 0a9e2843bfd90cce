"""What the record says of a course, and where that falls short of what the clean lists say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from flows.steps.common import seeds
from flows.steps.common.layout import Paths
from flows.steps.common.records import Contents
from flows.steps.lists import publications
from flows.steps.lists.clean import clean_rows
from flows.steps.lists.read import Record
from flows.steps.warehouse import database
from flows.steps.warehouse.frames import judge
from flows.steps.warehouse.identify import identity_frames

from . import Course

MOVES = ("added", "removed", "returned")
NEEDED = "totals"  # the last model that a course needs
CHECKS = ("25_", "30_", "35_", "36_", "40_")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the record says of a course: who joined and left, the totals, and the rows in doubt."""

    moves: frozenset[tuple[str, ...]]
    totals: tuple[tuple[Any, ...], ...]
    parts: tuple[tuple[Any, ...], ...]
    in_doubt: tuple[int, ...]
    held: tuple[tuple[str, list[str]], ...]


@contextmanager
def filled(course: Course, paths: Paths, last: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a database of what the record says when these lists are all there is.

    Its models are those up to the one that makes the table `last`.
    """
    rows = course.publications.iter_rows(named=True)
    contents: dict[str, tuple[Contents, ...]] = {
        row["sha256"]: (Contents(row["sha256"], row["list"], row["saved_at"], row["is_copy"]),)
        for row in rows
    }
    postings = publications.seed_postings(course.publications)
    judged = judge(Record([], postings, contents, {}, course.rows), paths)
    frames = identity_frames(judged, paths) | {
        "loaded_publications": judged.publications,
        "loaded_captures": publications.captures_frame([], postings),
        "loaded_lists": seeds.read_cadence(paths.seeds),
    }
    with duckdb.connect(":memory:") as db:
        database.fill(db, frames, _models(paths.sql, last))
        yield db


def outcome(course: Course, paths: Paths) -> Outcome:
    """Work out what the record says when these lists are all there is."""
    with filled(course, paths, NEEDED) as db:
        for check in sorted((paths.sql / "90_checks").glob("*.sql")):
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
        held = db.execute(
            "select publication_id, reasons from publications where step is null"
        ).fetchall()
        return Outcome(frozenset(moves), tuple(totals), tuple(parts), tuple(doubts), tuple(held))


@dataclass(frozen=True, slots=True)
class Shortfall:
    """Where a course's outcome is not that of the clean lists; empty when it is nowhere.

    A new row that cannot be read is no addition: it counts and is in doubt.
    """

    said: tuple[tuple[str, ...], ...]
    unsaid: tuple[tuple[str, ...], ...]
    totals: tuple[tuple[Any, ...], ...]
    parts: tuple[tuple[Any, ...], ...]

    def __bool__(self) -> bool:
        """Say whether there is any."""
        return any((self.said, self.unsaid, self.totals, self.parts))


def shortfall(clean: Course, course: Course, paths: Paths) -> Shortfall | None:
    """Compare the outcome of a course with that of its clean lists; None where these do not count.

    A list that a person rejected, or one posted again, is none of a course.
    """
    before = outcome(clean, paths)
    if before.held or len(before.totals) < clean.publications.height:
        return None
    after = outcome(course, paths)
    unsaid = before.moves - after.moves
    unread = {move for move in unsaid if move[0] == "added"} if any(after.in_doubt) else set()
    expected = parts_as_printed(clean, course, before.parts, paths)
    return Shortfall(
        tuple(sorted(after.moves - before.moves)),
        tuple(sorted(unsaid - unread)),
        tuple(sorted(set(before.totals) ^ set(after.totals))),
        () if unread else tuple(sorted(set(expected) ^ set(after.parts))),
    )


def parts_as_printed(
    clean: Course, course: Course, parts: tuple[tuple[Any, ...], ...], paths: Paths
) -> tuple[tuple[Any, ...], ...]:
    """Return the totals by state and model that a course should have, given the clean one's.

    They follow the print where it is another state or model, and stay where it cannot be read.
    """
    reference = seeds.read_reference(paths.seeds)
    at = ["sha256", "row_number"]
    meant, read = (
        clean_rows(of.rows.with_columns(list=pl.lit("participating")), reference)
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


def _models(sql: Path, last: str) -> Sequence[Path]:
    models = database.models(sql)
    end = next(at for at, path in enumerate(models) if database.table_name(path) == last)
    return models[: end + 1]
