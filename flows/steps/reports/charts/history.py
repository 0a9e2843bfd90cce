"""The history chart of a state's page: its agreements as steps, gaps honest, drawn twice."""

from __future__ import annotations

from collections.abc import Sequence

from flows.steps.common.wording import day, number

from .frame import (
    BLUE,
    LABEL,
    NARROW,
    WIDE,
    Point,
    Spec,
    dot,
    frame,
    gaps,
    shift,
    steps,
    text,
    values,
    xy,
)


def history(title: str, points: Sequence[Point]) -> tuple[bytes, bytes]:
    """Return the SVG for wide screens and for phones of rows with `day` (ISO) and `value`."""
    import vl_convert

    wide, narrow = (
        str(vl_convert.vegalite_to_svg(_spec(title, points, size)))
        for size in ((WIDE, 240), (NARROW, 240))
    )
    # Vega gives every mark a role without a name; the page describes the chart as a whole.
    hidden = [svg.replace("<svg ", '<svg aria-hidden="true" ', 1) for svg in (wide, narrow)]
    return hidden[0].encode(), hidden[1].encode()


def _spec(title: str, points: Sequence[Point], size: tuple[int, int]) -> Spec:
    days = list({row["day"]: row for row in points}.values())  # the last list of each day
    first, last = days[0], days[-1]
    end = max(shift(last["day"], 1), shift(first["day"], 60))
    label = {**last, "label": f"{number(last['value'])}, {day(last['day'])}"}
    mark = {**LABEL, "align": "right", "dy": -12, "dx": 4, "fontWeight": "bold"}
    layers = [
        *gaps(days, last["day"]),
        *steps(days, last["day"], BLUE),
        {"data": values([last]), "mark": dot(BLUE), "encoding": xy()},
        text([label], mark),
    ]
    top = max(5, *(row["value"] for row in days))
    return frame(title, layers, size, (first["day"], end), (0, top))
