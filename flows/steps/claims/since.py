"""Since when a figure counts, and what makes a count one of new agreements."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from .claim_dates import When
from .scene import Scene
from .when import Draft, Part, part_kind

_IN_MONTHS = re.compile(r"\sin\s(?:just\s|only\s)?[\w-]+\s(?:months|weeks|days)\b")


def since_of(scene: Scene, draft: Draft, parts: list[Part], dates: list[When]) -> date | None:
    """Return the first day of the count when the sentence says "since", else None."""
    part = parts[draft.part]
    starts = [
        when
        for when in dates
        if when.role == "since"
        and not _is_of_growth(scene, draft, when)
        and (
            part_kind(parts, when) not in ("relative", "clause")
            or part.start <= when.start < part.end
        )
    ]
    inside = [when for when in starts if part.start <= when.start < part.end]
    chosen = sorted(inside or starts, key=lambda when: when.named)
    return chosen[0].first if chosen else None


def _is_of_growth(scene: Scene, draft: Draft, since: When) -> bool:
    """Return whether "700 agreements, an increase of 420% since January" counts the growth."""
    if draft.figure.kind != "count":
        return False
    between = [o for o in scene.figures if draft.figure.end <= o.start < since.start]
    return bool(between) and between[-1].kind in ("percent", "ratio")


def with_since(scene: Scene, draft: Draft, since: date | None, earlier: list[Draft]) -> Draft:
    """Return the draft as a count of new ones where its sentence says so.

    "Has signed 514 agreements since January" and "signed 120 in March" count new agreements;
    "had 628 agreements" and "grew to 628" are levels, whatever the sentence began with.
    """
    when, metric = draft.when, draft.metric
    is_span = when is not None and when.role == "during" and when.precision != "day"
    if metric == "agreements" and draft.role == "plain" and draft.counted.flow:
        is_spree = is_span and when is not None and not when.named
        if since or is_spree or _IN_MONTHS.match(scene.text, draft.counted.end):
            metric = "agreements_new"
    if metric == "agreements_new":
        return replace(
            draft, metric=metric, since=since or (when.first if when and is_span else None)
        )
    if metric == "states":
        program = [other for other in earlier if other.metric.startswith(("agree", "agenc"))]
        return replace(draft, since=program[-1].since if program else since)
    if draft.role != "plain" or metric in ("agreements", "models", "share_percent"):
        return draft
    if metric.startswith("agreements"):
        return draft
    if when and when.role == "as_of" and metric == "agencies":
        return draft
    return replace(draft, since=since)
