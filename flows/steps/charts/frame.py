"""The parts charts are made of: axes of days and counts, step lines, labels, colours."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

Spec = dict[str, Any]
Point = dict[str, Any]

MAX_GAP_DAYS = 14
"""The longest stretch without an accepted list over which a line is drawn unbroken."""

WIDE, NARROW = 720, 340
TITLE_HEIGHT = 48

# The page's style sheet gives each of these a counterpart for dark screens.
INK, MUTED, GRID, BAND = "#1d2125", "#5b6168", "#dfe1e4", "#f1e9d8"
BLUE, RUST, TEAL, OCHRE = "#1d5b9b", "#b04a1c", "#0b7567", "#8a5d00"
SOURCE = "Source: ICE lists of participating agencies, as kept by Pactwatch"
LABEL = {"type": "text", "fontSize": 12, "color": INK}

# The year stands under January and at the first tick; times are UTC, as the dates are.
_MONTH_LABEL = (
    "utcFormat(datum.value, utcmonth(datum.value) == 0 || datum.index == 0 ? '%b %Y' : '%b')"
)
_CONFIG: Spec = {
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
        "background": None,
        "padding": {"left": 4, "top": 8, "bottom": 4, "right": 12},
        "encoding": {"x": _days_axis(days, ticks), "y": _counts_axis(counts)},
        "layer": layers,
        "config": _CONFIG,
    }


def titled(svg: str, title: str) -> str:
    """Return a drawn chart with its title and source above it.

    Set into the drawing, since drawing a second time would cost as much as the first.
    """
    opening = re.compile(r'height="([0-9.]+)" viewBox="0 0 ([0-9.]+) [0-9.]+">')
    found = opening.search(svg)
    if not found:
        raise ValueError("vl-convert drew an SVG without a height and view box of the known form")
    height, width = float(found[1]) + TITLE_HEIGHT, found[2]
    frame = f'height="{height:g}" viewBox="0 {-TITLE_HEIGHT} {width} {height:g}">'
    head = "".join(
        f'<text x="8" y="{y}" font-family="sans-serif" font-size="{size}" font-weight="{weight}"'
        f' fill="{colour}">{html.escape(text)}</text>'
        for text, y, size, weight, colour in (
            (title, -28, 15, "bold", INK),
            (SOURCE, -10, 12, "normal", MUTED),
        )
    )
    return svg[: found.start()] + frame + head + svg[found.end() :]


def steps(points: list[Point], end: str, colour: str) -> list[Spec]:
    """Return a step line to `end`: unbroken while lists came, dashed over a stretch without any."""
    closing = [{"day": end, "value": points[-1]["value"]}] if end > points[-1]["day"] else []
    solid = [{**points[0], "run": 0}]
    dashed: list[Point] = []
    run = 0
    for here, there in pairwise([*points, *closing]):
        if between(here["day"], there["day"]) > MAX_GAP_DAYS:
            run += 1
            dashed += [{**here, "run": run}, {**there, "run": run}]
        solid.append({**there, "run": run})
    line = {
        "type": "line",
        "interpolate": "step-after",
        "color": colour,
        "strokeWidth": 2.5,
    }
    encoding = xy() | {"detail": {"field": "run", "type": "nominal"}}
    faint = {**line, "strokeDash": [2, 4], "strokeWidth": 2}
    return [
        {"data": values(solid), "mark": line, "encoding": encoding},
        {"data": values(dashed), "mark": faint, "encoding": encoding},
    ]


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
