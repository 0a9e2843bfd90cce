# ruff: noqa: RUF001 (dashes, quotes and apostrophes are meant as printed)
"""What a figure without a noun counts: the subject of its sentence, its table or its list."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache
from itertools import accumulate

from .scene import NEAR, Scene
from .words import IN_PROGRAM, MODELS, PEOPLE_VERBS, STATES, UNITS, noun_kind

_SUBORDINATE = re.compile(
    r"\b(?:with|by|for|among|between|in|across|to|that|under|through)\s(?:[\w'’.-]+\s){0,5}$",
    re.IGNORECASE,
)
_NUMBER_OF = re.compile(
    r"\b(?:number|quantity|total|count|tally|roll|list|roster|sum)\sof\s(?:[\w'’.,()-]+\s){0,5}$",
    re.IGNORECASE,
)
_SUBJECT = re.compile(r"\b(?:program|participation|partnership|network|roster|expansion)\b", re.I)
_INCLUDING = re.compile(r",?\s\(?(?:including|among\sthem|with)\s(?:\w+\s)?")
_AFTER_HEAD = re.compile(r"\b(?:that|which|between|under|letting|allowing)\b", re.IGNORECASE)
# "The number of so-called 287(g) settlements": whatever the noun, the law's agreements.
_ODD_NOUN = re.compile(
    r"\b(?:number|quantity|total|count|tally)\sof\s(?:[\w’'-]+\s){0,3}g{4,}\s\w+s\b", re.IGNORECASE
)
_JOINING = re.compile(
    r"^\W*(?:[\w’']+\s){0,3}(?:membership|participation|enrollment)\b", re.IGNORECASE
)
_WORD = re.compile(r"[A-Za-z][\w-]*")


COMPARED = re.compile(
    r"\b(?:up|down)\sfrom\s(?:\w+\s)?$|\bcompared\s(?:with|to)\s(?:\w+\s)?$", re.IGNORECASE
)
_DAY = re.compile(
    r"\b(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec|20\d\d)(?![a-z]*\s\w{3,})"
)
_LABEL = re.compile(r"(?:^|\n|•\s)\W*((?:[\w()-]+\s){0,5}?\w+)\s?[:|–—]\s$")


def topic_before(scene: Scene, place: int) -> str | None:
    """Return what the subject before a figure counts, in its sentence, table or lead-in line."""
    left = scene.before(place)
    cells = left.rsplit("\n", 1)[-1].split(" | ")
    # A column's heading says what its figures count, unless the row is labelled with it.
    is_column = 1 < len(cells) <= len(scene.header) and _first_kind(cells[0]) is None
    found = _first_kind(scene.header[len(cells) - 1]) if is_column else None
    if COMPARED.search(left[-NEAR:]):
        found = found or _last_counted(scene, place)
    if (
        found is None
        and scene.subject
        and (
            _is_model_label(cells[0] if len(cells) > 1 else left)
            or (is_column and cells[0] in STATES and _DAY.search(scene.header[len(cells) - 1]))
            or (is_column and _is_model_label(scene.header[len(cells) - 1]))
        )
    ):
        found = "agreements"
    label = _LABEL.search(left)
    found = found or (_first_kind(label[1]) if label else None) or _subject(scene, left, place)
    if found is None and scene.lead:
        found = _first_kind(scene.lead)
    if found is None and _SUBJECT.search(left) and re.search(r"g{4,}", left):
        found = "agreements"
    if found is None and scene.subject and _JOINING.search(left):
        found = "agreements"
    return found


def _is_model_label(words: str) -> bool:
    """Return whether a row or an item is labelled with a model of agreement and nothing else."""
    label = re.split(r"[:|(–—]", words)[0]
    return len(label.split()) <= 5 and any(pattern.search(label) for pattern, _ in MODELS)


def _subject(scene: Scene, left: str, place: int) -> str | None:
    """Return the kind of the nearest noun that can be the subject of a figure."""
    pairs = list(zip(scene.figures[:place], scene.counted, strict=False))
    starts = [figure.start - scene.start for figure, _ in pairs]
    reach = [(counted.end if counted else figure.end) - scene.start for figure, counted in pairs]
    reach = [-1, *accumulate(reach, max)]  # how far the phrases of the figures up to one go
    odd = _ODD_NOUN.search(left)
    nearest: tuple[int, str] | None = (odd.start(), "agreements") if odd else None
    fallback: tuple[int, str] | None = None
    counts_head = bool(odd)  # "the number of agreements that deputize officers" is of agreements
    for word in _WORD.finditer(left):
        kind = noun_kind(word[0])
        if kind in (None, "measure", "models"):
            continue
        if word.start() < reach[bisect_right(starts, word.start())]:
            continue
        lead = _lead(left[max(0, word.start() - NEAR) : word.start()])
        entry = (word.start(), kind or "")
        if nearest and counts_head and _AFTER_HEAD.search(left, nearest[0], word.start()):
            continue
        if lead == "number of":
            nearest, counts_head = entry, True
        elif kind == "states" or lead == "subordinate":
            fallback = entry if kind != "states" else fallback
        else:
            nearest = entry
    counted_last = _counted_noun(scene, place)
    if counted_last and (not nearest or counted_last[0] > nearest[0]):
        return counted_last[1]
    nearest = nearest or _named_population(left) or fallback
    return _settle(scene, nearest[1], nearest[0]) or None if nearest else None


@lru_cache(1 << 10)  # each figure of a sentence asks for the nouns before it
def _lead(head: str) -> str:
    """Return whether "the number of" leads to a noun, or what makes it no subject."""
    if _NUMBER_OF.search(head):
        return "number of"
    return "subordinate" if _SUBORDINATE.search(head) else ""


def _counted_noun(scene: Scene, place: int) -> tuple[int, str] | None:
    """Return where and what the last figure before counted, if a later one can share its noun."""
    pairs = list(zip(scene.figures[:place], scene.counted, strict=False))
    for figure, counted in reversed(pairs):
        if counted is None or counted.unit in ("percent", "ratio"):
            continue
        gap = scene.text[counted.end : scene.figures[place].start]
        if counted.is_aside and not _INCLUDING.fullmatch(gap):
            continue
        if counted.metric in UNITS and counted.metric not in ("states", "models"):
            return figure.start - scene.start, _base(counted.metric)
    return None


def _last_counted(scene: Scene, place: int) -> str | None:
    """Return what the figure counts that "up from" compares with."""
    for counted in reversed(scene.counted[:place]):
        if counted and counted.is_aside:
            continue
        if counted and counted.unit not in ("percent", "ratio", "usd", "states"):
            return _base(counted.metric)
    is_states = any(counted and counted.metric == "states" for counted in scene.counted[:place])
    return "states" if is_states else None


def _named_population(left: str) -> tuple[int, str] | None:
    """Return the people in custody for "detention population", whose noun is no plural."""
    found = re.search(
        r"\bdetention\s(?:population|numbers?|total|count|(?:has\s)?(?:reached|peaked|stood|rose|fell|hit)\b)",
        left,
        re.I,
    )
    return (found.start(), "detained_people") if found else None


def _settle(scene: Scene, kind: str, at: int) -> str:
    """Return the metric of a subject noun: loose agreement words and people need their context."""
    if kind == "loose_agreements":
        return "agreements" if IN_PROGRAM.search(scene.sentence) else ""
    if kind == "people":
        return verb_metric(scene.sentence, at, at) or ""
    return kind


def _first_kind(words: str) -> str | None:
    """Return what the first known plural noun of a label counts."""
    if re.search(r"\bdetention\spopulation\b", words, re.IGNORECASE):
        return "detained_people"
    kinds = (noun_kind(word[0]) for word in _WORD.finditer(words))
    return next((kind for kind in kinds if kind in UNITS), None)


def _base(metric: str) -> str:
    """Return the plain metric a pronoun stands for: "444 of them" are agreements."""
    return "agreements" if metric.startswith("agreements") else metric


def verb_metric(sentence: str, start: int, end: int) -> str | None:
    """Return what was done to the people whose phrase spans `start` to `end` of a sentence."""
    best: tuple[int, str] | None = None
    for pattern, metric in PEOPLE_VERBS:
        for found in pattern.finditer(sentence, max(0, start - NEAR), end + NEAR):
            gap = found.start() - end if found.start() >= end else start - found.end()
            between = sentence[min(end, found.end()) : max(start, found.start())]
            if re.search(r"[;.]\s", between) or gap > 80:
                continue
            if best is None or gap < best[0]:
                best = gap, metric
    return best[1] if best else None
