"""Serve the flows on their schedules, on a Prefect server that is there."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from flows.steps.common.errors import PactwatchError, UsageError
from flows.steps.common.layout import Job

if TYPE_CHECKING:
    from prefect.deployments.runner import RunnerDeployment

PAUSE_SECONDS = 10


def serve_all(
    job: Job, lines: Mapping[str, str], deployment: str, has_server: Callable[[], bool]
) -> None:
    """Register the schedules and run due flows, one at a time, until stopped.

    `lines` maps a flow's name to its cron line (UTC); one without a line is not served. The server
    knows each by the name `deployment`, and one that was paused there goes on. Prefect
    asks again when its server is busy, but gives up after three failed rounds: the schedules are
    then registered anew, so that an outage ends nothing. Raises `PactwatchError` when
    `has_server` says that there is no server to wait for.
    """
    from prefect import serve
    from prefect.logging import get_logger

    deployments = [_deployment(job, deployment, name, line) for name, line in lines.items() if line]
    if not deployments:
        raise UsageError("No schedule is set: give a PACTWATCH_SCHEDULE_ setting a cron line.")
    while True:
        try:
            serve(*deployments, limit=1)
            return  # a person stopped it
        except Exception as problem:  # Prefect's own tree, in groups; none of it may end the watch
            if not has_server():
                raise PactwatchError(
                    "The Prefect server of `pactwatch serve` has ended: see prefect-server.log in"
                    " the data folder, and start `pactwatch serve` again."
                ) from problem
            get_logger("pactwatch").warning(
                "The schedule broke off (%s): it is taken up again in %s seconds.",
                str(problem).splitlines()[0],
                PAUSE_SECONDS,
            )
        time.sleep(PAUSE_SECONDS)


def _deployment(job: Job, deployment_name: str, name: str, line: str) -> RunnerDeployment:
    from prefect.types.entrypoint import EntrypointType

    from flows import ingest, snapshot, track

    served: dict[str, Any] = {
        "run": track.run,
        "snapshot": snapshot.snapshot,
        "ingest": ingest.ingest,
    }
    flow = served[name]
    if faults := no_cron_line(f"schedule_{name}", line):
        raise UsageError(faults[0])
    deployment: RunnerDeployment = flow.to_deployment(
        name=deployment_name,
        cron=line,
        paused=False,  # Prefect pauses what is served when its server ends
        parameters={"job": _plain(job)},
        concurrency_limit=1,
        entrypoint_type=EntrypointType.MODULE_PATH,
        description=(flow.__doc__ or "").strip(),
    )
    return deployment


def no_cron_line(name: str, line: str) -> list[str]:
    """Return a sentence on a schedule that Prefect does not take, none when it does."""
    from prefect.client.schemas.schedules import CronSchedule

    try:
        CronSchedule(cron=line)
    except ValueError:
        return [
            f"The setting {name} is {line!r}, which is no cron line: write it like `0 */6 * * *`."
        ]
    return []


def _plain(job: Job) -> dict[str, object]:
    from dataclasses import asdict

    return {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(job).items()}
