"""Which earlier figure a figure is about, whose state and model it shares: "up from 10", "it"."""

from __future__ import annotations

import re

from .scene import NEAR, Scene
from .when import Draft

_PRONOUN = re.compile(r"\s(?:of\s(?:them|those|these|which|whom)|agencies\sthere)\b")
# "209 agencies there held 271 agreements", "271 agreements, or 43 percent of the total"
_HELD_BY = re.compile(
    r"\sto\s|\swith\s|(?:\s\w+){0,3}?\s(?:holds?|held|ha[sd]|have|share[ds]?|signed)\s(?:a\stotal\sof\s)?"
)
_THAT_IS = re.compile(
    r"\W*(?:(?:that|this|it)(?:.s|\sis|\swas|\scompares)?|up|down)\b", re.IGNORECASE
)
_THOSE = re.compile(
    r"\W*(?:(?:those|these)\s(?:agreements|agencies)|they)\s(?:involve|cover|include|come|belong)\b",
    re.IGNORECASE,
)
_TAKEN_UP = re.compile(
    r"\b(?:(?:the|that|this|its|their)\s(?:figure|number|total|tally|count)|it)\s(?:\w+\s){1,3}$",
    re.IGNORECASE,
)
_OR = re.compile(r"[^.;:]{0,40},?\s\(?or\s")
_NEXT = re.compile(r",\s(?:and\s)?")
_ALL = re.compile(r"[^.;]*:\s(?:all\s)?")
_NATIONWIDE = re.compile(r"\s(?:nationwide|nationally|across\sthe\s(?:country|nation))\b")
_ALONE = re.compile(
    r"\b(?:national(?:ly)?|nationwide|(?:across|around|throughout|in)\sthe\s(?:country|nation|U))\b"
    r"[^,;.]*$",
    re.IGNORECASE,
)


def is_national(scene: Scene, draft: Draft) -> bool:
    """Return whether "nationwide" stands before a figure, whatever state was named."""
    after = _NATIONWIDE.match(scene.text, draft.counted.end)
    return bool(after or _ALONE.search(scene.before_figure(draft.figure)[-40:]))


def leans_on(scene: Scene, draft: Draft, before: list[Draft]) -> Draft | None:
    """Return the figure before that a figure is about: ", who ...", "up from 10", "two of them"."""
    if not before:
        return None
    if _PRONOUN.match(scene.text, draft.figure.end, scene.end):
        alike = [o for o in before if o.metric[:6] == (draft.counted.of or draft.metric)[:6]]
        if alike and draft.sentence - alike[-1].sentence <= 1:
            return alike[-1]
    last = before[-1]
    follows = draft.sentence - last.sentence <= 1 and draft.line - last.line <= 1
    if follows and _takes_up(scene, draft, last):
        return last
    is_here = last.sentence == draft.sentence and not is_national(scene, draft)
    return last if is_here and _goes_on(scene, draft, last) else None


def _takes_up(scene: Scene, draft: Draft, last: Draft) -> bool:
    """Return whether words point back to the figure before: "They involve 20", "it rose to 154"."""
    if _THOSE.match(scene.sentence):
        return True
    if draft.metric != last.metric:
        return False
    before = scene.before_figure(draft.figure)
    if draft.role == "baseline" and last.sentence < draft.sentence and _THAT_IS.match(before):
        return True
    # "Six were in place before" parts the figure of the sentence before.
    is_count = draft.figure.kind == "count"
    parts = is_count and not before.strip() and draft.figure.value < last.figure.value
    is_bare = draft.counted.end == draft.figure.end
    return is_bare and bool(parts or _TAKEN_UP.search(before[-NEAR:]))


def _goes_on(scene: Scene, draft: Draft, last: Draft) -> bool:
    """Return whether a figure goes on from the one before it in its sentence."""
    figure = draft.figure
    gap = scene.text[last.counted.end : figure.start]
    is_share = figure.kind == "percent" and _OR.fullmatch(gap)
    if draft.is_relative or _HELD_BY.fullmatch(gap) or is_share:
        return True
    if draft.counted.end > figure.end:
        # "224 agencies: all 67 sheriffs, 131 police departments"
        is_item = _NEXT.fullmatch(gap) and ": " in scene.before_figure(last.figure)
        return draft.metric == last.metric and bool(is_item or _ALL.fullmatch(gap))
    is_model = draft.model is not None and last.model is not None
    leans = draft.role == "baseline" or draft.is_present or is_model
    return leans and draft.metric == last.metric
