"""Who joins: new agencies and members with another model, straight or through an application."""

from __future__ import annotations

from datetime import date, timedelta

from . import spellings
from .agencies import Agency, letters
from .ice import Ice
from .lines import Line, Model, Pact
from .papers import address
from .rates import draw

MODELS: tuple[Model, ...] = ("TFM", "WSO", "JEM")
MISNAMED_AT_FIRST = 0.026  # share of new rows: half of the renames befall the fresh


def join(ice: Ice) -> None:
    """Let agencies join, or apply where there is a list of applications."""
    joins, rng = ice.rates.of["joins"], ice.rng
    if not ice.now.is_rush or rng.random() > joins["share_of_lists"]:
        return
    number = max(1, draw(rng, joins["sizes"]))
    days = [ice.now.day - timedelta(days=draw(rng, joins["lag"])) for _ in range(1 + number // 7)]
    applies = ice.now.has_pending and rng.random() < ice.rates.of["pending"]["share"]
    waits = draw(rng, ice.rates.of["pending"]["waited"]) if applies else 0
    while number > 0:
        agency, models = _who(ice)
        if agency is None:
            return
        signed = rng.choice(days)
        for model in models[:number]:
            number -= 1
            if applies and (letters(agency.name), model) not in ice.withdrawn:
                apply(ice, agency, model, waits)
            else:
                enlist(ice, ice.sign(agency, model, signed))


def _who(ice: Ice) -> tuple[Agency | None, list[Model]]:
    """Return an agency and the models that it signs: a new one, or a member with another model."""
    joins, rng = ice.rates.of["joins"], ice.rng
    if rng.random() < joins["by_members"] and ice.lines:
        for _ in range(10):
            line = rng.choice(ice.lines)
            rows = [one for kind in ice.lists.values() for one in kind]
            has = {one.pact.model for one in rows if one.agency is line.agency}
            is_leaving = ice.now.day - line.agency.left_on < timedelta(days=60)
            others = [model for model in MODELS if model not in has]
            if others and not is_leaving and line.agency.type == "County":
                return line.agency, [rng.choice(others)]
    if not ice.pool:
        return None, []
    first = rng.choices(MODELS, joins["models"])[0]
    if ice.pool[-1].type != "County":
        first = "TFM"
    models = [first]
    if rng.random() < joins["together"] and ice.pool[-1].type == "County":
        models.append(rng.choice([model for model in MODELS if model != first]))
    return ice.pool.pop(), models


def enlist(ice: Ice, pact: Pact, name: str | None = None) -> Line:
    """Print a new agreement for the first time, and plan when its document is linked.

    Some names are misspelt at first, or given to another body of the place, and corrected later.
    """
    rng, joins = ice.rng, ice.rates.of["joins"]
    signed = min(pact.signed, ice.now.day)
    alike = pact.agency.state, letters(name or pact.agency.name)
    while any((one, pact.model, signed) in ice.vacated for one in alike):
        signed -= timedelta(days=1)
    pact.signed = signed
    line = Line(pact, name or pact.agency.name, signed, ice.now.day)
    if name is None:
        _misname(ice, line)
    ice.place(line)
    ice.touched.add(pact.no)

    def link() -> None:
        if line in ice.lines and line.link is None:
            line.link = address(rng, line.agency, line.name, pact.model, line.signed)

    if rng.random() < joins["linked_at_once"]:
        link()
    else:
        ice.later(draw(rng, joins["days_to_link"]), link)
    if ice.now.share > 0.4 and rng.random() < 0.02:
        line.addendum = address(rng, line.agency, line.name, pact.model, ice.now.day)
    return line


def _misname(ice: Ice, line: Line) -> None:
    """Print a wrong name at first, at times.

    Misspelt names are corrected some lists on, a name of another body of the place on the next.
    """
    rng, rates = ice.rng, ice.rates
    if rng.random() > MISNAMED_AT_FIRST * rates.often:
        return
    right = line.name
    is_misspelt = rng.random() < 0.75
    shares = {"misspelt": 1.0} if is_misspelt else {"body": 0.5, "reworded": 0.5}
    _, wrong = spellings.otherwise(rng, right, line.agency, shares)
    if wrong == right or not ice.names.claim(line.agency, wrong):
        return
    line.name = wrong

    def correct() -> None:
        line.name, line.name_no = right, line.name_no + 1
        if rng.random() < 0.5:
            ice.lines.remove(line)
            ice.place(line)

    ice.later(rng.randint(1, 25) if is_misspelt else 1, ice.when_free(line, correct))


def apply(ice: Ice, agency: Agency, model: Model, waits: int) -> None:
    """List an application, and plan whether and when it is signed and leaves the list."""
    rng, pending = ice.rng, ice.rates.of["pending"]
    pact = ice.sign(agency, model, date.max)
    line = Line(pact, agency.name, date.max, ice.now.day)
    if rng.random() < 0.05:
        # An application of another body of the place would be another application.
        shares = {kind: n for kind, n in ice.rates.of["renames"].items() if kind != "body"}
        _, other = spellings.otherwise(rng, agency.name, agency, shares)
        if ice.names.claim(agency, other):
            line.name = other
    ice.place(line, "pending")
    ice.touched.add(pact.no)

    def leave() -> None:
        if line in ice.lists["pending"]:
            ice.lists["pending"].remove(line)
            ice.departing.add((agency.state, model))
            ice.withdrawn.add((letters(line.name), model))

    def signed() -> None:
        pact.signed = ice.now.day - timedelta(days=draw(rng, ice.rates.of["joins"]["lag"][:9]))
        enlist(ice, pact)

    if rng.random() < pending["withdrawn"]:
        pact.how = "withdrawn"
        agency.left_on = ice.now.day + timedelta(days=pending["withdrawn_after"][-1])
        ice.later(draw(rng, pending["withdrawn_after"]), leave)
    else:
        ice.later(waits, signed)
        ice.later(waits + max(-waits, draw(rng, pending["leaves_late"]) + 1), leave)
