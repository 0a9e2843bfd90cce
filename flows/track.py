"""FLOW the main job: ingest + snapshot + build + mend + report, in that order; and parts of it.

All Prefect decorators stand here: importing Prefect takes longer than building the warehouse, so
commands that need none of it use the plain functions of the other files. One task a stage, not one
a file; the stages share a summary in memory, and files on disk are the product.
"""

from __future__ import annotations

from datetime import date

from prefect import flow, get_run_logger, task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE

from flows import cli, jobs
from flows.steps import archive
from flows.steps.records import Job


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
    summary = jobs.Summary()
    telling = cli.telling()
    try:
        with jobs.at_work(layout, name, telling, job.busy_wait_seconds) as said:
            for stage, do in jobs.stages(job):
                if stage in wanted:
                    task(name=stage, cache_policy=NO_CACHE, persist_result=False)(do)(summary)
            said.extend(summary.mended)
            jobs.tell_news(jobs.places_of(job), summary, telling)
    except archive.Busy as busy:
        if not job.busy_wait_seconds:
            raise
        summary.skipped = f"{busy} This run gave up its turn after waiting; the next looks again."
    for line in jobs.summary_lines(summary):
        logger.info(line)
    create_markdown_artifact(
        key=f"pactwatch-{name}",
        markdown=jobs.summary_markdown(summary, layout),
        description="What the run did, and where its report is",
    )
    _last[name] = summary
    return {
        "accepted": summary.built.accepted if summary.built else 0,
        "held": len(summary.built.held) if summary.built else 0,
        "reports": len(summary.weeks),
    }


_last: dict[str, jobs.Summary] = {}


def last_summary(name: str) -> jobs.Summary:
    """Return what the last run of this process did, in full."""
    return _last[name]
