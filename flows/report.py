"""FLOW warehouse → facts JSON → charts → HTML, Markdown, CSV."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from flows import around
from flows.build import published
from flows.places import Places
from flows.steps import archive, cache, errata, facts, feeds, warehouse
from flows.steps.records import UsageError

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


def newest_week(places: Places) -> str:
    """Return the week of the newest list; raises `UsageError` when none was accepted yet."""
    if weeks := weeks_of_record(places):
        return weeks[-1]
    raise UsageError(
        "The record has no accepted list, so there is nothing to report: `pactwatch review` shows"
        " what is held."
    )


def write_reports(
    places: Places,
    weeks: Iterable[str],
    progress: Progress | None = None,
    now: datetime | None = None,
) -> list[Written]:
    """Write the reports of these weeks; one that would come out the same is left as it is.

    A report that is replaced by one with other figures or changes leaves a line in the log of
    corrections, with `now` (UTC) as its time.
    """
    weeks = list(weeks)
    renderer = renderer_fingerprint()
    record = weeks_of_record(places)
    written = []
    with warehouse.reading(places.layout.database) as db:
        changes = warehouse.read_dicts(db, feeds.QUERY)
        for at, week in enumerate(weeks, start=1):
            monday, sunday = facts.week_bounds(week)
            bounds = {"monday": monday.isoformat(), "sunday": sunday.isoformat()}
            results = {
                name: warehouse.read_dicts(db, sql, bounds) for name, sql in facts.QUERIES.items()
            }
            found = facts.assemble(week, results)
            as_of = max(row["last_listed"] for row in results["record"]).isoformat()
            log = _log_correction(places, found, now, as_of)
            found["corrections"] = [
                row for row in errata.corrections(changes, log) if row["week"] == week
            ]
            folder = places.layout.reports / week
            written.append(_write(folder, week, found, renderer, _neighbours(week, record)))
            if progress:
                progress(at, len(weeks))
    return written


def write_missing(
    places: Places,
    progress: Progress | None = None,
    now: datetime | None = None,
    site_url: str = "",
) -> list[Written]:
    """Bring every week's report up to date, and what stands around them: feeds, archive, latest.

    A no-op when neither record nor renderer changed.
    """
    built = published(places.layout)
    key = f"{built.inputs if built else ''} {renderer_fingerprint()} {site_url}".strip()
    mark = places.layout.reports / ".up-to-date"
    weeks = weeks_of_record(places)
    if not weeks:
        return []
    if mark.exists() and mark.read_text() == key and (places.layout.reports / weeks[-1]).exists():
        return []
    written = write_reports(places, weeks, progress, now)
    around.write(places, site_url)
    archive.write_whole(mark, key.encode())
    return written


def renderer_fingerprint() -> str:
    """Return a hash over the code that makes a page of facts, so that a new page replaces old."""
    steps = Path(facts.__file__).parent.parent
    folders = ("facts", "charts", "render", "site")
    return cache.fingerprint(
        [
            path
            for folder in folders
            for path in (steps / folder).rglob("*")
            if path.suffix in (".py", ".j2", ".css")
        ]
        + [steps / name for name in ("words.py", "feeds.py", "errata.py")]
    )


def finding(written: Written) -> str:
    """Return a report's one-sentence finding."""
    from flows.steps import render

    return render.finding(written.facts)


def _log_correction(
    places: Places, found: dict[str, Any], now: datetime | None, as_of: str
) -> list[dict[str, Any]]:
    """Log what the report on disk says otherwise, if there is one; return the log."""
    path = places.layout.errata
    log = path.read_bytes() if path.exists() else b""
    before = places.layout.reports / found["week"]["id"] / "facts.json"
    if before.exists():
        said = errata.compare(json.loads(before.read_bytes()), found)
        if said:
            log = errata.append(log, said, now.isoformat() if now else None, as_of)
            archive.write_whole(path, log)
    return errata.read(log)


def _neighbours(week: str, record: list[str]) -> dict[str, str | None]:
    """Return the weeks before and after, among those that have a report."""
    return {
        "previous": max((one for one in record if one < week), default=None),
        "next": min((one for one in record if one > week), default=None),
    }


def _write(
    folder: Path,
    week: str,
    found: dict[str, Any],
    renderer: str,
    neighbours: dict[str, str | None],
) -> Written:
    text = facts.to_json(found)
    mark = folder / ".made-by"
    path = folder / "facts.json"
    made_by = f"{renderer} {neighbours['previous']} {neighbours['next']}"
    is_same = path.exists() and path.read_bytes() == text
    if is_same and mark.exists() and mark.read_text() == made_by:
        return Written(week, folder, False, found)
    from flows.steps import charts, render

    pictures = charts.draw(charts.chart_specs(found))
    for name, data in render.render({**found, "neighbours": neighbours}, pictures).items():
        archive.write_whole(folder / name, data)
    archive.write_whole(path, text)
    archive.write_whole(mark, made_by.encode())  # last: a half-written report is written again
    return Written(week, folder, True, found)
