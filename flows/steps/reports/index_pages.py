"""What stands around the weekly reports: the page of all weeks, latest/, feeds and corrections."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from flows.steps.common.causes import parsed
from flows.steps.common.files import put
from flows.steps.common.folders import put_folder
from flows.steps.common.layout import Paths
from flows.steps.reports import templates
from flows.steps.warehouse import database

from . import corrections, feeds, pages, site

DEEP, FLAT = b'="../../', b'="../'


def write(paths: Paths, site_url: str = "") -> None:
    """Bring up to date, in the data folder, all that leads to the reports.

    The folders stand to each other as on a published site, so that links hold in both. Pages come
    before what points to them, and latest/ and feeds/ are replaced whole.
    """
    data, changes = paths.layout.data, read_changes(paths)
    # A published site has every week.
    weeks = None if site_url else set(weeks_written(paths))
    feeds_and_errata = corrections_and_feeds(paths, changes, site_url, weeks)
    put_folder(data / "latest", _below("latest/", latest(paths)))
    put(data / "reports" / "index.html", all_weeks(paths, changes, whole=False))
    put_folder(data / "feeds", _below("feeds/", feeds_and_errata))
    for name, body in feeds_and_errata.items():
        if "/" not in name:
            put(data / name, body)


def weeks_written(paths: Paths) -> list[str]:
    """Return the weeks that have a report, in order."""
    return [path.parent.name for path in _facts(paths)]


def read_changes(paths: Paths) -> list[dict[str, Any]]:
    """Return every change that feeds and corrections tell."""
    with database.reading(paths.layout.database) as db:
        return database.read_dicts(db, feeds.QUERY)


def read_corrections(paths: Paths, changes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return all corrections to reports, from the record and from the log."""
    path = paths.layout.errata
    log = corrections.read(path.read_bytes()) if path.exists() else []
    return corrections.corrections(changes, log)


def corrections_and_feeds(
    paths: Paths,
    changes: list[dict[str, Any]],
    site_url: str,
    weeks: Collection[str] | None = None,
) -> dict[str, bytes]:
    """Return the feeds and errata.json by path; `weeks` have a report, all of them when None."""
    known = read_corrections(paths, changes)
    return {
        **feeds.make(changes, known, site_url, weeks),
        "errata.json": corrections.to_json(known),
    }


def all_weeks(paths: Paths, changes: list[dict[str, Any]], *, whole: bool) -> bytes:
    """Return the page of all weeks that have a report."""
    rows = []
    for path in _facts(paths):
        found = parsed(path, json.loads)
        rows.append(site.week_row(found, pages.finding(found)))
    weeks = {row["week"] for row in rows}
    known = [
        {**row, "has_report": row["week"] in weeks} for row in read_corrections(paths, changes)
    ]
    return site.archive_page(rows, known, style(), whole=whole)


def latest(paths: Paths) -> dict[str, bytes]:
    """Return the newest report's files under latest/, its links one folder less deep."""
    folder = newest_report(paths)
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.name.startswith("."):
            body = path.read_bytes()
            if path.suffix == ".html":
                # Quotes in printed text are escaped: only our own links begin like this.
                body = body.replace(DEEP, FLAT)
            found[f"latest/{path.relative_to(folder).as_posix()}"] = body
    return found


def newest_report(paths: Paths) -> Any:
    """Return the folder of the newest report."""
    return _facts(paths)[-1].parent


def _facts(paths: Paths) -> list[Path]:
    return sorted(paths.layout.reports.glob("[0-9]*-W*/facts.json"))  # hidden ones are not


def _below(folder: str, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the files of a folder, by their paths in it."""
    return {
        name.removeprefix(folder): body for name, body in files.items() if name.startswith(folder)
    }


def style() -> str:
    """Return the style sheets of reports and site."""
    names = ("style.css", "site.css")
    return "".join(templates.text(name) for name in names)
