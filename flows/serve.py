"""Serve the flows on their schedules, on the Prefect server there is or on one started here."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.steps.common.errors import PactwatchError, UsageError
from flows.steps.common.layout import Job

if TYPE_CHECKING:
    from prefect.deployments.runner import RunnerDeployment

STARTUP_SECONDS = 120
PAUSE_SECONDS = 10
KEEPER = ("-m", "flows.serve")
"""This module as a program, which ends a command when whoever started it ends."""
GRACE_SECONDS = 15
SERVER = (sys.executable, "-m", "prefect", "server", "start")


@contextmanager
def server(port: int, log: Path) -> Iterator[tuple[str, Callable[[], bool]]]:
    """Run a Prefect server on 127.0.0.1, which ends with this process, also when it is killed.

    Gives its API address, and a function that says whether it still runs. Raises `UsageError` when
    a Prefect server answers there already.
    """
    from flows.steps import fetch

    address = f"http://127.0.0.1:{port}/api"
    if fetch.answers(f"{address}/health"):
        raise UsageError(
            f"A Prefect server answers on port {port} already: end the `pactwatch serve` that it"
            f" belongs to, give another --port, or use it with PREFECT_API_URL={address}."
        )
    address_options = ("--host", "127.0.0.1", "--port", str(port))
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and arguments
            [sys.executable, *KEEPER, *SERVER, *address_options],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait_until_ready(process, address, log)
            yield address, lambda: process.poll() is None
        finally:
            if process.stdin:
                process.stdin.close()
            process.wait()


def serve_all(job: Job, lines: Mapping[str, str], has_server: Callable[[], bool]) -> None:
    """Register the schedules and run due flows, one at a time, until stopped.

    `lines` maps a flow's name to its cron line (UTC); one without a line is not served. Prefect
    asks again when its server is busy, but gives up after three failed rounds: the schedules are
    then registered anew, so that an outage ends nothing. Raises `PactwatchError` when
    `has_server` says that there is no server to wait for.
    """
    from prefect import serve
    from prefect.logging import get_logger

    deployments = [_deployment(job, name, line) for name, line in lines.items() if line]
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


def _deployment(job: Job, name: str, line: str) -> RunnerDeployment:
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
        name="schedule",
        cron=line,
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


def _wait_until_ready(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    from flows.steps import fetch

    deadline = time.monotonic() + STARTUP_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise PactwatchError(
                f"The Prefect server did not start: its log is {log.name} in the data folder;"
                " `pactwatch doctor` checks the pinned versions."
            )
        if fetch.answers(f"{address}/health"):
            return
        time.sleep(0.3)
    raise PactwatchError(
        f"The Prefect server did not answer within {STARTUP_SECONDS} seconds: see {log.name} in"
        " the data folder."
    )


def keep(arguments: list[str]) -> int:
    """Run a command until it ends or standard input does; return its exit code.

    Standard input is a pipe that the starter holds open. The kernel closes it with the starter,
    also after a SIGKILL, where nothing of the starter's own could still run.
    """
    # In a session of its own: Ctrl-C ends the starter first, which may still need the command.
    command = subprocess.Popen(  # noqa: S603 - as started
        arguments, stdin=subprocess.DEVNULL, start_new_session=True
    )
    for sign in (signal.SIGINT, signal.SIGTERM):  # the end of the starter ends the command
        signal.signal(sign, lambda *_: None)

    def follow() -> None:
        # Unbuffered: a buffer's lock would be held still when this script ends.
        while os.read(sys.stdin.fileno(), 1):
            pass
        command.terminate()
        try:
            command.wait(timeout=GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            command.kill()

    threading.Thread(target=follow, daemon=True).start()
    return command.wait()


if __name__ == "__main__":
    sys.exit(keep(sys.argv[1:]))
