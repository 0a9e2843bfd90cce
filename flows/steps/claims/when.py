# ruff: noqa: RUF001 (dashes, quotes and apostrophes are meant as printed)
"""When a figure holds: which of a sentence's dates is its own, and what it takes from others."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from .claim_dates import When
from .numbers import Figure
from .scene import Counted, Scene
from .words import PROGRAM


@dataclass(frozen=True, slots=True)
class Draft:
    """A claim in the making; `part` is its place in the sentence and `continues` an index.

    `role` is `baseline` for the figure that a change starts from or is compared with, `level` for
    one that a change led to, else `plain`. `is_present` marks a figure said to hold "now": it
    takes no date of another figure. `is_relative`: it stands in a clause such as ", which has 9".
    """

    figure: Figure
    counted: Counted
    metric: str
    role: str
    part: int
    sentence: int
    line: int
    kind: str
    when: When | None = None
    since: date | None = None
    state: str | None = None
    model: str | None = None
    continues: int | None = None
    is_present: bool = False
    is_part: bool = False
    is_relative: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a sentence within which figures and dates belong together."""

    start: int
    end: int
    kind: str


_COMPARES = r"\b(?:up|down)\sfrom\b|\bcompare[ds]\s(?:with|to)\b|\bversus\b|\bvs\.?\s|\bagainst\b"
_COMPARES += r"|\b(?:over|from|than|times|doubl\w+|tripl\w+)\sthe\s(?=\d)"
_PARTS = re.compile(
    rf"(?P<compare>{_COMPARES})|(?P<relative>,\s(?:which|who|whose|where"
    r"|(?:some|many|most|several|all|none|few)\sof\s(?:them|which|whom))\b)"
    r"|(?P<next>,\s(?:behind|after|ahead\sof|trailing|second\sto)\s(?=[A-Z])|;|—|\s[–-]\s|:\s|,\s(?:while|but|whereas)\b|\s\|\s)"
    r"|(?P<clause>,\sand\s(?=(?:ICE|it|they|(?:the|its|their)\s\w+)\s(?:has|had|have|held|was|were|is)\b))"
    r"|(?P<main>,\s(?=(?:now|has|have|had|is|are|was|were|stood|grew|rose)\b))",
    re.IGNORECASE,
)
_FROM = re.compile(
    r"\bfrom\s(?:(?:a|the|just|only|about|around|some|nearly|roughly)\s){0,2}$", re.I
)
_TO = re.compile(r"\bto\s(?:(?:a|the|just|only|about|some|nearly|more\sthan)\s){0,2}$", re.I)
_LEVEL = re.compile(
    r"\b(?:to|at|reach(?:ed|es|ing)|hit|hitting|total(?:s|ed|ing)?|stands?|stood|topped|passed"
    r"|surpassed|was|were|is|are)\s(?:\w+\s)?$",
    re.IGNORECASE,
)
_ATTACHED = re.compile(
    r"\s(?:[\w()~]+\s){0,3}?\(?(?:in|as\sof|by|on|during|at|through)\s?(?:the\s)?$"
)
_CLAUSE = re.compile(r"[,;]\s(?:and|but|while|then)\b|;", re.IGNORECASE)
_WHEN_CLAUSE = re.compile(r",\swhen\s[^,;:]*$")
_NOW = re.compile(
    r"\b(?:now|today|currently|at\spresent|(?:has|have)\ssince(?=\s[a-z]+\sto))\b", re.IGNORECASE
)
_NOW_AFTER = re.compile(r"\s(?:today|now)\b(?!\s(?:show|say|list))", re.IGNORECASE)
NEAR = 80
"""Characters before a figure that say how it changed: no more, so that work stays linear."""

NEAR_NAME = 14
"""A named time this close to a dated phrase only repeats it ("took office in January 2025")."""


def split_parts(scene: Scene) -> list[Part]:
    """Cut a sentence where a comparison, a relative clause or a new clause begins.

    "From 135 in December to 628 in May" is cut at "from" and at the "to" that answers it.
    """
    cuts: dict[int, str] = {scene.start: "main"}
    for found in _PARTS.finditer(scene.text, scene.start, scene.end):
        cuts[found.start()] = found.lastgroup or "next"
    is_open = False
    for place, figure in enumerate(scene.figures):
        before = scene.near(place)[-NEAR:]
        offset = figure.start - len(before)
        begin = _FROM.search(before)
        if begin and not re.search(rf"(?:{_COMPARES})\s*(?:\w+\s){{0,2}}$", before, re.IGNORECASE):
            cuts[offset + begin.start()] = "compare"
        is_open = is_open or bool(begin)
        answer = _TO.search(scene.text[offset : figure.number])
        if is_open and answer and not begin:
            cuts[offset + answer.start()] = "target"
            is_open = False
    edges = [*sorted(cuts), scene.end]
    return [Part(start, end, cuts[start]) for start, end in pairwise(edges)]


def role_of(scene: Scene, place: int, part: Part) -> str:
    """Return `baseline`, `level` or `plain` for a figure of a part."""
    if part.kind == "compare":
        return "baseline"
    if place and _WHEN_CLAUSE.search(scene.text, scene.start, scene.figures[place].start):
        return "baseline"  # "744 agreements, a 451% rise since January, when there were 135"
    number = scene.figures[place].number
    before = scene.text[max(scene.start, number - NEAR) : number]
    return "level" if part.kind == "target" or _LEVEL.search(before) else "plain"


def is_present(scene: Scene, place: int, part: Part) -> bool:
    """Return whether "now" or "today" stands before a figure in its part of the sentence."""
    figure = scene.figures[place]
    is_after = _NOW_AFTER.match(scene.text, figure.end)
    return bool(is_after or _NOW.search(scene.text[part.start : figure.start]))


def _is_now(scene: Scene, figure: Figure, when: When) -> bool:
    """Return whether "today" stands nearer to a figure than a date before it."""
    between = scene.text[when.end : figure.start]
    return bool(_NOW_AFTER.match(scene.text, figure.end) or _NOW.search(between))


def usable_dates(dates: list[When], start: int, end: int) -> list[When]:
    """Return the dates of a sentence that can be a figure's: no doubled names.

    `dates` are an article's in order, without asides.
    """
    first = bisect_left(dates, start, key=lambda when: when.start)
    last = bisect_left(dates, end, key=lambda when: when.start)
    inside = dates[first:last]
    return [
        when
        for place, when in enumerate(inside)
        if not when.named
        or not any(
            max(other.start - when.end, when.start - other.end) <= NEAR_NAME
            # "Since the inauguration as of Thursday" names two days.
            and (when.role, other.role) != ("since", "as_of")
            for other in inside[max(0, place - NEAR_NAME // 3) : place + NEAR_NAME // 3 + 2]
            if not other.named
        )
    ]


def own_date(
    scene: Scene, draft: Draft, earlier: list[Draft], parts: list[Part], dates: list[When]
) -> When | None:
    """Return the date a figure of a sentence stands for, None when the sentence gives none."""
    points = [when for when in dates if when.role != "since"]
    part = parts[draft.part]
    inside = [when for when in points if part.start <= when.start < part.end]
    chosen = _nearest(scene, draft, earlier, inside)
    if draft.is_present and (not chosen or _is_now(scene, draft.figure, chosen)):
        return None
    if chosen or draft.role == "baseline":
        return chosen or next((when for when in dates if when.role == "since"), None)
    bars = [
        other.start
        for other in parts
        if other.kind in ("compare", "relative") or scene.text[other.start] == ";"
    ]
    leading = (
        when
        for when in reversed(points)
        if when.end <= draft.figure.start
        and part_kind(parts, when) not in ("compare", "relative")
        and not _is_taken(when, draft, earlier)
    )
    if leads := next(leading, None):
        return leads
    if parts[draft.part].kind in ("target", "main"):
        stop = min((bar for bar in bars if bar > draft.figure.end), default=scene.end)
        later = [figure.start for figure in scene.figures if figure.start > draft.figure.end]
        counts = [
            start
            for figure, start in zip(scene.figures[-len(later) :], later, strict=False)
            if figure.kind == "count"
        ]
        stop = min([stop, *counts])
        return next((when for when in points if draft.figure.end <= when.start < stop), None)
    return None


def own_clause(scene: Scene, draft: Draft, dates: list[When]) -> When | None:
    """Return the date that ", when ICE had 135" points back to."""
    clause = _WHEN_CLAUSE.search(scene.text, scene.start, draft.figure.start)
    return next((when for when in dates if clause and when.end == clause.start()), None)


def own_end(draft: Draft, dates: list[When]) -> When | None:
    """Return the end of "between January and June" that a figure of "from 21 to 40" stands for."""
    if draft.figure.kind != "count" or draft.metric not in PROGRAM:
        return None
    joined = [when.ends for when in dates if when.ends and when.role == "during"]
    points = [when for when in dates if when.role != "since"]
    if len(joined) != 1 or len(points) > 1 or draft.role not in ("baseline", "level"):
        return None
    return joined[0][0 if draft.role == "baseline" else 1]


def part_kind(parts: list[Part], when: When) -> str:
    """Return the kind of the part a date stands in."""
    return parts[bisect_right(parts, when.start, key=lambda part: part.start) - 1].kind


def _is_taken(when: When, draft: Draft, earlier: list[Draft]) -> bool:
    """Return whether a date after an earlier figure of the same metric was already its own."""
    return any(
        other.when == when
        and other.metric[:8] == draft.metric[:8]
        and when.start > other.figure.end
        for other in earlier
    )


def _nearest(scene: Scene, draft: Draft, earlier: list[Draft], inside: list[When]) -> When | None:
    """Return the date before or the date after a figure, whichever is its own."""
    figure = draft.figure
    before = [when for when in inside if when.end <= figure.start]
    after = [when for when in inside if when.start >= figure.end]
    if not before or not after:
        candidates = before[-1:] or after[:1]
        return candidates[0] if candidates else None
    last, following = before[-1], after[0]
    if _is_taken(last, draft, earlier):
        return following
    gap = scene.text[figure.end : following.start]
    leads = last.end <= min(
        other.start for other in scene.figures if other.start >= inside[0].start
    )
    # "In 2025 ... as of June 6": the day said outright is closer to the figure than the frame.
    is_closer = len(gap) < figure.start - last.end or (following.role, last.role) == (
        "as_of",
        "during",
    )
    attached = bool(_ATTACHED.fullmatch(gap)) and is_closer
    if following.named and last.named:
        return min(last, following, key=lambda when: when.last - when.first)
    if following.named:
        return last
    if attached or (not leads and not _CLAUSE.search(gap)):
        return following
    return last
