"""`pactwatch serve`: one for a data folder, whose server ends with it, and whose schedules last."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from flows import prefect_server
from flows.cli import health, schedule
from flows.settings import ROOT
from flows.steps.common import serving
from flows.steps.common.errors import UsageError
from flows.steps.common.layout import Layout
from tests import alive
from tests.command import Said, command
from tests.conftest import COMMAND, environment
from tests.flows.test_flows import api, eventually, free_port, served

STARTER = f"""
import subprocess, sys, time
subprocess.Popen(
    [*{prefect_server.KEEP!r}, sys.executable, "-c",
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
    command = [*prefect_server.KEEP, *kept]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as keeper:
        assert keeper.stderr is not None
        assert (keeper.stderr.read(), keeper.wait()) == (b"", 7)


def test_a_server_that_answers_already_is_named_with_what_to_do(port: int, tmp_path: Path) -> None:
    with (
        pytest.raises(UsageError, match=f"not of this data folder answers on port {port} already"),
        prefect_server.lasting(port, tmp_path, tmp_path / "prefect-server.log"),
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


NEVER = dict.fromkeys(
    (f"PACTWATCH_SCHEDULE_{n}" for n in ("RUN", "INGEST", "SNAPSHOT")), "0 0 1 1 *"
)
FLOWS = ("snapshot", "ingest", "run")
SINCE = datetime(2026, 11, 26, 10)


def look(data: Path) -> schedule.Schedule:
    return schedule.look(Layout(data), datetime.now(UTC).replace(tzinfo=None))


def planned(data: Path) -> list[str] | None:
    """Return the flows that are planned, once all are, and nothing is wrong."""
    found = look(data)
    return sorted(found.next_runs) if len(found.next_runs) == 3 and not found.faults else None


def second_serve(data: Path, **settings: str) -> Said:
    done = subprocess.run(
        [*COMMAND, "serve", "--port", str(free_port())],
        env=environment(data, **settings),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return Said(done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize(
    "sign",
    [
        pytest.param(signal.SIGKILL, marks=pytest.mark.faults),
        pytest.param(signal.SIGTERM, marks=pytest.mark.faults),
    ],
)
def test_a_serve_that_ended_leaves_nothing_and_the_next_takes_its_schedules_up(
    sign: signal.Signals, tmp_path: Path
) -> None:
    """The second one starts at once, on the port of the first, whose server may still be ending."""
    data, log, port = tmp_path / "data", tmp_path / "serve.log", free_port()
    options = ("--port", str(port))
    with served(ROOT, data, log, *options, **NEVER) as first:
        eventually("three planned runs", lambda: planned(data), first, log)
        for named in ({}, {"PREFECT_API_URL": f"http://127.0.0.1:{port}/api"}):
            refused = second_serve(data, **NEVER, **named)
            assert refused.returncode == 2
            assert f"is at work on data/ already (process {first.pid}, since 20" in refused.stderr
            assert "leave the schedule to it, or end it first" in refused.stderr
        assert planned(data) == sorted(FLOWS)
        told = command("status", "--json", env=environment(data))
        known = json.loads(told.stdout)["schedule"]
        assert (known["served"]["pid"], sorted(known["next_runs"])) == (first.pid, sorted(FLOWS))
        one = api(port, "/deployments/name/pactwatch-snapshot/schedule")
        httpx_post(port, f"/deployments/{one['id']}/pause_deployment")
        assert [found for found, _ in look(data).faults] == ["the schedule of snapshot is paused"]
        [finding] = health.of_schedule(look(data))
        assert not finding.is_well
        assert f"resume it at http://127.0.0.1:{port}/deployments" in finding.mend
        first.send_signal(sign)
        first.wait()
        assert look(data).served is None
        with served(ROOT, data, log, *options, **NEVER) as second:
            eventually("the same three again", lambda: planned(data), second, log)
    assert alive.still_after(data) == {}


def httpx_post(port: int, path: str) -> None:
    httpx.post(f"http://127.0.0.1:{port}/api{path}", timeout=10).raise_for_status()


def test_nobody_serves_is_said_and_is_no_fault(tmp_path: Path) -> None:
    said = command("status", env=environment(tmp_path))
    assert (
        "Schedule: no `pactwatch serve` is at work on this data folder: no schedule" in said.stdout
    )
    [finding] = health.of_schedule(look(tmp_path))
    assert (finding.is_well, finding.is_warning) == (True, True)
    assert not (tmp_path / ".serve.lock").exists()


def test_a_lock_is_held_by_one_and_a_damaged_note_counts_as_none(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    with serving.claimed(layout, SINCE) as note:
        note("http://127.0.0.1:9/api", "schedule", ("run",))
        held = serving.holder(layout)
        assert held is not None
        assert (held.pid, held.in_words) == (
            os.getpid(),
            f"process {os.getpid()}, since 2026-11-26 10:00 UTC",
        )
        with (
            pytest.raises(UsageError, match=f"process {os.getpid()}, since 2026-11-26 10:00 UTC"),
            serving.claimed(layout, SINCE),
        ):
            pass
        for damage in (b"", b"{", b"[]", b'{"pid": "x"}', b"\xff\xfe"):
            layout.serving.write_bytes(damage)
            assert serving.holder(layout) == serving.Serving()
        with (
            pytest.raises(UsageError, match=r"already \(another process\)"),
            serving.claimed(layout, SINCE),
        ):
            pass
    assert serving.holder(layout) is None


def test_a_server_that_does_not_answer_or_knows_nothing_is_told(port: int, tmp_path: Path) -> None:
    layout, later = Layout(tmp_path), SINCE + timedelta(hours=1)
    with serving.claimed(layout, SINCE) as note:
        assert schedule.look(layout, SINCE).faults == []  # it has just been started
        [(said, _)] = schedule.look(layout, later).faults
        assert said.endswith("serves, and serve.json does not say where")
        for address in (
            f"http://127.0.0.1:{port}/api",
            "http://127.0.0.1:9/api",
            "http://[::1/api",
        ):
            note(address, "schedule", ("run", "ingest"))
            [(said, mend)] = schedule.look(layout, later).faults
            assert said == f"the Prefect server at {address} does not answer"
            assert "prefect-server.log" in mend


def test_a_port_of_another_program_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        other.listen()
        other.settimeout(0)
        with (
            pytest.raises(UsageError, match=f"Another program has port {taken}: give another"),
            prefect_server.lasting(taken, tmp_path, tmp_path / "log"),
        ):
            pass
