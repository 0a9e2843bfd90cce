"""An empty warehouse, made once; each case gives its rows and takes them back."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from tests.conftest import seeds_without_record
from tests.sql.tables import Tables, empty_warehouse


@pytest.fixture(scope="session")
def _empty(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Tables, duckdb.DuckDBPyConnection]]:
    base = tmp_path_factory.mktemp("empty")
    with duckdb.connect(":memory:") as db:
        yield empty_warehouse(db, base / "data", seeds_without_record(base / "seeds")), db


@pytest.fixture
def tables(_empty: tuple[Tables, duckdb.DuckDBPyConnection]) -> Iterator[Tables]:
    """Return the tables of an empty warehouse; what a case gives them is gone after it."""
    found, db = _empty
    db.execute("begin")
    yield found
    db.execute("rollback")
