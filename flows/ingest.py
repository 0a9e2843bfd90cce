"""FLOW articles → archive → their claims in the warehouse."""

from __future__ import annotations

from functools import partial

from prefect import flow

from flows import stages
from flows.run_summary import Summary
from flows.steps.common.layout import Job


@flow(name="pactwatch-ingest")
def ingest(job: Job, sources: tuple[str, ...] = ()) -> Summary:
    """Read articles and build: those at `sources`, else those the settings name (daily)."""
    read = partial(stages.read_articles, sources=sources)
    return stages.work(job, "ingest", {"ingest": read, "build": stages.build}, has_news=True)
