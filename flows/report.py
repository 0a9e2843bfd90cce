"""FLOW warehouse → weekly reports."""

from __future__ import annotations

from functools import partial

from prefect import flow

from flows import stages
from flows.run_summary import Summary
from flows.steps.common.layout import Job
from flows.steps.reports import write


@flow(name="pactwatch-report")
def report(job: Job, week: str | None = None, *, every: bool = False) -> Summary:
    """Write the report of an ISO week (2025-W22), of every week, or of the newest.

    Builds first: a warehouse of an earlier release lacks what reports tell. Raises `UsageError`
    for a week that has not begun.
    """
    if week:
        write.refuse_future(week, stages.utc_now().date())
    reports = partial(stages.write_reports, week=week, every=every)
    return stages.work(job, "report", {"build": stages.build, "report": reports})
