"""Where the agreements are: the map, the ranking and the fastest states of a report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flows.steps.common.wording import day, number, percent, short_day, signed, state

from . import sentences as say
from .cells import Table, cell, num, table

Facts = Mapping[str, Any]
Row = Mapping[str, Any]


def states(facts: Facts) -> dict[str, Any]:
    """Return the section of states: a map with every state's counts, panels, and two rankings."""
    labels = {row["baseline_id"]: row["label"] for row in facts["growth"]}
    tables = [_ranking("The states with most agreements", facts["states"]["top"])]
    for key, rows in facts["states"]["fastest"].items():
        if rows:
            tables.append(_added(f"The states that added most since {labels[key]}", rows))
    charts = [_map(facts)]
    if facts["states"]["recent"]["states"]:
        charts.append(_panels(facts))
    return {
        "id": "states",
        "title": "Where",
        "text": say.states(facts),
        "charts": charts,
        "tables": tables,
        "is_pair": True,
    }


def _map(facts: Facts) -> dict[str, Any]:
    rows = facts["states"]["all"]
    listed = ", ".join(f"{state(row['state'])} {number(row['agreements'])}" for row in rows)
    figures = _ranking("Agreements and agencies by state", rows, fold="The figures of this map")
    return {
        "name": "states",
        "title": f"Agreements by state, {day(facts['current']['published_on'])}",
        "text": "A tile for each state and territory, with its agreements; the colour says how"
        " many, in steps of about three. A state or territory with 0 is not on the list.",
        "alt": f"Map of tiles, agreements by state: {listed or 'none'}.",
        "table": figures,
    }


def _panels(facts: Facts) -> dict[str, Any]:
    recent = facts["states"]["recent"]
    rows = recent["states"]
    since = short_day(recent["since"])
    listed = ", ".join(
        f"{state(row['state'])} {signed(row['net'])} to {number(row['agreements'])}" for row in rows
    )
    title = f"The states that added most in the {say.recently(facts)}"
    return {
        "name": "fastest",
        "title": title,
        "text": f"Agreements, and the change since the list of {since}, where the band begins. All"
        " panels share one logarithmic scale, on which equal steps up are equal growth in percent."
        " Each week is drawn by its last list; the ground is grey where none came.",
        "alt": f"Small step charts of states: {listed}.",
        "table": _added(title, rows, fold="The figures of these charts"),
    }


def _ranking(title: str, rows: Sequence[Row], fold: str | None = None) -> Table:
    most = rows[0]["agreements"] if rows else 1
    body = [
        [
            cell(state(row["state"]), bar=round(100 * row["agreements"] / most, 1)),
            num(number(row["agreements"])),
            num("0" if row["change"] == 0 else signed(row["change"])),
            num(number(row["agencies"])),
            num("\u2013" if row["share"] is None else percent(row["share"] * 100)),
        ]
        for row in rows
    ]
    heads = ["State", "Agreements", "In the week", "Agencies", "Share"]
    if not fold:  # Beside another table there is room for the first four.
        heads, body = heads[:-1], [row[:-1] for row in body]
    return table(title, heads, body, fold=fold)


def _added(title: str, rows: Sequence[Row], fold: str | None = None) -> Table:
    body = [
        [
            cell(state(row["state"]), bar=round(100 * row["net"] / rows[0]["net"], 1)),
            num(signed(row["net"])),
            num(number(row["then"])),
            num(number(row["agreements"])),
        ]
        for row in rows
    ]
    return table(title, ["State", "Agreements added", "Then", "Now"], body, fold=fold)
