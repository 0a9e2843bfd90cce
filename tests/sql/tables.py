"""A warehouse without a row, to hand tables to one model and see what it makes of them.

    given("totals", {"list": "participating", "published_on": date(2025, 5, 28), ...}, ...)
    expect("growth", "baseline_id, net", [("dec2024", 493)])

Its tables are those of a build, with their types; columns that a case does not name are null.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from flows.settings import paths_at
from flows.steps.articles.article_frames import ARTICLES_SCHEMA, CLAIMS_SCHEMA
from flows.steps.common.records import ROWS_SCHEMA
from flows.steps.lists.read import Record
from flows.steps.warehouse import database
from flows.steps.warehouse.build import other_frames
from flows.steps.warehouse.frames import judge
from flows.steps.warehouse.identify import identity_frames


class Tables:
    """Every table that models read or make, at first empty."""

    def __init__(self, db: duckdb.DuckDBPyConnection, sql: Path) -> None:
        self._db = db
        self._models = {database.table_name(path): path for path in database.models(sql)}

    def given(self, table: str, *rows: dict[str, Any]) -> None:
        """Add rows to a table; a column they do not name is null."""
        for row in rows:
            names = ", ".join(f'"{name}"' for name in row)
            marks = ", ".join("?" for _ in row)
            self._db.execute(f"insert into {table} ({names}) values ({marks})", list(row.values()))

    def make(self, model: str, columns: str = "*") -> list[tuple[Any, ...]]:
        """Return the rows that a model makes of what is given, and keep them as its table."""
        text = self._models[model].read_text()
        self._db.execute(f"insert into {model} {text}")
        return self._db.execute(f"select {columns} from {model}").fetchall()

    def ask(self, question: str) -> list[tuple[Any, ...]]:
        """Return the rows of a question."""
        return self._db.execute(question).fetchall()


def empty_warehouse(db: duckdb.DuckDBPyConnection, data: Path, seeds: Path) -> Tables:
    """Make every table of a warehouse in memory, without a row."""
    paths = paths_at(data, seeds=seeds)
    record = Record([], [], {}, {}, pl.DataFrame(schema=ROWS_SCHEMA))
    judged = judge(record, paths)
    coverage = pl.DataFrame(schema=ARTICLES_SCHEMA), pl.DataFrame(schema=CLAIMS_SCHEMA)
    frames = identity_frames(judged, paths) | other_frames(record, judged, coverage, paths)
    frames = {name: frame.clear() for name, frame in frames.items()}
    database.fill(db, frames, database.models(paths.sql))
    return Tables(db, paths.sql)
