"""FLOW warehouse → facts JSON → charts → HTML, Markdown, CSV."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flows.build import published
from flows.places import Places
from flows.steps import archive, cache, facts, warehouse

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
    """Write the reports of these weeks; one that would come out the same is left as it is."""
    weeks = list(weeks)
    renderer = renderer_fingerprint()
    written = []
    with warehouse.reading(places.layout.database) as db:
        for at, week in enumerate(weeks, start=1):
            monday, sunday = facts.week_bounds(week)
            bounds = {"monday": monday.isoformat(), "sunday": sunday.isoformat()}
            results = {
                name: warehouse.read_dicts(db, sql, bounds) for name, sql in facts.QUERIES.items()
            }
            found = facts.assemble(week, results)
            written.append(_write(places.layout.reports / week, week, found, renderer))
            if progress:
                progress(at, len(weeks))
    return written


def write_missing(places: Places, progress: Progress | None = None) -> list[Written]:
    """Bring every week's report up to date; a no-op when neither record nor renderer changed."""
    built = published(places.layout)
    key = f"{built.inputs if built else ''} {renderer_fingerprint()}"
    mark = places.layout.reports / ".up-to-date"
    weeks = weeks_of_record(places)
    if mark.exists() and mark.read_text() == key and (places.layout.reports / weeks[-1]).exists():
        return []
    written = write_reports(places, weeks, progress)
    archive.write_whole(mark, key.encode())
    return written


def renderer_fingerprint() -> str:
    """Return a hash over the code that makes a page of facts, so that a new page replaces old."""
    steps = Path(facts.__file__).parent.parent
    folders = ("facts", "charts", "render")
    return cache.fingerprint(
        [
            path
            for folder in folders
            for path in (steps / folder).rglob("*")
            if path.suffix in (".py", ".j2", ".css")
        ]
        + [steps / "words.py"]
    )


def finding(written: Written) -> str:
    """Return a report's one-sentence finding."""
    from flows.steps import render

    return render.finding(written.facts)


def _write(folder: Path, week: str, found: dict[str, Any], renderer: str) -> Written:
    text = facts.to_json(found)
    mark = folder / ".made-by"
    path = folder / "facts.json"
    is_same = path.exists() and path.read_bytes() == text
    if is_same and mark.exists() and mark.read_text() == renderer:
        return Written(week, folder, False, found)
    from flows.steps import charts, render

    pictures = charts.draw(charts.chart_specs(found))
    for name, data in render.render(found, pictures).items():
        archive.write_whole(folder / name, data)
    archive.write_whole(path, text)
    archive.write_whole(mark, renderer.encode())  # last: a half-written report is written again
    return Written(week, folder, True, found)
