# ruff: noqa: RUF001 (dashes are meant as printed)
"""Which state and model a figure is given: its own, its table's, or another figure's."""

from __future__ import annotations

import re
from dataclasses import replace

from .leaning import is_national, leans_on
from .respective import respective_figure, respective_state
from .scene import Scene, noun_phrase
from .scope import model_before, model_of, state_of
from .table import cell_model
from .when import Draft

_COUNT_OF = re.compile(r"[^,.;(–—]*(?:,\s|\s\(|\s[–—-]\s)")
_SET_OFF = re.compile(r"[(–—-]\s?$")
_CLOSES = re.compile(r"\s[–—-](?=\s)|\)")
_SAID_BEFORE = re.compile(r"\b(?:the|those|these)\s$", re.IGNORECASE)


def placed(text: str, scene: Scene, place: int, draft: Draft, before: list[Draft]) -> Draft:
    """Return the draft with its state and its model.

    `text` is the article's, `before` the drafts before it in reading order, some of them of
    earlier sentences.
    """
    if scene.is_whole(place):
        return draft
    if again := _same_again(scene, place, draft, before):
        return replace(draft, state=again.state, model=again.model)
    if answer := respective_figure(scene, place, draft, before):
        return answer
    if shared := _share_of_count(scene, draft, before):
        return replace(draft, state=shared.state, model=shared.model)
    if state := respective_state(text, scene, place):
        return replace(draft, state=state)
    where, end = _limits(scene, place, draft)
    closes = _CLOSES.match(text, end) if _SET_OFF.search(scene.near(where)) else None
    state = state_of(text, scene, where, closes.end() if closes else end)
    if state is None and where != place:
        state = state_of(text, scene, place, draft.counted.end)
    if is_national(scene, draft):
        state = None
    model = _model(scene, where, end, draft)
    if draft.metric == "states":
        same = [o for o in before if (o.sentence, o.part) == (draft.sentence, draft.part)]
        state, model = None, same[-1].model if same else model
    elif state is None and (source := leans_on(scene, replace(draft, model=model), before)):
        state, model = source.state, model or source.model
    return replace(draft, state=state, model=model)


def _limits(scene: Scene, place: int, draft: Draft) -> tuple[int, int]:
    """Return the figure after whose words a state limits this one, and where these begin."""
    after = place + 1
    if scene.is_whole(after):
        # "Half of the 811 agreements are in Florida": what follows the whole limits the part.
        whole = scene.counted[after]
        return after, whole.end if whole else noun_phrase(scene, after).end
    following = scene.figures[after : after + 1]
    is_share = draft.metric == "share_percent" and following and following[0].kind == "count"
    if is_share and _COUNT_OF.fullmatch(scene.after(place)):
        # "Half of them, 112, are in Florida": the count repeats the share.
        return after, scene.figures[after].end
    return place, draft.counted.end


def _model(scene: Scene, where: int, end: int, draft: Draft) -> str | None:
    """Return the model of a figure of agreements, agencies or a share of them."""
    if not draft.metric.startswith(("agreements", "agencies", "share")):
        return None
    model = cell_model(scene, where) or model_of(scene, where, end)
    if model is None and draft.metric == "share_percent":
        # "Half of all agreements, 500, are of the task force type": the count repeats the share.
        model = model_of(scene, where + 1, end) if _COUNT_OF.fullmatch(scene.after(where)) else None
    return model or model_before(scene.text, scene, where)


def _same_again(scene: Scene, place: int, draft: Draft, before: list[Draft]) -> Draft | None:
    """Return the earlier figure that "one of the 29" or "those 500" repeats."""
    if not _SAID_BEFORE.search(scene.near(place)):
        return None
    value = draft.figure.value
    same = [o for o in before if (o.metric, o.figure.value) == (draft.metric, value)]
    return same[-1] if same else None


def _share_of_count(scene: Scene, draft: Draft, before: list[Draft]) -> Draft | None:
    """Return the count that a percentage in brackets repeats: "478 task force agreements (27%)"."""
    if draft.figure.kind != "percent" or not before or before[-1].sentence != draft.sentence:
        return None
    gap = scene.text[before[-1].figure.end : draft.figure.start]
    return before[-1] if re.fullmatch(r"[^.;,:(\d]*\(", gap) else None
