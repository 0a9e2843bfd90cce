"""Prefect servers that are started here, on 127.0.0.1: each ends with whoever started it.

A starter holds a pipe open to the standard input of what it starts. The kernel closes it with the
starter, also after a SIGKILL, where nothing of the starter's own could still run.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from filelock import FileLock

from flows.steps import fetch
from flows.steps.common.errors import PactwatchError, UsageError

STARTUP_SECONDS = 120
GRACE_SECONDS = 15
THIS = (sys.executable, "-m", "flows.prefect_server")
KEEP = (*THIS, "keep")
"""This module as a program, which ends a command when whoever started it ends."""
SERVER = (sys.executable, "-m", "prefect", "server", "start")
# As Prefect itself starts one for a single run: without pages, schedules and other services.
FOR_ONE_RUN = ("PREFECT_UI_ENABLED=0", "PREFECT__SERVER_EPHEMERAL=1", "PREFECT__SERVER_FINAL=1")
APP = "prefect.server.api.server:create_app"


@contextmanager
def lasting(
    port: int, home: Path, log: Path, *, is_ending: bool = False
) -> Iterator[tuple[str, Callable[[], bool]]]:
    """Run a whole Prefect server, with its pages and its scheduler, until the block ends.

    Gives its API address, and a function that says whether it still runs. `is_ending` says that
    the one before it on this port was killed, and is waited for. Raises `UsageError` when the port
    is taken.
    """
    address = f"http://127.0.0.1:{port}/api"
    _refuse_taken(port, address, GRACE_SECONDS + 5 if is_ending else 0)
    command = [*KEEP, *SERVER, "--host", "127.0.0.1", "--port", str(port)]
    with _one_starts(home) as starting, log.open("ab") as output, _held(command, output) as process:
        _wait_until_ready(process, address, log)
        starting.release()
        yield address, lambda: process.poll() is None


@contextmanager
def temporary(home: Path, log: Path) -> Iterator[tuple[str, Callable[[], None]]]:
    """Run a Prefect server for the runs of this process alone, until the block ends.

    Gives its API address, and a function that waits until it answers: until then the caller may
    import what it needs. Nobody else can get its port, which is open from the beginning.
    """
    with (
        _one_starts(home) as starting,
        socket.create_server(("127.0.0.1", 0)) as listening,
        log.open("ab") as output,
    ):
        address = f"http://127.0.0.1:{listening.getsockname()[1]}/api"
        handle = listening.fileno()
        own = ("/usr/bin/env", "-u", "PREFECT_API_URL", *FOR_ONE_RUN)
        with _held([*own, *THIS, "answer", str(handle)], output, handle) as process:
            listening.close()  # else nothing would tell that the server ended

            def wait_until_ready() -> None:
                _wait_until_ready(process, address, log)
                starting.release()

            try:
                yield address, wait_until_ready
            finally:
                _send_what_waits()


def _send_what_waits() -> None:
    """Have Prefect send the lines of its log that it keeps back a while, to send many at once."""
    if "prefect.logging.handlers" in sys.modules:
        from prefect.logging.handlers import APILogWorker

        APILogWorker.drain_all(timeout=STARTUP_SECONDS)


@contextmanager
def _one_starts(home: Path) -> Iterator[FileLock]:
    """Hold the start of a server: several at once would make the tables of one database at once."""
    lock = FileLock(home / ".starting.lock", timeout=STARTUP_SECONDS, preserve_lock_file=True)
    lock.acquire()
    try:
        yield lock
    finally:
        lock.release()


@contextmanager
def _held(
    command: list[str], output: IO[bytes], *handles: int
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command that ends with its standard input; close that at the end, and wait for it."""
    # In a session of its own: Ctrl-C ends the starter first, which may still need the command.
    process = subprocess.Popen(  # noqa: S603 - our own interpreter and arguments
        command,
        stdin=subprocess.PIPE,
        stdout=output,
        stderr=subprocess.STDOUT,
        pass_fds=handles,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.stdin:
            process.stdin.close()
        process.wait()


def _refuse_taken(port: int, address: str, patience: float) -> None:
    """Raise `UsageError` when something answers on a port, for longer than so many seconds."""
    deadline = time.monotonic() + patience
    while _is_taken(port) and time.monotonic() < deadline:
        time.sleep(0.3)
    if fetch.answers(f"{address}/health"):
        raise UsageError(
            f"A Prefect server that is not of this data folder answers on port {port} already: give"
            f" another --port, or use it with PREFECT_API_URL={address}."
        )
    if _is_taken(port):
        raise UsageError(f"Another program has port {port}: give another --port.")


def _is_taken(port: int) -> bool:
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        return True
    return False


def _wait_until_ready(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    deadline = time.monotonic() + STARTUP_SECONDS
    while time.monotonic() < deadline:
        if fetch.answers(f"{address}/health"):
            return
        if process.poll() is not None:
            raise PactwatchError(
                f"The Prefect server did not start: its log is {log.name} in the data folder;"
                " `pactwatch doctor` checks the pinned versions."
            )
        time.sleep(0.1)
    raise PactwatchError(
        f"The Prefect server did not answer within {STARTUP_SECONDS} seconds: see {log.name} in"
        " the data folder."
    )


def keep(arguments: list[str]) -> int:
    """Run a command until it ends or standard input does; return its exit code."""
    command = subprocess.Popen(  # noqa: S603 - as started
        arguments, stdin=subprocess.DEVNULL, start_new_session=True
    )
    for sign in (signal.SIGINT, signal.SIGTERM):  # the end of the starter ends the command
        signal.signal(sign, lambda *_: None)

    def end() -> None:
        command.terminate()
        try:
            command.wait(timeout=GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            command.kill()

    _when_starter_ends(end)
    return command.wait()


def answer(handle: int) -> None:
    """Answer Prefect's API on a socket that is open already, until standard input ends."""

    def end() -> None:
        os.kill(os.getpid(), signal.SIGTERM)  # what it was told last is still written
        time.sleep(GRACE_SECONDS)
        os._exit(1)

    _when_starter_ends(end)  # before the imports, which take their time
    import uvicorn

    server = uvicorn.Server(uvicorn.Config(APP, factory=True, log_level="error", lifespan="on"))
    server.run(sockets=[socket.socket(fileno=handle)])


def _when_starter_ends(do: Callable[[], None]) -> None:
    def follow() -> None:
        # Unbuffered: a buffer's lock would be held still when this script ends.
        while os.read(sys.stdin.fileno(), 1):
            pass
        do()

    threading.Thread(target=follow, daemon=True).start()


if __name__ == "__main__":
    if sys.argv[1] == "answer":
        answer(int(sys.argv[2]))
    else:
        sys.exit(keep(sys.argv[2:]))
