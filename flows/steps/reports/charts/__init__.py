"""The charts of a weekly report: Vega-Lite specifications made from its facts, then drawn.

A specification is a plain dictionary handed to vl-convert, which needs no browser and no network.
Those in `states` are made with Altair; those of lines over time share the parts in `frame`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from flows.steps.common.wording import SHORT_MODELS, count, day, number, signed

from .frame import (
    BAND,
    BLUE,
    LABEL,
    MUTED,
    NARROW,
    OCHRE,
    RUST,
    TEAL,
    TITLE_HEIGHT,
    WIDE,
    Point,
    Spec,
    between,
    dot,
    frame,
    gaps,
    ring,
    shift,
    steps,
    text,
    titled,
    values,
    xy,
)
from .multiples import multiples
from .state_chart import tile_map

__all__ = ["PAGE", "PHONE", "chart_specs", "draw"]

PAGE, PHONE = "-page", "-phone"
"""End the names of the SVG for the page, wide and narrow; those for reuse have a title."""

# Vega gives its groups roles without names; the page describes a chart as a whole.
_ROLES = re.compile(r' (role="graphics-\w+"|aria-\w+="[^"]*")')

MODEL_COLOURS = {"JEM": OCHRE, "TFM": BLUE, "WSO": TEAL}


def chart_specs(facts: Mapping[str, Any]) -> dict[str, Spec]:
    """Return the report's charts by name, and a narrow form of each for phones.

    `totals`, `weekly` and `models` run over time; `fastest` is there when a state added any;
    `states` is the map, small enough for every screen.
    """
    makers: dict[str, Callable[[Mapping[str, Any], int], Spec]] = {
        "totals": _totals,
        "weekly": _weekly,
        "models": _models,
    }
    if facts["states"]["recent"]["states"]:
        makers["fastest"] = multiples
    specs = {"states": tile_map(facts["states"]["all"])}
    for name, make in makers.items():
        specs[name] = make(facts, WIDE)
        specs[name + PHONE] = make(facts, NARROW)
    as_of = day(facts["current"]["published_on"])
    return {name: {**spec, "usermeta": {"as_of": as_of}} for name, spec in specs.items()}


def draw(specs: Mapping[str, Spec]) -> dict[str, bytes]:
    """Return the files of each chart by name; phone forms give their SVG only.

    `<name>.svg` and `<name>.png` bear title (the `description`), source and the day in `usermeta`,
    for use anywhere; `<name>-page.svg` is
    the same without them. The same specification gives the same bytes on the same machine. An SVG
    has no ground of its own and names no font file; a PNG is white and twice the size.
    """
    import vl_convert

    files: dict[str, bytes] = {}
    for name, spec in specs.items():
        svg = _ROLES.sub("", str(vl_convert.vegalite_to_svg(spec)))
        if name.endswith(PHONE):
            files[f"{name}.svg"] = svg.encode()
            continue
        whole = titled(svg, spec["description"], spec.get("usermeta", {}).get("as_of", ""))
        ground = whole.replace(
            ">", f'><rect y="{-TITLE_HEIGHT}" width="100%" height="100%" fill="#fff"/>', 1
        )
        files[f"{name}{PAGE}.svg"] = svg.encode()
        files[f"{name}.svg"] = whole.encode()
        files[f"{name}.png"] = bytes(vl_convert.svg_to_png(ground, scale=2))
    return files


def _totals(facts: Mapping[str, Any], width: int) -> Spec:
    """Draw the total as steps, with the baselines as level lines and the week marked."""
    points = _daily(facts["series"]["totals"], "agreements")
    first, end, sunday = _span(facts)
    last = points[-1]
    layers = [_band(facts), *gaps(points, sunday)]
    baselines = _baselines(facts)
    for row in baselines:
        layers += _baseline(row, first, width)
    layers += steps(points, sunday, BLUE)
    layers.append({"data": values([last]), "mark": dot(BLUE), "encoding": xy()})
    words = count(last["value"], "agreement") if width == WIDE else number(last["value"])
    label = {**last, "label": f"{words}, {day(last['day'])}"}
    mark = {**LABEL, "align": "right", "dy": -12, "dx": 4, "fontWeight": "bold"}
    if between(first, last["day"]) < 0.4 * between(first, end):
        mark |= {"align": "left", "dx": 8}
    layers.append(text([label], mark))
    top = max(row["value"] for row in [*points, *baselines])
    return frame("Agreements on ICE's list", layers, (width, 320), (first, end), (0, top))


def _weekly(facts: Mapping[str, Any], width: int) -> Spec:
    """Draw what joined above the line and what is gone below; a ring marks a week without lists."""
    monday = facts["week"]["monday"]
    rows = facts["series"]["weeks"]
    first = rows[0]["monday"]
    silent = [{"day": shift(row["monday"], 3), "value": 0} for row in rows if not row["lists"]]
    encoding = xy() | {
        "x2": {"field": "end"},
        "y2": {"field": "zero"},
        "color": {"field": "colour", "type": "nominal", "scale": None},
        "opacity": {"field": "fade", "type": "quantitative", "scale": None},
    }
    layers: list[Spec] = [
        {"data": values(_bars(rows, monday)), "mark": {"type": "rect"}, "encoding": encoding},
        {
            "data": values([{"value": 0}]),
            "mark": {"type": "rule", "color": MUTED},
            "encoding": {"y": xy()["y"]},
        },
        {"data": values(silent), "mark": ring(), "encoding": xy()},
    ]
    for row in rows:
        if row["monday"] == monday:
            layers += _named_bars(row)
    bottom = -max([row["departed"] for row in rows] + [2])
    top = max([row["joined"] for row in rows] + [5])
    title = "Agreements that joined (up) and are gone (down), by week"
    days = (first, max(shift(monday, 7), shift(first, 84)))
    return frame(title, layers, (width, 240), days, (bottom, top))


def _bars(rows: list[Point], monday: str) -> list[Point]:
    return [
        {
            "day": row["monday"],
            "end": shift(row["monday"], 6),
            "value": sign * row[kind],
            "zero": 0,
            "fade": 1.0 if row["monday"] == monday else 0.55,
            "colour": colour,
        }
        for kind, sign, colour in (("joined", 1, BLUE), ("departed", -1, RUST))
        for row in rows
        if row[kind]
    ]


def _named_bars(row: Point) -> list[Spec]:
    """Return the figures of the week shown, at its bars."""
    mark = {**LABEL, "align": "center", "fontWeight": "bold"}
    found = []
    for kind, sign, dy, colour in (("joined", 1, -9, BLUE), ("departed", -1, 11, RUST)):
        if row[kind]:
            label = {"day": shift(row["monday"], 3), "value": sign * row[kind]}
            label["label"] = signed(sign * row[kind])
            found.append(text([label], {**mark, "dy": dy, "color": colour}))
    return found


def _models(facts: Mapping[str, Any], width: int) -> Spec:
    """Draw each model's agreements as steps, named at their right ends."""
    first, end, sunday = _span(facts)
    height = 280
    room = 150 if width == WIDE else 66
    layers = [_band(facts), *gaps(_daily(facts["series"]["totals"], "agreements"), sunday)]
    ends, top = [], 1
    for model, colour in MODEL_COLOURS.items():
        points = _daily(facts["series"]["totals"], model.lower())
        layers += steps(points, sunday, colour)
        top = max(top, *(row["value"] for row in points))
        ends.append((points[-1]["value"], model, colour))
    for value, at, model, colour in _spread(ends, top, height):
        words = f"{SHORT_MODELS[model] if width == WIDE else model} {number(value)}"
        mark = {**LABEL, "align": "left", "dx": 6, "color": colour, "fontWeight": "bold"}
        layers.append(text([{"day": end, "value": at, "label": words}], mark))
    spec = frame("Agreements by model", layers, (width - room, height), (first, end), (0, top))
    spec["padding"] = {"left": 4, "top": 4, "bottom": 4, "right": 8}
    return spec


def _span(facts: Mapping[str, Any]) -> tuple[str, str, str]:
    """Return the first and last day of a time axis, and the day on which its lines end."""
    first = facts["series"]["totals"][0]["published_on"]
    sunday = shift(facts["week"]["sunday"], 1)
    # A record of a few days is drawn on an axis of two months, or a step looks like a cliff.
    return first, max(sunday, shift(first, 60)), sunday


def _daily(series: list[Point], field: str) -> list[Point]:
    """Return the last value of each day that had a list."""
    last = {row["published_on"]: row[field] for row in series}
    return [{"day": day, "value": value} for day, value in sorted(last.items())]


def _baselines(facts: Mapping[str, Any]) -> list[Point]:
    """Return the baselines that lie on or before the week's Sunday."""
    return [
        {"day": row["as_of"], "value": row["said_agreements"], "name": row["label"]}
        for row in facts["growth"]
        if row["as_of"] <= facts["week"]["sunday"]
    ]


def _baseline(row: Point, first: str, width: int) -> list[Spec]:
    words = count(row["value"], "agreement") if width == WIDE else number(row["value"])
    label = {"day": first, "value": row["value"], "label": f"{row['name']}: {words}"}
    # The line itself runs along the first baseline, so its name stands below; later ones above.
    low = row["day"] < shift(first, 60)
    mark = {**LABEL, "align": "left", "dy": 12 if low else -8, "color": MUTED}
    level = {"type": "rule", "color": MUTED, "strokeDash": [1, 3]}
    marks: list[Spec] = [
        {"data": values([row]), "mark": level, "encoding": {"y": xy()["y"]}},
        text([label], mark),
    ]
    # A baseline from before the record has its level, and no day on the axis to mark.
    ringed = {"data": values([row]), "mark": ring(), "encoding": xy()}
    return [*marks, ringed] if row["day"] >= first else marks


def _band(facts: Mapping[str, Any]) -> Spec:
    first = facts["series"]["totals"][0]["published_on"]
    week = {"day": max(first, facts["week"]["monday"]), "end": shift(facts["week"]["sunday"], 1)}
    return {
        "data": values([week]),
        "mark": {"type": "rect", "color": BAND},
        "encoding": {"x": xy()["x"], "x2": {"field": "end"}},
    }


def _spread(ends: list[tuple[int, str, str]], top: int, height: int) -> list[Any]:
    """Return (value, height of its label in units of the axis, model, colour), kept apart."""
    apart = 16 * top / height
    placed: list[tuple[int, float, str, str]] = []
    lowest = 0.0
    for value, model, colour in sorted(ends):
        at = max(float(value), lowest)
        placed.append((value, at, model, colour))
        lowest = at + apart
    return placed
