"""What flows are made of: the run lock, the ledger row of a run, its stages and their progress.

A stage is a plain function that adds to the summary of its run. A flow hands its stages to `work`,
which does them in order while it holds the data folder: each as a task of the flow run, or as it
stands where the flow's own function was called (`flow.fn(...)`). One task a stage, not one a file;
the stages share the summary in memory, and files on disk are the product.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.context import FlowRunContext
from prefect.states import Failed

from flows import settings
from flows.run_summary import Summary, age_of, as_progress_artifacts, tell_prefect
from flows.steps import archive, fetch
from flows.steps.articles import ingest
from flows.steps.common import serving
from flows.steps.common.causes import naming, sentence
from flows.steps.common.errors import PactwatchError
from flows.steps.common.files import Busy, only_one, sweep
from flows.steps.common.layout import Job, Layout, Pages, Paths
from flows.steps.common.leftovers import sweep_seeds
from flows.steps.notify.outbox import Telling, tell
from flows.steps.reports import index_pages, publish_site, write
from flows.steps.sources import gaps, git_import, intake, live, looks, wayback, wayback_plan
from flows.steps.warehouse import build as warehouse
from flows.steps.warehouse import exports, lookups

Stage = Callable[[Job, Summary], None]
Watcher = Callable[[str, int, int], None]
"""What is told of a long stage as it goes on: its name, how much is done, and of how much."""

LOOK_FAILED = "Look failed"
"""The name of the state that a flow run ends in when ICE's lists could not be seen."""
NOBODY = Telling()
_watchers: list[Watcher] = []


def work(job: Job, name: str, stages: Mapping[str, Stage], *, has_news: bool = False) -> Summary:
    """Do a flow's stages in order, holding the data folder; return what they did.

    With `has_news`, those who want notices are told what changed and what failed. A look at ICE's
    page that failed ends no stage; the ledger and the state of the flow run say that it did. A job
    that has the patience to wait for another run, and waited in vain, is skipped; otherwise raises
    `Busy`.
    """
    summary, paths = Summary(), paths_of(job)
    telling = settings.telling() if has_news else NOBODY
    is_flow_run = FlowRunContext.get() is not None
    if is_flow_run and (server := settings.served_by()):
        serving.end_with(server)  # a killed `serve` leaves no run behind
    shown = watching(as_progress_artifacts(name)) if is_flow_run else nullcontext()
    try:
        with at_work(paths.layout, name, telling, job.busy_wait_seconds) as said, shown:
            for stage, do in stages.items():
                _do(stage, partial(do, job, summary), as_task=is_flow_run)
            said.lines += summary.for_ledger()
            said.is_failed = bool(summary.look_failed)
            if has_news:
                tell_news(paths, summary, telling)
    except Busy as busy:
        if not job.busy_wait_seconds:
            raise
        summary.skipped = f"{busy} This run gave up its turn after waiting; the next looks again."
    if is_flow_run:
        tell_prefect(name, summary, paths.layout, job.site_url)
    return _ended(summary) if is_flow_run and summary.look_failed else summary


class LookFailed(PactwatchError):
    """A run that did its stages and could not see ICE's lists; `summary` says what it did."""

    def __init__(self, summary: Summary) -> None:
        super().__init__(summary.look_failed)
        self.summary = summary


def _ended(summary: Summary) -> Any:
    """Return the state of a flow run whose look failed: who waits for its result gets the error."""
    return Failed(name=LOOK_FAILED, message=summary.look_failed, data=LookFailed(summary))


@dataclass(slots=True)
class Said:
    """What the ledger's row is to say of a run that went to its end."""

    lines: list[str] = field(default_factory=list)
    is_failed: bool = False


@contextmanager
def at_work(
    layout: Layout, name: str, telling: Telling = NOBODY, patience: float = 0
) -> Iterator[Said]:
    """Hold the data folder and keep a ledger row of the run, also when it is killed.

    First it puts right what killed runs left: their rows of the ledger, temporary files, and the
    manifest rows they owed. Waits up to `patience` seconds for another run to end, then raises
    `Busy`. Lines added to what it gives stand in the row when the run has finished; an error that
    ends the run is told to those who want notices.
    """
    with only_one(layout, patience):
        sweep(layout)
        sweep_seeds(settings.paths_at(layout.data).seeds)
        archive.end_broken_runs(layout)
        started = utc_now().isoformat()
        run = {"run_id": f"{name}-{started}-{os.getpid()}", "job": name, "started_at": started}
        archive.write_ledger(layout, {**run, "pid": os.getpid(), "outcome": "running"})
        said = Said()
        try:
            archive.adopt(layout)
            yield said
        except BaseException as problem:
            detail = sentence(problem)
            ended = {"ended_at": utc_now().isoformat(), "outcome": "failed", "detail": detail}
            with suppress(PactwatchError, OSError):  # of a full disk, the first word counts
                archive.write_ledger(layout, {**run, **ended})
                if isinstance(problem, Exception):
                    paths = settings.paths_at(layout.data)
                    tell(paths, telling, utc_now(), [detail], only_failures=True)
            raise
        outcome = "failed" if said.is_failed else "finished"
        ended = {"ended_at": utc_now().isoformat(), "outcome": outcome}
        if said.lines:
            ended["detail"] = " ".join(said.lines)
        archive.write_ledger(layout, {**run, **ended})


def read_articles(job: Job, summary: Summary, sources: tuple[str, ...] = ()) -> None:
    """Archive the articles at these files, folders or addresses, else those the job names."""
    wanted = sources or (() if job.offline else job.articles)
    if wanted:
        summary.captures += ingest.ingest(
            paths_of(job), list(wanted), fetch.bounds_of(job), utc_now()
        )


def look_at_page(job: Job, summary: Summary) -> None:
    """Fetch the lists that ICE's page links."""
    summary.is_offline = job.offline
    if not job.offline:
        taken = live.snapshot(paths_of(job), fetch.bounds_of(job), utc_now(), job.page)
        summary.captures += taken.captures


def import_lists(job: Job, summary: Summary, source: str, *, is_git: bool) -> None:
    """Archive the lists in a folder, a file, or the history of a git repository."""
    paths, tell_progress = paths_of(job), progress_of("import")
    if is_git:
        http = job.allow_http
        taken = git_import.import_git(paths, source, utc_now(), tell_progress, allow_http=http)
    else:
        with naming(Path(source), "the file or folder to import"):
            taken = intake.import_path(paths, Path(source), utc_now(), tell_progress)
    summary.captures += taken.captures
    summary.left_alone = taken.left_alone


def take_captures(job: Job, summary: Summary, first: date, last: date) -> None:
    """Archive the Internet Archive's captures between two days.

    Raises `ArchiveSilent` when the Internet Archive does not even list them.
    """
    paths = paths_of(job)
    with wayback.Archive(wayback_plan.access_of(job)) as source:
        planned = wayback_plan.plan(paths, source, [(first, last)], utc_now())
        filled = wayback_plan.fill(paths, source, planned, progress_of("captures"))
    summary.captures += filled.captures
    summary.planned, summary.filled = planned, filled


def build(job: Job, summary: Summary, *, force: bool = False) -> None:
    """Build the warehouse from archive and seeds, unless nothing changed since the last time."""
    paths = paths_of(job)
    summary.built = warehouse.build(paths, force=force)
    summary.age = age_of(paths, utc_now().date(), job.silent_days)


def fill_gaps(job: Job, summary: Summary) -> None:
    """Ask the Internet Archive for the days the record lacks, and build from what came."""
    if job.offline:
        return
    paths = paths_of(job)
    known = lookups.publications(paths)
    mended = gaps.mend(paths, wayback_plan.access_of(job), utc_now(), known)
    summary.mended = mended.lines
    if mended.versions:
        build(job, summary)


def update_reports(job: Job, summary: Summary) -> None:
    """Write the weekly reports that are missing or whose facts changed, and what leads to them."""
    paths, now = paths_of(job), utc_now()
    pages = Pages(job.site_url, job.silent_days)
    record = write.weeks_of_record(paths)
    written = write.write_missing(paths, progress_of("reports"), now, pages)
    summary.weeks = [one.week for one in written if one.is_new]
    reports = written or write.write_reports(paths, record[-1:], None, now, job.silent_days)
    summary.newest_report = reports[-1] if reports else None
    summary.weeks_without_report = len(set(record) - set(index_pages.weeks_written(paths)))


def write_reports(job: Job, summary: Summary, week: str | None, *, every: bool) -> None:
    """Write the report of one week, of every week of the record, or of the newest."""
    paths, tell_progress = paths_of(job), progress_of("reports")
    newest = write.newest_week(paths)
    weeks = write.weeks_of_record(paths) if every else [week or newest]
    summary.written = write.write_reports(paths, weeks, tell_progress, utc_now(), job.silent_days)
    if (paths.layout.reports / newest).exists():  # else latest/ would show an old week
        index_pages.write(paths, job.site_url)


def publish(job: Job, summary: Summary, target: Path) -> None:
    """Write everything as a static site into a folder."""
    with naming(target, "the published site"):
        summary.published = publish_site.publish(
            paths_of(job), target, job.site_url, utc_now(), job.silent_days
        )


def export(job: Job, summary: Summary) -> None:
    """Write every public table as Parquet and CSV."""
    summary.exported = exports.export(paths_of(job))


def export_seeds(job: Job, summary: Summary) -> None:
    """Write the archived lists as the seed record."""
    summary.exported = exports.export_seeds(paths_of(job))


def tell_news(paths: Paths, summary: Summary, telling: Telling) -> None:
    """Tell what the run found to those who want notices; what fails is said in the summary."""
    others = [c for c in summary.captures if c.outcome == "failed" and c.source != "ice"]
    failures = [c.why for c in [*looks.failed(summary.captures), *others] if c.why]
    try:
        summary.untold = tell(paths, telling, utc_now(), failures)
    except PactwatchError as problem:
        summary.untold = [f"No notice was sent: {problem}"]


def paths_of(job: Job) -> Paths:
    """Return the folders of a job."""
    return settings.paths_at(Path(job.data))


def utc_now() -> datetime:
    """Return the time now in UTC, without a zone, to the second."""
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)


@contextmanager
def watching(watcher: Watcher) -> Iterator[None]:
    """Call `watcher(stage, done, total)` as long stages go on; nobody watching costs nothing."""
    _watchers.append(watcher)
    try:
        yield
    finally:
        _watchers.remove(watcher)


def progress_of(stage: str) -> Callable[[int, int], None]:
    """Return the callback that a stage reports its progress to."""

    def tell_watchers(done: int, total: int) -> None:
        for watcher in _watchers:
            watcher(stage, done, total)

    return tell_watchers


def _do(name: str, stage: Callable[[], None], *, as_task: bool) -> None:
    if not as_task:
        return stage()

    @task(name=name, cache_policy=NO_CACHE, persist_result=False)
    def do() -> None:
        stage()

    return do()
