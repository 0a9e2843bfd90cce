"""The warehouse on the real record: known answers, public tables, checks that can fail."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest
import yaml

from flows.settings import ROOT, paths_at
from flows.steps.articles.read_articles import read_articles
from flows.steps.common.errors import CheckFailed, PactwatchError, UsageError
from flows.steps.common.layout import Paths
from flows.steps.lists.read import read_record
from flows.steps.sources.intake import import_path
from flows.steps.warehouse import database as warehouse_step
from flows.steps.warehouse.build import build, other_frames
from flows.steps.warehouse.frames import judge
from flows.steps.warehouse.identify import identity_frames
from flows.steps.warehouse.lookups import dictionary
from tests.conftest import NOW

Db = duckdb.DuckDBPyConnection
PUBLIC = {
    *("publications", "list_rows", "agencies", "agreements", "pending", "events", "totals"),
    *("identity_links", "identity_candidates", "id_aliases", "baselines", "growth", "weekly"),
    *("state_growth", "articles", "claims", "claim_checks", "captures", "issues"),
}


def total(db: Db, like: str) -> list[tuple[object, ...]]:
    return db.execute(
        "select distinct agreements, agencies, states, jem, tfm, wso from totals"
        " where publication_id like $like",
        {"like": like},
    ).fetchall()


@pytest.mark.parametrize(
    ("publication", "figures"),
    [
        ("participating-2024-12-%", (135, 133, 21, 60, 0, 75)),  # every list of that month
        ("participating-2025-05-28am-%", (628, 512, 40, 99, 306, 223)),
        ("participating-2025-06-06am-%", (649, 530, 40, 102, 315, 232)),
        ("participating-2025-04-30pm-%", (517, 414, 39, 87, 241, 189)),
        ("pending-2025-04-30pm-%", (62, 61, 13, 5, 44, 13)),
        ("participating-2025-09-30pm-%", (1035, 858, 41, 133, 521, 381)),
        ("participating-2026-05-18am-%", (1843, 1549, 40, 182, 1162, 499)),
        ("pending-2026-02-27am-%", (2, 1, 1, 0, 1, 1)),
    ],
)
def test_known_answers(db: Db, publication: str, figures: tuple[int, ...]) -> None:
    assert total(db, publication) == [figures]


def test_every_public_table_is_there_with_its_columns(warehouse: Path) -> None:
    found = warehouse_step.columns(warehouse)
    assert set(found) >= PUBLIC
    described = {table: list(one["columns"]) for table, one in dictionary(ROOT / "sql").items()}
    assert {table: [name for name, _ in columns] for table, columns in found.items()} == described


def test_the_dictionary_explains_no_column_that_is_not_there() -> None:
    written = yaml.safe_load((ROOT / "sql" / "dictionary.yml").read_text())
    used = {name for one in written["tables"].values() for name in one["columns"]}
    assert set(written["columns"]) <= used


def test_baselines_are_shown_with_what_the_record_says(db: Db) -> None:
    rows = db.execute(
        "select baseline_id, agreements, observed_agreements, observed_agencies, states,"
        " observed_states, verdict from baselines order by as_of"
    ).fetchall()
    assert rows == [
        ("december-2024", 135, 135, 133, 25, 21, "agreements confirmed, states contradicted"),
        ("may-2025", 628, 628, 512, 40, 40, "confirmed"),
    ]


def test_growth_from_both_baselines(db: Db) -> None:
    [(net, ratio, percent, days, trend)] = db.execute(
        "select net, ratio, percent, days, trend from growth"
        " where publication_id like 'participating-2025-05-28pm-%'"
        " and baseline_id = 'december-2024'"
    ).fetchall()
    assert (net, round(ratio, 2), round(percent), days, trend) == (493, 4.65, 365, 148, "growing")
    [row] = db.execute(
        "select net, ratio, per_week, weekly_rate, doubling_days, trend from growth"
        " where publication_id like 'participating-2025-05-28pm-%' and baseline_id = 'may-2025'"
    ).fetchall()
    assert row == (0, 1.0, None, None, None, "same_day")
    [row] = db.execute(
        "select net, days, per_week, weekly_rate, doubling_days, trend from growth"
        " where publication_id like 'participating-2024-12-28-%' and baseline_id = 'may-2025'"
    ).fetchall()
    assert row == (-493, -151, None, None, None, "before_baseline")


def test_a_doubling_time_doubles(db: Db) -> None:
    for ratio, days, doubling, rate in db.execute(
        "select ratio, days, doubling_days, weekly_rate from growth where trend = 'growing'"
    ).fetchall():
        assert 2 ** (days / doubling) == pytest.approx(ratio)
        assert (1 + rate) ** (days / 7) == pytest.approx(ratio)


def test_shares_and_ranks_of_states(db: Db) -> None:
    rows = db.execute(
        "select state, agreements_then, agreements_now, net, rank from state_growth"
        " where baseline_id = 'december-2024' order by rank, state limit 2"
    ).fetchall()
    assert rows == [("TX", 26, 387, 361, 1), ("FL", 48, 348, 300, 2)]
    shares = db.execute(
        "select baseline_id, round(sum(share), 9), sum(agreements_now) from state_growth group by 1"
    ).fetchall()
    assert sorted(shares) == [("december-2024", 1.0, 1843), ("may-2025", 1.0, 1843)]


def test_the_week_of_the_may_baseline(db: Db) -> None:
    [row] = db.execute(
        "select opening, added, removed, returned, replaced, closing, net, lists from weekly"
        " where week = '2025-W22' and list = 'participating'"
    ).fetchall()
    assert row == (628, 7, 0, 0, 0, 635, 7, 3)


def test_weeks_without_a_list_are_there(db: Db) -> None:
    rows = db.execute(
        "select week, lists, opening, closing from weekly"
        " where list = 'participating' and lists = 0 order by week"
    ).fetchall()
    assert ("2025-W17", 0, 444, 444) in rows
    weeks = db.execute(
        "select count(*), min(week), max(week) from weekly where list = 'participating'"
    ).fetchall()
    assert weeks == [(280, "2021-W02", "2026-W21")]


def test_the_lists_of_22_september_2025_are_what_they_are_not_what_they_are_called(db: Db) -> None:
    rows = db.execute(
        "select list, file_name, row_count, status from publications"
        " where published_on = '2025-09-22' or sha256 like '4f2b62c6%' order by list, seq"
    ).fetchall()
    assert rows == [
        ("participating", "participatingAgencies09182025pm.xlsx", 1000, "accepted"),
        ("pending", "pendingAgencies09222025am.xlsx", 39, "accepted"),
        ("pending", "participatingAgencies09222025pm.xlsx", 42, "accepted"),
    ]


def test_nothing_is_held_and_two_versions_are_rejected_by_a_person(db: Db) -> None:
    counts = "select list, status, count(*) from publications group by all order by all"
    assert db.execute(counts).fetchall() == [
        ("participating", "accepted", 879),
        ("participating", "rejected", 2),
        ("pending", "accepted", 243),
    ]
    rows = db.execute(
        "select file_name, published_on, reasons from publications where status <> 'accepted'"
        " order by published_on"
    ).fetchall()
    assert rows == [
        (
            "participatingAgencies-20250301180751.xlsx",
            date(2025, 3, 1),
            ["date_contradicted", "links_halved", "reviewed_reject"],
        ),
        (
            "participatingAgencies04212025am.xlsx",
            date(2025, 4, 21),
            ["stale_repost", "date_contradicted", "reviewed_reject"],
        ),
    ]


def test_name_slips_are_dated_by_the_reading_that_fits(db: Db) -> None:
    rows = db.execute(
        "select file_name, published_on, part, date_rule from publications"
        " where date_rule like '%repaired' order by list, seq"
    ).fetchall()
    assert rows == [
        ("participatingAgencies090022025am.xlsx", date(2025, 9, 2), "am", "name_digit_repaired"),
        ("participatingAgencies08022025pm.xlsx", date(2025, 9, 2), "pm", "name_slip_repaired"),
        # January still says last year.
        *(
            (
                f"{kind}Agencies01{day:02d}2025pm.xlsx",
                date(2026, 1, day),
                "pm",
                "name_slip_repaired",
            )
            for kind in ("participating", "pending")
            for day in (5, 6, 9)
        ),
    ]


def test_a_corrected_date_is_an_amendment_not_a_departure(db: Db) -> None:
    rows = db.execute(
        "select kind, before, after, is_provisional from events where kind = 'redated'"
        " and published_on = '2025-05-29' order by agreement_id"
    ).fetchall()
    assert all(kind == "redated" and not provisional for kind, _, _, provisional in rows)
    [(links, redated)] = db.execute(
        "select count(*) filter (where rule = 'redated'),"
        " (select count(*) from events where kind = 'redated') from identity_links"
    ).fetchall()
    assert links == redated == 74


def test_a_gap_is_no_departure(db: Db) -> None:
    """Rows that a few lists left out and a later one printed again: missing, not departed."""
    rows = db.execute(
        "select gone.agreement_id, gone.published_on, gone.is_provisional, back.published_on"
        " from events as gone inner join events as back using (agreement_id, list)"
        " where list = 'participating' and gone.kind = 'removed' and gone.rule = 'gap'"
        " and back.kind = 'returned' and back.rule = 'gap' order by gone.agreement_id"
    ).fetchall()
    assert [
        (agreement.split("/")[0], str(gone), str(back)) for agreement, gone, _, back in rows
    ] == [
        ("fl-florida-fish-and-wildlife-conservation-commission", "2025-07-15", "2025-07-23"),
        ("fl-fort-walton-beach-police-department", "2025-08-01", "2025-08-04"),
        ("ks-rooks-county-sheriffs-office", "2025-09-08", "2025-09-09"),
        ("md-garrett-county-sheriffs-office", "2026-03-03", "2026-03-05"),
        ("pa-east-donegal-township-constables-office", "2025-07-24", "2025-07-29"),
        ("pa-stowe-township-police-department", "2025-12-04", "2025-12-12"),
        ("wy-wyoming-state-highway-patrol", "2025-07-24", "2025-07-30"),
    ]
    assert all(is_provisional for _, _, is_provisional, _ in rows)
    status = "select status, removed_on from agreements where agreement_id like $like"
    found = db.execute(status, {"like": "pa-east-donegal-township-%"}).fetchall()
    assert found == [("active", None)]


def test_a_departure_near_the_end_of_the_record_is_provisional(db: Db) -> None:
    rows = db.execute(
        "select status, ended_how, count(*), min(removed_on), max(removed_on) from agreements"
        " where status <> 'active' group by status, ended_how order by status, ended_how"
    ).fetchall()
    assert rows == [
        ("provisional", "left", 3, date(2026, 5, 14), date(2026, 5, 18)),
        ("removed", "left", 95, date(2021, 1, 15), date(2026, 5, 8)),
        ("replaced", "duplicate", 4, date(2025, 7, 3), date(2025, 9, 3)),
        ("replaced", "renewed", 5, date(2021, 4, 9), date(2025, 8, 13)),
        ("replaced", "switched", 1, date(2026, 4, 13), date(2026, 4, 13)),
    ]
    [told] = db.execute(
        "select count(*) filter (where standing = 'confirmed'),"
        " count(*) filter (where standing = 'waiting'),"
        " count(*) filter (where standing = 'retracted'),"
        " count(*) filter (where is_provisional) from events where kind = 'removed'"
    ).fetchall()
    assert told == (96, 3, 7, 10)


def test_every_event_names_both_lists_and_a_row(db: Db) -> None:
    [(bad,)] = db.execute(
        "select count(*) from events where publication_id is null"
        " or previous_publication_id is null or rule is null"
        " or (agreement_id is not null and row_number is null and previous_row_number is null)"
    ).fetchall()
    assert bad == 0


def test_the_row_an_event_rests_on_prints_the_agreement(db: Db) -> None:
    [(bad,)] = db.execute(
        "select count(*) from events"
        " left join list_rows using (publication_id, row_number)"
        " where events.row_number is not null"
        " and list_rows.agreement_id is distinct from events.agreement_id"
    ).fetchall()
    assert bad == 0


def test_agreements_as_of_gives_the_list_of_that_day(db: Db) -> None:
    for day, count in (("2024-12-31", 135), ("2025-05-28", 628), ("2025-06-06", 649)):
        [(found, distinct)] = db.execute(
            "select count(*), count(distinct agreement_id) from agreements_as_of($day)",
            {"day": day},
        ).fetchall()
        assert found == distinct == count
    assert db.execute("select count(*) from agreements_as_of('2021-01-11')").fetchall() == [(0,)]


def test_changes_between_leads_from_one_list_to_the_other(db: Db) -> None:
    before = {row[0] for row in db.execute(AS_OF, {"day": "2025-05-23"}).fetchall()}
    after = {row[0] for row in db.execute(AS_OF, {"day": "2025-06-06"}).fetchall()}
    changes = db.execute(
        "select kind, agreement_id from changes_between('2025-05-23', '2025-06-06')"
        " where list = 'participating'"
    ).fetchall()
    came = {agreement for kind, agreement in changes if kind in ("added", "returned")}
    gone = {agreement for kind, agreement in changes if kind == "removed"}
    assert (before - gone) | came >= after
    assert after - before == came - before
    assert before - after == gone - after


AS_OF = "select agreement_id from agreements_as_of($day)"


def test_the_seeds_give_every_table_that_the_workbooks_give(
    warehouse: Path, imported: Paths
) -> None:
    """All public tables are equal, but `captures`: what this installation did to get the lists."""
    from_workbooks = imported.layout.database
    assert warehouse_step.columns(warehouse) == warehouse_step.columns(from_workbooks)
    assert differing(warehouse, from_workbooks) == {"captures"}


def differing(one: Path, other: Path) -> set[str]:
    """Return the public tables that two warehouses do not have alike, row for row in order."""
    with duckdb.connect() as db:
        for name, path in (("one", one), ("other", other)):
            db.execute(f"attach '{path}' as {name} (read_only)")
        stored = {
            name for (name,) in db.execute("select table_name from duckdb_tables()").fetchall()
        }
        found = set()
        for table in warehouse_step.columns(one):
            columns = "rowid, *" if table in stored else "*"  # a view has no order of its own
            a, b = (f"(select {columns} from {name}.{table})" for name in ("one", "other"))
            gone = db.execute(f"select 1 from ({a} except all {b}) limit 1").fetchall()
            came = db.execute(f"select 1 from ({b} except all {a}) limit 1").fetchall()
            if gone or came:
                found.add(table)
        return found


def test_building_twice_gives_the_same_rows(warehouse: Path, tmp_path: Path) -> None:
    again = paths_at(tmp_path)
    build(again)
    assert differing(warehouse, again.layout.database) == set()


@pytest.fixture(scope="module")
def frames(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pl.DataFrame]:
    paths = paths_at(tmp_path_factory.mktemp("frames"))
    record = read_record(paths)
    judged = judge(record, paths)
    return identity_frames(judged, paths) | other_frames(
        record, judged, read_articles(paths), paths
    )


def test_a_lost_row_stops_the_build(frames: dict[str, pl.DataFrame], tmp_path: Path) -> None:
    """A model that loses rows must not get past the checks."""
    sql = copied_sql(tmp_path)
    model = sql / "20_core" / "21_line_places.sql"
    model.write_text(
        model.read_text().replace("from loaded_places", "from loaded_places where row_number > 2")
    )
    with pytest.raises(CheckFailed, match=r"20_rows_kept\.sql found 1117 rows"):
        warehouse_step.build_file(tmp_path / "x.duckdb", frames, sql)


def test_a_wrong_sum_stops_the_build(frames: dict[str, pl.DataFrame], tmp_path: Path) -> None:
    sql = copied_sql(tmp_path)
    model = sql / "20_core" / "70_events.sql"
    model.write_text(model.read_text().replace("from stg_changes as changes\n", CUT))
    with pytest.raises(CheckFailed, match=r"30_conservation\.sql"):
        warehouse_step.build_file(tmp_path / "x.duckdb", frames, sql)


CUT = "from (select * from stg_changes where kind <> 'removed') as changes\n"


def test_a_broken_model_names_its_file(frames: dict[str, pl.DataFrame], tmp_path: Path) -> None:
    sql = copied_sql(tmp_path)
    (sql / "30_marts" / "99_broken.sql").write_text("select nothing from nowhere")
    with pytest.raises(PactwatchError, match=r"sql/30_marts/99_broken\.sql does not run"):
        warehouse_step.build_file(tmp_path / "x.duckdb", frames, sql)


def copied_sql(folder: Path) -> Path:
    import shutil

    return Path(shutil.copytree(ROOT / "sql", folder / "sql"))


def test_a_query_cannot_write_or_reach_files(warehouse: Path) -> None:
    for sql in (
        "create table t as select 1",
        "select * from read_csv('/etc/passwd')",
        "copy totals to '/tmp/pactwatch-test.csv'",
        "attach '/tmp/pactwatch-test.duckdb' as other",
        "set enable_external_access = true",
        "install httpfs",
    ):
        with pytest.raises(UsageError, match="The query does not run"):
            warehouse_step.query(warehouse, sql)


def test_a_damaged_file_is_named_with_its_mend(tmp_path: Path) -> None:
    path = tmp_path / "pactwatch.duckdb"
    path.write_bytes(b"no database" * 1000)
    with pytest.raises(PactwatchError, match=r"\(it is damaged\): `pactwatch build --force`"):
        warehouse_step.query(path, "select 1")


def test_exports_round_trip_and_formulas_are_inert(warehouse: Path, tmp_path: Path) -> None:
    written = dict(warehouse_step.export(warehouse, tmp_path))
    assert written["totals"] == 1122
    for table in ("totals", "events", "agreements"):
        parquet = pl.read_parquet(tmp_path / f"{table}.parquet")
        assert parquet.height == written[table]
        assert pl.read_csv(tmp_path / f"{table}.csv", infer_schema=False).height == written[table]
    assert not list(tmp_path.glob(".*part"))


def test_bytes_that_replace_their_seed_move_no_figure(
    seed_places: Paths, shared_record: Path, tmp_path: Path
) -> None:
    """A known version that arrives as a file is the same publication, now with its bytes."""
    paths = paths_at(tmp_path / "data")
    for name in ("participating/participatingAgencies05282025am.xlsx", "pending"):
        import_path(paths, shared_record / name, NOW)
    build(paths)
    assert differing(seed_places.layout.database, paths.layout.database) == {"captures"}
