"""Start a flow: as a plain call, or as a flow run where the user named a Prefect server."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows import settings
from flows.steps.common.files import only_one
from flows.steps.common.layout import Job, Layout

from .terminal import HELD

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


@contextmanager
def prefect_at_hand(job: Job) -> Iterator[Callable[[], None]]:
    """Have a Prefect server for this process: the one that the user named, else one of its own.

    Gives a function that waits until it answers; Prefect may be imported before that.
    """
    if settings.prefect_server():
        yield lambda: None
        return
    from flows import prefect_server

    data = Path(job.data)
    home = settings.set_prefect_defaults(data)
    with prefect_server.temporary(home, Layout(data).server_log) as (address, wait_until_ready):
        settings.use_prefect_server(address)
        yield wait_until_ready


def start(
    flow: Flow[..., Summary], *arguments: Any, is_flow_run: bool = False, **options: Any
) -> Summary:
    """Do a flow with these arguments, and return what it did."""
    from flows.stages import LookFailed

    do = flow if is_flow_run or settings.prefect_server() else flow.fn
    try:
        return do(*arguments, **options)
    except LookFailed as ended:
        return ended.summary


def exit_code(summary: Summary) -> int:
    """Return the exit code of a run that went to its end, the same for every command.

    `HELD` when a look at ICE's page failed, a file or article did not come or could not be read,
    the Internet Archive stopped half way, or one of the files that came in is held; 1 when nothing
    that a person named to be read could be.
    """
    own = [
        c.outcome in ("failed", "rejected")
        for c in summary.captures
        if c.source not in ("ice", "wayback")
    ]
    if own and all(own) and len(own) == len(summary.captures):
        return 1
    is_short = summary.look_failed or any(own)
    has_stopped = summary.filled is not None and summary.filled.stopped
    names = {capture.file_name for capture in summary.captures}
    held = summary.built.held if summary.built else []
    is_held = any(one["file_name"] in names for one in held)
    return HELD if is_short or has_stopped or is_held else 0
