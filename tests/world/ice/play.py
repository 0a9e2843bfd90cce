"""Play ICE for a number of lists: what each prints, and the truth of every row."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from flows.steps.common.records import ROWS_SCHEMA

from . import changing, joining, leaving
from .agencies import draw_agencies
from .ice import Calendar, Ice
from .lines import Line, Pact
from .misprints import misprint
from .papers import address
from .rates import Rates, draw

FIRST_DAY = date(2023, 11, 1)
AGREEMENTS = 135
SLOW_LISTS = 7  # of the slow time, one in so many is played: the others print the same
PUBLICATIONS = {
    "sha256": pl.String(),
    "list": pl.String(),
    "published_on": pl.Date(),
    "part": pl.String(),
    "file_name": pl.String(),
    "saved_at": pl.Datetime("us"),
    "is_copy": pl.Boolean(),
}
TRUTH_SCHEMA = {
    "pact": pl.Int64(),
    "copy": pl.Int64(),
    "name_no": pl.Int64(),
    "date_no": pl.Int64(),
    "misprint": pl.String(),
}


@dataclass(frozen=True, slots=True)
class World:
    """The lists of one seed: the versions (`PUBLICATIONS`), the rows with `TRUTH`, the pacts."""

    publications: pl.DataFrame
    rows: pl.DataFrame
    pacts: list[Pact]


def play(seed: int, lists: int, rates: Rates, seeds: Path, agreements: int = AGREEMENTS) -> World:
    """Play so many lists from one that has so many agreements."""
    rng = random.Random(seed)
    pool, names = draw_agencies(rng, seeds)
    ice = Ice(rng, rates, names, pool, Calendar(FIRST_DAY, FIRST_DAY))
    _begin(ice, agreements)
    published: list[dict[str, Any]] = []
    rows: list[dict[str, Any]] = []
    for number, now in enumerate(_days(rng, rates, lists)):
        if number:
            ice.turn(now)
            _happen(ice)
        for kind in ("participating", "pending") if now.has_pending else ("participating",):
            misprint(ice, kind)
            version = _version(seed, kind, now, published)
            published.append(version)
            rows += _printed(ice, kind, version["sha256"])
    schema = {**ROWS_SCHEMA, **TRUTH_SCHEMA}
    return World(
        pl.DataFrame(published, schema=PUBLICATIONS, orient="row"),
        pl.DataFrame(rows, schema=schema, orient="row"),
        ice.pacts,
    )


def _begin(ice: Ice, agreements: int) -> None:
    """Fill the first list with county jails and sheriffs, whose documents are all linked."""
    counties = [one for one in ice.pool if one.type == "County"][:agreements]
    chosen = {one.no for one in counties}
    ice.pool = [one for one in ice.pool if one.no not in chosen]
    for agency in counties:
        model = ice.rng.choice(joining.MODELS[1:])
        signed = date(2019, 3, 1) + timedelta(days=ice.rng.randrange(700))
        line = Line(ice.sign(agency, model, signed), agency.name, signed, ice.now.day)
        line.link = address(ice.rng, agency, agency.name, model, signed)
        ice.place(line)


def _days(rng: random.Random, rates: Rates, lists: int) -> Iterator[Calendar]:
    """Yield the day of each list: rarely at first, several a week in the rush, with silences."""
    days, before, of_day = FIRST_DAY, FIRST_DAY, 0
    spans = rates.of["lists"]
    for number in range(lists):
        now = Calendar(days, before, number / lists, number == lists - 1)
        yield now
        before = days
        if not now.is_rush:
            span = sum(draw(rng, spans["days_slow"]) for _ in range(SLOW_LISTS))
        elif rng.random() < spans["silences"] * rates.often:
            span = rng.randint(12, 30)
        else:
            span = draw(rng, spans["days_fast"])
        of_day = of_day + 1 if span == 0 else 0
        days += timedelta(days=1 if of_day > 1 else span)
        of_day = 0 if of_day > 1 else of_day


def _happen(ice: Ice) -> None:
    """Let everything happen that may, from one list to the next."""
    leaving.depart(ice)
    if not ice.now.is_last:
        leaving.miss(ice)
    leaving.renew(ice)
    leaving.switch(ice)
    leaving.double(ice)
    changing.rename(ice)
    changing.redate(ice)
    changing.relink(ice)
    changing.reformat(ice)
    joining.join(ice)


def _version(
    seed: int, kind: str, now: Calendar, published: list[dict[str, Any]]
) -> dict[str, Any]:
    """Return the facts of a list's version: its day and part, and a file name like ICE's."""
    same_day = [one for one in published if one["list"] == kind and one["published_on"] == now.day]
    part = "pm" if same_day else "am"
    number = len(published)
    return {
        "sha256": hashlib.sha256(f"{seed} {kind} {number}".encode()).hexdigest(),
        "list": kind,
        "published_on": now.day,
        "part": part,
        "file_name": f"{kind}Agencies{now.day:%m%d%Y}{part}.xlsx",
        "saved_at": datetime.combine(now.day, time(20 if same_day else 14)),
        "is_copy": False,
    }


def _printed(ice: Ice, kind: str, sha256: str) -> Iterator[dict[str, Any]]:
    """Yield the rows of a list as printed, with the truth of each."""
    slip = _state_slip(ice) if kind == "participating" else None
    shown = [line for line in ice.lists[kind] if not line.is_missing]
    for number, line in enumerate(shown, start=2):
        row = line.printed(kind, ice.now.columns)
        if line.misprint and row[line.misprint.column] is not None:
            row[line.misprint.column] = line.misprint.text
            row["misprint"] = line.misprint.column
        elif slip and row["state_printed"] == slip[0]:
            row["state_printed"], row["misprint"] = slip[1], "state_printed"
        yield {"sha256": sha256, "list": kind, "row_number": number, **row}


def _state_slip(ice: Ice) -> tuple[str, str] | None:
    """Return a state and how this list misspells it on all of its rows, on few lists."""
    if ice.rng.random() > ice.rates.a_list("state_misspelt"):
        return None
    state = ice.rng.choice(ice.lines).agency.state
    at = ice.rng.randrange(1, len(state) - 2)
    return state, state[:at] + state[at + 1] + state[at] + state[at + 2 :]
