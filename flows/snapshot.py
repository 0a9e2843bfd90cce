"""FLOW ICE's page → archive → warehouse, and the gaps that show then."""

from __future__ import annotations

from prefect import flow

from flows import stages
from flows.run_summary import Summary
from flows.steps.common.layout import Job


@flow(name="pactwatch-snapshot")
def snapshot(job: Job) -> Summary:
    """Fetch the lists, build, and fill gaps: every six hours on the schedule."""
    look: dict[str, stages.Stage] = {
        "snapshot": stages.look_at_page,
        "build": stages.build,
        "mend": stages.fill_gaps,
    }
    return stages.work(job, "snapshot", look, has_news=True)
