"""Figures in a row that answer a row of names or of figures before, one by one."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from .scene import Scene
from .when import Draft
from .words import STATES, find_states

_NEXT = re.compile(r",?\s(?:and\s)?")
_RESPECTIVELY = re.compile(r"[^.;:~\d]{0,40},?\srespectively\b")
_THOSE_FIGURES = re.compile(
    r"\b(?:those|these|the\ssame)\s(?:figures|numbers|totals|counts)\s(?:were|stood\sat|had\sbeen)\s$",
    re.IGNORECASE,
)


def respective_state(text: str, scene: Scene, place: int) -> str | None:
    """Return the state of one of "Ohio, Iowa and Utah have 18, 6 and 4, respectively"."""
    first, last = _row(scene, place)
    if first == last or not _RESPECTIVELY.match(scene.text, scene.figures[last].end, scene.end):
        return None
    names = find_states(text, scene.start, scene.figures[first].start)[first - last - 1 :]
    joined = (_NEXT.fullmatch(text[a.end() : b.start()]) for a, b in pairwise(names))
    if len(names) != last - first + 1 or not all(joined):
        return None
    return STATES[names[place - first][0]]


def respective_figure(scene: Scene, place: int, draft: Draft, before: list[Draft]) -> Draft | None:
    """Return the draft with what it answers counts: "those figures were 135 and 133"."""
    first, last = _row(scene, place)
    if not _THOSE_FIGURES.search(scene.near(first)):
        return None
    told = [other for other in before if other.sentence < draft.sentence][first - last - 1 :]
    if len(told) <= last - first:
        return None
    source = told[place - first]
    counted = replace(source.counted, end=draft.counted.end, flow=None)
    return replace(
        draft, counted=counted, metric=source.metric, state=source.state, model=source.model
    )


def _row(scene: Scene, place: int) -> tuple[int, int]:
    """Return the places of the first and the last figure of the row a figure stands in."""
    first = last = place
    while first and _NEXT.fullmatch(scene.after(first - 1)):
        first -= 1
    while last + 1 < len(scene.figures) and _NEXT.fullmatch(scene.after(last)):
        last += 1
    return first, last
