"""Write weekly reports: warehouse → facts JSON → charts → HTML, Markdown, CSV."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from flows.steps.common import fingerprint, wording
from flows.steps.common.causes import parsed
from flows.steps.common.errors import UsageError
from flows.steps.common.files import is_as, put, write_whole
from flows.steps.common.folders import whole_folder, write_files
from flows.steps.common.layout import SILENT_DAYS, Layout, Pages, Paths
from flows.steps.common.records import Progress
from flows.steps.warehouse import database
from flows.steps.warehouse.build import published

from . import corrections, facts, feeds, index_pages

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


def weeks_of_record(paths: Paths) -> list[str]:
    """Return the ISO weeks from the first list to the newest one."""
    weeks = database.query(
        paths.layout.database,
        "select distinct week from weekly where list = 'participating' order by week",
    )
    return weeks["week"].to_list()


def weeks_to_keep(paths: Paths) -> list[str]:
    """Return the weeks that the main job keeps up to date, in order.

    They are the newest ones, those of the baselines, and every week that was written once.
    """
    record = weeks_of_record(paths)
    of_baselines = database.query(
        paths.layout.database,
        "select distinct strftime(as_of, '%G-W%V') as week from baselines order by week",
    )
    wanted = {*record[-NEWEST_WEEKS:], *of_baselines["week"], *index_pages.weeks_written(paths)}
    return [week for week in record if week in wanted]


def newest_week(paths: Paths) -> str:
    """Return the week of the newest list; raises `UsageError` when none was accepted yet."""
    if weeks := weeks_of_record(paths):
        return weeks[-1]
    raise UsageError(
        "The record has no accepted list, so there is nothing to report: `pactwatch review` shows"
        " what is held."
    )


def refuse_future(week: str, today: date) -> None:
    """Raise `UsageError` for an ISO week that has not begun, or for what is no week."""
    monday, _ = facts.week_bounds(week)
    if monday > today:
        raise UsageError(
            f"{week} has not begun: ask for {facts.week_of(today)}, which runs, or an earlier one."
        )


def newest_list(paths: Paths) -> date | None:
    """Return the day of the newest accepted list of participating agencies, if there is one."""
    rows = database.query(
        paths.layout.database,
        "select max(published_on) as day from totals where list = 'participating'",
    )
    day: date | None = rows["day"][0]
    return day


def write_reports(
    paths: Paths,
    weeks: Iterable[str],
    progress: Progress | None = None,
    now: datetime | None = None,
    silent_days: int = SILENT_DAYS,
) -> list[Written]:
    """Write the reports of these weeks; one that would come out the same is left as it is.

    The written weeks beside them are brought up to date too, since they link to each other. A
    report that is replaced by one with other figures or changes leaves a line in the log of
    corrections, with `now` (UTC) as its time; the newest one tells how old its list is then. A
    week whose line stands there without its report, as a run broke off in between, comes first.
    """
    asked = list(weeks)
    known = sorted({*index_pages.weeks_written(paths), *asked})
    beside = {week for one in asked for week in _neighbours(one, known).values() if week}
    owed = _owed_week(paths)
    weeks = sorted({*asked, *beside, *owed}, key=lambda week: (week not in owed, week))
    renderer, newest = fingerprint.of_code("reports"), newest_week(paths)
    written = []
    with database.reading(paths.layout.database) as db:
        changes = database.read_dicts(db, feeds.QUERY)
        for at, week in enumerate(weeks, start=1):
            found, as_of = _facts_of(db, week)
            log = _log_of(paths, found, now, as_of)
            found["corrections"] = [
                row
                for row in corrections.corrections(changes, corrections.read(log))
                if row["week"] == week
            ]
            found["neighbours"] = _neighbours(week, known)
            if now and week >= newest:
                listed_on = date.fromisoformat(found["current"]["published_on"])
                found["age"] = wording.age(listed_on, now.date(), silent_days)
            made = _write(paths.layout, found, renderer, log)
            written += [made] if week in asked else []
            if progress:
                progress(at, len(weeks))
    return sorted(written, key=lambda made: made.week)


def _facts_of(db: Any, week: str) -> tuple[dict[str, Any], str]:
    """Return the facts of a week, and the day of the newest list that they know of."""
    monday, sunday = facts.week_bounds(week)
    bounds = {"monday": monday.isoformat(), "sunday": sunday.isoformat()}
    results = {name: database.read_dicts(db, sql, bounds) for name, sql in facts.QUERIES.items()}
    as_of = max(row["last_listed"] for row in results["record"]).isoformat()
    return facts.assemble(week, results), as_of


def write_missing(
    paths: Paths,
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
    built = published(paths.layout)
    record = weeks_of_record(paths)
    weeks = record if every else weeks_to_keep(paths)
    if not weeks:
        return []
    day = now.date().isoformat() if now else ""
    inputs, code = built.inputs if built else "", fingerprint.of_code("reports")
    key = f"{inputs} {code} {day} {pages.site_url}".strip()
    mark = _mark(paths.layout)
    has_all = set(weeks) <= set(index_pages.weeks_written(paths))
    if mark.exists() and mark.read_text() == key and has_all:
        return []
    written = write_reports(paths, weeks, progress, now, pages.silent_days)
    index_pages.write(paths, pages.site_url)
    write_whole(mark, key.encode())
    return written


def finding(written: Written) -> str:
    """Return a report's one-sentence finding."""
    from .pages import finding as finding_of

    return finding_of(written.facts)


def _log_of(paths: Paths, found: dict[str, Any], now: datetime | None, as_of: str) -> bytes:
    """Return the log of corrections with what the report on disk, if any, says otherwise."""
    log = _read_log(paths)
    before = paths.layout.reports / found["week"]["id"] / "facts.json"
    if not before.exists():
        return log
    corrected_at = now.isoformat() if now else None
    return corrections.append(log, parsed(before, json.loads), found, corrected_at, as_of)


def _owed_week(paths: Paths) -> set[str]:
    """Return the week, if any, of whose report a run that broke off wrote the log's line alone."""
    rows = corrections.read(_read_log(paths))
    report = paths.layout.reports / (rows[-1]["week"] if rows else "") / "facts.json"
    is_owed = report.exists() and corrections.is_owed(rows, parsed(report, json.loads))
    return {rows[-1]["week"]} if is_owed else set()


def _read_log(paths: Paths) -> bytes:
    path = paths.layout.errata
    return path.read_bytes() if path.exists() else b""


def _neighbours(week: str, known: list[str]) -> dict[str, str | None]:
    """Return the weeks before and after, among those that have a report."""
    return {
        "previous": max((one for one in known if one < week), default=None),
        "next": min((one for one in known if one > week), default=None),
    }


def _write(layout: Layout, found: dict[str, Any], renderer: str, log: bytes) -> Written:
    """Write a week's report, and the log of corrections that it rests on just before.

    Its neighbours and age are told on the page and are no facts.
    """
    week = found["week"]["id"]
    folder = layout.reports / week
    known = {name: value for name, value in found.items() if name not in _ON_THE_PAGE}
    text = facts.to_json(known)
    made_by = " ".join([renderer, *(json.dumps(found.get(name)) for name in _ON_THE_PAGE)])
    parts = {"facts.json": text, ".made-by": made_by.encode()}
    if all(is_as(folder / name, body) for name, body in parts.items()):
        _put_log(layout, log)
        return Written(week, folder, False, known)
    from . import charts
    from .pages import render

    files = render(found, charts.draw(charts.chart_specs(found))) | parts
    _mark(layout).unlink(missing_ok=True)  # what stands around the reports is to be written again
    with whole_folder(folder) as part:
        write_files(part, files)
        _put_log(layout, log)
    return Written(week, folder, True, known)


def _put_log(layout: Layout, log: bytes) -> None:
    if log or layout.errata.exists():
        put(layout.errata, log)


def _mark(layout: Layout) -> Path:
    """Return the mark that says from what the reports and the pages around them were written."""
    return layout.reports / ".up-to-date"
