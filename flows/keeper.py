"""End a command when whoever started it ends, however that ends: run as a script, with the command.

Standard input is a pipe that the starter holds open. The kernel closes it with the starter, also
after a SIGKILL, where nothing of the starter's own could still run.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

GRACE_SECONDS = 15


def main() -> int:
    """Run the command until it ends or standard input does; return its exit code."""
    # In a session of its own: Ctrl-C ends the starter first, which may still need the command.
    command = subprocess.Popen(  # noqa: S603 - as started
        sys.argv[1:], stdin=subprocess.DEVNULL, start_new_session=True
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
    sys.exit(main())
