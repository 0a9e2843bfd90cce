# ruff: noqa: RUF001 (dashes, quotes and apostrophes are meant as printed)
"""Figures in running English: digits, words, ranges, percent, money, multiples and qualifiers.

A figure here is only a number and how it is hedged; what it counts is decided in `claims`. It is
read from text in which `claims_words.mask` has blanked what is never a figure (`287(g)`, telephone
numbers, ages, footnote marks), so that all offsets count in the article's own text.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Literal

from .words import LONGEST_NAME

Qualifier = Literal["exactly", "at_least", "about", "nearly", "more_than", "up_to"]
Kind = Literal["count", "percent", "usd", "ratio"]


@dataclass(frozen=True, slots=True)
class Figure:
    """One number: `value` to `high` when it is a range, and the span of the whole phrase.

    `start` to `end` takes in the qualifier ("at least 315"); `number` is where the number itself
    begins. `grows` is true when the phrase itself says that something changed ("tripled"), and
    `is_word` when the number is spelled out.
    """

    start: int
    number: int
    end: int
    value: float
    high: float | None
    kind: Kind
    qualifier: Qualifier = "exactly"
    grows: bool = False
    is_word: bool = False


_SMALL = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
_SMALL += " fifteen sixteen seventeen eighteen nineteen"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_VALUES: dict[str, float] = {word: float(value) for value, word in enumerate(_SMALL.split())}
_VALUES |= {word: 10.0 * (place + 2) for place, word in enumerate(_TENS.split())}
_VALUES |= {"a": 1.0, "an": 1.0, "half": 0.5}
_LARGE: dict[str, float] = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9}
_LARGE |= {"trillion": 1e12, "dozen": 12.0}
_LETTERS: dict[str, float] = {"k": 1e3, "m": 1e6, "mn": 1e6, "bn": 1e9, "b": 1e9}

_ONES = "|".join(sorted(_SMALL.split(), key=len, reverse=True))
_TENS_OR_ONES = rf"(?:(?:{'|'.join(_TENS.split())})(?:[\s-](?:{_ONES}))?|(?:{_ONES}))"
_BIG = "(?:hundred|thousand|million|billion|trillion)"
_WORDS = (
    rf"half\sa\sdozen|(?:a|{_TENS_OR_ONES})\sdozen"
    rf"|(?:an?|{_TENS_OR_ONES})(?:[\s-]{_BIG})+(?:\s(?:and\s)?{_TENS_OR_ONES}(?:[\s-]{_BIG})*)*"
    rf"|{_TENS_OR_ONES}"
)
_ATOM = re.compile(
    rf"""
    (?P<money>(?:US|U\.S\.\s?)?\$\s?)?
    (?: (?<![\w.,/~+’'])(?<![A-Za-z]-)
        (?P<digits>(?:\d{{1,3}}(?:,\d{{3}})+|\d+)(?:\.\d+)?)
        (?:[\s-]?(?P<large>{_BIG})\b|(?P<letter>k|mn|m|bn|b)\b)?
      | (?<![\w-])(?P<words>{_WORDS})\b(?!-?fold)
    )
    (?![\w~]|,\d|\.\d|/\d|-(?:year|day|month|week|hour|minute|mile|foot|page|member|point)s?\b)
    (?P<percent>\s?-?(?:%|percent\b|per\scent\b|p\.?c\b\.?|percentage\spoints?\b))?
    (?P<dollars>\sdollars\b)?
    """,
    re.IGNORECASE | re.VERBOSE,
)
_JOIN = re.compile(r"\s?(?:\b(?P<word>to|or|and)\b|[-–—])\s?", re.IGNORECASE)
_BETWEEN = re.compile(r"\bbetween\s(?:[a-z]+\s){0,2}$", re.IGNORECASE)
_FROM = re.compile(r"\bfrom\s(?:[a-z]+\s){0,2}$", re.IGNORECASE)

_FRACTIONS = {"three-quarter": 75.0, "three-fourth": 75.0, "two-third": 66.7, "third": 33.3}
_FRACTIONS |= {"quarter": 25.0, "four-fifth": 80.0, "fifth": 20.0, "half": 50.0, "tenth": 10.0}
NUMBER_WORDS = frozenset(
    (*_SMALL.split(), *_TENS.split(), *_LARGE, *(one for one in _FRACTIONS if "-" not in one))
)
"""Words that are, or are a part of, a number."""
_FRACTION = re.compile(
    r"\b(?:(?P<name>three[-\s](?:quarter|fourth)|two[-\s]third|four[-\s]fifth)s"
    r"|(?:an?|one)[-\s](?P<one>third|quarter|fifth|half|tenth)|(?P<half>half))"
    r"(?=(?:\s\([\d,]+\))?\s(?:of\b(?!\sa\b)|are\b|use\b|follow\b)|\sthe\b)",
    re.IGNORECASE,
)
_ONE_IN = re.compile(
    rf"\b(?P<part>{_ONES}|\d)\s(?:in|out\sof)\s(?:every\s)?(?P<whole>{_ONES}|\d\d?)\b"
    r"(?!\s(?:states|counties))",
    re.IGNORECASE,
)

_STEMS = {"doubl": 2.0, "tripl": 3.0, "trebl": 3.0, "quadrupl": 4.0, "quintupl": 5.0}
_STEMS |= {"sextupl": 6.0, "halv": 0.5}
_CHANGED = re.compile(
    rf"\b(?P<stem>{'|'.join(_STEMS)})(?:e|es|ed|ing)\b(?!\sdown\b|-)", re.IGNORECASE
)
_FOLD = re.compile(
    rf"\b(?P<number>\d+(?:\.\d+)?|{_TENS_OR_ONES})[-\s]?fold\b(?!\s(?:purpose|aim|goal|mission))",
    re.IGNORECASE,
)
_TIMES = re.compile(
    rf"(?<![\w.,])(?P<number>\d+(?:\.\d+)?|{_TENS_OR_ONES})(?:x\b|\stimes\b"
    r"(?=\s(?:as\s(?:many|much|large|big|high)|more|the|higher|larger|bigger|greater|what|its|that"
    r"|those|over|since)\b|\s?[,.;)]))",
    re.IGNORECASE,
)
_TWICE = re.compile(r"\btwice\s(?=as\s(?:many|much|large)|the\s(?:number|total|size))", re.I)
_IS_TWOFOLD = re.compile(r"\b(?:is|are|was|were)\s$", re.IGNORECASE)

_QUALIFIERS: dict[Qualifier, str] = {
    "at_least": r"at\sleast|(?:no|not)\s(?:fewer|less)\sthan|a\sminimum\sof",
    "up_to": r"(?:no|not)\smore\sthan|at\smost|a\smaximum\sof|up\sto|as\s(?:many|much)\sas"
    r"|fewer\sthan|less\sthan|under|below",
    "more_than": r"(?:(?:well|far|just|slightly|a\sbit)\s)?(?:more\sthan|above|past"
    r"|(?<!watch\s)over)"
    r"|north\sof|in\sexcess\sof|upwards?\sof|greater\sthan|exceed(?:s|ed|ing)"
    r"|surpass(?:es|ed|ing)|top(?:s|ped|ping)?",
    "nearly": r"nearly|almost|close\sto|just\s(?:under|shy\sof|below)|approaching|virtually",
    "about": r"about|something\slike|approximately|around|roughly|some|(?:an\s)?estimated|circa",
    "exactly": r"exactly|precisely|only|just|a\smere",
}
_LEFT = re.compile(
    r"\b(?:"
    + "|".join(f"(?P<{name}>{words})" for name, words in _QUALIFIERS.items())
    + r")\s(?:(?:an?|another)\s)?(?:(?:total|record|estimated|additional)\s(?:of\s)?)?$",
    re.IGNORECASE,
)
_UP_TO = re.compile(
    r"\b(?:went|gone|goes|climbed|shot|moved?|jumped|jumps|is|are|was|were|now|going|risen|back)"
    r"\s(?:now\s)?$",
    re.IGNORECASE,
)
_SPREAD = re.compile(r"\b(?:spread|stretch\w+|scattered|distributed)\s(?:out\s)?$", re.IGNORECASE)
_ESTIMATE = re.compile(r"\b(?:estimate[sd]?|estimates\sput|believed|thought)\b[^.;,]{0,30}$", re.I)
_OR_MORE: tuple[tuple[str, Qualifier], ...] = (
    (r"\sor\smore\b", "at_least"),
    (r"\+|[\s-]plus\b", "more_than"),
    (r"\sor\sso\b", "about"),
    (r"\sor\s(?:fewer|less)\b", "up_to"),
)


def find_figures(text: str) -> list[Figure]:
    """Return the figures of a masked text in reading order, no two of them overlapping."""
    found = sorted([*_multiples(text), *_shares(text)], key=lambda figure: figure.start)
    starts = [figure.start for figure in found]
    ends = list(accumulate((figure.end for figure in found), max))
    for figure in _merge_ranges(text, list(_atoms(text))):
        before = bisect_left(starts, figure.end)
        if not before or ends[before - 1] <= figure.number:
            found.append(figure)
    return sorted((_qualify(text, figure) for figure in found), key=lambda figure: figure.number)


def _number(words: str) -> float:
    """Return the value of a number in words or digits ("thirty-five", "1.8 million")."""
    digits = words.replace(",", "")
    if digits.replace(".", "", 1).isdigit():
        return float(digits)
    total = current = 0.0
    for word in re.split(r"[\s-]+", words.lower()):
        if word == "hundred":
            current = (current or 1.0) * 100
        elif word in _LARGE:
            total, current = total + (current or 1.0) * _LARGE[word], 0.0
        elif word in _VALUES and not (word == "a" and current):
            current += _VALUES[word]
    return total + current


def _atoms(text: str) -> Iterator[Figure]:
    """Yield the single numbers of a text, before ranges and qualifiers are read."""
    for found in _ATOM.finditer(text):
        if found["words"]:
            value = _number(found["words"])
        else:
            factor = _LARGE.get((found["large"] or "").lower(), 1.0)
            factor *= _LETTERS.get((found["letter"] or "").lower(), 1.0)
            value = round(_number(found["digits"]) * factor, 6)
        kind: Kind = "percent" if found["percent"] else "count"
        if found["money"] or found["dollars"]:
            kind = "usd"
        yield Figure(
            start=found.start(),
            number=found.start(),
            end=found.end(),
            value=value,
            high=None,
            kind=kind,
            is_word=bool(found["words"]),
        )


def _merge_ranges(text: str, atoms: list[Figure]) -> Iterator[Figure]:
    """Yield the numbers with "1.3 to 1.8 million" and "between 500 and 600" made one figure.

    "From 135 to 628" is a change, not a range: it stays two figures.
    """
    place = 0
    while place < len(atoms):
        low = atoms[place]
        high = atoms[place + 1] if place + 1 < len(atoms) else None
        merged = _range(text, low, high) if high else None
        yield merged or low
        place += 2 if merged else 1


def _range(text: str, low: Figure, high: Figure) -> Figure | None:
    """Return the range that two neighbouring numbers form, or None when they do not."""
    join = _JOIN.fullmatch(text[low.end : high.number])
    if not join:
        return None
    before = text[max(0, low.number - LONGEST_NAME) : low.number]
    is_between = bool(_BETWEEN.search(before))
    if (join["word"] or "").lower() == "and" and not is_between:
        return None
    if (join["word"] or "").lower() == "to" and _FROM.search(before):
        return None
    scale = 1.0
    last = re.search(rf"(?:{_BIG})\b|(?<=\d)(?:k|mn|m|bn|b)\b", text[high.number : high.end], re.I)
    if last and not re.search(r"[A-Za-z]", text[low.number : low.end]):
        word = last[0].lower()
        scale = _LARGE.get(word) or _LETTERS[word]
    value = low.value * scale
    if not value < high.value:
        return None
    kind = high.kind if low.kind == "count" else low.kind
    return replace(low, value=value, high=high.value, end=high.end, kind=kind)


def _shares(text: str) -> Iterator[Figure]:
    """Yield fractions of a whole as percent: "three-quarters of", "one in five"."""
    for found in _FRACTION.finditer(text):
        name = (found["name"] or found["one"] or found["half"]).lower().replace(" ", "-")
        value = _FRACTIONS[name]
        yield Figure(found.start(), found.start(), found.end(), value, None, "percent", "about")
    for found in _ONE_IN.finditer(text):
        part, whole = _number(found["part"]), _number(found["whole"])
        if 0 < part < whole <= (99 if part == 1 else 10):
            value = round(100 * part / whole, 1)
            yield Figure(found.start(), found.start(), found.end(), value, None, "percent", "about")


def _multiples(text: str) -> Iterator[Figure]:
    """Yield multiples: "fivefold", "tripled", "five times as many", "twice the number"."""
    for found in _CHANGED.finditer(text):
        value = _STEMS[found["stem"].lower()]
        at = found.start(), found.start(), found.end()
        yield Figure(*at, value=value, high=None, kind="ratio", grows=True)
    for pattern in (_FOLD, _TIMES):
        for found in pattern.finditer(text):
            if pattern is _FOLD and _IS_TWOFOLD.search(
                text[max(0, found.start() - 8) : found.start()]
            ):
                continue
            at = found.start(), found.start(), found.end()
            yield Figure(*at, value=_number(found["number"]), high=None, kind="ratio")
    for found in _TWICE.finditer(text):
        yield Figure(found.start(), found.start(), found.end() - 1, 2.0, None, "ratio")


def _qualify(text: str, figure: Figure) -> Figure:
    """Return the figure with the hedge before or after it ("nearly", "or more")."""
    for pattern, qualifier in _OR_MORE:
        after = re.compile(pattern, re.IGNORECASE).match(text, figure.end)
        if after:
            return replace(figure, qualifier=qualifier, end=after.end())
    before = text[max(0, figure.number - 60) : figure.number]
    found = _LEFT.search(before)
    offset = figure.number - len(before)
    if found and found.lastgroup:
        is_move = found["up_to"] and found["up_to"].lower() == "up to"
        if _SPREAD.search(before[: found.start()]):
            return figure
        if is_move and _UP_TO.search(before[: found.start()]):
            return figure
        qualifier = next(name for name in _QUALIFIERS if name == found.lastgroup)
        return replace(figure, qualifier=qualifier, start=offset + found.start())
    if figure.kind == "percent" and _ESTIMATE.search(before):
        return replace(figure, qualifier="about")
    return figure
