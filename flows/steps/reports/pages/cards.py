"""The key figures at the head of a report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flows.steps.common.wording import SHORT_MODELS, brief_day, count, number, signed

Facts = Mapping[str, Any]


def cards(facts: Facts) -> list[dict[str, str]]:
    """Return each key figure with its name and what it changed by since the last list."""
    names = {
        "agreements": "Agreements",
        "agencies": "Agencies",
        "states": "States and territories",
        "tfm": SHORT_MODELS["TFM"] + " agreements",
        "wso": SHORT_MODELS["WSO"] + " agreements",
        "jem": SHORT_MODELS["JEM"] + " agreements",
    }
    before = facts["previous"]
    found = []
    for key, label in names.items():
        figure = facts["figures"][key]
        if before is None:
            change = "first list of the record"
        elif not facts["has_list"]:
            change = "no new list"
        else:
            change = f"{signed(figure['change'])} since {brief_day(before['published_on'])}"
        found.append({"label": label, "value": number(figure["value"]), "change": change})
    found.insert(3, _waiting(facts))
    return [*found, _doubling(facts)]


def _waiting(facts: Facts) -> dict[str, str]:
    label, found = "Pending applications", facts["pending"]
    if found is None:
        return {"label": label, "value": "\u2013", "change": "no pending list yet"}
    change = "no new list"
    if found["silent_since"]:
        change = f"no longer published since {brief_day(found['published_on'])}"
    elif found["is_new"] and found["before_on"] is None:
        change = "first list of the record"
    elif found["is_new"]:
        change = f"{signed(found['change'])} since {brief_day(found['before_on'])}"
    return {"label": label, "value": number(found["waiting"]), "change": change}


def _doubling(facts: Facts) -> dict[str, str]:
    label, found = "Doubling time", facts["pace"]
    if found is None:
        return {"label": label, "value": "\u2013", "change": "record too young"}
    doubling = found["doubling_days"]
    if not doubling:
        return {"label": label, "value": "none", "change": "no growth in four weeks"}
    value = count(round(doubling), "day")
    return {"label": label, "value": value, "change": "at the pace of four weeks"}
