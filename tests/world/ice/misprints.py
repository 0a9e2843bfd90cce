"""Cells that a list prints wrong for a while, of every kind that tests/misprints knows."""

from __future__ import annotations

from typing import Any

from tests.misprints.cells import printed_otherwise

from .ice import Ice
from .lines import Line, Misprint
from .rates import draw, some

READABLE_AT_FIRST = ("cut_short", "misspelt", "word_lost", "words_turned", "doubled")
AGAIN = 0.15  # share of misprints that come back after a while


def misprint(ice: Ice, kind: str) -> None:
    """Begin misprints on a list, and go on with or end those that are there."""
    lines = ice.lists[kind]
    for line in lines:
        if line.misprint:
            line.misprint.lists -= 1
            if line.misprint.lists < 0:
                _end(ice, line)
    shown = [one for one in lines if not one.is_missing]
    rows = [one.printed(kind, ice.now.columns) for one in shown]
    for _ in range(some(ice.rng, ice.rates.a_year("misprints") * ice.years(kind))):
        at = ice.rng.randrange(len(shown)) if shown else 0
        if shown and _is_open(ice, shown[at]):
            shown[at].misprint = _misprinted(ice, shown[at], rows, at)
            ice.touched.add(shown[at].pact.no)


def _end(ice: Ice, line: Line) -> None:
    """End a misprint, which may be back some lists later."""
    again, line.misprint = line.misprint, None
    ice.touched.add(line.pact.no)
    if again is None or ice.rng.random() > AGAIN:
        return

    def back() -> None:
        if line.pact.no not in ice.touched and line.misprint is None and not line.is_missing:
            line.misprint = Misprint(again.column, again.text, ice.rng.randint(0, 3))
            ice.touched.add(line.pact.no)

    ice.later(ice.rng.randint(1, 20), back)


def _is_open(ice: Ice, line: Line) -> bool:
    """Say whether a row may be misprinted: unless a row that left just now could be meant by it."""
    is_taken = (line.agency.state, line.pact.model) in ice.departing
    # What comes and is misprinted at once is left to the kinds that can be read, see below.
    is_new = line.listed_on == ice.now.day
    return not is_taken and line.misprint is None and (ice.is_free(line) or is_new)


def _misprinted(ice: Ice, line: Line, rows: list[dict[str, Any]], at: int) -> Misprint | None:
    """Return a cell printed otherwise; a new row's agency stays one that can be made out.

    A row that nobody has seen before and that names no agency, or another one, says nothing of
    whose it is.
    """
    near = rows[at - 1 if at else min(1, len(rows) - 1)]
    for _ in range(20):
        column, kind, text = printed_otherwise(rows[at], near, ice.rng.choice(rows), ice.rng)
        is_new = line.listed_on == ice.now.day and column == "agency_printed"
        if not is_new or kind in READABLE_AT_FIRST:
            lists = max(1, draw(ice.rng, ice.rates.of["misprints"]["lists"]))
            return Misprint(column, text, lists - 1)
    return None
