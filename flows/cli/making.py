"""Commands that make outputs: the warehouse, reports, exports, the site, the seed record."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from flows import environment

from .terminal import bars, console


def build(*, force: Annotated[bool, Parameter(negative="")] = False) -> int:
    """Build the warehouse from archive and seeds; a no-op when nothing changed."""
    from flows import jobs
    from flows.build import build as make
    from flows.summary import Summary, summary_lines

    places = environment.places()
    with jobs.at_work(places.layout, "build"):
        built = make(places, force=force)
    for line in summary_lines(Summary(built=built)):
        console.print(f"  {line}", highlight=False, markup=False)
    return 0


def report(*, week: str | None = None, every: Annotated[bool, Parameter("--all")] = False) -> int:
    """Write the weekly report: the newest week, one ISO week (2025-W22), or all of them."""
    from flows import around, jobs, progress
    from flows import report as reporting
    from flows.build import build as make

    places = environment.places()
    if week:
        _refuse_future(week)
    with bars(), jobs.at_work(places.layout, "report"):
        make(places)  # a warehouse of an earlier release lacks what reports tell
        newest = reporting.newest_week(places)
        weeks = reporting.weeks_of_record(places) if every else [week or newest]
        tell = progress.of("reports")
        silent_days = environment.settings().silent_days
        written = reporting.write_reports(places, weeks, tell, jobs.utc_now(), silent_days)
        if (places.layout.reports / newest).exists():  # else latest/ would show an old week
            around.write(places, environment.settings().site_url)
    for one in written[-1:] if every else written:
        console.print(reporting.finding(one), highlight=False, markup=False)
        console.print(str(one.folder / "index.html"), soft_wrap=True)
    return 0


def _refuse_future(week: str) -> None:
    from flows import jobs
    from flows.steps import facts
    from flows.steps.records import UsageError

    monday, _ = facts.week_bounds(week)
    today = jobs.utc_now().date()
    if monday > today:
        raise UsageError(
            f"{week} has not begun: ask for {facts.week_of(today)}, which runs, or an earlier one."
        )


def export() -> int:
    """Write every public table as Parquet and CSV, with a datapackage.json."""
    from flows import exports, jobs

    places = environment.places()
    with jobs.at_work(places.layout, "export"):
        written = exports.export(places)
    for table, rows in written:
        console.print(f"  {table}: {rows:,} rows", highlight=False)
    return 0


def publish(
    *,
    to: Path,
    serve: Annotated[bool, Parameter(negative="", help="Then serve it on 127.0.0.1.")] = False,
    port: int = 8287,
) -> int:
    """Write everything as a static site: reports, feeds, state pages, data and the database."""
    from flows import jobs
    from flows import publish as publishing
    from flows.build import build as make

    places, settings = environment.places(), environment.settings()
    with jobs.at_work(places.layout, "publish"):
        make(places)
        done = publishing.publish(
            places, to, settings.site_url, jobs.utc_now(), settings.silent_days
        )
    console.print(
        f"  {done.files:,} files in {done.folder}: {done.written:,} written, {done.removed:,}"
        f" removed, the others unchanged.\n\nThe site: {done.folder / 'index.html'}",
        highlight=False,
        markup=False,
        soft_wrap=True,
    )
    if serve:
        publishing.serve(to, port, lambda url: console.print(f"Serving {url} until Ctrl-C."))
    return 0


def export_seeds() -> int:
    """Write seeds/publications.csv and seeds/listings.csv from the archived lists."""
    from flows import exports, jobs

    places = environment.places()
    with jobs.at_work(places.layout, "export-seeds"):
        written = exports.export_seeds(places)
    for name, rows in written:
        console.print(f"  seeds/{name}: {rows:,} lines", highlight=False)
    return 0
