"""Who is who: the rules against what every row that left really was, events, ids, decisions."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import polars as pl

GOLDEN = Path(__file__).parent / "golden" / "identity.csv"
SAME = {"formatting", "redated", "renamed", "restated"}
Db = duckdb.DuckDBPyConnection


@dataclass
class Score:
    """Rows that we join or call departed, against what they were."""

    right: int = 0
    wrong: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        return self.right / max(1, self.right + len(self.wrong))

    @property
    def recall(self) -> float:
        return self.right / max(1, self.right + len(self.missed))


def judged(db: Db) -> pl.DataFrame:
    """Return the labelled rows with what the warehouse says of each."""
    rows = pl.read_csv(GOLDEN, infer_schema=False).rows()
    columns = "list, previous, publication, state, agency, model, signed, truth, partner, why"
    db.execute(f"create temp table golden ({columns.replace(',', ' varchar,')} varchar)")
    db.executemany(f"insert into golden values ({', '.join('?' * 10)})", rows)
    found = db.execute(JUDGED)
    names = [column[0] for column in found.description]
    return pl.DataFrame(found.fetchall(), schema=names, orient="row")


JUDGED = """
with

lists as (
    select publication_id, list, step, published_on || coalesce(part, '') as label
    from publications
    where status = 'accepted'
),

labelled as (
    select golden.*, before.publication_id as before_id, now.publication_id as now_id
    from golden
    inner join lists as now
        on golden.list = now.list and golden.publication = now.label
    inner join lists as before
        on golden.list = before.list and golden.previous = before.label
        and now.step = before.step + 1
),

printed as (
    select
        publication_id,
        agreement_id,
        concat_ws(' | ', state_printed, agency_printed, model_printed, signed_printed) as key
    from list_rows
)

select distinct
    labelled.publication,
    concat_ws(' | ', labelled.state, labelled.agency, labelled.model, labelled.signed) as key,
    labelled.truth,
    labelled.partner,
    gone.agreement_id,
    list_sort(list(distinct stays.key) filter (where stays.key is not null)) as partners,
    any_value(events.kind) as kind,
    any_value(events.rule) as rule
from labelled
left join printed as gone
    on labelled.before_id = gone.publication_id
    and gone.key
        = concat_ws(' | ', labelled.state, labelled.agency, labelled.model, labelled.signed)
left join printed as stays
    on labelled.now_id = stays.publication_id and gone.agreement_id = stays.agreement_id
left join events
    on labelled.now_id = events.publication_id
    and gone.agreement_id = events.agreement_id
    and events.kind in ('removed', 'renewed', 'switched')
group by all
order by labelled.publication, key
"""


def scores(rows: pl.DataFrame) -> tuple[Score, Score]:
    """Return (joins, departures) against the labels; rows too near the end are left out."""
    joins, departures = Score(), Score()
    for row in rows.iter_rows(named=True):
        name = f"{row['publication']} {row['key']}: {row['truth']}"
        is_joined = bool(row["partners"])
        if row["truth"] in SAME and row["partner"] in (row["partners"] or []):
            joins.right += 1
        elif row["truth"] in SAME:
            joins.missed.append(name)
        if is_joined and not (row["truth"] in SAME and row["partner"] in row["partners"]):
            joins.wrong.append(f"{name}, joined with {row['partners']}")
        is_departed = row["kind"] == "removed" and row["rule"] == "confirmed"
        if is_departed and row["truth"] == "removed":
            departures.right += 1
        elif is_departed:
            departures.wrong.append(name)
        elif row["truth"] == "removed":
            departures.missed.append(f"{name}, {row['kind']} {row['rule']}")
    return joins, departures


def test_every_row_that_left_is_judged_as_a_person_did(warehouse: Path) -> None:
    with duckdb.connect(":memory:") as db:
        db.execute(f"attach '{warehouse}' as record (read_only)")
        db.execute("set search_path = 'record,memory'")
        rows = judged(db)
    assert rows.height == sum(1 for _ in GOLDEN.open()) - 1
    joins, departures = scores(rows)
    for title, score in (("joins", joins), ("departures", departures)):
        print(f"{title}: precision {score.precision:.1%}, recall {score.recall:.1%}")
        for kind, misses in (("wrong", score.wrong), ("missed", score.missed)):
            for miss in misses:
                print(f"  {kind}: {miss}")
    assert joins.precision >= 0.99
    assert joins.recall >= 0.97
    assert departures.precision >= 0.99
    assert departures.recall >= 0.97
