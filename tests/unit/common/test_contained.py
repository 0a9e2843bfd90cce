"""Calls in processes of their own: what comes back, and what ends a process and not the program."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from flows.steps.common import contained
from flows.steps.common.contained import SECONDS, Stopped, Workers
from flows.steps.common.errors import PactwatchError, Unreadable, UsageError
from tests import alive
from tests.conftest import environment


@pytest.fixture
def workers() -> Iterator[Workers]:
    with Workers() as workers:
        yield workers


def test_results_come_back_in_the_order_of_the_calls(workers: Workers) -> None:
    calls = [(f"sum(range({n}))",) for n in (2_000_000, 10, 3, 500_000, 4)]
    assert list(workers.call_each(eval, calls)) == [1999999000000, 45, 3, 124999750000, 6]


def test_it_is_another_process_and_one_does_all_calls_of_a_line(workers: Workers) -> None:
    assert workers.call(os.getpid) == workers.call(os.getpid) != os.getpid()


def test_no_process_is_started_without_a_call() -> None:
    with Workers() as workers:
        assert list(workers.call_each(eval, [])) == []
        assert [worker._running for worker in workers._workers] == [None, None]


def test_an_error_that_has_a_sentence_is_raised_here(workers: Workers) -> None:
    with pytest.raises(UsageError, match="no date"):
        workers.call(_refuse, "no date")
    assert workers.call(eval, "6 * 7") == 42


def _refuse(why: str) -> None:
    raise UsageError(why)


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("__import__('os').abort()", "breaks its reader (signal SIGABRT)"),
        ("__import__('ctypes').string_at(0)", "breaks its reader (signal SIGSEGV)"),
        ("__import__('os')._exit(7)", "breaks its reader (exit code 7)"),
        ("{}['a']", "breaks its reader (KeyError: 'a')"),
        ("exit()", "breaks its reader (SystemExit: None)"),
        ("(lambda: None)", "breaks its reader (PicklingError"),
        ("[0 for _ in iter(int, 1)]", "takes more than 1 seconds to read"),
        ("bytes(10**12)", "takes more than 1,000 MB of memory to read"),
        ("'a' * 250_000_000", "holds more than 200 MB"),
    ],
)
def test_what_ends_a_process_or_passes_a_limit_is_told_and_the_next_call_works(
    workers: Workers, code: str, why: str
) -> None:
    stopped = workers.call(eval, code, seconds=1 if "seconds" in why else SECONDS)
    assert isinstance(stopped, Stopped)
    assert stopped.why.startswith(why)
    assert workers.call(eval, "6 * 7") == 42


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux holds a process to its memory")
def test_memory_that_is_taken_bit_by_bit_is_limited_too(workers: Workers) -> None:
    stopped = workers.call(eval, "[bytes(1_000_000) for _ in range(2_000)]")
    assert stopped == Stopped("takes more than 1,000 MB of memory to read")


def test_a_process_that_something_else_kills_says_nothing_of_what_it_read(
    workers: Workers,
) -> None:
    stopped = workers.call(eval, "__import__('os').kill(__import__('os').getpid(), 9)")
    assert isinstance(stopped, Stopped)
    assert stopped.is_outside


def test_others_go_on_when_one_call_ends_its_process(workers: Workers) -> None:
    found = list(workers.call_each(eval, [("1",), ("__import__('os').abort()",), ("3",)]))
    assert found == [1, Stopped("breaks its reader (signal SIGABRT)"), 3]


def test_who_asks_for_no_more_leaves_no_process() -> None:
    with Workers() as workers:
        found = workers.call_each(os.getpid, [()] * 9)
        process = next(found)
        assert isinstance(process, int)
        assert isinstance(found, Generator)
        found.close()
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


def test_an_error_of_the_caller_ends_the_calls_under_way() -> None:
    def calls() -> Iterator[tuple[str]]:
        yield ("__import__('time').sleep(10_000)",)
        raise Unreadable("the caller's own")

    with Workers() as workers, pytest.raises(Unreadable, match="own"):
        list(workers.call_each(eval, calls()))


def test_a_process_ends_with_the_one_that_started_it_also_when_that_is_killed(
    tmp_path: Path,
) -> None:
    """The one that waits sees its pipe closed; how long a call takes is limited by itself."""
    program = (
        "import os, sys, time\n"
        "from flows.steps.common.contained import Workers\n"
        "with Workers(1) as workers:\n"
        "    print(workers.call(os.getpid), flush=True)\n"
        "    time.sleep(10_000)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        env=environment(tmp_path),
    ) as started:
        assert started.stdout
        reader = int(started.stdout.readline())
        handle = os.pidfd_open(reader)
        started.send_signal(signal.SIGKILL)
    assert alive.has_ended(handle)


def test_a_reader_that_cannot_be_started_blames_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contained, "_COMMAND", (sys.executable, "-c", "raise SystemExit(5)"))
    with Workers() as workers, pytest.raises(PactwatchError, match=r"could not be started \(exit"):
        workers.call(os.getpid)


def test_a_library_that_is_not_there_blames_no_file(workers: Workers) -> None:
    with pytest.raises(PactwatchError, match="No module named 'no_such_library'"):
        workers.call(eval, "__import__('no_such_library')")
    assert workers.call(eval, "6 * 7") == 42
