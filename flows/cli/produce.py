"""Commands that make outputs: the warehouse, reports, exports, the site, the seed record."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from flows import settings

from .start import prepare, start
from .terminal import bars, console


def build(*, force: Annotated[bool, Parameter(negative="")] = False) -> int:
    """Build the warehouse from archive and seeds; a no-op when nothing changed."""
    job = prepare(settings.job())
    from flows import build as flows
    from flows.run_summary import summary_lines

    for line in summary_lines(start(flows.build, job, force=force)):
        console.print(f"  {line}", highlight=False, markup=False)
    return 0


def report(*, week: str | None = None, every: Annotated[bool, Parameter("--all")] = False) -> int:
    """Write the weekly report: the newest week, one ISO week (2025-W22), or all of them."""
    job = prepare(settings.job())
    from flows import report as flows
    from flows.steps.reports import write

    with bars():
        written = start(flows.report, job, week, every=every).written
    for one in written[-1:] if every else written:
        console.print(write.finding(one), highlight=False, markup=False)
        console.print(str(one.folder / "index.html"), soft_wrap=True)
    return 0


def export() -> int:
    """Write every public table as Parquet and CSV, with a datapackage.json."""
    job = prepare(settings.job())
    from flows import publish as flows

    for table, rows in start(flows.export, job).exported:
        console.print(f"  {table}: {rows:,} rows", highlight=False)
    return 0


def publish(
    *,
    to: Path,
    serve: Annotated[bool, Parameter(negative="", help="Then serve it on 127.0.0.1.")] = False,
    port: int = 8287,
) -> int:
    """Write everything as a static site: reports, feeds, state pages, data and the database."""
    job = prepare(settings.job())
    from flows import publish as flows
    from flows.steps.reports import publish_site

    if done := start(flows.publish, job, to).published:
        console.print(
            f"  {done.files:,} files in {done.folder}: {done.written:,} written, {done.removed:,}"
            f" removed, the others unchanged.\n\nThe site: {done.folder / 'index.html'}",
            highlight=False,
            markup=False,
            soft_wrap=True,
        )
    if serve:
        publish_site.serve(to, port, lambda url: console.print(f"Serving {url} until Ctrl-C."))
    return 0


def export_seeds() -> int:
    """Write seeds/publications.csv and seeds/listings.csv from the archived lists."""
    job = prepare(settings.job())
    from flows import publish as flows

    for name, rows in start(flows.export_seeds, job).exported:
        console.print(f"  seeds/{name}: {rows:,} lines", highlight=False)
    return 0
