"""How much of a text is read for figures: no article has as many numbers as these bounds let be."""

from __future__ import annotations

import re
from itertools import islice

from .numbers import NUMBER_WORDS

MOST_NUMBERS = 4_000
"""Numbers of a text that are read, days and years among them: an article has about a hundred."""

MOST_FIGURES = 60
"""Figures of one sentence that are read together: one that lists every state has no more."""

_NUMBER = re.compile(
    rf"\d[\d,]*+|\b(?:{'|'.join(sorted(NUMBER_WORDS))}|twice"
    r"|(?:doubl|tripl|trebl|quadrupl|quintupl|sextupl|halv)\w+)\b",
    re.IGNORECASE,
)


def end_of_reading(text: str) -> int:
    """Return where reading for figures ends: before number `MOST_NUMBERS` + 1, else at the end."""
    after = next(islice(_NUMBER.finditer(text), MOST_NUMBERS, None), None)
    return after.start() if after else len(text)
