"""The parts charts are made of: axes of days and counts, step lines, labels, colours."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

Spec = dict[str, Any]
Point = dict[str, Any]

MAX_GAP_DAYS = 14
"""The longest stretch without an accepted list over which a line is drawn."""

WIDE, NARROW = 720, 340
TITLE_HEIGHT = 48

# The page's style sheet gives each of these a counterpart for dark screens.
INK, MUTED, GRID = "#1d2125", "#5b6168", "#dfe1e4"
BAND, SILENT = "#f1e9d8", "#ecedee"
BLUE, RUST, TEAL, OCHRE = "#1d5b9b", "#b04a1c", "#0b7567", "#8a5d00"
SOURCE = "Source: ICE's lists, as kept by Pactwatch"
LABEL = {"type": "text", "fontSize": 12, "color": INK}

# The year stands under January and at the first tick; times are UTC, as the dates are.
_MONTH_LABEL = (
    "utcFormat(datum.value, utcmonth(datum.value) == 0 || datum.index == 0 ? '%b %Y' : '%b')"
)
CONFIG: Spec = {
    # Marks would be described one by one, with days in the machine's time zone; the page
    # describes the chart as a whole and has its figures in a table.
    "aria": False,
    "font": "sans-serif",
    "view": {"stroke": None},
    "axis": {
        "labelColor": MUTED,
        "labelFontSize": 12,
        "gridColor": GRID,
        "domain": False,
        "tickColor": GRID,
    },
    "axisX": {"domain": True, "domainColor": MUTED},
    "axisY": {"ticks": False},
}


def frame(
    title: str,
    layers: list[Spec],
    size: tuple[int, int],
    days: tuple[str, str],
    counts: tuple[int, int],
) -> Spec:
    """Return a layered chart on one axis of days and one of counts, from lowest to highest."""
    width, height = size
    wide = width >= WIDE - 150
    for layer in layers:
        for axis in ("x", "y"):
            if axis in layer["encoding"]:
                layer["encoding"][axis]["title"] = None
    ticks = min(9 if wide else 4, max(2, round(between(*days) / 30)))
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "description": title,
        "width": width - 50,
        "height": height if wide else round(height * 0.85),
        "background": "transparent",
        "padding": {"left": 4, "top": 8, "bottom": 4, "right": 12},
        "encoding": {"x": _days_axis(days, ticks), "y": _counts_axis(counts)},
        "layer": layers,
        "config": CONFIG,
    }


def titled(svg: str, title: str, as_of: str = "") -> str:
    """Return a drawn chart with its title, its source and the day of its newest list above it.

    Set into the drawing, since drawing a second time would cost as much as the first.
    """
    opening = re.compile(r'height="([0-9.]+)" viewBox="0 0 ([0-9.]+) [0-9.]+">')
    found = opening.search(svg)
    if not found:
        raise ValueError("vl-convert drew an SVG without a height and view box of the known form")
    height, width = float(found[1]) + TITLE_HEIGHT, found[2]
    label = f'role="img" aria-label="{html.escape(title)}"'
    frame = f'height="{height:g}" viewBox="0 {-TITLE_HEIGHT} {width} {height:g}" {label}>'
    source = f"{SOURCE}, to {as_of}" if as_of else SOURCE
    head = "".join(
        f'<text x="8" y="{y}" font-family="sans-serif" font-size="{size}" font-weight="{weight}"'
        f' fill="{colour}">{html.escape(text)}</text>'
        for text, y, size, weight, colour in (
            (title, -28, 15, "bold", INK),
            (source, -10, 12, "normal", MUTED),
        )
    )
    return svg[: found.start()] + frame + head + svg[found.end() :]


def steps(points: list[Point], end: str, colour: str) -> list[Spec]:
    """Return a step line to `end`, broken over each stretch without a list."""
    line = {"type": "line", "interpolate": "step-after", "color": colour, "strokeWidth": 2.5}
    detail = {"detail": {"field": "run", "type": "nominal"}}
    return [{"data": values(runs(points, end)[0]), "mark": line, "encoding": xy() | detail}]


def gaps(points: list[Point], end: str) -> list[Spec]:
    """Return the ground of the stretches without a list, to lie under the lines."""
    found = runs(points, end)[1]
    encoding = {"x": xy()["x"], "x2": {"field": "end"}}
    mark = {"type": "rect", "color": SILENT}
    return [{"data": values(found), "mark": mark, "encoding": encoding}] if found else []


def runs(points: list[Point], end: str) -> tuple[list[Point], list[Point]]:
    """Return the points of lines to `end`, numbered by `run`, and the stretches between the runs.

    A list speaks for its own day and for those until the next one, unless that comes late: then
    its line ends with its day, and the stretch is told by `day` and `end`.
    """
    drawn: list[Point] = []
    silent: list[Point] = []
    follow = [*(row["day"] for row in points[1:]), end]
    for row, until in zip(points, follow, strict=True):
        here = {**row, "run": len(silent)}
        drawn.append(here)
        stop = shift(row["day"], 1)
        if between(row["day"], until) > MAX_GAP_DAYS:
            drawn.append(here | {"day": stop})
            silent.append({"day": stop, "end": until})
    if end > points[-1]["day"] and between(points[-1]["day"], end) <= MAX_GAP_DAYS:
        drawn.append(drawn[-1] | {"day": end})
    return drawn, silent


def text(rows: list[Point], mark: Spec) -> Spec:
    """Return labels, each row's `label` at its day and value."""
    return {
        "data": values(rows),
        "mark": mark,
        "encoding": xy() | {"text": {"field": "label", "type": "nominal"}},
    }


def dot(colour: str) -> Spec:
    """Return the mark of the newest figure."""
    return {"type": "point", "filled": True, "color": colour, "size": 60, "opacity": 1}


def ring() -> Spec:
    """Return the mark of a baseline, or of a week without a list."""
    return {"type": "point", "filled": False, "color": MUTED, "size": 34, "opacity": 1}


def xy() -> Spec:
    """Return the encoding of a day and a value."""
    return {
        "x": {"field": "day", "type": "temporal"},
        "y": {"field": "value", "type": "quantitative"},
    }


def values(rows: list[Point]) -> Spec:
    """Return rows with their days as times: text would be read in the machine's time zone."""
    return {
        "values": [
            {key: _time(value) if key in ("day", "end") else value for key, value in row.items()}
            for row in rows
        ]
    }


def shift(day: str, days: int) -> str:
    """Return the day so many days later."""
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()


def between(first: str, last: str) -> int:
    """Return the days from one day to another."""
    return (date.fromisoformat(last) - date.fromisoformat(first)).days


def _days_axis(days: tuple[str, str], ticks: int) -> Spec:
    axis: Mapping[str, Any] = {
        "tickCount": ticks,
        "labelExpr": _MONTH_LABEL,
        "grid": False,
        "labelFlush": True,
        "labelOverlap": True,
    }
    return {
        "type": "temporal",
        "scale": {"domain": [_time(day) for day in days], "type": "utc"},
        "axis": axis,
    }


def _counts_axis(counts: tuple[int, int]) -> Spec:
    low, top = counts
    return {
        "type": "quantitative",
        "scale": {"domain": [low * 1.4, top * 1.12], "nice": False},
        "axis": {"tickCount": 5, "format": ",d", "labelExpr": "replace(datum.label, '\u2212', '')"},
    }


def _time(day: str) -> int:
    """Return a day's midnight in UTC as milliseconds, the way Vega counts time."""
    return between("1970-01-01", day) * 86_400_000
