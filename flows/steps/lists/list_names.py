"""Which list a file's name says it is, with the slips that people make in typing it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import PurePosixPath

from rapidfuzz.distance import OSA

from flows.steps.common.records import ListKind

from .name_dates import MONTHS, dates_in

SLIPS: dict[ListKind, int] = {"participating": 2, "pending": 1}
"""The word for each list, and how many letters of it may be typed wrong."""

# A word begins after no letter, where small letters turn to a capital, and after "287g".
_BEGINNING = re.compile(
    r"(?:(?<![A-Za-z])|(?<=[a-z])(?=[A-Z])|(?<=287g)|(?<=287G))"
    r"(?=[Pp])(?!(?i:participation|participant))"
)
_PROGRAM = re.compile(r"287\W?g(?![a-z])", re.I)
_DATE_ONLY = re.compile(rf"(?i)(?:[\W\d_]|[ap]m|mid|copy|[tz]|{'|'.join(MONTHS)})*")

_LIST_ONLY = re.compile(r"(?i)(?:287\W?g)?[\W_]*lists?(?:[\W\d_]|[ap]m|mid|copy)*")


@lru_cache(4096)
def kinds_named(name: str) -> frozenset[ListKind]:
    """Return the lists that a name speaks of: participating, pending, both or none."""
    beginnings = [name[found.start() :].lower() for found in _BEGINNING.finditer(name)]
    return frozenset(
        kind
        for kind, slips in SLIPS.items()
        if any(_is_like(text, kind, slips) for text in beginnings)
    )


def is_named_as_list(path: Sequence[str]) -> bool:
    """Say whether a file's path (its folders, then its name) names it as a list.

    Its own name does, or it is called a list and nothing else, or one of its folders does where its
    own name is a date alone.
    """
    *folders, name = path
    if kinds_named(name) or _LIST_ONLY.fullmatch(PurePosixPath(name).stem):
        return True
    is_date = bool(dates_in(name) and _DATE_ONLY.fullmatch(PurePosixPath(name).stem))
    return is_date and any(kinds_named(folder) for folder in folders)


def is_named_as_page(path: Sequence[str]) -> bool:
    """Say whether a page's path tells when the programme's page was saved.

    People who archive pages name them, or their folders, by the time; a day alone is that of many
    other tables, unless the program is named as well.
    """
    written = dates_in("/".join(path))
    if any(one.moment for one in written):
        return True
    return bool(written) and bool(_PROGRAM.search(path[-1]))


def _is_like(text: str, word: str, slips: int) -> bool:
    lengths = range(len(word) - slips, len(word) + slips + 1)
    return any(OSA.distance(text[:many], word) <= slips for many in lengths)
