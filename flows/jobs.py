"""What every job shares: its folders and bounds, the ledger, and the stages."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from flows import from_archive, gaps, progress, report
from flows.build import Built, build
from flows.places import Places
from flows.snapshot import snapshot
from flows.steps import archive, fetch, internet_archive, words
from flows.steps.records import Job, Layout, PactwatchError, Pages, UsageError
from flows.summary import Summary
from flows.telling import Telling, tell

NOBODY = Telling()


def places_of(job: Job) -> Places:
    """Return the folders of a job."""
    return Places(Layout(Path(job.data)))


def bounds_of(job: Job) -> fetch.Bounds:
    """Return what the job's downloads may do."""
    return fetch.Bounds(
        job.allowed_hosts,
        job.allow_http,
        job.contact,
        timeout=job.timeout_seconds,
        total=job.total_seconds,
    )


def access_of(job: Job) -> internet_archive.Access:
    """Return how the job asks the Internet Archive.

    Raises `UsageError` for an address that is neither https nor allowed.
    """
    if not job.archive_url.startswith(
        "https://" if not job.allow_http else ("https://", "http://")
    ):
        raise UsageError(
            f"PACTWATCH_ARCHIVE_URL is {job.archive_url}: it must begin with https://"
            " (PACTWATCH_ALLOW_HTTP=1 accepts http:// for a server of your own)."
        )
    return internet_archive.Access(job.archive_url, job.archive_pause_seconds, job.contact)


def utc_now() -> datetime:
    """Return the time now in UTC, without a zone, to the second."""
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)


@contextmanager
def at_work(
    layout: Layout, name: str, telling: Telling = NOBODY, patience: float = 0
) -> Iterator[list[str]]:
    """Hold the data folder and keep a ledger row of the run, also when it is killed.

    First it puts right what killed runs left: their rows of the ledger, temporary files, and the
    manifest rows they owed. Waits up to `patience` seconds for another run to end, then raises
    `archive.Busy`. Sentences added to the list it gives stand in the row when the run has
    finished; an error that ends the run is told to those who want notices.
    """
    with archive.only_one(layout, patience):
        archive.sweep(layout)
        archive.end_broken_runs(layout)
        started = utc_now().isoformat()
        run = {"run_id": f"{name}-{started}-{os.getpid()}", "job": name, "started_at": started}
        archive.write_ledger(layout, {**run, "pid": os.getpid(), "outcome": "running"})
        said: list[str] = []
        try:
            archive.adopt(layout)
            yield said
        except BaseException as problem:
            detail = str(problem) or type(problem).__name__
            ended = {"ended_at": utc_now().isoformat(), "outcome": "failed", "detail": detail}
            with suppress(PactwatchError):  # of a full disk, the first word is the one to hear
                archive.write_ledger(layout, {**run, **ended})
                if isinstance(problem, Exception):
                    tell(Places(layout), telling, utc_now(), [detail], only_failures=True)
            raise
        ended = {"ended_at": utc_now().isoformat(), "outcome": "finished"}
        archive.write_ledger(
            layout, {**run, **ended, **({"detail": " ".join(said)} if said else {})}
        )


def age_of(places: Places, silent_days: int) -> str:
    """Return how old the newest list is, as a sentence; what to do when it is too old."""
    listed_on = report.newest_list(places)
    if listed_on is None:
        return ""
    age = words.age(listed_on, utc_now().date(), silent_days)
    said = f"The newest list is of {age['listed']}, {age['ago']}"
    if not age["is_old"]:
        return f"{said}."
    return (
        f"{said}: newer ones are most likely missing (`pactwatch snapshot` looks for them,"
        " `pactwatch backfill` asks the Internet Archive)."
    )


def tell_news(places: Places, summary: Summary, telling: Telling) -> None:
    """Tell what the run found to those who want notices; what fails is said in the summary."""
    failures = [c.why for c in summary.captures if c.outcome == "failed" and c.why]
    try:
        summary.untold = tell(places, telling, utc_now(), failures)
    except PactwatchError as problem:
        summary.untold = [f"No notice was sent: {problem}"]


def stages(job: Job) -> list[tuple[str, Callable[[Summary], None]]]:
    """Return the main job's stages in order, each a function that adds to the summary."""
    places = places_of(job)

    def read_articles(summary: Summary) -> None:
        if job.articles and not job.offline:
            from flows.ingest import ingest

            summary.captures += ingest(places, list(job.articles), bounds_of(job), utc_now())

    def look(summary: Summary) -> None:
        summary.is_offline = job.offline
        if not job.offline:
            summary.captures += snapshot(places, bounds_of(job), utc_now(), job.page).captures

    def make(summary: Summary) -> None:
        summary.built = build(places)
        summary.age = age_of(places, job.silent_days)

    def mend(summary: Summary) -> None:
        if job.offline:
            return
        mended = gaps.mend(places, access_of(job), utc_now())
        summary.mended = mended.lines
        if mended.versions:
            summary.built = build(places)
            summary.age = age_of(places, job.silent_days)

    def write(summary: Summary) -> None:
        _write_reports(job, places, summary)

    return [
        ("ingest", read_articles),
        ("snapshot", look),
        ("build", make),
        ("mend", mend),
        ("report", write),
    ]


def _write_reports(job: Job, places: Places, summary: Summary) -> None:
    now, record = utc_now(), report.weeks_of_record(places)
    written = report.write_missing(
        places, progress.of("reports"), now, Pages(job.site_url, job.silent_days)
    )
    summary.weeks = [one.week for one in written if one.is_new]
    reports = written or report.write_reports(places, record[-1:], None, now, job.silent_days)
    summary.newest_report = reports[-1] if reports else None
    summary.weeks_without_report = len(set(record) - set(report.weeks_written(places)))


def run_plainly(job: Job) -> Summary:
    """Do the main job without Prefect: the same stages, for measuring and for tests."""
    summary = Summary()
    with at_work(places_of(job).layout, "run") as said:
        for _, stage in stages(job):
            stage(summary)
        said.extend(summary.mended)
    return summary


def backfill(
    job: Job, days: from_archive.Days, tell: from_archive.Progress | None = None
) -> tuple[from_archive.Plan, from_archive.Filled, Built]:
    """Take the Internet Archive's captures between two days, and build from what came.

    Raises `ArchiveSilent` when the archive does not even list them.
    """
    places = places_of(job)
    with (
        at_work(places.layout, "backfill") as said,
        internet_archive.Archive(access_of(job)) as source,
    ):
        planned = from_archive.plan(places, source, [days], utc_now())
        filled = from_archive.fill(places, source, planned, tell)
        said.append(f"{filled.count('new')} new captures, {filled.left} left.")
        said.extend([filled.stopped] if filled.stopped else [])
        return planned, filled, build(places)
