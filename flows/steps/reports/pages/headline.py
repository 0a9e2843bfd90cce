"""The sentences at the head of a report: what the week did to the count, and how it adds up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flows.steps.common.wording import (
    capital,
    count,
    day,
    number,
    places,
    series,
    short_day,
    signed,
    times,
)

Facts = Mapping[str, Any]


def finding(facts: Facts) -> str:
    """Return the week in one sentence: what happened to the number of agreements."""
    now, week = facts["current"], facts["week"]
    standing = f"{_agreements(now)} with {_places(facts)}"
    listed = day(now["published_on"])
    if not facts["has_list"]:
        return (
            "The record has no accepted list of this week; the figures are those of the list of"
            f" {listed}: {standing}."
        )
    if facts["previous"] is None:
        if facts["lists_in_week"] == 1:
            return f"The record opens with the list of {listed}: {standing}."
        return f"The record opens in this week; the list of {listed} has {standing}."
    change = facts["figures"]["agreements"]["change"]
    is_over = week["seen_until"] >= week["sunday"]
    if is_over:
        opening, until = "ICE's list", f"in the week to {day(week['sunday'])}"
    else:  # of the days to come nothing is said
        opening = f"By {day(week['seen_until'])}, ICE's list"
        until = f"since {_earlier(facts['previous']['published_on'], week['seen_until'])}"
    if change == 0:
        moved = facts["ledger"]["joined"]["value"] or facts["ledger"]["left"]["value"]
        verbs = (
            ("stayed level", "had stayed level") if moved else ("did not change", "had not changed")
        )
        return f"{opening} of 287(g) agreements {verbs[not is_over]} {until}, at {standing}."
    verbs = ("grew", "had grown") if change > 0 else ("shrank", "had shrunk")
    return (
        f"{opening} of 287(g) agreements {verbs[not is_over]} by {number(abs(change))} {until},"
        f" to {standing}."
    )


def _earlier(before: str, now: str) -> str:
    """Return an earlier day, without its year when it is that of the later one."""
    return short_day(before) if before[:4] == now[:4] else day(before)


def lede(facts: Facts) -> str:
    """Return what joined and is gone, and how far the list has come since the baselines."""
    parts = []
    if facts["has_list"] and facts["previous"]:
        gaps = facts["ledger"]["back"]["value"] - facts["ledger"]["missing"]["value"]
        rest = f"; rows missing from a list or two account for {signed(gaps)}" if gaps else ""
        parts.append(capital(f"{moves(facts)}{rest}."))
    since = [
        f"{times(row['ratio'])} the {_said(row)}"
        if row["trend"] == "growing" and row["ratio"] >= 2
        else than(row)
        for row in facts["growth"]
        if row["trend"] not in ("before_baseline", None)
    ]
    if since:
        parts.append(f"The total is {series(since)}.")
    return " ".join(parts)


def moves(facts: Facts) -> str:
    """Return as a clause what moved the count, and how many agencies left with what is gone."""
    steps = {name: step["value"] for name, step in facts["ledger"].items()}
    are_gone = {0: "none are gone", 1: "1 is gone"}
    gone = are_gone.get(steps["left"], f"{number(steps['left'])} are gone")
    parts = [f"{count(steps['joined'], 'agreement')} joined the list", gone]
    if steps["returned"]:
        parts.append(f"{number(steps['returned'])} came back to it")
    if steps["merged"]:
        parts.append(f"{number(steps['merged'])} ended in favour of another already on it")
    if steps["unplaced"]:
        more = "more" if steps["unplaced"] > 0 else "fewer"
        rows = f"{count(abs(steps['unplaced']), 'row')} {more}"
        parts.append(f"{rows} cannot be read for sure (see the notes on the data)")
    text = series(parts)
    if steps["left"]:
        agencies = count(steps["agencies_left"], "agency", "agencies")
        text += f"; {agencies if steps['agencies_left'] else 'no agency'} left the list"
    if waiting := steps["left_provisional"]:
        of_all = f"{'none' if waiting == steps['left'] else number(waiting)} of the"
        some = "not" if steps["left"] == 1 else f"{of_all} {number(steps['left'])}"
        text += f" ({some}{'' if waiting == steps['left'] else ' not'} yet confirmed)"
    return text


def balance(facts: Facts) -> str:
    """Return how the opening count became the closing one."""
    steps = {name: step["value"] for name, step in facts["ledger"].items()}
    before, now = facts["previous"], facts["current"]
    if before is None:
        return "This is the first week of the record: there is no earlier list to compare with."
    if not facts["has_list"]:
        return "Without a new list there is nothing to compare: no change is counted this week."
    text = (
        f"The list of {day(before['published_on'])} had {count(steps['opening'], 'agreement')},"
        f" and that of {day(now['published_on'])} has {number(steps['closing'])}:"
        f" {moves(facts)}."
    )
    if steps["missing"] or steps["back"]:
        gaps = [
            f"{count(steps[name], 'row')} {words}"
            for name, words in (
                ("missing", "went missing for a list or two"),
                ("back", "came back after missing from a list or two"),
            )
            if steps[name]
        ]
        text += f" Apart from these, {series(gaps)}: not counted as leaving or joining."
    return text


def _agreements(row: Mapping[str, Any]) -> str:
    return count(row["agreements"], "agreement")


def _places(facts: Facts) -> str:
    agencies = count(facts["current"]["agencies"], "agency", "agencies")
    named = places(row["state"] for row in facts["states"]["all"] if row["agreements"])
    return f"{agencies} in {named}"


def _said(row: Mapping[str, Any]) -> str:
    when = "of" if row["as_of_precision"] == "day" else "in"
    return f"{count(row['said_agreements'], 'agreement')} {when} {row['label']}"


def than(row: Mapping[str, Any]) -> str:
    """Return how far the list is from a baseline, as in "407 more than the 628 agreements"."""
    if row["net"] == 0:
        return f"level with the {_said(row)}"
    word = "more" if row["net"] > 0 else "fewer"
    return f"{number(abs(row['net']))} {word} than the {_said(row)}"
