"""Commands that get lists and articles: now, from archives, and on a schedule."""

from __future__ import annotations

import sys
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from flows import environment
from flows.steps.records import Layout, UsageError

from .terminal import HELD, Json, bars, console, errors, print_json


def run() -> int:
    """Do the main job: articles, lists, warehouse, weekly reports. Needs no network."""
    from flows.report import finding as report_of
    from flows.steps import archive
    from flows.summary import summary_lines

    job = environment.job()
    with archive.only_one(Layout(Path(job.data))):
        pass  # a busy or broken folder is told before Prefect takes its time to start
    if "--debug" not in sys.argv:  # an error is told once, as a sentence, by main()
        environment.hush_prefect()
    environment.prepare_prefect(Path(job.data))
    from flows import track

    with bars():
        track.run(job)
    summary = track.last_summary("run")
    for line in summary_lines(summary):
        console.print(f"  {line}", highlight=False, markup=False)
    if newest := summary.newest_report:
        console.print(f"\n{report_of(newest)}", highlight=False, markup=False)
        console.print(f"\nThe newest report: {newest.folder / 'index.html'}", soft_wrap=True)
    failed = any(capture.outcome == "failed" for capture in summary.captures)
    return 1 if failed and not summary.built else 0


def snapshot(*, as_json: Json = False) -> int:
    """Fetch the lists from ICE's page, archive them, and build."""
    from flows import jobs
    from flows.build import build
    from flows.snapshot import in_words
    from flows.snapshot import snapshot as take
    from flows.summary import Summary, summary_lines

    job, places = environment.job(), environment.places()
    if job.offline:
        raise UsageError("PACTWATCH_OFFLINE is set: unset it to use the network.")
    wanted, summary = environment.telling(), Summary()
    with jobs.at_work(places.layout, "snapshot", wanted):
        taken = take(places, jobs.bounds_of(job), jobs.utc_now(), job.page)
        built = build(places)
        summary.captures, summary.built = taken.captures, built
        jobs.tell_news(places, summary, wanted)
    for line in summary.untold:
        errors.print(line, highlight=False, markup=False, soft_wrap=True)
    if as_json:
        captures = [asdict(capture) for capture in taken.captures]
        print_json({"captures": captures, "built": asdict(built)})
    else:
        lines = [in_words(capture) for capture in taken.captures]
        for line in [*lines, *summary_lines(Summary(built=built))]:
            console.print(f"  {line}", highlight=False, markup=False, soft_wrap=True)
    if taken.count("failed"):
        return 1
    is_held = taken.count("rejected") or _held_of(built.held, taken.captures)
    return HELD if is_held else 0


def backfill(
    *,
    first: Annotated[str, Parameter(name="--from")],
    last: Annotated[str, Parameter(name="--to")],
    dry_run: Annotated[
        bool, Parameter(negative="", help="Only say how many and how long.")
    ] = False,
) -> int:
    """Take the lists' captures from the Internet Archive, between two days, and build."""
    from flows import from_archive, jobs, progress
    from flows.show import taken as show
    from flows.steps.internet_archive import Archive

    job, places, days = environment.job(), environment.places(), (_day(first), _day(last))
    if job.offline:
        raise UsageError("PACTWATCH_OFFLINE is set: unset it to use the network.")
    if days[0] > days[1]:
        raise UsageError(f"{first} is after {last}: give the earlier day as --from.")
    if dry_run:
        access = jobs.access_of(job)
        with Archive(access) as source:
            planned = from_archive.plan(places, source, [days], jobs.utc_now())
        show.plan(console, planned, planned.seconds(access.pause))
        return 0
    with bars():
        planned, filled, built = jobs.backfill(job, days, progress.of("captures"))
    show.backfill_summary(console, filled, planned, places)
    if filled.stopped:
        return 1
    return HELD if _held_of(built.held, filled.captures) else 0


def import_(
    path: Path | None = None,
    /,
    *,
    git: Annotated[
        str | None, Parameter(help="A git repository, by path or address: its whole history.")
    ] = None,
) -> int:
    """Import lists from a folder, a file (.xlsx, .csv, .html) or a git history, and build.

    A file without a date in its name is dated by the folder it was saved to: 2025-05-28T14-03-11Z,
    2025-05-28_1403, 20250528140311, "2025-05-28 14.03", 2025-05-28 or 2025/05/28, in UTC unless an
    offset such as -0400 follows. In a git history the time of the commit counts.
    """
    from flows import backfill as filling
    from flows import from_git, jobs, progress
    from flows.build import build
    from flows.show import taken as show

    if (path is None) == (git is None):
        raise UsageError("Say what to import: a folder or a file, or --git with a repository.")
    job, places, tell = environment.job(), environment.places(), progress.of("import")
    if job.offline and git and "://" in git:
        raise UsageError("PACTWATCH_OFFLINE is set: unset it to use the network.")
    with bars(), jobs.at_work(places.layout, "import"):
        if path:
            taken = filling.import_path(places, path, jobs.utc_now(), tell)
        else:
            http = job.allow_http
            taken = from_git.import_git(places, git or "", jobs.utc_now(), tell, allow_http=http)
        built = build(places)
    show.import_summary(console, taken, places)
    if taken.captures and taken.count("rejected") == len(taken.captures):
        return 1
    is_held = taken.count("rejected") or _held_of(built.held, taken.captures)
    return HELD if is_held else 0


def ingest(*sources: str) -> int:
    """Read articles (files, folders or addresses) and check their figures against the record."""
    from flows import ingest as reading
    from flows import jobs
    from flows.build import build
    from flows.summary import Summary

    if not sources:
        raise UsageError("Say which articles to read: files, folders or addresses.")
    places = environment.places()
    wanted, summary = environment.telling(), Summary()
    with jobs.at_work(places.layout, "ingest", wanted):
        captures = reading.ingest(
            places, list(sources), jobs.bounds_of(environment.job()), jobs.utc_now()
        )
        build(places)
        jobs.tell_news(places, summary, wanted)
    for line in summary.untold:
        errors.print(line, highlight=False, markup=False, soft_wrap=True)
    for capture in captures:
        console.print(f"  {capture.outcome}: {capture.why or capture.file_name}", markup=False)
    if captures and all(capture.outcome == "failed" for capture in captures):
        return 1
    return HELD if any(c.outcome in ("failed", "rejected") for c in captures) else 0


def serve(*, port: int = 4200) -> int:
    """Run the schedule: lists every six hours, articles daily, the report Monday 12:00 UTC."""
    settings = environment.settings()
    job = replace(environment.job(), busy_wait_seconds=settings.busy_wait_seconds)
    lines = {name: getattr(settings, f"schedule_{name}") for name in ("snapshot", "ingest", "run")}
    data = Path(job.data)
    environment.prepare_prefect(data)
    from flows import schedule

    if environment.prefect_server():
        schedule.serve_all(job, lines, has_server=lambda: True)
        return 0
    with schedule.server(port, data / "prefect-server.log") as (address, is_up):
        environment.use_prefect_server(address)
        console.print(f"A Prefect server of our own: {address.removesuffix('/api')}")
        schedule.serve_all(job, lines, has_server=is_up)
    return 0


def _held_of(held: list[dict[str, Any]], captures: list[Any]) -> bool:
    names = {capture.file_name for capture in captures}
    return any(one["file_name"] in names for one in held)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{text} is no date: write it as 2025-05-28.") from None
