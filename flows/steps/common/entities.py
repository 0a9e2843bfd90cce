"""Entities of HTML as the letters they stand for."""

from __future__ import annotations

import html
import re

# No letter has a number this long, and a number of thousands of digits is refused with an error.
_TOO_LONG = re.compile(r"&#(?:[0-9]{8,}+|x[0-9a-f]{8,}+);?", re.I)


def unescaped(text: str) -> str:
    """Return a text with its entities replaced; one that stands for no letter is left out."""
    return html.unescape(_TOO_LONG.sub("", text))
