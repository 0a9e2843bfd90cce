"""What the first release published stands: its ids resolve, its totals are those of its lists."""

from __future__ import annotations

from pathlib import Path

import duckdb
import polars as pl

Db = duckdb.DuckDBPyConnection
GOLDEN = Path(__file__).parent / "golden"

WHERE = {
    "agency": "select agency_id from agencies",
    "agreement": "select agreement_id from agreements",
    "application": "select application_id from pending",
    "event": "select event_id from events",
    "publication": "select publication_id from publications",
}
"""Where an id of each kind stands; one that is there no more is an alias of another."""


def test_every_id_of_the_first_release_still_resolves(db: Db) -> None:
    released = pl.read_csv(GOLDEN / "released_ids.csv.gz")
    assert released.group_by("what").len().sort("what").rows() == [
        ("agency", 914),
        ("agreement", 1063),
        ("alias", 238),
        ("application", 625),
        ("event", 3366),
        ("publication", 267),
    ]
    aliases = dict(
        db.execute("select alias_id, coalesce(agreement_id, agency_id) from id_aliases").fetchall()
    )
    known = {what: {row[0] for row in db.execute(sql).fetchall()} for what, sql in WHERE.items()}
    every = set().union(*known.values())
    lost = [
        (what, one)
        for what, one in released.iter_rows()
        if one not in known.get(what, every) and aliases.get(one) not in every
    ]
    assert lost == []


def test_no_total_of_the_first_release_moves(db: Db) -> None:
    released = pl.read_csv(GOLDEN / "released_totals.csv")
    assert released.height == 265
    columns = ", ".join(released.columns)
    now = {row[0]: row for row in db.execute(f"select {columns} from totals").fetchall()}
    assert [row for row in released.iter_rows() if now.get(row[0]) != row] == []
