"""Every week of the record has a report that adds up and reads well."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import duckdb

from flows.steps.reports import facts
from tests.unit.reports.test_report import pages, queried


def test_every_week_of_the_record_adds_up_and_renders(warehouse: Path) -> None:
    with duckdb.connect(str(warehouse), read_only=True) as db:
        [(first, last)] = db.execute(
            "select min(published_on), max(published_on) from totals where list = 'participating'"
        ).fetchall()
        gone = db.execute(
            "select week, agencies_gone from weekly where list = 'participating'"
        ).fetchall()
    agencies_gone = dict(gone)
    day, seen = first, 0
    while day <= last + timedelta(weeks=2):
        week = facts.week_of(day)
        found = facts.assemble(week, queried(warehouse, week))
        step = {name: row["value"] for name, row in found["ledger"].items()}
        assert step["closing"] == (
            step["opening"] + step["joined"] + step["returned"] + step["back"]
        ) - (step["left"] + step["missing"] + step["merged"]), week
        assert step["agencies_left"] == agencies_gone.get(week, 0), week
        text = pages(found)
        for bad in ("None", "nan", "{{", "1 agreements", "1 agencies", "1 states"):
            assert not re.search(rf"(?<![\w,.]){re.escape(bad)}(?!\w)", text["report.md"]), week
        assert found["has_list"] or "The record has no accepted list" in text["index.html"]
        # Each week of the growth, and one in eight of the four quiet years before it.
        day, seen = day + timedelta(weeks=1 if day.year > 2024 else 8), seen + 1
    assert seen >= 90
