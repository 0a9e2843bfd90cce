"""FLOW warehouse → facts JSON → charts → HTML, Markdown, CSV."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from flows.build import Places
from flows.steps import archive, facts, warehouse

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Written:
    """A week's report: its folder, and whether its facts had changed since it was last written."""

    week: str
    folder: Path
    is_new: bool
    facts: dict[str, Any]


def weeks_of_record(places: Places) -> list[str]:
    """Return the ISO weeks from the first list to the newest one."""
    weeks = warehouse.query(
        places.layout.database,
        "select distinct week from weekly where list = 'participating' order by week",
    )
    return weeks["week"].to_list()


def write_reports(
    places: Places, weeks: Iterable[str], progress: Progress | None = None
) -> list[Written]:
    """Write the reports of these weeks; one whose facts are as before is left as it is."""
    weeks = list(weeks)
    written = []
    with warehouse.reading(places.layout.database) as db:
        for at, week in enumerate(weeks, start=1):
            monday, _ = facts.week_bounds(week)
            bounds = {"monday": str(monday), "sunday": str(monday + timedelta(days=6))}
            results = {
                name: warehouse.read_dicts(db, sql, _used(sql, bounds))
                for name, sql in facts.QUERIES.items()
            }
            written.append(
                _write(places.layout.reports / week, week, facts.assemble(week, results))
            )
            if progress:
                progress(at, len(weeks))
    return written


def finding(written: Written) -> str:
    """Return a report's one-sentence finding."""
    from flows.steps import render

    return render.finding(written.facts)


def _used(sql: str, bounds: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in bounds.items() if f"${name}" in sql}


def _write(folder: Path, week: str, found: dict[str, Any]) -> Written:
    text = facts.to_json(found)
    path = folder / "facts.json"
    if path.exists() and path.read_bytes() == text and (folder / "index.html").exists():
        return Written(week, folder, False, found)
    from flows.steps import charts, render

    pictures = charts.draw(charts.chart_specs(found))
    for name, data in render.render(found, pictures).items():
        archive.write_whole(folder / name, data)
    archive.write_whole(path, text)  # last: a report without its facts is written again
    return Written(week, folder, True, found)
