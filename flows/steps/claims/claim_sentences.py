# ruff: noqa: RUF001 (dashes, quotes and apostrophes are meant as printed)
"""An article's text as lines and sentences, with what opens a list or heads a table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence (or a list item, table row or heading): its span and the line it stands in.

    `lead` is the span of the line that opens its list, `heading` that of the last heading-like
    line above it, `header` the cells of its table's first row.
    """

    start: int
    end: int
    line: int
    kind: Literal["prose", "item", "heading"]
    lead: tuple[int, int] | None = None
    heading: tuple[int, int] | None = None
    header: tuple[str, ...] = ()


LONGEST = 1000
"""Characters in a sentence: the longest in print have half of it."""

_BREAK = re.compile(r"(?<![.!?])[.!?]++[\"'”’)\]]*+(?:\[[\d, –-]++\])*+(?:\s|$)")
_ABBREVIATED = re.compile(
    r"(?:\b(?:U\.S|D\.C|Mr|Mrs|Ms|Dr|Gov|Sen|Rep|Gen|Lt|Sgt|Sgt|Col|Capt|St|Ft|No|Inc|Jr|Sr|Dept|vs"
    r"|etc|e\.g|i\.e|a\.m|p\.m|approx|est|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|Ala|Ariz|Ark"
    r"|Calif|Colo|Conn|Del|Fla|Ga|Ill|Ind|Kan|Ky|La|Md|Mass|Mich|Minn|Miss|Mo|Mont|Neb|Nev|Okla|Ore"
    r"|Pa|Tenn|Tex|Va|Vt|Wash|Wis|Wyo)|\b[A-Z]|\b[A-Z]\.[A-Z])$"
)
# "1,035 agreements. That is how many the list shows": the second says what the first counts.
_HOW_MANY = re.compile(r"(?:That|This)(?:\sis|['’]s|\swas)\s(?:how\smany|the\snumber\sof)\b")
_OPENER = re.compile(
    r"(?:The|That|This|It|In|As|By|Of|At|But|And|Since|They|There|More|Nearly|About|ICE)\s"
)
_BULLET = re.compile(r"\s*[•*▪◦‣–-]\s")
# A figure that is no year, day or 287(g): a table row of a text export, not a heading.
_COUNTS = re.compile(r"(?<![\w.,-])(?!287\W?\(g)(?!(?:19|20)\d\d\b)(?:\d[\d,.]*\d{2}|\d+\s?%)")
_ENDS = re.compile(r"[.!?][\"'”’)\]]*\s*$")


def split_sentences(text: str) -> Iterator[Sentence]:
    """Yield the sentences of a text in order; no sentence crosses a line."""
    lead: tuple[int, int] | None = None
    heading: tuple[int, int] | None = None
    header: tuple[str, ...] = ()
    style = ""
    above = 0  # where the last line with words ended
    for number, found in enumerate(re.finditer(r"[^\n]+", text)):
        line, span = found[0], found.span()
        if not line.strip():
            continue
        after_blank = bool(re.search(r"\n[ \t]*\n", text[above : span[0]]))
        above = span[1]
        cells = tuple(cell.strip() for cell in line[:LONGEST].split(" | "))
        kind = _kind(line, is_row=" | " in line)
        header = header if len(cells) > 1 else ()
        # A list runs on in the style of its first item; a blank line ends one without marks.
        shape = "marked" if _BULLET.match(line) else "plain"
        ends_list = style and (shape != style or (shape == "plain" and after_blank))
        if kind == "prose" or ends_list:
            lead = None
        if lead:
            kind, style = "item", shape
        for first, last in _bounded(_sentences(line)):
            at = span[0] + first, span[0] + last
            yield Sentence(*at, number, kind, lead, heading, header)
        header = header or (cells if len(cells) > 1 else ())
        if line.rstrip().endswith(":"):
            lead, style = (max(span[0], span[1] - LONGEST), span[1]), ""
        if kind == "heading":
            heading = span
        elif kind == "prose" and _ENDS.search(line):
            heading = None


def _kind(line: str, *, is_row: bool) -> Literal["prose", "item", "heading"]:
    """Return what a line is when it stands by itself."""
    if _BULLET.match(line) or is_row:
        return "item"
    if not _is_short(line) or line.rstrip().endswith(":"):
        return "prose"
    return "item" if _COUNTS.search(line) else "heading"


def _is_short(line: str) -> bool:
    """Return whether a line is a label, a heading or a list item rather than prose."""
    return len(line.split()) <= 14 and not _ENDS.search(line)


def _sentences(line: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of the sentences of one line."""
    start = 0
    for found in _BREAK.finditer(line):
        following = line[found.end() : found.end() + 1]
        if _ABBREVIATED.search(line[max(0, found.start() - 12) : found.start()]) and not found[
            0
        ].startswith(("!", "?")):
            if not _opens_sentence(line, found):
                continue
        elif _HOW_MANY.match(line, found.end()) or (
            following and not (following.isupper() or following.isdigit() or following in "“\"'‘(")
        ):
            continue
        yield start, found.end()
        start = found.end()
    if line[start:].strip():
        yield start, len(line)


def _bounded(spans: Iterator[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Cut what no writer calls a sentence: the grammar's work grows with the square of it."""
    for start, end in spans:
        for first in range(start, end, LONGEST):
            yield first, min(first + LONGEST, end)


def _opens_sentence(line: str, found: re.Match[str]) -> bool:
    """Return whether a new sentence follows an abbreviation ("in the U.S. The ...")."""
    is_country = re.search(
        r"(?:U\.S|D\.C|[ap]\.m)$", line[max(0, found.start() - 4) : found.start()]
    )
    return bool(is_country and _OPENER.match(line, found.end()))
