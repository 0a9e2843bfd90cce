"""The errors a user may see: one sentence each, which says what to do."""

from __future__ import annotations


class PactwatchError(Exception):
    """Something a person can mend: one sentence that says what and what to do.

    The command line prints the sentence and leaves with `exit_code`; it shows no traceback.
    """

    exit_code = 1


def in_a_line(problem: BaseException) -> str:
    """Return the kind of an error and the first line of its words, where it has no sentence."""
    return f"{type(problem).__name__}: {problem}".splitlines()[0]


class UsageError(PactwatchError):
    """The call itself was wrong: a missing file, an unknown week, a bad option."""

    exit_code = 2


class Unreadable(PactwatchError):
    """Bytes that are no list: a block page, a truncated zip, a workbook without the columns."""


class CheckFailed(PactwatchError):
    """A rule of sql/90_checks returned rows, so the new warehouse was not published."""
