"""How old the newest list is, told where people look: pages, Markdown, terminal, and nowhere else.

A reader takes a page for today's: one whose record stopped months ago has to say so.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from flows.cli.health import status
from flows.steps.common import wording
from flows.steps.common.layout import Paths
from flows.steps.warehouse import database
from tests.command import command
from tests.conftest import NOW, Site, environment

WARNING = "ICE publishes new lists most weeks: newer ones are most likely missing here."
LISTED = date(2026, 5, 18)


@pytest.mark.parametrize(
    ("days", "ago", "is_old"),
    [
        (-1, "today", False),  # a clock that is wrong makes no list of tomorrow
        (0, "today", False),
        (1, "1 day ago", False),
        (10, "10 days ago", False),
        (11, "11 days ago", True),
    ],
)
def test_a_list_is_old_past_the_days_of_silence(days: int, ago: str, is_old: bool) -> None:
    told = wording.age(LISTED, LISTED + timedelta(days), 10)
    assert (told["ago"], told["is_old"]) == (ago, is_old)


def test_the_home_page_says_how_old_the_newest_list_is(site: Site) -> None:
    said = (
        "The newest list in the record is of 6 June 2025, <span data-age>534 days before this page"
        " was made, on 22 November 2026</span>."
    )
    page = (site.folder / "index.html").read_text()
    assert said in page
    assert f"<strong data-warning>{WARNING}</strong>" in page


def test_the_newest_report_says_it_in_both_forms_and_no_older_one_does(site: Site) -> None:
    told = [
        path.parent.name
        for name in ("index.html", "report.md")
        for path in sorted((site.folder / "reports").glob(f"*/{name}"))
        if WARNING in path.read_text()
    ]
    assert told == ["2025-W23", "2025-W23"]
    assert WARNING in (site.folder / "latest" / "index.html").read_text()


def test_doctor_warns_of_it_and_says_what_to_do(seed_places: Paths) -> None:
    said = command("doctor", env=environment(seed_places.layout.data))
    assert re.search(r"note +newest list: of 18 May 2026, \d+ days ago\n", said.stdout)
    assert "`pactwatch snapshot` looks for them" in said.stdout


def test_status_claims_no_look_that_was_not_made(seed_places: Paths) -> None:
    found = status(seed_places, NOW.date(), 10)
    assert [(one["list"], one["days_ago"], one["is_silent"]) for one in found["lists"]] == [
        ("participating", 188, True),
        ("pending", 268, True),
    ]
    assert found["last_look"] is None
    said = command("status", env=environment(seed_places.layout.data))
    assert said.returncode == 0
    assert "look" not in said.stdout


def test_the_pending_list_fell_silent_by_the_clock_of_the_record(seed_places: Paths) -> None:
    with database.reading(seed_places.layout.database) as db:
        states = db.execute(
            "select state, since, publication_id from list_states"
            " where list = 'pending' and until is null"
        ).fetchall()
        waiting = db.execute("select count(*) from pending where outcome = 'waiting'").fetchone()
    assert states == [("silent", date(2026, 3, 7), "pending-2026-02-27am-4c0fc44c")]
    assert waiting == (0,)
