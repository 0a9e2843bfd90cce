"""The sentences of a report's sections, each from facts alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flows.steps.common.wording import (
    capital,
    clean,
    count,
    day,
    number,
    percent,
    series,
    signed,
    span,
    state,
    times,
)

from .headline import than

Facts = Mapping[str, Any]

SHORT_STRETCH_DAYS = 28
"""Growth over fewer days than this is printed with a warning: it swings with each list."""

VERDICTS = {
    "confirmed": "the record confirms both figures",
    "agreements confirmed, states contradicted": (
        "the record confirms the agreements and contradicts the states"
    ),
    "states confirmed, agreements contradicted": (
        "the record confirms the states and contradicts the agreements"
    ),
    "contradicted": "the record contradicts both figures",
    "not_checkable": "the record has no list for that day",
}


def growth(row: Mapping[str, Any]) -> str:
    """Return growth since one baseline, with the cases that have no rate in words."""
    since = f"Since {row['label']}"
    trend = row["trend"]
    if trend in (None, "before_baseline"):
        counted = "" if row["as_of_precision"] == "day" else f" (counted from {day(row['as_of'])})"
        return (
            f"The baseline of {row['label']}{counted} is later than this week's list: there is"
            " nothing to measure yet."
        )
    if trend == "same_day":
        return f"The list is of the baseline's own day, {than(row)}: no time to measure a rate."
    if trend == "unchanged":
        return f"{since} the number of agreements is unchanged, at {number(row['agreements'])}."
    if trend == "from_zero":
        return f"{since}, {count(row['net'], 'agreement')} came; growth from none has no rate."
    if trend == "to_zero":
        return f"{since}, all {number(row['said_agreements'])} agreements have gone from the list."
    noun = "agreement" if abs(row["net"]) == 1 else "agreements"
    over = f"{signed(row['net'])} {noun} in {count(row['days'], 'day')}"
    plus = "+" if row["percent"] > 0 else ""
    share = f"{plus}{percent(row['percent'])}, or {times(row['ratio'])} as many"
    pace = f"{number(row['per_week'], 1)} a week on average"
    text = f"{since}: {over} ({share}), {pace}, {percent(row['weekly_rate'] * 100)} a week compound"
    if trend == "growing":
        text += f", doubling every {count(round(row['doubling_days']), 'day')}"
    text += ". " if trend == "growing" else "; it shrank, so it has no doubling time. "
    if row["days"] < SHORT_STRETCH_DAYS:
        text += f"Over {count(row['days'], 'day')} only, these rates say little."
    return text.strip()


def check(row: Mapping[str, Any]) -> str:
    """Return what was said of a baseline beside what the record shows."""
    said = f"{count(row['said_agreements'], 'agreement')} in {count(row['said_states'], 'state')}"
    article = row["article"]
    named = f' "{clean(article["title"])}"' if article["title"] else ""
    by = f" ({clean(article['publisher'])})" if article["publisher"] else ""
    text = f"For {row['label']} the article{named}{by} says {said}"
    if row["observed_agreements"] is None:
        return f"{text}; the record has no list for that day."
    shown = (
        f"{count(row['observed_agreements'], 'agreement')} with"
        f" {count(row['observed_agencies'], 'agency', 'agencies')}"
        f" in {count(row['observed_states'], 'state')}"
    )
    verdict = VERDICTS.get(row["verdict"], row["verdict"])
    return f"{text}; the list in force shows {shown}: {verdict}."


def pace(facts: Facts) -> str:
    """Return the pace of the last four weeks, beside the four before."""
    found = facts["pace"]
    if found is None:
        return "The record is younger than four weeks: there is no pace to give yet."
    net = found["net"]["value"]
    stretch = span(found["first_day"], facts["week"]["sunday"])
    text = f"Over the four weeks {stretch} the list {_moved(net)}"
    text += f", {number(abs(found['per_week']), 1)} a week" if net else ""
    before = found["before_net"]
    if before is not None:
        text += f"; in the four weeks before it {_moved(before)}"
    if found["doubling_days"]:
        text += (
            f". At the pace of these four weeks the list would double in"
            f" {count(round(found['doubling_days']), 'day')}"
        )
    return text + "."


def _moved(net: int) -> str:
    if net == 0:
        return "kept its number of agreements"
    word = "gained" if net > 0 else "lost"
    return f"{word} {count(abs(net), 'agreement')}"


def pending(facts: Facts) -> list[str]:
    """Return the pending list in sentences; what its absence means when there is none."""
    found = facts["pending"]
    if found is None:
        first = facts["first_listed"].get("pending")
        when = f"; its first is of {day(first)}" if first else ""
        return [f"The record has no list of pending agencies for this week{when}."]
    if found["silent_since"]:
        return [
            "The list of pending agencies is no longer published: the last one in the record is of"
            f" {day(found['published_on'])}, so nobody is counted as waiting."
        ]
    text = (
        f"{capital(count(found['waiting'], 'application'))} by"
        f" {count(found['agencies'], 'agency', 'agencies')} stood on the pending list of"
        f" {day(found['published_on'])}"
    )
    if found["waiting"] and found["longest_days"]:
        text += (
            f"; the median time on it was {_days(found['median_days'])},"
            f" the longest {_days(found['longest_days'])}"
        )
    lines = [text + "."]
    if not found["is_new"]:
        return [*lines, "The record has no new pending list of this week."]
    done = found["signed"]["value"]
    line = (
        f"In the week {count(found['added'], 'application')} came onto the list,"
        f" {number(done) if done else 'none'} left it signed"
    )
    if found["signed_median_days"] is not None:
        line += f" (after a median of {_days(found['signed_median_days'])})"
    gone = found["withdrawn"]
    lines.append(f"{line} and {number(gone) if gone else 'none'} left it without a signing.")
    if again := found["signed_before"]:
        lines.append(
            f"{capital(count(again, 'application'))} came onto it or left it whose agreement had"
            f" been signed before: {'it counts' if again == 1 else 'they count'} as neither."
        )
    return lines


def _days(value: float) -> str:
    return "1 day" if value == 1 else f"{number(value, 0 if value == int(value) else 1)} days"


def span_of_totals(facts: Facts) -> str:
    """Return where the line of totals starts and ends."""
    first, last = facts["series"]["totals"][0], facts["current"]
    return (
        f"from {count(first['agreements'], 'agreement')} on {day(first['published_on'])}"
        f" to {number(last['agreements'])} on {day(last['published_on'])}."
    )


def states(facts: Facts) -> list[str]:
    """Return which states lead, and which came onto or left the list in the week."""
    found = facts["states"]
    lines = []
    if found["top"]:
        first = found["top"][0]
        share = "" if first["share"] is None else f", {percent(first['share'] * 100)} of all"
        lines.append(
            f"{state(first['state'])} has {count(first['agreements'], 'agreement')}{share}."
        )
    for key, words in (("first", "New on the list this week"), ("gone", "No longer on the list")):
        if found[key]:
            lines.append(f"{words}: {series([state(code) for code in found[key]])}.")
    added = found["recent"]["states"]
    if not added:
        lines.append(f"No state gained an agreement in the {recently(facts)}.")
    else:
        most = ", ".join(f"{state(row['state'])} {signed(row['net'])}" for row in added[:3])
        lines.append(f"In the {recently(facts)} these added most agreements: {most}.")
    return lines


def recently(facts: Facts) -> str:
    """Return the stretch over which states are ranked as the fastest."""
    recent = facts["states"]["recent"]
    return f"{recent['weeks']} weeks to {day(facts['week']['sunday'])}"
