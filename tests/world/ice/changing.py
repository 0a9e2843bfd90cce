"""What is printed otherwise of the same agreements: names, dates, links, formats."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from . import spellings
from .ice import Ice
from .lines import Line
from .papers import address
from .rates import batches, draw, some


def rename(ice: Ice) -> None:
    """Print rows under another name of the agency, at times all of its rows."""
    rates, rng = ice.rates, ice.rng
    sizes = rates.of["batches"]["renames"]
    for size in batches(rng, rates.a_year("renames") * ice.years(), sizes):
        for _ in range(size):
            line = ice.pick(rates.of["young"]["renames"])
            if line is None:
                continue
            kind, name = spellings.otherwise(rng, line.name, line.agency, rates.of["renames"])
            if name == line.name or not ice.names.claim(line.agency, name):
                continue
            rows = [line]
            if kind != "body" and rng.random() < 0.5:
                rows += [one for one in ice.beside(line) if ice.is_free(one)]
                line.agency.name = name
            before = line.name
            for one in rows:
                if one.name == before:
                    _print_as(ice, one, name)
            if kind == "misspelt":
                _correct_later(ice, line, before)


def _print_as(ice: Ice, line: Line, name: str) -> None:
    """Print a row under another name, where it stood or where it sorts now."""
    line.name, line.name_no = name, line.name_no + 1
    ice.touched.add(line.pact.no)
    if ice.rng.random() < 0.5:
        ice.lines.remove(line)
        ice.place(line)


def _correct_later(ice: Ice, line: Line, name: str) -> None:
    if line.agency.name == line.name:
        line.agency.name = name
    ice.later(ice.rng.randint(1, 40), ice.when_free(line, lambda: _print_as(ice, line, name)))


def redate(ice: Ice) -> None:
    """Correct signing dates: of one row, or of several that were signed on one day."""
    rates, rng = ice.rates, ice.rng
    for size in batches(rng, rates.a_year("redates") * ice.years(), rates.of["batches"]["redates"]):
        line = ice.pick(rates.of["young"]["redates"])
        if line is None:
            continue
        was, now = line.signed, _other_date(ice, line)
        alike = [one for one in ice.lines if one.signed == was and ice.is_free(one)]
        for one in [line, *alike[: size - 1]]:
            if now <= one.listed_on or one.link is None:
                one.signed = one.pact.signed = now
                one.date_no += one is not line or now != was
                ice.touched.add(one.pact.no)


def _other_date(ice: Ice, line: Line) -> date:
    """Return another date for a row, none later than its first list unless it was never linked."""
    rng, rates = ice.rng, ice.rates.of["redates"]
    kind = rng.choices(
        ("days", "month", "other"),
        (rates["days"], rates["month"], 1 - rates["days"] - rates["month"]),
    )[0]
    shift = {
        "days": rng.choice((1, 1, 1, 1, 2, 3)),
        "month": rng.choice((28, 30, 31, 365)),
        "other": rng.randint(4, 41),
    }[kind]
    later = line.signed + timedelta(days=shift)
    last = line.listed_on if line.link else ice.now.day
    return later if later <= last and rng.random() < 0.4 else line.signed - timedelta(days=shift)


def relink(ice: Ice) -> None:
    """Link other documents, and withdraw the links of many rows at once for some days."""
    rates, rng = ice.rates, ice.rng
    linked = [one for one in ice.lines if one.link]
    for _ in range(some(rng, rates.a_year("replaced") * ice.years())):
        line = rng.choice(linked) if linked else None
        if line and ice.is_free(line):
            other = rng.choice(linked) if rng.random() < 0.3 else line
            line.link = address(rng, other.agency, other.name, line.pact.model, line.signed)
    if linked and rng.random() < rates.a_list("links_withdrawn"):
        for line in rng.sample(linked, min(len(linked) // 4, rng.randint(4, 77))):
            _withdraw(ice, line, rng.randint(2, 20))


def _withdraw(ice: Ice, line: Line, days: int) -> None:
    link, line.link = line.link, None

    def post() -> None:
        line.link = line.link or link

    ice.later(days, post)


def reformat(ice: Ice) -> None:
    """Print cells with other blanks, apostrophes or letter cases, which say the same."""
    for _ in range(some(ice.rng, ice.rates.a_year("formats") * ice.years())):
        line = ice.pick()
        if line is None:
            continue
        column, cell = ice.rng.choice(
            (("agency_printed", line.name), ("state_printed", line.agency.state))
        )
        line.form = (column, spellings.formatted(ice.rng, cell))
        ice.later(draw(ice.rng, ice.rates.of["misprints"]["lists"]) * 3, _plain(line))


def _plain(line: Line) -> Callable[[], None]:
    def plain() -> None:
        line.form = None

    return plain
