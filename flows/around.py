"""What stands around the weekly reports: the page of all weeks, latest/, feeds and corrections."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from flows.places import Places
from flows.steps import archive, errata, feeds, render, site, warehouse

DEEP, FLAT = b'="../../', b'="../'


def write(places: Places, site_url: str = "") -> None:
    """Bring up to date, in the data folder, all that leads to the reports.

    The folders stand to each other as on a published site, so that links hold in both.
    """
    layout = places.layout
    changes = read_changes(places)
    # A published site has every week.
    weeks = None if site_url else {path.parent.name for path in _facts(places)}
    found = {
        "reports/index.html": all_weeks(places, changes, whole=False),
        **corrections_and_feeds(places, changes, site_url, weeks),
    }
    kept = write_changed(layout, {**found, **latest(places)})
    for folder in (layout.data / "latest", layout.data / "feeds"):
        for path in sorted(folder.rglob("*"), reverse=True):
            if path.is_file() and path.relative_to(layout.data).as_posix() not in kept:
                path.unlink()


def write_changed(layout: Any, files: Mapping[str, bytes]) -> set[str]:
    """Write the files that are new or otherwise than before; return the paths of all."""
    for name, body in files.items():
        path = layout.data / name
        if not path.exists() or path.read_bytes() != body:
            archive.write_whole(path, body)
    return set(files)


def read_changes(places: Places) -> list[dict[str, Any]]:
    """Return every change that feeds and corrections tell."""
    with warehouse.reading(places.layout.database) as db:
        return warehouse.read_dicts(db, feeds.QUERY)


def read_corrections(places: Places, changes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return all corrections to reports, from the record and from the log."""
    path = places.layout.errata
    log = errata.read(path.read_bytes()) if path.exists() else []
    return errata.corrections(changes, log)


def corrections_and_feeds(
    places: Places,
    changes: list[dict[str, Any]],
    site_url: str,
    weeks: Collection[str] | None = None,
) -> dict[str, bytes]:
    """Return the feeds and errata.json by path; `weeks` have a report, all of them when None."""
    known = read_corrections(places, changes)
    return {**feeds.make(changes, known, site_url, weeks), "errata.json": errata.to_json(known)}


def all_weeks(places: Places, changes: list[dict[str, Any]], *, whole: bool) -> bytes:
    """Return the page of all weeks that have a report."""
    rows = []
    for path in _facts(places):
        found = json.loads(path.read_bytes())
        rows.append(site.week_row(found, render.finding(found)))
    weeks = {row["week"] for row in rows}
    known = [
        {**row, "has_report": row["week"] in weeks} for row in read_corrections(places, changes)
    ]
    return site.archive_page(rows, known, style(), whole=whole)


def latest(places: Places) -> dict[str, bytes]:
    """Return the newest report's files under latest/, its links one folder less deep."""
    folder = newest_report(places)
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.name.startswith("."):
            body = path.read_bytes()
            if path.suffix == ".html":
                # Quotes in printed text are escaped: only our own links begin like this.
                body = body.replace(DEEP, FLAT)
            found[f"latest/{path.relative_to(folder).as_posix()}"] = body
    return found


def newest_report(places: Places) -> Any:
    """Return the folder of the newest report."""
    return _facts(places)[-1].parent


def _facts(places: Places) -> list[Path]:
    return sorted(places.layout.reports.glob("*-W*/facts.json"))


def style() -> str:
    """Return the style sheets of reports and site."""
    names = ("style.css", "site.css")
    return "".join((render.TEMPLATES / name).read_text(encoding="utf-8") for name in names)
