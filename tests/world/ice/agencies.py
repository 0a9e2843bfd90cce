"""Real agencies to play with: those that stand side by side on the newest list of the record."""

from __future__ import annotations

import difflib
import random
import re
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path

import polars as pl

from flows.steps.lists import seed_record
from flows.steps.lists.read import seed_tables

CODES = {"NORTHERN MARIANA ISLANDS": "MP"}


@dataclass(slots=True, eq=False)
class Agency:
    """A law-enforcement body: its state, kind and county as printed, and its name of now."""

    no: int
    state: str
    code: str
    type: str | None
    county: str | None
    name: str
    left_on: date = date.min


@dataclass(slots=True)
class Names:
    """Which agency has ever had which name: no two may share one."""

    owners: dict[tuple[str, str], int] = field(default_factory=dict)

    def claim(self, agency: Agency, name: str) -> bool:
        """Give an agency a name, unless another has it."""
        return self.owners.setdefault((agency.state, letters(name)), agency.no) == agency.no


def letters(name: str) -> str:
    """Return the letters and digits of a name, which is all that tells two names apart here."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def draw_agencies(rng: random.Random, seeds: Path) -> tuple[list[Agency], Names]:
    """Return the agencies of the newest list in a random order, and their names."""
    drawn = list(_printed(seeds))
    rng.shuffle(drawn)
    names = Names()
    agencies = [Agency(no, *cells) for no, cells in enumerate(drawn)]
    return [one for one in agencies if names.claim(one, one.name)], names


@cache
def _printed(seeds: Path) -> tuple[tuple[str, str, str | None, str | None, str], ...]:
    """Return (state, code, type, county, name) of each agency on the newest list, in its order.

    One that reads like another of its county and type is left out: it may be the same.
    """
    published, listings = seed_tables(seeds)
    published = published.filter(pl.col("list") == "participating")
    listings = listings.filter(pl.col("list") == "participating")
    rows = seed_record.expand(published, listings)
    rows = rows.filter(pl.col("sha256") == published["sha256"][-1]).sort("row_number")
    states = pl.read_csv(seeds / "states.csv", columns=["code", "name"])
    codes = {name.upper(): code for code, name in states.iter_rows()} | CODES
    kept: dict[tuple[str, str | None], list[str]] = {}
    found = []
    for row in rows.iter_rows(named=True):
        state, kind, county = (
            _tidy(row[f"{cell}_printed"]) for cell in ("state", "type", "county")
        )
        name = _tidy(row["agency_printed"])
        if not name or not state or state.upper() not in codes:
            continue
        beside = kept.setdefault((state.upper(), county), [])
        if not any(_alike(name, other) for other in beside):
            beside.append(name)
            found.append((state.upper(), codes[state.upper()], kind, county, name))
    return tuple(found)


def _tidy(cell: str | None) -> str | None:
    return " ".join(cell.replace("’", "'").split()) if cell else None


def _alike(one: str, other: str) -> bool:
    if re.findall(r"\d+", one) != re.findall(r"\d+", other):
        return False
    # One county has one sheriff, be it an office or a department.
    one, other = (name.replace("Sheriff's Department", "Sheriff's Office") for name in (one, other))
    return difflib.SequenceMatcher(None, letters(one), letters(other)).ratio() > 0.9
