"""FLOW the main job: articles + lists + warehouse + gaps + weekly reports, in that order."""

from __future__ import annotations

from prefect import flow

from flows import stages
from flows.run_summary import Summary
from flows.steps.common.layout import Job


@flow(name="pactwatch-run")
def run(job: Job) -> Summary:
    """Do the main job: every `pactwatch run`, and the schedule's weekly report."""
    main_job: dict[str, stages.Stage] = {
        "ingest": stages.read_articles,
        "snapshot": stages.look_at_page,
        "build": stages.build,
        "mend": stages.fill_gaps,
        "report": stages.update_reports,
    }
    return stages.work(job, "run", main_job, has_news=True)
