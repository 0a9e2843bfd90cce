"""FLOW warehouse and reports → a static site, exports, and the seed record."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from prefect import flow

from flows import stages
from flows.run_summary import Summary
from flows.steps.common.layout import Job


@flow(name="pactwatch-publish")
def publish(job: Job, target: Path) -> Summary:
    """Write everything as a static site into a folder; build and report before."""
    site = partial(stages.publish, target=target)
    return stages.work(job, "publish", {"build": stages.build, "publish": site})


@flow(name="pactwatch-export")
def export(job: Job) -> Summary:
    """Write every public table of the published warehouse as Parquet and CSV."""
    return stages.work(job, "export", {"export": stages.export})


@flow(name="pactwatch-export-seeds")
def export_seeds(job: Job) -> Summary:
    """Write the archived lists as the seed record in seeds/."""
    return stages.work(job, "export-seeds", {"export-seeds": stages.export_seeds})
