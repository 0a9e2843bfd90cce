"""FLOW warehouse → facts JSON → charts → HTML, Markdown, CSV."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from flows import around
from flows.build import published
from flows.places import Places
from flows.steps import archive, cache, errata, facts, feeds, warehouse, words
from flows.steps.records import SILENT_DAYS, Pages, UsageError

Progress = Callable[[int, int], None]

PAGES = Pages()
_ON_THE_PAGE = ("neighbours", "age")
NEWEST_WEEKS = 8
"""Weeks of the record's end that the main job writes; the others are written when asked for."""


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


def weeks_written(places: Places) -> list[str]:
    """Return the weeks that have a report, in order."""
    return sorted(path.parent.name for path in places.layout.reports.glob("*-W*/facts.json"))


def weeks_to_keep(places: Places) -> list[str]:
    """Return the weeks that the main job keeps up to date, in order.

    They are the newest ones, those of the baselines, and every week that was written once.
    """
    record = weeks_of_record(places)
    of_baselines = warehouse.query(
        places.layout.database,
        "select distinct strftime(as_of, '%G-W%V') as week from baselines order by week",
    )
    wanted = {*record[-NEWEST_WEEKS:], *of_baselines["week"], *weeks_written(places)}
    return [week for week in record if week in wanted]


def newest_week(places: Places) -> str:
    """Return the week of the newest list; raises `UsageError` when none was accepted yet."""
    if weeks := weeks_of_record(places):
        return weeks[-1]
    raise UsageError(
        "The record has no accepted list, so there is nothing to report: `pactwatch review` shows"
        " what is held."
    )


def newest_list(places: Places) -> date | None:
    """Return the day of the newest accepted list of participating agencies, if there is one."""
    rows = warehouse.query(
        places.layout.database,
        "select max(published_on) as day from totals where list = 'participating'",
    )
    day: date | None = rows["day"][0]
    return day


def write_reports(
    places: Places,
    weeks: Iterable[str],
    progress: Progress | None = None,
    now: datetime | None = None,
    silent_days: int = SILENT_DAYS,
) -> list[Written]:
    """Write the reports of these weeks; one that would come out the same is left as it is.

    The written weeks beside them are brought up to date too, since they link to each other. A
    report that is replaced by one with other figures or changes leaves a line in the log of
    corrections, with `now` (UTC) as its time; the newest one tells how old its list is then.
    """
    asked = list(weeks)
    known = sorted({*weeks_written(places), *asked})
    beside = {week for one in asked for week in _neighbours(one, known).values() if week}
    weeks = sorted({*asked, *beside})
    renderer, newest = renderer_fingerprint(), newest_week(places)
    written = []
    with warehouse.reading(places.layout.database) as db:
        changes = warehouse.read_dicts(db, feeds.QUERY)
        for at, week in enumerate(weeks, start=1):
            found, as_of = _facts_of(db, week)
            log = _log_correction(places, found, now, as_of)
            found["corrections"] = [
                row for row in errata.corrections(changes, log) if row["week"] == week
            ]
            found["neighbours"] = _neighbours(week, known)
            if now and week >= newest:
                listed_on = date.fromisoformat(found["current"]["published_on"])
                found["age"] = words.age(listed_on, now.date(), silent_days)
            made = _write(places.layout.reports / week, found, renderer)
            written += [made] if week in asked else []
            if progress:
                progress(at, len(weeks))
    return written


def _facts_of(db: Any, week: str) -> tuple[dict[str, Any], str]:
    """Return the facts of a week, and the day of the newest list that they know of."""
    monday, sunday = facts.week_bounds(week)
    bounds = {"monday": monday.isoformat(), "sunday": sunday.isoformat()}
    results = {name: warehouse.read_dicts(db, sql, bounds) for name, sql in facts.QUERIES.items()}
    as_of = max(row["last_listed"] for row in results["record"]).isoformat()
    return facts.assemble(week, results), as_of


def write_missing(
    places: Places,
    progress: Progress | None = None,
    now: datetime | None = None,
    pages: Pages = PAGES,
    *,
    every: bool = False,
) -> list[Written]:
    """Bring the reports up to date, and what stands around them: feeds, archive, latest.

    Those of the weeks to keep, or of `every` week of the record. A no-op when neither record nor
    renderer nor the day changed: the newest report tells how old its list is.
    """
    built = published(places.layout)
    record = weeks_of_record(places)
    weeks = record if every else weeks_to_keep(places)
    if not weeks:
        return []
    day = now.date().isoformat() if now else ""
    key = f"{built.inputs if built else ''} {renderer_fingerprint()} {day} {pages.site_url}".strip()
    mark = places.layout.reports / ".up-to-date"
    has_all = set(weeks) <= set(weeks_written(places))
    if mark.exists() and mark.read_text() == key and has_all:
        return []
    written = write_reports(places, weeks, progress, now, pages.silent_days)
    around.write(places, pages.site_url)
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
            if path.suffix in (".py", ".j2", ".css", ".js")
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


def _neighbours(week: str, known: list[str]) -> dict[str, str | None]:
    """Return the weeks before and after, among those that have a report."""
    return {
        "previous": max((one for one in known if one < week), default=None),
        "next": min((one for one in known if one > week), default=None),
    }


def _write(folder: Path, found: dict[str, Any], renderer: str) -> Written:
    """Write a week's report; its neighbours and age are told on the page and are no facts."""
    week = found["week"]["id"]
    known = {name: value for name, value in found.items() if name not in _ON_THE_PAGE}
    text = facts.to_json(known)
    mark = folder / ".made-by"
    path = folder / "facts.json"
    made_by = " ".join([renderer, *(json.dumps(found.get(name)) for name in _ON_THE_PAGE)])
    is_same = path.exists() and path.read_bytes() == text
    if is_same and mark.exists() and mark.read_text() == made_by:
        return Written(week, folder, False, known)
    from flows.steps import charts, render

    pictures = charts.draw(charts.chart_specs(found))
    for name, data in render.render(found, pictures).items():
        archive.write_whole(folder / name, data)
    archive.write_whole(path, text)
    archive.write_whole(mark, made_by.encode())  # last: a half-written report is written again
    return Written(week, folder, True, known)
