"""How deep the tags of a page nest, told before a parser looks at it."""

from __future__ import annotations

import re
from collections import defaultdict

MAX_DEPTH = 600
"""Nesting beyond this is an attack on the parser, whose work grows with the square of it."""

_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)\b([^<>]*)")
# Attributes of a tag that closes itself (`<path d="..." />`), no quotation mark out of place.
_CLOSES_ITSELF = re.compile(
    r"""(?:\s++[\w:.@-]++(?:\s?=\s?(?:"[^"]*+"|'[^']*+'|[^\s"'=/]++))?+)*+\s*+/"""
)
# Elements that are empty, or that the next of their kind ends.
_FLAT = frozenset(
    re.findall(
        r"\S+",
        "area base br col embed hr img input link meta param source track wbr p li dt dd tr td th"
        " option thead tbody tfoot rp rt",
    )
)
# An end tag ends what is open within its element, but nothing that ranks higher.
_RANKS = {"div": 1, "table": 2, "head": 3, "body": 3, "html": 4}


def depth_of(page: str | bytes) -> int:
    """Return how deep the tags of a page nest, not counting elements that end by themselves.

    A page deeper than `MAX_DEPTH` gives the depth at which that was seen. The work grows with the
    page's length and no faster. Nothing is raised, whatever the bytes are.
    """
    if isinstance(page, bytes):
        page = page.replace(b"\0", b"").decode("latin-1")
    open_tags: list[str] = []
    places: dict[str, list[int]] = defaultdict(list)
    deepest = 0
    for found in _TAG.finditer(page):
        closes, tag, rest = found[1], found[2].lower(), found[3]
        if tag in _FLAT or (rest.endswith("/") and _CLOSES_ITSELF.fullmatch(rest)):
            continue
        if not closes:
            places[tag].append(len(open_tags))
            open_tags.append(tag)
            deepest = max(deepest, len(open_tags))
            if deepest > MAX_DEPTH:
                break
        elif _ends(tag, places):
            begun = places[tag][-1]
            while len(open_tags) > begun:
                places[open_tags.pop()].pop()
    return deepest


def _ends(tag: str, places: dict[str, list[int]]) -> bool:
    """Return whether an end tag ends an element: one is open, and nothing higher within it."""
    if not places[tag]:
        return False
    rank = _RANKS.get(tag, 0)
    higher = (places[name][-1] for name in _RANKS if _RANKS[name] > rank and places[name])
    return max(higher, default=-1) < places[tag][-1]
