"""Sentences of the small print: silence, lists held and gone, and how claims were judged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flows.steps.common.wording import capital, count, day, number, series

Facts = Mapping[str, Any]

SILENT_DAYS = 7
"""A list that stood unchanged for so long is told as such."""


def unchanged(facts: Facts) -> list[str]:
    """Return how long the rows of the list have stood, when that is a week or more."""
    found = facts["notes"]["unchanged"]
    if found["days"] < SILENT_DAYS:
        return []
    return [
        f"No change to the list is known for {count(found['days'], 'day')}: its rows are those of"
        f" the list of {day(found['since'])}."
    ]


def unlinked(facts: Facts) -> list[str]:
    """Return which list ICE's page does not link, and since when we have seen that.

    Only a look that found it before can say that it is gone since.
    """
    known = facts["pending"]
    last = (
        f"what is known of it ends with the last one, of {day(known['published_on'])}"
        if known
        else "the record has none"
    )
    return [
        (
            f"ICE's page has linked no {row['list']} list since {day(row['since'])}"
            if row["was_linked"]
            else f"ICE's page linked no {row['list']} list at our first look, on"
            f" {day(row['since'])}"
        )
        + f": {last}."
        for row in facts["notes"]["unlinked"]
    ]


def checked(facts: Facts) -> str:
    """Return how many figures of articles were checked, by verdict."""
    rows = facts["claims"]
    found = [
        (known, sum(1 for row in rows if row["verdict"] == verdict))
        for verdict, known in (
            ("confirmed", "confirmed"),
            ("close", "close"),
            ("outdated", "right at an earlier time"),
            ("contradicted", "contradicted"),
        )
    ]
    named = series([f"{number(amount)} {known}" for known, amount in found if amount])
    said = count(len(rows), "figure") + " quoted in articles"
    return f"{capital(said)} can be held against the record{': ' + named if named else ''}."
