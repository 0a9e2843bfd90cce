"""Who leaves, comes back or is taken over, and rows that are missing or printed twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from . import spellings
from .agencies import letters
from .ice import Ice
from .joining import MODELS, enlist
from .lines import Line, Pact
from .papers import address
from .rates import draw, some


def depart(ice: Ice) -> None:
    """Let agreements leave for good, or come back long after."""
    rates = ice.rates
    for _ in range(some(ice.rng, rates.a_year("departures") * ice.years())):
        line = ice.pick(rates.of["young"]["departures"])
        if line is None or not _is_alone(ice, line):
            continue
        _remove(ice, line)
        back = rates.a_year("returns") / rates.a_year("departures")
        if ice.rng.random() < back:
            ice.later(ice.rng.randint(20, 240), _return_of(ice, line))


def _is_alone(ice: Ice, line: Line) -> bool:
    """Say whether nothing befell the other rows of an agency, and none is of the same model.

    While another signing of the model stands beside it, a row that leaves is no departure.
    """
    rows = [one for kind in ice.lists.values() for one in kind if one.agency is line.agency]
    return not any(
        one is not line and (one.pact.no in ice.touched or one.pact.model == line.pact.model)
        for one in rows
    )


def _remove(ice: Ice, line: Line) -> None:
    ice.lines.remove(line)
    line.agency.left_on = ice.now.day
    _vacate(ice, line)


def _vacate(ice: Ice, line: Line) -> None:
    """Note what no row that joins or is misprinted in the same step may look like."""
    state, model = line.agency.state, line.pact.model
    ice.departing.add((state, model))
    ice.vacated.add((letters(line.name), model, line.signed))
    if line.link is None:
        ice.vacated.add((state, model, line.signed))


def _return_of(ice: Ice, line: Line) -> Callable[[], None]:
    def back() -> None:
        if _is_alone(ice, line):
            ice.place(line)
            ice.touched.add(line.pact.no)

    return back


def miss(ice: Ice) -> None:
    """Leave rows out for a few days: one, or a few that stand side by side."""
    for _ in range(some(ice.rng, ice.rates.a_year("gaps") * ice.years())):
        line = ice.pick()
        if line is None or not _is_alone(ice, line):
            continue
        at = ice.lines.index(line)
        beside = ice.rng.choice((1, 1, 1, 3))
        days = ice.rng.randint(1, 8)
        for one in ice.lines[at : at + beside]:
            is_new = one.listed_on == ice.now.day
            if one is line or (ice.is_free(one) and _is_alone(ice, one) and not is_new):
                _hide(ice, one, days)


def _hide(ice: Ice, line: Line, days: int) -> None:
    line.is_missing = True
    ice.touched.add(line.pact.no)
    _vacate(ice, line)

    def back() -> None:
        line.is_missing = False
        ice.touched.add(line.pact.no)

    ice.later(days, back)


def renew(ice: Ice) -> None:
    """Sign agreements anew: in one step, beside the old one for a while, or after a gap.

    The old one links its document, so that the new one brings a second.
    """
    for _ in range(some(ice.rng, ice.rates.a_year("renewals") * ice.years())):
        line = ice.pick()
        span = (ice.now.day - ice.now.previous).days
        if line is None or line.link is None or span < 1 or not _is_alone(ice, line):
            continue
        signed = ice.now.day - timedelta(days=ice.rng.randrange(span))
        pact = ice.sign(line.agency, line.pact.model, signed)
        pact.follows, pact.how = line.pact.no, "renewed"
        way = ice.rng.choice(("at once", "at once", "beside", "after a gap", "long after"))
        if way == "at once":
            _take_over(ice, line, pact)
        elif way == "beside":
            enlist(ice, pact, line.name)
            ice.later(ice.rng.randint(1, 25), ice.when_free(line, _dropped(ice, line)))
        else:
            days = ice.rng.randint(1, 7) if way == "after a gap" else ice.rng.randint(20, 200)
            _remove(ice, line)
            ice.later(days, _signed_later(ice, line, pact, is_long=way == "long after"))


def _take_over(ice: Ice, line: Line, pact: Pact) -> None:
    """Print the new agreement where the old one stood, at times with its document."""
    _remove(ice, line)
    new = enlist(ice, pact, line.name)
    if ice.rng.random() < 0.5:
        new.link = address(ice.rng, new.agency, new.name, pact.model, pact.signed)


def _dropped(ice: Ice, line: Line) -> Callable[[], None]:
    def drop() -> None:
        ice.touched.update(one.pact.no for one in ice.beside(line))
        _remove(ice, line)

    return drop


def _signed_later(ice: Ice, line: Line, pact: Pact, *, is_long: bool) -> Callable[[], None]:
    def come() -> None:
        if not _is_alone(ice, line):
            return
        pact.signed = max(pact.signed, ice.now.day - timedelta(days=ice.rng.randint(0, 2)))
        if is_long:
            pact.follows = pact.how = None
        enlist(ice, pact, line.name)

    return come


def switch(ice: Ice) -> None:
    """Let another model take over in one step."""
    for _ in range(some(ice.rng, ice.rates.a_year("switches") * ice.years())):
        line = ice.pick()
        if line is None:
            continue
        has = {one.pact.model for one in ice.beside(line)}
        others = [model for model in MODELS if model not in has]
        if others and len(has) == 1 and ice.now.is_rush and _is_alone(ice, line):
            _remove(ice, line)
            pact = ice.sign(line.agency, ice.rng.choice(others), ice.now.day)
            pact.follows, pact.how = line.pact.no, "switched"
            enlist(ice, pact, line.name)


def double(ice: Ice) -> None:
    """Print rows twice for a while: alike, under another spelling, or in another state."""
    rng = ice.rng
    for _ in range(some(rng, ice.rates.a_year("duplicates") * ice.years())):
        line = ice.pick()
        if line is None or not _is_alone(ice, line):
            continue
        twin = Line(line.pact, line.name, line.signed, ice.now.day, copy=1)
        way = rng.choice(("alike", "spelling", "spelling", "spelling", "state"))
        if way == "spelling":
            shares = {"abbreviated": 0.3, "misspelt": 0.3, "place": 0.3, "reworded": 0.1}
            _, other = spellings.otherwise(rng, line.name, line.agency, shares)
            twin.name = other if ice.names.claim(line.agency, other) else line.name
            twin.name_no = line.name_no + (twin.name != line.name)
        elif way == "state":
            twin.state = rng.choice(ice.lines).agency.state
        ice.place(twin)
        goes = twin
        if line.link is None and way == "spelling" and rng.random() < 0.4:
            goes = line
        lists = draw(rng, ice.rates.of["misprints"]["lists"])
        ice.later(lists * 2, _undouble(ice, line, twin, goes))


def _undouble(ice: Ice, line: Line, twin: Line, goes: Line) -> Callable[[], None]:
    """Return what drops one of two rows; the other is the agreement's from then on."""

    def drop() -> None:
        both = line in ice.lines and twin in ice.lines
        is_busy = line.misprint or twin.misprint or line.is_missing or twin.is_missing
        if both and (is_busy or line.pact.no in ice.touched):
            ice.later(1, drop)
        elif both:
            kept = twin if goes is line else line
            kept.link = kept.link or line.link
            ice.lines.remove(goes)
            ice.touched.add(line.pact.no)

    return drop
