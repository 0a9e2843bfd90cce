"""The server of `pactwatch serve`: it ends with whoever started it, and never stands in a way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from flows import serve
from flows.settings import ROOT
from flows.steps.common.errors import UsageError

STARTER = f"""
import subprocess, sys, time
subprocess.Popen(
    [sys.executable, *{serve.KEEPER!r}, sys.executable, "-c",
     "import os, time; print(os.getpid(), flush=True); time.sleep(600)"],
    stdin=subprocess.PIPE,
)
time.sleep(600)
"""


class Healthy(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def port() -> Iterator[int]:
    """Return a port on which something answers as a Prefect server does."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Healthy)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


def runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGTERM])
def test_what_was_started_ends_with_its_starter(sign: signal.Signals) -> None:
    command = [sys.executable, "-c", STARTER]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as starter:
        assert starter.stdout is not None
        kept = int(starter.stdout.readline())
        assert runs(kept)
        starter.send_signal(sign)
        starter.wait()
        assert starter.stdout.read() == ""  # the pipe is closed when the last who held it ended
    for _ in range(100):
        if not runs(kept):
            break
        time.sleep(0.1)
    assert not runs(kept)


def test_what_ends_by_itself_ends_its_keeper_with_its_own_code() -> None:
    kept = [sys.executable, "-c", "raise SystemExit(7)"]
    command = [sys.executable, *serve.KEEPER, *kept]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as keeper:
        assert keeper.stderr is not None
        assert (keeper.stderr.read(), keeper.wait()) == (b"", 7)


def test_a_server_that_answers_already_is_named_with_what_to_do(port: int, tmp_path: Path) -> None:
    with (
        pytest.raises(UsageError, match=f"A Prefect server answers on port {port} already: end"),
        serve.server(port, tmp_path / "prefect-server.log"),
    ):
        pass
    assert not (tmp_path / "prefect-server.log").exists()


def test_prefect_forgets_old_runs_unless_the_user_says_otherwise(tmp_path: Path) -> None:
    text = (
        "import sys; from pathlib import Path; from flows import settings;"
        " settings.prepare_prefect(Path(sys.argv[1]));"
        " from prefect.settings import get_current_settings;"
        " found = get_current_settings().server.services.db_vacuum;"
        " print(sorted(found.enabled_vacuum_types), found.retention_period.days)"
    )
    name = "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED"
    known = {k: v for k, v in os.environ.items() if not k.startswith("PREFECT_")}
    for own, says in (
        ({}, "['events', 'flow_runs', 'orphans'] 90"),
        ({name: "events"}, "['events'] 90"),
    ):
        done = subprocess.run(
            [sys.executable, "-c", text, str(tmp_path)],
            env={**known, "PYTHONPATH": str(ROOT), **own},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.strip() == says
