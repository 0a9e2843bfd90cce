"""Small step charts of the fastest states, side by side on one common scale.

The panels are marks in one view, placed by pixel: Vega's own facets take four times as long, which
a record of many weeks would feel.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from math import log1p
from typing import Any

import altair as alt

from flows.steps.common.wording import MONTHS, number, signed, state

from .frame import (
    BAND,
    BLUE,
    CONFIG,
    GRID,
    INK,
    MUTED,
    SILENT,
    WIDE,
    Point,
    Spec,
    between,
    runs,
    shift,
)

GAP, HEAD, FOOT, LEFT = 14, 24, 24, 30
_MONTHS_APART = 3


@dataclass(frozen=True, slots=True)
class Panel:
    """Where one state's chart stands, in pixels, and what its axes run over."""

    x: float
    y: float
    width: float
    height: float
    first: str
    end: str
    top: int

    def at(self, day: str) -> float:
        """Return the pixel of a day, from the left."""
        part = between(self.first, day) / max(1, between(self.first, self.end))
        return round(self.x + self.width * part, 1)

    def level(self, value: float) -> float:
        """Return the pixel of a count, from above: logarithmic from 1 on, and 0 has its place."""
        return round(self.y + self.height * (1 - log1p(value) / log1p(self.top)), 1)


def multiples(facts: Mapping[str, Any], width: int) -> Spec:
    """Return a small step chart for each of the states that added most, on one common scale.

    The scale is logarithmic, or Florida would leave the others flat.
    """
    recent = facts["states"]["recent"]
    end = shift(facts["week"]["sunday"], 1)
    columns, height = (5, 88) if width == WIDE else (2, 84)
    wide = (width - 20 - LEFT - GAP * (columns - 1)) / columns
    # Room above the highest line for its figure.
    top = 2.2 * max(max(row["series"]) for row in recent["states"])
    marks: dict[str, list[Point]] = {name: [] for name in _LAYERS}
    for at, row in enumerate(recent["states"]):
        x, y = LEFT + at % columns * (wide + GAP), HEAD + at // columns * (HEAD + height + FOOT)
        panel = Panel(x, y, wide, height, recent["days"][0], end, round(top))
        for kind, mark in _panel(row, recent, panel, at % columns == 0):
            marks[kind].append({**mark, "run": f"{at} {mark.get('run', 0)}"})
    rows = -(-len(recent["states"]) // columns)
    title = f"The states that added most in {recent['weeks']} weeks"
    return _view() | {
        "description": title,
        "background": "transparent",
        "padding": 6,
        "width": width - 20,
        "height": rows * (HEAD + height + FOOT),
        "config": CONFIG,
        "datasets": marks,
    }


@cache
def _view() -> Spec:
    """Return the layers, each on a data set of its own; everything is placed in pixels."""
    x, y = (alt.X("x:Q", scale=None, axis=None), alt.Y("y:Q", scale=None, axis=None))
    colour = alt.Color("colour:N", scale=None)
    made = {name: alt.Chart(alt.NamedData(name)).encode(x=x, y=y) for name in _LAYERS}
    written = made["text"].mark_text(
        align=alt.expr("datum.align"),
        fontWeight=alt.expr("datum.weight"),
        baseline="alphabetic",
        fontSize=12,
    )
    chart = alt.layer(
        made["rect"].mark_rect().encode(x2="x2", y2="y2", color=colour),
        made["rule"].mark_rule(color=GRID).encode(x2="x2"),
        made["line"]
        .mark_line(interpolate="step-after", color=BLUE, strokeWidth=2)
        .encode(detail="run:N"),
        written.encode(text="text:N", color=colour),
    )
    spec: Spec = chart.to_dict(validate=False)
    return spec


_LAYERS = ("rect", "rule", "line", "text")


def _panel(
    row: Mapping[str, Any], recent: Mapping[str, Any], panel: Panel, is_first: bool
) -> Iterable[tuple[str, Point]]:
    """Yield one state's marks: ground, grid, line, and the words; counts only in first columns."""
    points = [
        {"day": at, "value": known} for at, known in zip(recent["days"], row["series"], strict=True)
    ]
    line, silent = runs(points, panel.end)
    behind = [(one["day"], one["end"], SILENT) for one in silent]
    for first, last, colour in [(recent["since"], panel.end, BAND), *behind]:
        box = {"x": panel.at(first), "x2": panel.at(last), "y": panel.y}
        yield "rect", box | {"y2": panel.y + panel.height, "colour": colour}
    right = panel.x + panel.width
    for value in (0, 1, 10, 100, 1000):
        if value <= panel.top:
            y = panel.level(value)
            yield "rule", {"x": panel.x, "x2": right, "y": y}
            # So near to 0, 1 has a name only where nothing reaches 10.
            if is_first and (value != 1 or panel.top < 10):
                yield "text", _words(number(value), panel.x - 5, y + 4, "right normal", MUTED)
    for one in line:
        where = {"x": panel.at(one["day"]), "y": panel.level(one["value"])}
        yield "line", where | {"run": one["run"]}
    head = f"{state(row['state'])} {signed(row['net'])}"
    yield "text", _words(head, panel.x, panel.y - 6, "left bold", INK)
    figure = number(row["agreements"])
    yield "text", _words(figure, right, panel.level(row["agreements"]) - 6, "right bold", BLUE)
    for name, day in _months(panel):
        below = panel.y + panel.height + 15
        yield "text", _words(name, panel.at(day), below, "center normal", MUTED)


def _months(panel: Panel) -> Iterable[tuple[str, str]]:
    """Yield every third month's first day with its name, where there is room for it."""
    year, month = int(panel.first[:4]), int(panel.first[5:7])
    while (day := f"{year:04d}-{month:02d}-01") <= panel.end:
        x = panel.at(day)
        if month % _MONTHS_APART == 1 and panel.x + 10 <= x <= panel.x + panel.width - 10:
            yield MONTHS[month - 1][:3], day
        year, month = year + month // 12, month % 12 + 1


def _words(text: str, x: float, y: float, form: str, colour: str) -> Point:
    align, weight = form.split()
    return {"text": text, "x": x, "y": y, "align": align, "weight": weight, "colour": colour}
