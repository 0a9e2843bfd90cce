"""FLOW the Internet Archive, folders and git histories → archive → warehouse."""

from __future__ import annotations

from datetime import date
from functools import partial

from prefect import flow

from flows import stages
from flows.run_summary import Summary
from flows.steps.common.layout import Job


@flow(name="pactwatch-backfill")
def backfill(job: Job, first: date, last: date) -> Summary:
    """Take the Internet Archive's captures between two days, and build."""
    take = partial(stages.take_captures, first=first, last=last)
    return stages.work(job, "backfill", {"backfill": take, "build": stages.build})


@flow(name="pactwatch-import")
def import_lists(job: Job, source: str, *, is_git: bool = False) -> Summary:
    """Import lists from a folder, a file or the history of a git repository, and build."""
    take = partial(stages.import_lists, source=source, is_git=is_git)
    return stages.work(job, "import", {"import": take, "build": stages.build})
