# ruff: noqa: RUF001 (quotes and apostrophes are meant as printed)
"""Bare figures whose neighbours say outright what they count: "of which there are 43"."""

from __future__ import annotations

import re

from .scene import Scene
from .words import PROGRAM, noun_kind, noun_kinds

_HOW_MANY = re.compile(
    r"\.\s[\w'’]+\s(?:is\s|was\s)?(?:how\smany|the\snumber\sof)"
    r"\s(?:[\w-]+\s){0,3}?(?P<noun>agreements|agencies|departments|sheriffs|officers|states|counties)\b"
)
# "Counties of 100,000 residents, of which there are 43"
_THERE_ARE = re.compile(r",\sof\swhich\sthere\s(?:are|were)\s(?:\w+\s)?$")
# "A warrant service agreement, one of 164 nationwide", "Ohio counties hold eight"
_ONE_AMONG = re.compile(
    r"\bagreement\b[^.;]{0,60}\bone\sof\s(?:[^.;]{0,40}\sof\s)?(?:[a-z]+\s){0,2}$"
)
_HOLD = re.compile(
    r"\b(?:agencies|counties|sheriffs|departments|parishes|towns)\s(?:\w+\s)?(?:hold|have|had|held|signed)\s$"
)
# "Florida agencies hold 292; Texas agencies, 125"
_GAPPED = re.compile(
    r"[;,]\s(?:and\s)?(?:[A-Z]\w+\s){1,2}(?:agencies|sheriffs|departments|police),\s$"
)


def is_outright(scene: Scene, place: int) -> bool:
    """Return whether the words beside a figure count agreements or agencies without a noun."""
    left = scene.before(place)
    explained = _HOW_MANY.match(scene.text, scene.figures[place].end, scene.end)
    return bool(explained or _ONE_AMONG.search(left) or _HOLD.search(scene.near(place)))


def said_outright(scene: Scene, place: int) -> str | None:
    """Return what the words beside a bare figure name: "of which there are 43", "hold eight"."""
    left, near = scene.before(place), scene.near(place)
    if explained := _HOW_MANY.match(scene.text, scene.figures[place].end, scene.end):
        return noun_kind(explained["noun"])
    if there := _THERE_ARE.search(near):
        whole = re.split(r"[.;:]", left[: there.start() - len(near)][-120:])[-1]
        named = reversed(noun_kinds(whole))
        return next((kind for kind in named if kind), "unknown")
    if place and _GAPPED.search(near) and (last := scene.counted[place - 1]):
        return last.metric if last.metric in PROGRAM else None
    is_held = scene.topic == "agreements" and _HOLD.search(near)
    return "agreements" if is_held or _ONE_AMONG.search(left) else None
