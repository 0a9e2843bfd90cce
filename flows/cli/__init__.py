"""The command line.

Exit codes: 0 fine, 1 failed, 2 wrong use, 3 ran but something is held or a look failed.
"""

from __future__ import annotations

import os
import sys

from cyclopts import App, CycloptsError

from flows.steps.common.causes import explained, sentence
from flows.steps.common.errors import PactwatchError, UsageError

from . import acquire, produce, query, review
from .terminal import as_typed, errors, replace_unprintable

__all__ = ["app", "main"]

app = App(
    name="pactwatch",
    help="The public record of 287(g) agreements: every list archived, what changed, how fast.",
    result_action="return_value",
)
for command in (
    *(acquire.run, acquire.snapshot, acquire.backfill, acquire.import_, acquire.ingest),
    *(produce.build, produce.report),
    *(query.query, query.tables, query.explain, query.audit, query.claims),
    review.review,
    *(query.status, query.doctor),
    *(produce.export, produce.publish, produce.export_seeds),
    acquire.serve,
):
    app.command(command)


OF_PATHS = frozenset({"import", "ingest", "publish"})
"""Commands that take paths, whose bytes the system must get back as they came."""


def main() -> None:
    """Run a command; print errors as one sentence, and leave with the exit code."""
    replace_unprintable()
    arguments = [word for word in sys.argv[1:] if word != "--debug"]
    if not OF_PATHS.intersection(arguments[:1]):
        arguments = [as_typed(word) for word in arguments]
    try:
        code = _run(arguments, is_debugging=len(arguments) < len(sys.argv) - 1)
        sys.stdout.flush()
    except BrokenPipeError:  # a reader such as `head` has all it wants
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    sys.exit(code if isinstance(code, int) else 0)


def _run(arguments: list[str], *, is_debugging: bool) -> object:
    """Run a command and return its exit code; `is_debugging` lets errors through."""
    try:
        return app(arguments, exit_on_error=False, print_error=False)
    except CycloptsError as problem:
        said = " ".join(str(problem).split())
        errors.print(f"{said} See `pactwatch --help`.", style="red", markup=False, soft_wrap=True)
        return UsageError.exit_code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        raise
    except Exception as problem:
        if is_debugging:
            raise
        known = explained(problem)
        said = str(known or sentence(problem))
        errors.print(said, style="red", highlight=False, markup=False, soft_wrap=True)
        return known.exit_code if known else PactwatchError.exit_code
