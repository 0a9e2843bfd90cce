"""FLOW the main job: ingest + snapshot + build + mend + report, in that order; and parts of it.

All Prefect decorators stand here: importing Prefect takes longer than building the warehouse, so
commands that need none of it use the plain functions of the other files. One task a stage, not one
a file; the stages share a summary in memory, and files on disk are the product.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from prefect import flow, get_run_logger, task
from prefect.artifacts import (
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)
from prefect.cache_policies import NO_CACHE

from flows import environment, jobs, progress
from flows.steps import archive
from flows.steps.records import Job
from flows.summary import Summary, changes_table, summary_lines, summary_markdown

PROGRESS_STEP = 10.0
"""Percent between two updates of a progress artifact: each is a call to the server."""


@flow(name="pactwatch-run")
def run(job: Job) -> dict[str, int]:
    """Do the main job; the schedule's weekly report and every `pactwatch run` are this flow."""
    return _do(job, "run", ("ingest", "snapshot", "build", "mend", "report"))


@flow(name="pactwatch-snapshot")
def snapshot(job: Job) -> dict[str, int]:
    """Fetch the lists, build, and mend gaps: every six hours on the schedule."""
    return _do(job, "snapshot", ("snapshot", "build", "mend"))


@flow(name="pactwatch-ingest")
def ingest(job: Job) -> dict[str, int]:
    """Read the configured articles and build: daily on the schedule."""
    return _do(job, "ingest", ("ingest", "build"))


@flow(name="pactwatch-report")
def report(job: Job) -> dict[str, int]:
    """Write every weekly report that is missing or whose facts changed."""
    return _do(job, "report", ("build", "report"))


@flow(name="pactwatch-backfill")
def backfill(job: Job, first: date, last: date) -> dict[str, int]:
    """Take the Internet Archive's captures between two days, and build."""
    planned, filled, built = jobs.backfill(job, (first, last))
    if filled.stopped:
        get_run_logger().warning(filled.stopped)
    counts = {name: filled.count(name) for name in ("new", "unchanged", "failed", "rejected")}
    return {**counts, "known": planned.known, "left": filled.left, "accepted": built.accepted}


def _do(job: Job, name: str, wanted: tuple[str, ...]) -> dict[str, int]:
    logger = get_run_logger()
    layout = jobs.places_of(job).layout
    summary = Summary()
    telling, patience = environment.telling(), job.busy_wait_seconds
    try:
        with (
            jobs.at_work(layout, name, telling, patience) as said,
            progress.watching(_progress(name)),
        ):
            for stage, do in jobs.stages(job):
                if stage in wanted:
                    task(name=stage, cache_policy=NO_CACHE, persist_result=False)(do)(summary)
            said.extend(summary.mended)
            jobs.tell_news(jobs.places_of(job), summary, telling)
    except archive.Busy as busy:
        if not patience:
            raise
        summary.skipped = f"{busy} This run gave up its turn after waiting; the next looks again."
    for line in summary_lines(summary):
        logger.info(line)
    create_markdown_artifact(
        key=f"pactwatch-{name}",
        markdown=summary_markdown(summary, layout, job.site_url),
        description="What the run did, and where its report is",
    )
    if summary.newest_report:
        create_table_artifact(
            key=f"pactwatch-{name}-changes",
            table=changes_table(summary.newest_report),
            description=f"What changed in {summary.newest_report.week}",
        )
    _last[name] = summary
    return {
        "accepted": summary.built.accepted if summary.built else 0,
        "held": len(summary.built.held) if summary.built else 0,
        "reports": len(summary.weeks),
    }


def _progress(name: str) -> Callable[[str, int, int], None]:
    """Return a watcher that shows each long stage as a progress artifact."""
    shown: dict[str, tuple[Any, float]] = {}

    def watch(stage: str, done: int, total: int) -> None:
        percent = 100.0 * done / total
        if stage not in shown:
            key = f"pactwatch-{name}-{stage}"
            shown[stage] = (
                create_progress_artifact(percent, key, f"{stage}: {total} in all"),
                percent,
            )
        artifact, before = shown[stage]
        if percent - before >= PROGRESS_STEP or (done == total and before < percent):
            update_progress_artifact(artifact, percent)
            shown[stage] = artifact, percent

    return watch


_last: dict[str, Summary] = {}


def last_summary(name: str) -> Summary:
    """Return what the last run of this process did, in full."""
    return _last[name]
