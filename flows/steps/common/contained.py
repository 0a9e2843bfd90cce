"""Call functions on bytes that nobody vouches for, in processes of their own and within limits.

A crafted file may crash the native code that reads it, keep it busy for ever or fill the memory.
Here that ends a process made for it, and the caller is told why. Such a process is no prison: it
keeps the program going, and trusts the code that runs in it.
"""

from __future__ import annotations

import pickle
import resource
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from queue import LifoQueue
from types import TracebackType
from typing import Any, TypeVar

from .errors import PactwatchError, in_a_line

SECONDS = 20
"""Processor time of one call: what else the machine does meanwhile, or its sleep, counts not."""
MEMORY = 1_000_000_000
"""Bytes that a process may hold beside its code; only Linux holds it to that."""
OUTPUT = 200_000_000
"""Bytes that one call may give back."""
PATIENCE = 3
"""A call is stuck after as many times its processor time has passed, however little it computes."""

TOO_LONG = "takes more than {} seconds to read"
TOO_MUCH = f"takes more than {MEMORY // 1_000_000:,} MB of memory to read"
TOO_LARGE = f"holds more than {OUTPUT // 1_000_000:,} MB"

READY = b"ready"
NO_READER = (
    "A process to read files in could not be started ({}): `pactwatch doctor` checks what is"
    " installed; run again when that is in order; nothing published was changed."
)
# Not multiprocessing's own start: that would import the calling program anew, Prefect and all.
_PROGRAM = (
    "import sys; sys.path[:] = sys.argv[2:]\n"
    "from flows.steps.common.contained import serve; serve(int(sys.argv[1]))"
)
# There are several such processes: none needs a thread for each processor.
_COMMAND = ("/usr/bin/env", "POLARS_MAX_THREADS=1", sys.executable, "-c", _PROGRAM)
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Stopped:
    """A call that gave nothing: `why` goes on a sentence that begins with what was read.

    `is_outside` says that something else ended the process, as a system does that is short of
    memory: that says nothing of what was read.
    """

    why: str
    is_outside: bool = False


class Workers:
    """At most `most` processes that call functions, each started when there is work for it."""

    def __init__(self, most: int = 2) -> None:
        self._workers = [_Worker() for _ in range(most)]
        self._idle: LifoQueue[_Worker] = LifoQueue()
        for worker in reversed(self._workers):
            self._idle.put(worker)

    def __enter__(self) -> Workers:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the processes, whatever they do."""
        for worker in self._workers:
            worker.end()

    def call(
        self, function: Callable[..., Result], *arguments: object, seconds: int = SECONDS
    ) -> Result | Stopped:
        """Return what a function returns for these arguments, or why it was stopped.

        It stands in a module; arguments and result can be pickled. A `PactwatchError` that it
        raises is raised here, as is one when no process can be started; any other error stops it.
        """
        worker = self._idle.get()
        try:
            answer: Result | Stopped = worker.call(function, arguments, seconds)
            return answer
        finally:
            self._idle.put(worker)

    def call_each(
        self,
        function: Callable[..., Result],
        calls: Iterable[Sequence[object]],
        seconds: int = SECONDS,
    ) -> Iterator[Result | Stopped]:
        """Give what `call` returns for each tuple of arguments, in order.

        Arguments are taken as there is a process for them.
        """
        most = len(self._workers)
        begun: deque[Future[Result | Stopped]] = deque()
        with ThreadPoolExecutor(most) as pool:
            try:
                for arguments in calls:
                    begun.append(pool.submit(self.call, function, *arguments, seconds=seconds))
                    if len(begun) > most:
                        yield begun.popleft().result()
                while begun:
                    yield begun.popleft().result()
            except BaseException:  # also of one who asks for no more
                pool.shutdown(wait=False, cancel_futures=True)
                while wait(begun, timeout=0.1).not_done:  # a process may only just be starting
                    for worker in self._workers:
                        worker.kill()
                raise


class _Worker:
    """A process that calls functions one after the other; one that has ended is started anew."""

    def __init__(self) -> None:
        self._running: tuple[subprocess.Popen[bytes], Connection] | None = None

    def call(self, function: Callable[..., Any], arguments: Sequence[object], seconds: int) -> Any:
        message = pickle.dumps((function, tuple(arguments), seconds))
        if self._running is None:
            self._running = _start()
        process, pipe = self._running
        try:
            pipe.send_bytes(message)
            if not pipe.poll(PATIENCE * seconds):
                self.end()
                return Stopped(TOO_LONG.format(seconds))
            answer = pickle.loads(pipe.recv_bytes())  # noqa: S301 - of our own process
        except (EOFError, ConnectionError):
            with suppress(subprocess.TimeoutExpired):
                process.wait(seconds)
            self.end()
            return _why_ended(process.returncode, seconds)
        if isinstance(answer, Stopped):  # its memory may be full
            self.end()
        if isinstance(answer, PactwatchError):
            raise answer
        return answer

    def kill(self) -> None:
        """Kill the process; the call that waits for it ends."""
        if self._running:
            self._running[0].kill()

    def end(self) -> None:
        """End the process; no call may be under way."""
        self.kill()
        if self._running:
            process, pipe = self._running
            self._running = None
            pipe.close()
            process.wait()


def _start() -> tuple[subprocess.Popen[bytes], Connection]:
    pipe, theirs = Pipe()
    with theirs:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and arguments
            [*_COMMAND, str(theirs.fileno()), *sys.path],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,  # where native code prints a page before it aborts
        )
    try:
        is_ready = pipe.poll(PATIENCE * SECONDS) and pipe.recv_bytes() == READY
    except (EOFError, ConnectionError):
        is_ready = False
    if not is_ready:  # that is no fault of what is to be read
        process.kill()
        pipe.close()
        raise PactwatchError(NO_READER.format(f"exit code {process.wait()}"))
    return process, pipe


def _why_ended(code: int, seconds: int) -> Stopped:
    """Return why a process ended, by its exit code."""
    if code == -signal.SIGPROF:
        return Stopped(TOO_LONG.format(seconds))
    if code == -signal.SIGKILL:
        return Stopped("was being read when something else ended its reader", is_outside=True)
    by = f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
    return Stopped(f"breaks its reader ({by})")


def serve(handle: int) -> None:
    """Be such a process: answer calls on a pipe until its other end is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C ends the caller, which ends this
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    for limit, most in ((resource.RLIMIT_DATA, MEMORY), (resource.RLIMIT_CORE, 0)):
        hard = resource.getrlimit(limit)[1]
        allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(limit, (allowed, hard))
    with Connection(handle) as pipe, suppress(EOFError, ConnectionError):
        pipe.send_bytes(READY)
        while True:
            pipe.send_bytes(_answer(pipe.recv_bytes()))


def _answer(message: bytes) -> bytes:
    """Do a call within the limits; return its pickled result, error or `Stopped`."""
    try:
        function, arguments, seconds = pickle.loads(message)  # noqa: S301 - of the process that made this
        # At its end the system ends this process, also in native code that nothing else ends.
        signal.setitimer(signal.ITIMER_PROF, seconds)
        answer = pickle.dumps(function(*arguments))
        if len(answer) > OUTPUT:
            answer = pickle.dumps(Stopped(TOO_LARGE))
    except PactwatchError as problem:
        answer = pickle.dumps(problem)
    except ImportError as problem:
        answer = pickle.dumps(PactwatchError(NO_READER.format(problem)))
    except MemoryError:
        answer = pickle.dumps(Stopped(TOO_MUCH))
    except BaseException as problem:  # a panic of native code is no Exception
        answer = pickle.dumps(Stopped(f"breaks its reader ({in_a_line(problem)[:250]})"))
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    return answer
