# ruff: noqa: RUF001 (dashes, quotes and apostrophes are meant as printed)
"""Whether two articles are one text: at another address, or paraphrased by a machine.

A copy shares its word sequences with the original, whatever stands around it. A spun copy has
other words but keeps what a paraphrasing machine leaves alone: figures, names and quotations, and
their order. A retelling (a summary or a rewrite by hand) keeps most of them in a looser order.
What is not detectable, and is not claimed: a translation, or a note that quotes little.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from hashlib import blake2b
from typing import Literal

SHINGLE = 5
"""Words in one shingle: shorter ones are shared by chance, longer ones break at every edit."""

SKETCH = 400
"""Shingles kept of a text (the smallest hashes): enough to tell 30 % from 40 % overlap."""

SAME_SHARE = 0.5
"""Share of shingles: a cut or an added paragraph leaves more, another text on the matter 3 %."""

SPUN_SHARE = 0.6
SPUN_ORDER = 0.8
RETOLD_ORDER = 0.5
SPUN_MINIMUM = 12
"""Shared fixed points, and the parts of them in the same order: unrelated texts on the program
share 5 to 13 of them, an essay and its retelling 62 of 82."""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """A text's sketch: the smallest hashes of its shingles, and its fixed points in order.

    `size` is the number of distinct shingles. `anchors` are figures, names and quoted phrases,
    each once, in reading order.
    """

    size: int
    sketch: tuple[int, ...]
    anchors: tuple[str, ...]


_WORD = re.compile(r"[^\W_]+")
_ANCHOR = re.compile(
    r"[“\"](?P<quote>[^“”\"\n]{12,300})[”\"]"
    r"|(?<![\w.])(?P<number>\d[\d,]*(?:\.\d+)?)"
    r"|(?<=[a-z,’'] )(?P<name>[A-Z][a-z’']+(?:\s[A-Z][a-z’']+)*)"
)
_COMMON = frozenset(
    ["President", "Sheriff", "Immigration", "Customs", "Enforcement", "United", "States", "Police"]
)


def fingerprint(text: str) -> Fingerprint:
    """Return the fingerprint of a text; the same text gives the same one on every machine."""
    letters = _WORD.findall(text.casefold())
    shingles = {
        int.from_bytes(blake2b(" ".join(window).encode(), digest_size=8).digest(), "big")
        for window in zip(*(letters[offset:] for offset in range(SHINGLE)), strict=False)
    }
    return Fingerprint(len(shingles), tuple(sorted(shingles)[:SKETCH]), _anchors(text))


def same_text(left: Fingerprint, right: Fingerprint) -> Literal["same", "spun", "retold"] | None:
    """Return how two texts are related, None when they are two texts.

    `same` is one text twice, `spun` a machine paraphrase, `retold` a text that goes through the
    same figures, names and quotations in about the same order: it has the other, or a third, as
    its source, so its figures are no independent confirmation.
    """
    if left == right or _shared_words(left, right) >= SAME_SHARE:
        return "same"
    fewer, more = sorted((left.anchors, right.anchors), key=len)
    place = {anchor: where for where, anchor in enumerate(more)}
    shared = [place[anchor] for anchor in fewer if anchor in place]
    if len(shared) < SPUN_MINIMUM or len(shared) < SPUN_SHARE * len(fewer):
        return None
    # Texts of very different length share their figures by subject, not by descent.
    order = _longest_rise(shared) / len(shared)
    if len(fewer) * 2 < len(more) or order < RETOLD_ORDER:
        return None
    return "spun" if order >= SPUN_ORDER else "retold"


def _shared_words(left: Fingerprint, right: Fingerprint) -> float:
    """Return the share of the smaller text's shingles that the other has, from the sketches."""
    if not left.sketch or not right.sketch:
        return 0.0
    joined = sorted({*left.sketch, *right.sketch})[:SKETCH]
    both = len({*left.sketch} & {*right.sketch} & {*joined})
    union = both / len(joined)
    overlap = union * (left.size + right.size) / (1 + union)
    return overlap / min(left.size, right.size)


def _anchors(text: str) -> tuple[str, ...]:
    """Return figures, names and quotations in order, each once."""
    text = re.sub(r"\b287\(g\)|\[\d+\]", " ", text)
    found: dict[str, None] = {}
    for match in _ANCHOR.finditer(text):
        if match["quote"]:
            found.setdefault(" ".join(_WORD.findall(match["quote"].casefold())[:8]))
        elif match["number"]:
            number = match["number"].replace(",", "").rstrip(".")
            if len(number) > 1:
                found.setdefault(number)
        else:
            for name in re.findall(r"[A-Z][a-z]{2,}", match["name"]):
                if name not in _COMMON:
                    found.setdefault(name.casefold())
    return tuple(found)


def _longest_rise(places: list[int]) -> int:
    """Return the length of the longest rising run of places (not necessarily adjacent)."""
    tails: list[int] = []
    for place in places:
        where = bisect_left(tails, place)
        tails[where : where + 1] = [place]
    return len(tails)
