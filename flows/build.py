"""FLOW archive and seeds → warehouse."""

from __future__ import annotations

from functools import partial

from prefect import flow

from flows import stages
from flows.run_summary import Summary
from flows.steps.common.layout import Job


@flow(name="pactwatch-build")
def build(job: Job, *, force: bool = False) -> Summary:
    """Build the warehouse; a no-op when nothing changed, unless `force` says otherwise."""
    return stages.work(job, "build", {"build": partial(stages.build, force=force)})
