"""What the first release published stands: its ids resolve, its totals are those of its lists."""

from __future__ import annotations

import duckdb
import polars as pl

from flows.settings import ROOT

Db = duckdb.DuckDBPyConnection
GOLDEN = ROOT / "tests" / "golden"

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
    now = pl.DataFrame(
        db.execute(f"select {columns} from totals").fetchall(), released.columns, orient="row"
    )
    both = released.join(now, on="publication_id", suffix="_now", maintain_order="left")
    assert both.height == released.height
    moved = both.filter(
        pl.any_horizontal(pl.col(c).ne_missing(pl.col(f"{c}_now")) for c in released.columns[1:])
    )
    # Waukesha's sheriff was counted twice, as an office and as a department, and for a day in
    # September Hopewell's, with and without its county.
    waukesha = both.filter(
        pl.col("publication_id") > pl.lit("participating-2025-08-11pm"),
        pl.col("publication_id").str.starts_with("participating"),
    )
    assert moved["publication_id"].to_list() == waukesha["publication_id"].to_list()
    hopewell = moved["publication_id"].str.contains("-2025-09-02pm|-2025-09-03")
    assert hopewell.sum() == 3
    fewer = (moved["agencies"] - moved["agencies_now"]).to_list()
    assert fewer == (hopewell.cast(pl.Int64) + 1).to_list()
    for column in set(released.columns[1:]) - {"agencies"}:
        assert moved[column].to_list() == moved[f"{column}_now"].to_list()
