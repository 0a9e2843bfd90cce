"""What the record says of quoted figures: the known answers, each rule on made-up claims, cards."""

from __future__ import annotations

import io
import json
import re
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest
from rich.console import Console

from flows.cli.print_claims import claim_cards, disagreements, show_cards
from flows.settings import ROOT, paths_at
from flows.steps import fetch
from flows.steps.articles.ingest import ingest
from flows.steps.reports import facts
from flows.steps.warehouse import database
from flows.steps.warehouse.build import build

Db = duckdb.DuckDBPyConnection
NOTES = ROOT / "tests" / "fixtures" / "articles" / "county-notes.txt"


@pytest.fixture(scope="session")
def noted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a warehouse whose articles include two made up to try every rule."""
    paths = paths_at(tmp_path_factory.mktemp("notes"))
    ingest(
        paths,
        [str(NOTES), str(NOTES.with_name("city-notes.txt"))],
        fetch.Bounds(()),
        datetime(2026, 11, 22),
    )
    build(paths)
    return paths.layout.database


def check(db: Db, claim_id: str) -> tuple[object, ...]:
    [row] = db.execute(
        "select value, reading, observed, made_of, observed_on, exact_from, exact_on, verdict,"
        " evidence_then from claim_checks where claim_id = $claim_id",
        {"claim_id": claim_id},
    ).fetchall()
    return row


ANSWERS = {
    "001_b01255468c4e7b32#1": (
        *(135, "agreements", 135, None, date(2024, 12, 28), date(2024, 6, 30), date(2025, 2, 15)),
        *("confirmed", "agreements: 135 on the list of 28 December 2024"),
    ),
    "001_b01255468c4e7b32#2": (
        *(25, "states on the list", 21, None, date(2024, 12, 28), date(2021, 6, 10)),
        *(date(2021, 11, 16), "contradicted"),
        "states on the list: 21 on the list of 28 December 2024; 25 stood on the lists of"
        " 10 June 2021 to 16 November 2021",
    ),
    "001_b01255468c4e7b32#3": (
        *(628, "agreements", 628, None, date(2025, 5, 28), date(2025, 5, 23), date(2025, 5, 28)),
        *("confirmed", "agreements: 628 on the list of 28 May 2025"),
    ),
    "001_b01255468c4e7b32#4": (
        *(40, "states on the list", 40, None, date(2025, 5, 28), date(2025, 5, 16)),
        *(date(2025, 9, 18), "confirmed", "states on the list: 40 on the list of 28 May 2025"),
    ),
    "002_bc3546dd2391c8ca#3": (
        *(579, "signed and pending", 671, "603 signed + 68 pending", date(2025, 5, 20)),
        *(date(2025, 4, 30), date(2025, 5, 1), "outdated"),
        "579 was right on the lists of 30 April 2025 to 1 May 2025 (517 signed + 62 pending);"
        " later signed and pending: 671 (603 signed + 68 pending) on the list of 20 May 2025",
    ),
    "002_bc3546dd2391c8ca#2": (
        *(444, "agreements new and pending", 536, "468 new + 68 pending", date(2025, 5, 20)),
        *(date(2025, 4, 30), date(2025, 5, 1), "outdated"),
        "444 was right on the lists of 30 April 2025 to 1 May 2025 (382 new + 62 pending);"
        " later agreements new and pending: 536 (468 new + 68 pending) on the list of 20 May 2025;"
        " net new agreements: 453",
    ),
    "003_ef8e7542aca220e3#1": (
        *(315, "agreements on the task force model", 315, None, date(2025, 6, 6)),
        *(date(2025, 6, 6), date(2026, 5, 18), "confirmed"),
        "agreements on the task force model: 315 on the list of 6 June 2025;"
        " agencies on the task force model: fewer",
    ),
    "003_ef8e7542aca220e3#2": (
        *(514, "net new agreements", 514, "649 − 135"),
        *(date(2025, 6, 6), date(2025, 6, 6), date(2025, 6, 11), "confirmed"),
        "net new agreements: 514 (649 − 135) on the list of 6 June 2025",
    ),
    "003_ef8e7542aca220e3#3": (
        *(40, "states with an agreement signed since", 36, None, date(2025, 6, 6), None, None),
        "contradicted",
        "states with an agreement signed since: 36 on the list of 6 June 2025;"
        " 40 is the figure for states on the whole list",
    ),
}


@pytest.mark.parametrize("claim_id", ANSWERS)
def test_the_known_answers_come_out_with_their_evidence(db: Db, claim_id: str) -> None:
    *row, evidence = check(db, claim_id)
    # How many agencies they are is the business of the tests of identity.
    said = re.sub(r"(; agencies on the task force model: )3\d\d", r"\1fewer", str(evidence))
    assert (*row, said) == ANSWERS[claim_id]


def test_growth_words_are_checked_as_arithmetic_too(db: Db) -> None:
    [row] = db.execute(
        "select round(observed, 2), made_of, verdict, evidence_then from claim_checks"
        " where claim_id = '000_d6d12809eb043f2a#5'"
    ).fetchall()
    assert row == (
        *(4.65, "628 / 135", "confirmed"),
        "agreements then and now: 4.65 (628 / 135) on the list of 28 May 2025;"
        " the article's own figures give 628 / 135 = 4.65",
    )


def test_what_the_record_cannot_know_says_why(db: Db) -> None:
    rows = db.execute(
        "select metric, verdict, evidence, count(*) from claim_checks where query is null"
        " and metric in ('agreements', 'deportations', 'agencies') group by all order by all"
    ).fetchall()
    began = "the record begins on 12 January 2021, after the time it speaks of"
    assert rows == [
        ("agencies", "not_checkable", "it counts a part that the lists do not tell apart", 1),
        ("agreements", "not_checkable", began, 4),
        ("deportations", "not_checkable", "the lists do not show this quantity", 5),
    ]


def test_a_figure_right_when_printed_is_not_called_wrong(db: Db) -> None:
    [row] = db.execute(
        "select verdict, verdict_now, moved_on, moved_to, newest_on, newest_observed, evidence"
        " from claim_checks where claim_id = '001_b01255468c4e7b32#3'"
    ).fetchall()
    assert row == (
        *("confirmed", "outdated", date(2025, 5, 29), 635, date(2026, 5, 18), 1843),
        "agreements: 628 on the list of 28 May 2025; right when printed, the list has moved to"
        " 1,843 since (18 May 2026)",
    )


def test_disagreements_between_articles_are_shown_side_by_side(db: Db) -> None:
    rows = db.execute(
        "select claim_id[:3], value, other_claim_id[:3], other_value, metric, verdict,"
        " other_verdict from claim_disagreements order by all"
    ).fetchall()
    assert rows == [
        ("000", 628, "002", 579, "agreements", "confirmed", "outdated"),
        ("000", 1e6, "001", 1.3e6, "deportations", "not_checkable", "not_checkable"),
        ("001", 628, "002", 579, "agreements", "confirmed", "outdated"),
        ("002", 444, "003", 514, "agreements_new", "outdated", "confirmed"),
    ]


NOTED = [
    ("629 agreements, 28 May 2025", "close", "agreements and the header row"),
    ("134 agreements, December 2024", "close", "agreements"),
    ("135 agreements, December 2024", "confirmed", "agreements"),
    ("1,350 agreements, May 2025", "contradicted", "agreements"),
    ("1,000 % growth since 1 December 2024, May 2025", "contradicted", None),
    ("135 agreements, December 2024", "confirmed", "agreements"),
    ("628 agreements, 28 May 2025", "confirmed", "agreements"),
    ("365 % growth since 1 December 2024, 28 May 2025", "confirmed", None),
    ("277 agreements in Florida, 28 May 2025", "contradicted", "agreements in Florida"),
    ("about 650 agreements, 28 May 2025", "confirmed", "agreements"),
    ("nearly 650 agreements, 28 May 2025", "confirmed", "agreements"),
    ("900 agreements, 6 June 2025", "contradicted", "agreements"),
    ("72 agreements, 2010", "not_checkable", None),
    ("more than 600 agencies, 6 June 2025", "confirmed", "agreements"),
    ("78 new agreements since 1 March 2025, March 2025", "contradicted", "agreements signed since"),
    ("75 pending agreements, 28 May 2025", "confirmed", "pending applications"),
    (
        "more than 4 times as many since 1 December 2024, 1 December 2024 to 28 May 2025",
        *("confirmed", "agreements then and now"),
    ),
]


def test_every_rule_on_made_up_claims(noted: Path) -> None:
    cards = claim_cards(noted, "county-notes")
    assert [(card["said"], card["verdict"]) for card in cards] == [row[:2] for row in NOTED]
    for card, (_, _, reading) in zip(cards, NOTED, strict=True):
        assert reading in (None, card["reading"])
    by_said = {card["said"]: card["evidence_then"] for card in cards}
    assert "1,350 / 135 = 900 % growth" in by_said["1,000 % growth since 1 December 2024, May 2025"]
    assert "header row was counted" in by_said["629 agreements, 28 May 2025"]


def test_what_a_change_starts_from_and_what_is_new(noted: Path) -> None:
    cards = claim_cards(noted, "city-notes")
    first_day = "135 agreements, as of the article (14 July 2025)"
    assert [(card["said"], card["verdict"]) for card in cards] == [
        ("807 agreements, 8 July 2025", "confirmed"),
        (first_day, "confirmed"),
        ("110 agreements in Texas, 8 July 2025", "confirmed"),
        ("500 agreements in Texas, as of the article (14 July 2025)", "contradicted"),
        ("41 new agreements, as of the article (14 July 2025)", "not_checkable"),
        ("807 agreements, 8 July 2025", "confirmed"),
        ("5 times as many since 1 December 2024, 8 July 2025", "contradicted"),
        ("135 agreements, December 2024", "confirmed"),
    ]
    evidence = [card["evidence_then"] for card in cards]
    assert evidence[1].startswith("agreements: 135 on the list of 15 February 2025")
    assert evidence[4] == "it does not say since when the new ones are counted"
    assert evidence[6].endswith("the article's own figures give 807 / 135 = 5.98")


def test_every_query_of_a_reading_gives_its_figure(noted: Path) -> None:
    rows = database.query(
        noted, "select claim_id, reading, observed, query from claim_readings"
    ).rows()
    assert len(rows) > 100
    with database.reading(noted) as db:
        for claim_id, reading, observed, query in rows:
            [(shown,)] = db.execute(query).fetchall()
            assert shown == pytest.approx(observed), (claim_id, reading, query)


def test_every_checked_claim_has_a_best_reading_among_those_tried(db: Db) -> None:
    assert (
        db.execute(
            "select claim_id from claim_checks anti join claim_readings using (claim_id, reading)"
            " where reading is not null or verdict <> 'not_checkable'"
        ).fetchall()
        == []
    )


def test_no_card_quotes_an_article(noted: Path) -> None:
    out = io.StringIO()
    console = Console(file=out, width=200)
    cards = claim_cards(noted, "county-notes")
    show_cards(console, cards, disagreements(noted, "county-notes"), is_whole=True)
    text = out.getvalue()
    assert "629 agreements, 28 May 2025: close" in text
    assert "= agreements: 628 on 2025-05-28" in text
    assert "they do not agree" in text
    for line in NOTES.read_text().splitlines()[5:]:
        assert not line or line not in text


def test_a_week_tells_the_claims_of_its_time_and_what_moved(db: Db) -> None:
    monday, sunday = facts.week_bounds("2025-W22")
    rows = database.read_dicts(
        db,
        facts.QUERIES["claims"],
        {"monday": monday.isoformat(), "sunday": sunday.isoformat()},
    )
    assert rows[0]["claim"] == "628 agreements, 28 May 2025"
    assert rows[0]["evidence"] == (
        "agreements: 628 on the list of 28 May 2025; right when printed, this week the list moved"
        " to 635"
    )
    assert {row["claim"] for row in rows if row["is_changed"]} == {
        "628 agreements, 28 May 2025",
        "628 agreements, 21 May 2025 to 31 May 2025",
    }
    later = re.compile(r"(June|July|August|September) 2025|2026")
    assert not [row["evidence"] for row in rows if later.search(row["evidence"])]
    assert json.dumps(rows, default=str)


def test_agencies_in_the_news_are_linked_when_one_fits(db: Db) -> None:
    rows = db.execute(
        "select agency_id, named_as, evidence from article_agencies"
        " where article_id like '001%' order by named_as"
    ).fetchall()
    assert rows == [
        (
            *("tx-cameron-county-sheriffs-office", "Cameron County, Texas"),
            "the only agency of TX that fits: Cameron County Sheriff's Office",
        ),
        (
            *("md-frederick-county-sheriffs-office", "Frederick County, Maryland"),
            "the only agency of MD that fits: Frederick County Sheriff's Office",
        ),
        (
            *("tx-jackson-county-sheriffs-office", "Jackson County, Texas"),
            "the only agency of TX that fits: Jackson County Sheriff's Office",
        ),
        (
            *("fl-jacksonville-sheriffs-office", "Jacksonville, Florida"),
            "the only agency of FL that fits: Jacksonville Sheriff's Office",
        ),
    ]


def test_a_state_count_may_leave_out_territories_where_there_is_one(tmp_path: Path) -> None:
    """From 24 September 2025 Guam stands on the list: 41 places, of which 40 are states."""
    text = "One thousand partnerships\n\nPublished 1 October 2025\n\n"
    for day in ("September 30", "May 28"):
        text += f"As of {day}, 2025, ICE had agreements in 40 states.\n"
    article = tmp_path / "guam.txt"
    article.write_text(text)
    paths = paths_at(tmp_path / "data")
    ingest(paths, [str(article)], fetch.Bounds(()), datetime(2026, 11, 22))
    build(paths)
    with duckdb.connect(str(paths.layout.database), read_only=True) as db:
        rows = db.execute(
            "select position, observed, made_of, is_match, observed_on, query from claim_readings"
            " where article_id = 'guam' and reading = 'states on the list, territories not counted'"
        ).fetchall()
        # The list of 28 May 2025 holds no territory, so there the reading has nothing to add.
        [(position, observed, made_of, is_match, day, query)] = rows
        assert (position, observed, made_of, is_match) == (1, 40, "41 \u2212 1", True)
        assert day == date(2025, 9, 30)
        assert db.execute(query).fetchall() == [(40,)]
