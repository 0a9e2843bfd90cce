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
        db.execute(
            "select alias_id, coalesce(agreement_id, agency_id, event_id) from id_aliases"
        ).fetchall()
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
    # Three sheriffs were counted twice, as an office and as a department, or with and without the
    # county: Walker's of Texas, later Waukesha's of Wisconsin, for a day in September Hopewell's.
    name = pl.col("publication_id")
    walker = name.str.starts_with("participating") & (name.str.slice(14, 10) >= "2025-04-03")
    waukesha = name.str.starts_with("participating") & (name > "participating-2025-08-11pm")
    hopewell = name.str.contains("participating-2025-09-02pm|participating-2025-09-03")
    assert both.filter(hopewell).height == 3
    twice = both.select(pl.sum_horizontal(of.cast(pl.Int64) for of in (walker, waukesha, hopewell)))
    assert (both["agencies"] - both["agencies_now"]).to_list() == twice.to_series().to_list()
    for column in set(released.columns[1:]) - {"agencies"}:
        assert both[column].to_list() == both[f"{column}_now"].to_list()
