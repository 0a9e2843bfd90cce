"""The map of states: a tile for each, coloured by its agreements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import altair as alt

from flows.steps.common.wording import number

from .frame import CONFIG, GRID, MUTED, Spec
from .tiles import COLUMNS, ROWS, TILES

CLASSES = (
    (0, "none", "#f4f3ee", MUTED),
    (1, "1\u20132", "#d6e4f2", "#10263d"),
    (3, "3\u20139", "#a9c8e6", "#10263d"),
    (10, "10\u201329", "#6fa3d3", "#0f2439"),
    (30, "30\u201399", "#2f6fb0", "#ffffff"),
    (100, "100 or more", "#0f3f75", "#ffffff"),
)
"""Classes of agreements: the least, the name, and the colours of the tile and of its text.

Each class begins at about three times the one before, and stays the same from week to week, so
that the maps of two weeks compare.
"""

MAP_WIDTH = 400


def tile_map(states: Sequence[Mapping[str, Any]]) -> Spec:
    """Return the map of agreements by state; a state that is not listed has none."""
    listed = {row["state"]: row["agreements"] for row in states}
    rows = []
    for code, (column, row) in TILES.items():
        known = listed.get(code, 0)
        _, name, _, ink = [one for one in CLASSES if known >= one[0]][-1]
        rows.append(
            {
                "state": code,
                "column": column,
                "row": row,
                "agreements": number(known),
                "class": name,
                "ink": ink,
            }
        )
    own = {"background": "transparent", "padding": 6, "config": CONFIG}
    return _tiles() | {"description": "Agreements by state"} | own | {"datasets": {"tiles": rows}}


@cache
def _tiles() -> Spec:
    """Return the chart without its rows, as a dictionary.

    Neither it nor the rows are held to the schema here, which takes longer than drawing them; a
    test does.
    """
    base = alt.Chart(alt.NamedData("tiles")).encode(
        x=alt.X("column:O", axis=None, scale=_band_scale(COLUMNS)),
        y=alt.Y("row:O", axis=None, scale=_band_scale(ROWS)),
    )
    names, fills = ([one[at] for one in CLASSES] for at in (1, 2))
    scale = alt.Scale(domain=names, range=fills)
    legend = alt.Legend(
        orient="top",
        title=None,
        symbolType="square",
        symbolStrokeColor=GRID,
        labelColor=MUTED,
        labelFontSize=12,
        columnPadding=8,
    )
    ink = alt.Color("ink:N", scale=None)
    chart = alt.layer(
        base.mark_rect(stroke=GRID).encode(fill=alt.Fill("class:N", scale=scale, legend=legend)),
        base.mark_text(dy=-6, fontSize=12, fontWeight="bold").encode(text="state:N", color=ink),
        base.mark_text(dy=8, fontSize=11).encode(text="agreements:N", color=ink),
    ).properties(width=MAP_WIDTH, height=round(MAP_WIDTH * ROWS / COLUMNS))
    spec: Spec = chart.to_dict(validate=False)
    return spec


def _band_scale(length: int) -> alt.Scale:
    return alt.Scale(domain=list(range(length)), paddingInner=0.06, paddingOuter=0)
