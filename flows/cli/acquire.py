"""Commands that get lists and articles: now, from archives, and on a schedule."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from flows import settings
from flows.steps.common import serving
from flows.steps.common.errors import UsageError
from flows.steps.common.layout import Job, Layout

from .start import exit_code, prefect_at_hand, prepare, start
from .terminal import Json, bars, console, errors, print_json

if TYPE_CHECKING:
    from flows.run_summary import Summary


def run() -> int:
    """Do the main job: articles, lists, warehouse, weekly reports. Needs no network."""
    job = prepare(settings.job(), is_flow_run=True)
    with prefect_at_hand(job) as wait_until_ready:
        from flows import track
        from flows.run_summary import summary_lines
        from flows.steps.reports import write

        wait_until_ready()
        with bars():
            summary = start(track.run, job, is_flow_run=True)
    for line in summary_lines(summary):
        console.print(f"  {line}", highlight=False, markup=False)
    if newest := summary.newest_report:
        console.print(f"\n{write.finding(newest)}", highlight=False, markup=False)
        console.print(f"\nThe newest report: {newest.folder / 'index.html'}", soft_wrap=True)
    return exit_code(summary)


def snapshot(*, as_json: Json = False) -> int:
    """Fetch the lists from ICE's page, archive them, build, and fill the gaps that show."""
    job = settings.job()
    _refuse_offline(job)
    prepare(job)
    from flows import snapshot as flows
    from flows.run_summary import summary_lines
    from flows.steps.sources import looks

    summary = start(flows.snapshot, job)
    _print_untold(summary)
    if as_json:
        captures = [asdict(capture) for capture in summary.captures]
        built = asdict(summary.built) if summary.built else None
        print_json({"captures": captures, "built": built, "gaps": summary.mended})
    else:
        found = looks.found_in_words(summary.captures)
        for line in [*found, *summary_lines(replace(summary, captures=[], untold=[]))]:
            console.print(f"  {line}", highlight=False, markup=False, soft_wrap=True)
    return exit_code(summary)


def backfill(
    *,
    first: Annotated[str, Parameter(name="--from")],
    last: Annotated[str, Parameter(name="--to")],
    dry_run: Annotated[
        bool, Parameter(negative="", help="Only say how many and how long.")
    ] = False,
) -> int:
    """Take the lists' captures from the Internet Archive, between two days, and build."""
    job, days = settings.job(), (_day(first), _day(last))
    _refuse_offline(job)
    if days[0] > days[1]:
        raise UsageError(f"{first} is after {last}: give the earlier day as --from.")
    if dry_run:
        return _tell_plan(job, days)
    prepare(job)
    from flows import backfill as flows

    from .print_import import backfill_summary

    with bars():
        summary = start(flows.backfill, job, *days)
    backfill_summary(console, summary, settings.paths())
    return exit_code(summary)


def import_(
    path: Path | None = None,
    /,
    *,
    git: Annotated[
        str | None, Parameter(help="A git repository, by path or address: its whole history.")
    ] = None,
) -> int:
    """Import lists from a folder, a file (.xlsx, .csv, .html) or a git history, and build.

    One file is tried by its content; of several those count that are named as participating or
    pending lists, and pages with the list that are named by their time. A file without a date in
    its name is dated by the folder it was saved to: 2025-05-28T14-03-11Z, 2025-05-28_1403,
    20250528140311, "2025-05-28 14.03", in UTC unless an offset such as -0400 follows, or a day such
    as 2025-05-28, 05282025 or "May 28, 2025"; else by when the workbook was saved, and at last by
    the time of the commit in a git history.
    """
    if (path is None) == (git is None):
        raise UsageError("Say what to import: a folder or a file, or --git with a repository.")
    job = settings.job()
    if git and "://" in git:
        _refuse_offline(job)
    prepare(job)
    from flows import backfill as flows

    from .print_import import import_summary

    with bars():
        summary = start(flows.import_lists, job, git or str(path), is_git=path is None)
    import_summary(console, summary, settings.paths())
    return exit_code(summary)


def ingest(*sources: str) -> int:
    """Read articles (files, folders or addresses) and check their figures against the record."""
    if not sources:
        raise UsageError("Say which articles to read: files, folders or addresses.")
    job = settings.job()
    if any("://" in source for source in sources):
        _refuse_offline(job)
    prepare(job)
    from flows import ingest as flows

    summary = start(flows.ingest, job, sources)
    _print_untold(summary)
    for capture in summary.captures:
        console.print(f"  {capture.outcome}: {capture.why or capture.file_name}", markup=False)
    return exit_code(summary)


def serve(*, port: int = 4200) -> int:
    """Run the schedule: lists every six hours, articles daily, the report Monday 12:00 UTC.

    One process serves a data folder; a second one is refused.
    """
    known = settings.read()
    job = replace(settings.job(), busy_wait_seconds=known.busy_wait_seconds)
    lines = {name: getattr(known, f"schedule_{name}") for name in ("snapshot", "ingest", "run")}
    data = Path(job.data)
    layout, name = Layout(data), settings.schedule_name(data)
    before = serving.read(layout)
    with serving.claimed(layout, datetime.now(UTC).replace(tzinfo=None, microsecond=0)) as note:
        home = settings.prepare_prefect(data)
        settings.tell_served_by()
        from flows import prefect_server
        from flows.serve import serve_all

        flows = tuple(flow for flow, line in lines.items() if line)
        if address := settings.prefect_server():
            note(address, name, flows)
            serve_all(job, lines, name, has_server=lambda: True)
            return 0
        is_ending = before is not None and f":{port}/" in before.address
        with prefect_server.lasting(port, home, layout.server_log, is_ending=is_ending) as own:
            address, is_up = own
            settings.use_prefect_server(address)
            note(address, name, flows)
            console.print(f"A Prefect server of our own: {address.removesuffix('/api')}")
            serve_all(job, lines, name, has_server=is_up)
    return 0


def _tell_plan(job: Job, days: tuple[date, date]) -> int:
    """Print what a backfill would take."""
    from flows.steps.sources import wayback_plan
    from flows.steps.sources.wayback import Archive

    from .print_import import plan

    access, now = wayback_plan.access_of(job), datetime.now(UTC).replace(tzinfo=None)
    with Archive(access) as source:
        planned = wayback_plan.plan(settings.paths(), source, [days], now)
    plan(console, planned, planned.seconds(access.pause))
    return 0


def _refuse_offline(job: Job) -> None:
    if job.offline:
        raise UsageError("PACTWATCH_OFFLINE is set: unset it to use the network.")


def _print_untold(summary: Summary) -> None:
    for line in summary.untold:
        errors.print(line, highlight=False, markup=False, soft_wrap=True)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{text} is no date: write it as 2025-05-28.") from None
