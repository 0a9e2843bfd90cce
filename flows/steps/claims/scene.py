# ruff: noqa: RUF001 (dashes, quotes and apostrophes are meant as printed)
"""A sentence as the grammar sees it: its figures, and the noun phrase after each of them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .numbers import Figure
from .words import noun_kind, words

NEAR = 160
"""Characters before a word that a rule on what leads to it looks at: a handful of words."""

_OF_ALL = re.compile(
    r"(?:\s[a-z]+)?\sof\s(?:(?:the|its|their|all|those|these)\s)?(?:[\w']+['’]s\s)?"
)


@dataclass(frozen=True, slots=True)
class Scene:
    """A sentence to read: `text` is the whole article with dates and non-figures blanked out.

    `topic` is what the figures before counted, `subject` what the article is about at large,
    `lead` the line that opens a list, `header` the cells of a table's first row, and `counted`
    what the earlier figures of the sentence count.
    """

    text: str
    start: int
    end: int
    figures: tuple[Figure, ...]
    topic: str | None = None
    subject: str | None = None
    lead: str = ""
    header: tuple[str, ...] = ()
    counted: tuple[Counted | None, ...] = ()

    @property
    def sentence(self) -> str:
        """Return the sentence itself."""
        return self.text[self.start : self.end]

    def before(self, place: int) -> str:
        """Return the sentence up to a figure."""
        return self.text[self.start : self.figures[place].start]

    def near(self, place: int) -> str:
        """Return the words just before a figure, for rules that look no further back."""
        start = self.figures[place].start
        return self.text[max(self.start, start - NEAR) : start]

    def before_figure(self, figure: Figure) -> str:
        """Return the sentence up to one of its figures."""
        return self.text[self.start : figure.start]

    def after(self, place: int) -> str:
        """Return the text from a figure up to the next figure or the end of the sentence."""
        return self.text[self.figures[place].end : self.limit(place)]

    def is_whole(self, place: int) -> bool:
        """Return whether a figure is what the one before is a part of: "40 of the 50 states"."""
        if not 0 < place < len(self.figures) or self.figures[place - 1].value == 1:
            return False
        gap = self.text[self.figures[place - 1].end : self.figures[place].start]
        return bool(_OF_ALL.fullmatch(gap))

    def limit(self, place: int) -> int:
        """Return where the next figure, or the end of the sentence, begins."""
        following = self.figures[place + 1 : place + 2]
        return following[0].start if following else self.end


@dataclass(frozen=True, slots=True)
class Counted:
    """What one figure counts.

    `end` is where its noun phrase ends; `flow` says that a verb of signing governs it ("past" for
    "signed", "perfect" for "has signed"); `of` is the metric that a share is a share of; `is_aside`
    marks the agencies of "444 agreements with 344 agencies", which no later figure points back to.
    """

    metric: str
    unit: str
    end: int
    flow: str | None = None
    of: str | None = None
    is_aside: bool = False


@dataclass(frozen=True, slots=True)
class Phrase:
    """The words after a figure up to its noun; `kind` is None when no noun was met."""

    words: tuple[str, ...]
    kind: str | None
    end: int
    stopped_by: str


_STOP = frozenset(
    words(
        "in on at by for from with to of across since as under during through throughout over "
        "than that which who whom were was is are be been has have had will would could can may "
        "should do does did not now but while after before when because if so then into within "
        "among between against via per using the a an its their his her our these those this they "
        "it he she we how whether what why nationwide statewide around out up down alone also just "
        "later"
    )
)
ELLIPTIC = frozenset(
    words(
        "total new newly signed pending active more others additional awaiting waiting approval "
        "still today currently already overall altogether combined last earlier and or such "
        "previously formal full executed approved use uses used follow followed joined operate "
        "run work cover covered came come chose opted belong took take remain exist existing "
        "expired others ones put puts fall inked added being finalized apiece"
    )
)
_NOT_PLURAL = re.compile(
    r"(?:ss|us|is|['’]s|s['’]|ies['’])$|^(?:always|perhaps|plus|unless|besides|ours)$"
)
_BODIES = re.compile(r"\s(?:agencies|agreements)\b")
_TOKEN = re.compile(r"[A-Za-z][\w.'’/-]*|[^\s\w]|\d+")


def noun_phrase(scene: Scene, place: int, start: int | None = None) -> Phrase:
    """Read the words after a figure until its noun, or until a word that no noun phrase holds."""
    figure = scene.figures[place]
    begin = figure.end if start is None else start
    words: list[str] = []
    kind = None
    for token in _TOKEN.finditer(scene.text, begin, scene.limit(place)):
        word = token[0].rstrip(".")
        if not word[:1].isalpha():
            if token[0] in "“”\"'‘’,/" and (words or token[0] != ","):
                if token[0] == "," and not words:
                    break
                continue
            return Phrase(tuple(words), kind, begin, token[0])
        if word.lower() in _STOP or (word.lower() in ("and", "or") and not words):
            return Phrase(tuple(words), kind, begin, word.lower())
        words.append(word.lower())
        found = noun_kind(word, is_one=figure.value == 1)
        if found and not _is_attribute(scene, token.end(), found):
            return Phrase(tuple(words), found, token.end(), "")
        if found is None and word.islower() and word.endswith("s") and word not in ELLIPTIC:
            kind = kind or (None if _NOT_PLURAL.search(word) else "unknown")
        if len(words) > 9:
            break
    return Phrase(tuple(words), kind, begin, "")


def _is_attribute(scene: Scene, end: int, kind: str) -> bool:
    """Return whether a plural only describes the noun after it ("states attorneys")."""
    return kind == "people" and bool(_BODIES.match(scene.text, end))
