"""Serve the flows on their schedules, on the Prefect server there is or on one started here."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from flows.steps import fetch
from flows.steps.records import Job, PactwatchError

SCHEDULES = {"snapshot": "0 */6 * * *", "ingest": "30 5 * * *", "run": "0 12 * * 1"}
"""Lists every six hours, articles daily, the weekly report Monday 12:00 UTC."""
STARTUP_SECONDS = 120


@contextmanager
def server(port: int, environment: Mapping[str, str], log: Path) -> Iterator[str]:
    """Run a Prefect server on 127.0.0.1 and give its API address; it ends with this process."""
    address = f"http://127.0.0.1:{port}/api"
    address_options = ("--host", "127.0.0.1", "--port", str(port))
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and arguments
            [sys.executable, "-m", "prefect", "server", "start", *address_options],
            env=dict(environment),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait_until_ready(process, address, log)
            yield address
        finally:
            process.terminate()
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()


def serve_all(job: Job) -> None:
    """Register the schedules and run due flows, one of each at a time, until stopped."""
    from prefect import serve
    from prefect.types.entrypoint import EntrypointType

    from flows import track

    deployments = [
        getattr(track, name).to_deployment(
            name="schedule",
            cron=cron,
            parameters={"job": _plain(job)},
            concurrency_limit=1,
            entrypoint_type=EntrypointType.MODULE_PATH,
            description=(getattr(track, name).__doc__ or "").strip(),
        )
        for name, cron in SCHEDULES.items()
    ]
    serve(*deployments, limit=1)


def _plain(job: Job) -> dict[str, object]:
    from dataclasses import asdict

    return {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(job).items()}


def _wait_until_ready(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
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
