"""Start a flow: as a plain call, or as a flow run where the user named a Prefect server."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows import settings
from flows.steps.common.files import only_one
from flows.steps.common.layout import Job, Layout

if TYPE_CHECKING:
    from prefect import Flow

    from flows.run_summary import Summary


def prepare(job: Job, *, is_flow_run: bool = False) -> Job:
    """Make ready for Prefect before it is imported; return the job.

    That the data folder is held by another run, or cannot be written to, is told at once, before
    Prefect takes its time to start. A flow run needs room for Prefect's database as well. Raises
    `PactwatchError`.
    """
    with only_one(Layout(Path(job.data))):
        pass
    if not (is_flow_run or settings.prefect_server()):
        settings.set_prefect_defaults(Path(job.data))
        return job
    if "--debug" not in sys.argv:  # an error is told once, as a sentence, by main()
        settings.hush_prefect()
    settings.prepare_prefect(Path(job.data))
    return job


def start(
    flow: Flow[..., Summary], *arguments: Any, is_flow_run: bool = False, **options: Any
) -> Summary:
    """Do a flow with these arguments, and return what it did."""
    do = flow if is_flow_run or settings.prefect_server() else flow.fn
    return do(*arguments, **options)
