"""The charts of the report: sound specifications, honest gaps, readable in light and dark."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from datetime import timedelta
from typing import Any

import altair as alt
import jsonschema
import pytest

from flows.settings import ROOT
from flows.steps.common import wording
from flows.steps.reports import charts, facts
from flows.steps.reports.charts.frame import runs
from flows.steps.reports.charts.multiples import Panel
from flows.steps.reports.charts.state_chart import CLASSES, tile_map
from flows.steps.reports.charts.tiles import COLUMNS, ROWS, TILES
from tests.unit.reports.test_report import assembled, listed, results

STYLE = ROOT / "flows" / "steps" / "reports" / "templates" / "style.css"
NAMES = ("totals", "weekly", "models", "states", "fastest")


@pytest.fixture(scope="module")
def specs() -> dict[str, Any]:
    return charts.chart_specs(assembled(10, 11))


@pytest.fixture(scope="module")
def drawn(specs: dict[str, Any]) -> dict[str, bytes]:
    return charts.draw(specs)


def test_every_specification_is_sound_vega_lite(specs: dict[str, Any]) -> None:
    for spec in specs.values():
        alt.Chart.from_dict(spec, validate=True)
    layers = specs["totals"]["layer"]
    with pytest.raises(jsonschema.ValidationError):
        alt.Chart.from_dict({**specs["totals"], "layer": [*layers, {"mark": "cloud"}]})


def test_charts_are_self_contained_and_the_same_twice(
    specs: dict[str, Any], drawn: dict[str, bytes]
) -> None:
    forms = {f"{name}{form}.svg" for name in NAMES for form in ("", "-page", "-phone")}
    # The map is small enough for every screen.
    assert {*drawn} == {*forms, *(f"{name}.png" for name in NAMES)} - {"states-phone.svg"}
    for name in NAMES:
        root = ET.fromstring(drawn[f"{name}.svg"])  # noqa: S314 - our own drawing
        assert root.tag.endswith("svg")
        assert drawn[f"{name}.png"].startswith(b"\x89PNG")
        assert not re.search(rb"url\(|href=|@import", drawn[f"{name}.svg"])
    assert charts.draw(specs) == drawn


def test_a_picture_for_reuse_bears_its_title_its_source_and_its_day(
    specs: dict[str, Any], drawn: dict[str, bytes]
) -> None:
    for name in NAMES:
        shown = texts(drawn[f"{name}.svg"])
        assert specs[name]["description"] in shown
        assert "Source: ICE's lists, as kept by Pactwatch, to 6 May 2025" in shown
        page = drawn[f"{name}-page.svg"].decode()
        assert "Source" not in page
        assert "role=" not in page  # the page describes a chart as a whole


def texts(svg: bytes) -> list[str]:
    """Return what is written in a drawing."""
    root = ET.fromstring(svg)  # noqa: S314 - our own drawing
    return [node.text or "" for node in root.iter() if node.tag.endswith("text")]


# --- Colours ---------------------------------------------------------------------------------


def dark() -> dict[str, str]:
    """Return the colour that the style sheet gives each colour of a chart on dark screens."""
    rules = re.findall(
        r'\.chart \[(?:fill|stroke)="(#\w+)"\] \{ \w+: (#\w+); \}', STYLE.read_text()
    )
    return dict(rules)


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours as WCAG 2 defines it."""
    lights = []
    for colour in (one, other):
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        lights.append(0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2])
    low, high = sorted(lights)
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_measured_as_defined() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_colours_of_charts_all_have_a_dark_counterpart(drawn: dict[str, bytes]) -> None:
    style = STYLE.read_text(encoding="utf-8")
    for name, svg in drawn.items():
        if "-page" in name or "-phone" in name:
            for use, colour in re.findall(r'(fill|stroke)="(#[0-9a-f]+)"', svg.decode()):
                assert f'[{use}="{colour}"]' in style, (name, use, colour)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_words_of_charts_have_contrast_in_both_themes(theme: str) -> None:
    of = dark() if theme == "dark" else {}
    for _, name, fill, ink in CLASSES:
        assert contrast(of.get(fill, fill), of.get(ink, ink)) >= 4.5, name
    paper, band, silent = "#fdfdfb", "#f1e9d8", "#ecedee"
    grounds = ["#15181b" if of else paper, of.get(band, band), of.get(silent, silent)]
    for ink in ("#1d2125", "#5b6168", "#1d5b9b", "#0b7567", "#8a5d00"):
        for ground in grounds:
            assert contrast(of.get(ink, ink), ground) >= 4.5, (ink, ground)


# --- Time ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "end", "lines", "silent"),
    [
        # Lists up to 14 days apart make one line, which runs to the end.
        (["05-01", "05-15"], "05-20", [["05-01", "05-15", "05-20"]], []),
        # A longer stretch breaks it: a list speaks for its own day, and the rest is told.
        (
            ["05-01", "05-16"],
            "05-20",
            [["05-01", "05-02"], ["05-16", "05-20"]],
            [("05-02", "05-16")],
        ),
        # So does a stretch that lasts to the end.
        (["05-01"], "05-20", [["05-01", "05-02"]], [("05-02", "05-20")]),
        (["05-01"], "05-01", [["05-01"]], []),
    ],
)
def test_no_line_is_drawn_over_a_long_silence(
    days: list[str], end: str, lines: list[list[str]], silent: list[tuple[str, str]]
) -> None:
    points = [{"day": f"2025-{day}", "value": at} for at, day in enumerate(days)]
    drawn, gaps = runs(points, f"2025-{end}")
    found: dict[int, list[str]] = {}
    for row in drawn:
        found.setdefault(row["run"], []).append(row["day"].removeprefix("2025-"))
    assert list(found.values()) == lines
    assert [tuple(row[key][5:] for key in ("day", "end")) for row in gaps] == silent


def test_the_ground_of_a_silence_is_drawn_under_every_line_over_time() -> None:
    rows = results(10, 11)
    rows["series"] = [listed("2025-03-01", 4, 0), *rows["series"]]
    found = charts.chart_specs(facts.assemble("2025-W19", rows))
    for name in ("totals", "models"):
        kinds = [(layer["mark"]["type"], layer["mark"]["color"]) for layer in found[name]["layer"]]
        assert kinds.index(("rect", "#ecedee")) < min(
            at for at, (kind, _) in enumerate(kinds) if kind == "line"
        )


def test_a_baseline_from_before_the_record_is_a_level_without_a_day() -> None:
    rows = results(10, 11)
    early = rows["growth"][0]
    early["as_of"] -= timedelta(days=200)
    early["said_agreements"] = 400
    spec = charts.chart_specs(facts.assemble("2025-W19", rows))["totals"]
    kinds = [layer["mark"]["type"] for layer in spec["layer"]]
    assert kinds.count("rule") == 1
    assert kinds.count("point") == 1  # the newest figure alone
    assert spec["encoding"]["y"]["scale"]["domain"] == [0, pytest.approx(400 * 1.12)]


# --- States ----------------------------------------------------------------------------------


def test_the_grid_has_a_place_of_its_own_for_every_state_and_territory() -> None:
    assert {*TILES} == {*wording.STATES}
    assert len({*TILES.values()}) == len(TILES)
    assert (COLUMNS, ROWS) == (12, 9)
    # Neighbours stand side by side, and west is left.
    assert TILES["GA"][0] - TILES["AL"][0] == 1
    assert TILES["FL"][1] > TILES["GA"][1]
    assert TILES["WA"][0] < TILES["ME"][0]


@pytest.mark.parametrize(
    ("agreements", "name"),
    [
        (0, "none"),
        (1, "1\u20132"),
        (2, "1\u20132"),
        (3, "3\u20139"),
        (9, "3\u20139"),
        (10, "10\u201329"),
        (30, "30\u201399"),
        (99, "30\u201399"),
        (100, "100 or more"),
        (1234, "100 or more"),
    ],
)
def test_a_tile_is_coloured_by_its_agreements(agreements: int, name: str) -> None:
    spec = tile_map([{"state": "FL", "agreements": agreements}])
    tiles = {row["state"]: row for row in spec["datasets"]["tiles"]}
    assert len(tiles) == 56
    assert tiles["FL"]["class"] == name
    assert tiles["FL"]["agreements"] == wording.number(agreements)
    assert tiles["WY"] | {"column": 0, "row": 0, "ink": ""} == {
        "state": "WY",
        "column": 0,
        "row": 0,
        "agreements": "0",
        "class": "none",
        "ink": "",
    }


def test_the_map_prints_every_count() -> None:
    counts = [
        {"state": code, "agreements": 100 + at} for at, code in enumerate(sorted(wording.STATES))
    ]
    shown = texts(charts.draw({"map": tile_map(counts)})["map.svg"])
    assert {str(row["agreements"]) for row in counts} < {*shown}
    assert {*wording.STATES} < {*shown}


def test_panels_share_one_scale_on_which_zero_has_its_place() -> None:
    panel = Panel(100, 20, 80, 90, "2025-01-01", "2025-03-02", 999)
    assert (panel.at("2025-01-01"), panel.at("2025-01-31"), panel.at("2025-03-02")) == (
        100,
        140,
        180,
    )
    assert (panel.level(0), panel.level(9), panel.level(99), panel.level(999)) == (110, 80, 50, 20)


def test_the_fastest_states_come_in_order_each_with_its_figures() -> None:
    rows = results(10, 21)
    rows["state_series"] = [
        {"published_on": row["published_on"], "state": state, "agreements": agreements}
        for row, counts in zip(
            rows["versions"], ({"TX": 4, "GA": 1}, {"TX": 9, "FL": 12}), strict=True
        )
        for state, agreements in counts.items()
    ]
    found = facts.assemble("2025-W19", rows)
    recent = found["states"]["recent"]
    assert [(row["state"], row["net"], row["series"]) for row in recent["states"]] == [
        ("FL", 12, [0, 12]),
        ("TX", 5, [4, 9]),
    ]
    shown = texts(charts.draw(charts.chart_specs(found))["fastest-page.svg"])
    assert [text for text in shown if text in ("Florida +12", "Texas +5", "12", "9")] == [
        "Florida +12",
        "12",
        "Texas +5",
        "9",
    ]


def test_without_a_gain_there_are_no_panels() -> None:
    found = assembled(10, 9)
    assert found["states"]["recent"]["states"] == []
    assert "fastest" not in charts.chart_specs(found)
