"""The DuckDB warehouse: build it from frames and SQL, check it, swap it in, and read it.

A build writes a new file beside the published one, runs the checks on it, and renames it over: a
reader keeps the file it has open, and a failed check leaves the published file as it was.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from flows.steps.common.causes import explained, first_line
from flows.steps.common.errors import CheckFailed, PactwatchError, UsageError
from flows.steps.common.files import not_written, whole

STORAGE_VERSION = "v1.0.0"  # opens in every DuckDB release since 1.0, also after 2.0
MEMORY_LIMIT = "500MB"


class _Stream:
    """A frame as an Arrow stream only, so that DuckDB reads it without importing pyarrow."""

    def __init__(self, frame: pl.DataFrame) -> None:
        self._frame = frame

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self._frame.__arrow_c_stream__(requested_schema)


def build_file(target: Path, frames: Mapping[str, pl.DataFrame], sql: Path) -> None:
    """Write a new database at `target` from loaded frames and the models under `sql`.

    Models run in path order; each file is one table named after its number, staging ones are
    temporary, and a file that begins with `create` runs as it stands. Raises `CheckFailed` when a
    file of 90_checks returns a row, with its first line and the first row.
    """
    spill = target.with_name(f".{target.name.strip('.')}.spill")
    is_whole = False
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _remove_build(target, spill)
        _write_database(target, spill, frames, sql)
        is_whole = True
    except (OSError, duckdb.Error) as problem:
        raise not_written(target, problem) from problem
    finally:
        if not is_whole:  # a half-written file would keep a full disk full
            _remove_build(target, spill)


def _write_database(
    target: Path, spill: Path, frames: Mapping[str, pl.DataFrame], sql: Path
) -> None:
    with duckdb.connect(":memory:") as db:
        db.execute(f"set memory_limit = '{MEMORY_LIMIT}'")
        db.execute(f"set temp_directory = '{_quoted(spill)}'")
        db.execute(f"attach '{_quoted(target)}' as published (storage_version '{STORAGE_VERSION}')")
        db.execute("use published")
        fill(db, frames, models(sql))
        for path in sorted((sql / "90_checks").glob("*.sql")):
            _run_check(db, path)
        db.execute("checkpoint published")
        db.execute("use memory")
        db.execute("detach published")


def fill(
    db: duckdb.DuckDBPyConnection, frames: Mapping[str, pl.DataFrame], paths: Iterable[Path]
) -> None:
    """Load frames as temporary tables, and run the models in the order given.

    `frames` are by the name that models read them by (`loaded_lines`, `seed_states` and so on).
    """
    for name, frame in frames.items():
        db.register("incoming", _Stream(frame))
        db.execute(f'create temp table "{name}" as from incoming')
        db.unregister("incoming")
    for path in paths:
        _run_model(db, path)


def models(sql: Path) -> list[Path]:
    """Return the model files in the order they run."""
    return sorted(path for path in sql.glob("*/*.sql") if path.parent.name != "90_checks")


def table_name(model: Path) -> str:
    """Return the table a model file makes: its name after the number."""
    return re.sub(r"^\d+_", "", model.stem)


@contextmanager
def reading(database: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the published warehouse read-only, without any access to files or the network."""
    if not database.exists():
        raise UsageError(
            f"There is no warehouse at {database.name} yet: run `pactwatch run` first."
        )
    try:
        db = duckdb.connect(
            str(database), read_only=True, config={"enable_external_access": "false"}
        )
    except duckdb.Error as problem:
        if holder := re.search(r"Could not set lock.*\(PID (\d+)\)", str(problem), re.S):
            raise PactwatchError(
                f"{database.name} is open for writing in another program (process {holder[1]}):"
                " close it there, and open it read-only (`duckdb -readonly`) next time."
            ) from problem
        if known := explained(problem, database):
            raise known from problem
        raise PactwatchError(
            f"{database.name} is damaged or not a warehouse ({first_line(problem)}):"
            " run `pactwatch build --force` to make it anew from the archive."
        ) from problem
    with db:
        db.execute("set lock_configuration = true")
        yield db


def query(database: Path, sql: str, parameters: object = None) -> pl.DataFrame:
    """Run one statement on the published warehouse; return its rows, columns as it names them."""
    with reading(database) as db:
        return fetch(db, sql, parameters)


def fetch(db: duckdb.DuckDBPyConnection, sql: str, parameters: object = None) -> pl.DataFrame:
    """Return a statement's rows as a frame; raises `UsageError` with DuckDB's first line."""
    try:
        cursor = db.execute(sql, parameters)
        if cursor is None:  # nothing but blanks and comments
            raise UsageError("The query is empty: write one, such as `select * from totals`.")
        columns = [column[0] for column in cursor.description or []]
        rows = cursor.fetchall()
    except duckdb.Error as problem:
        if known := explained(problem):
            raise known from problem
        said = f"The query does not run: {first_line(problem)}{_what_to_do(problem)}"
        raise UsageError(said) from problem
    return pl.DataFrame(rows, schema=columns, orient="row", infer_schema_length=None, strict=False)


_MENDS = (
    ("Table with name", "`pactwatch tables` lists the tables"),
    ("Referenced column", "`pactwatch tables NAME` lists a table's columns"),
    ("read-only mode", "a query only reads, and `pactwatch build` makes the warehouse"),
    ("disabled by configuration", "a query reads the warehouse alone, and `--csv` prints rows"),
    ("Parser Error", "write it in DuckDB's SQL"),
)


def _what_to_do(problem: BaseException) -> str:
    """Return the mend of a query's usual faults, as the end of its sentence."""
    found = next((mend for sign, mend in _MENDS if sign in str(problem)), None)
    return f" ({found})." if found else ""


def read_dicts(
    db: duckdb.DuckDBPyConnection, sql: str, parameters: object = None
) -> list[dict[str, Any]]:
    """Return a statement's rows as dictionaries."""
    cursor = db.execute(sql, parameters)
    columns = [column[0] for column in cursor.description or []]
    return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


def columns(database: Path) -> dict[str, list[tuple[str, str]]]:
    """Return each public table's columns and types, in order."""
    found: dict[str, list[tuple[str, str]]] = {}
    with reading(database) as db:
        for table, name, kind in db.execute(
            "select table_name, column_name, data_type from duckdb_columns()"
            " where not internal order by table_name, column_index"
        ).fetchall():
            found.setdefault(table, []).append((name, kind))
    return found


def export(database: Path, folder: Path) -> list[tuple[str, int]]:
    """Write every public table as Parquet and CSV; return (table, rows).

    CSV cells that a spreadsheet would run as a formula get a leading apostrophe.
    """
    folder.mkdir(parents=True, exist_ok=True)
    tables = columns(database)
    written = []
    with duckdb.connect(str(database), read_only=True) as db:
        stored = {
            name for (name,) in db.execute("select table_name from duckdb_tables()").fetchall()
        }
        for table, described in tables.items():
            safe = ", ".join(_csv_cell(name, kind) for name, kind in described)
            order = "" if table in stored else " order by all"  # a view has no order of its own
            for select, form in (("*", "parquet"), (safe, "csv")):
                option = "format parquet, compression zstd" if form == "parquet" else "header"
                asked = f"select {select} from {table}{order}"
                with whole(folder / f"{table}.{form}") as part:
                    db.execute(f"copy ({asked}) to '{_quoted(part)}' ({option})")
            written.append((table, db.execute(f"select count(*) from {table}").fetchall()[0][0]))
    return written


def _remove_build(target: Path, spill: Path) -> None:
    for left in (target, target.with_name(f"{target.name}.wal")):
        left.unlink(missing_ok=True)
    shutil.rmtree(spill, ignore_errors=True)


def _run_model(db: duckdb.DuckDBPyConnection, path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    statement = re.sub(r"(?m)^--.*\n", "", text).strip()
    name = table_name(path)
    try:
        if statement.startswith("create "):
            db.execute(statement)
        else:
            kind = "temp table" if path.parent.name == "10_staging" else "table"
            db.execute(f"create {kind} {name} as\n{statement}")
    except duckdb.Error as problem:
        if explained(problem):
            raise
        raise PactwatchError(
            f"sql/{path.parent.name}/{path.name} does not run: {first_line(problem)}"
        ) from problem


def _run_check(db: duckdb.DuckDBPyConnection, path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    rows = fetch(db, text)
    if rows.height:
        rule = text.splitlines()[0].removeprefix("--").strip()
        raise CheckFailed(
            f"The check sql/90_checks/{path.name} found {rows.height} rows against its rule"
            f' "{rule}" (first: {rows.row(0, named=True)}): the warehouse is as it was.'
        )


def _csv_cell(name: str, kind: str) -> str:
    column = f'"{name}"'
    if kind == "VARCHAR":
        is_formula = rf"regexp_matches({column}, '^[=+@\-\t\r]')"
        return f"if({is_formula}, '''' || {column}, {column}) as {column}"
    if kind.endswith("[]"):
        return f"array_to_string({column}, '; ') as {column}"
    return column


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
