"""Which state and model a figure is given: its own, its table's, or another figure's."""

from __future__ import annotations

import re
from dataclasses import replace

from .scene import Scene, noun_phrase
from .scope import model_before, model_of, state_of
from .table import cell_model
from .when import Draft

_PRONOUN = re.compile(r"\s(?:of\s(?:them|those|these|which|whom)|agencies\sthere)\b")
# "209 agencies there held 271 agreements", "271 agreements, or 43 percent of the total"
_HELD_BY = re.compile(
    r"\sto\s|(?:\s\w+){0,3}?\s(?:holds?|held|ha[sd]|have|share[ds]?|signed)\s(?:a\stotal\sof\s)?"
)
_THAT_IS = re.compile(
    r"\W*(?:(?:that|this|it)(?:.s|\sis|\swas|\scompares)?|up|down)\b", re.IGNORECASE
)
_OR = re.compile(r"[^.;:]{0,40},?\s\(?or\s")
_ALONE = re.compile(
    r"\b(?:national|nationwide|nationally|country|across\sthe\sU)\w*\b[^,;.]*$", re.I
)
_SAID_BEFORE = re.compile(r"\b(?:the|those|these)\s$", re.IGNORECASE)


def placed(text: str, scene: Scene, place: int, draft: Draft, before: list[Draft]) -> Draft:
    """Return the draft with its state and its model.

    `text` is the article's, `before` the drafts before it in reading order, some of them of
    earlier sentences.
    """
    if scene.is_whole(place):
        return draft
    here = [other for other in before if other.sentence == draft.sentence]
    again = _same_again(scene, place, draft, before)
    if again:
        return replace(draft, state=again.state, model=again.model)
    where, end = place, draft.counted.end
    if scene.is_whole(place + 1):
        # "Half of the 811 agreements are in Florida": what follows the whole limits the part.
        where = place + 1
        whole = scene.counted[where]
        end = whole.end if whole else noun_phrase(scene, where).end
    state = state_of(text, scene, where, end)
    if state is None and where != place:
        state = state_of(text, scene, place, draft.counted.end)
    if _ALONE.search(scene.before(place)[-40:]):
        state = None
    model = _model(scene, where, end, draft)
    same_part = [other for other in here if other.part == draft.part]
    if draft.metric == "states":
        state = None
        model = same_part[-1].model if same_part else model
    elif state is None and (source := _leans_on(scene, draft, before)):
        state, model = source.state, model or source.model
    return replace(draft, state=state, model=model)


def _model(scene: Scene, where: int, end: int, draft: Draft) -> str | None:
    """Return the model of a figure of agreements, agencies or a share of them."""
    if not draft.metric.startswith(("agreements", "agencies", "share")):
        return None
    model = cell_model(scene, where) or model_of(scene, where, end)
    if model is None and draft.metric == "share_percent":
        # "Half of all agreements, 500, are of the task force type": the count repeats the share.
        is_count = re.fullmatch(r"[^,.;]*,\s", scene.after(where))
        model = model_of(scene, where + 1, end) if is_count else None
    return model or model_before(scene.text, scene, where)


def _same_again(scene: Scene, place: int, draft: Draft, before: list[Draft]) -> Draft | None:
    """Return the earlier figure that "one of the 29" or "those 500" repeats."""
    if not _SAID_BEFORE.search(scene.before(place)):
        return None
    value = draft.figure.value
    same = [o for o in before if (o.metric, o.figure.value) == (draft.metric, value)]
    return same[-1] if same else None


def _leans_on(scene: Scene, draft: Draft, before: list[Draft]) -> Draft | None:
    """Return the figure before that a figure is about: ", who ...", "up from 10", "two of them"."""
    if not before:
        return None
    last, figure = before[-1], draft.figure
    if _PRONOUN.match(scene.text, figure.end, scene.end) and last.metric[:6] == draft.metric[:6]:
        return last
    opens = last.sentence == draft.sentence - 1 and _THAT_IS.match(scene.sentence)
    if opens and draft.role == "baseline" and last.metric == draft.metric:
        return last
    if last.sentence != draft.sentence or _ALONE.search(scene.before_figure(figure)[-40:]):
        return None
    gap = scene.text[last.counted.end : figure.start]
    is_share = figure.kind == "percent" and _OR.fullmatch(gap)
    if draft.is_relative or _HELD_BY.fullmatch(gap) or is_share:
        return last
    has_noun = draft.counted.end > figure.end
    leans = draft.role == "baseline" or draft.is_present
    return last if leans and draft.metric == last.metric and not has_noun else None
