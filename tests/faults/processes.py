"""Two to six commands at once on one data folder: each does its work or says who is at it."""

from __future__ import annotations

import random
import subprocess
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import duckdb

from flows.settings import paths_at
from flows.steps import archive
from flows.steps.common.layout import Layout
from tests import alive
from tests.conftest import COMMAND, environment, program, seeds_without_record
from tests.few_lists import FILLERS, row
from tests.workbooks import workbook

from . import Trial

DAYS = (2, 3, 4, 5, 6)
KNOWN = 2
"""How many of the days' lists are there before the commands start."""
NAMES = ("Alachua", "Baker", "Bay", "Clay", "Duval")
COUNTIES = ("anderson", "archer", "atascosa", "bandera", "bastrop")
BUSY = ("is at work on data/: wait until it ends", "is writing to seeds/: wait until it ends")
SECONDS = 400
# Of each table what a run says alike whenever it runs.
TABLES = {
    "totals": "*",
    "publications": "publication_id, status, published_on, sha256",
    "agencies": "*",
    "agreements": "*",
    "events": "*",
}
Command = tuple[str, ...]


def trials(seed: int) -> list[Trial]:
    """Return twelve mixes of commands, of two to six at once."""
    chance = random.Random(seed)
    found = []
    for at in range(12):
        mix = tuple(_command(chance) for _ in range(2 + at % 5))
        said = ", ".join(command[0] for command in mix)
        found.append(Trial(f"{len(mix)} at once: {said}", partial(_run, mix=mix)))
    return found


def _command(chance: random.Random) -> Command:
    day = chance.choice(DAYS[KNOWN:])
    sides = [f"tx-{name}-county-sheriffs-office" for name in chance.sample(COUNTIES, 2)]
    return chance.choice(
        [
            ("import", _file_name(day)),
            ("build", "--force"),
            ("report",),
            ("review", "distinct", *sides, "--reason", "two counties"),
            ("status",),
            ("query", "select count(*) from totals"),
            ("publish", "--to", "public"),
            ("run",),
        ]
    )


def _file_name(day: int) -> str:
    return f"participatingAgencies06{day:02}2025am.xlsx"


def _run(folder: Path, mix: tuple[Command, ...]) -> str:
    """Do the commands at once and, in a copy, one after the other; return what differs."""
    both = [_made(folder / name) for name in ("at once", "in turn")]
    if both[0] is None or both[1] is None:
        return "the small record could not be built"
    at_once, in_turn = both[0], both[1]
    started = [_start(at_once, command) for command in mix]
    refused = []
    for command, process in zip(mix, started, strict=True):
        try:
            _, said = process.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            return f"{command[0]} did not end"
        if any(busy in said for busy in BUSY):
            refused.append(command)
        elif process.returncode not in (0, 3):
            return f"{command[0]} ended with {process.returncode}: {said.strip()[-300:]}"
    for place, commands in ((at_once, refused), (in_turn, list(mix))):
        for command in (*commands, ("build",)):
            _, said = (process := _start(place, command)).communicate(timeout=SECONDS)
            if process.returncode not in (0, 3):
                return f"{command[0]} afterwards ended with {process.returncode}: {said[-300:]}"
    return _left(at_once) or _difference(at_once, in_turn)


def _made(place: Path) -> Path | None:
    """Make a program of its own with a small record; the first lists are in and built."""
    place.mkdir()
    program(place)
    seeds_without_record(place / "seeds")
    rows = [row(f"{name} County Sheriff's Office", signed=date(2025, 5, 20)) for name in NAMES]
    for at, day in enumerate(DAYS):
        data = workbook([*FILLERS, *rows[: at + 1]], saved=datetime(2025, 6, day, 9))
        (place / _file_name(day)).write_bytes(data)
    for day in DAYS[:KNOWN]:
        process = _start(place, ("import", _file_name(day)))
        process.communicate(timeout=SECONDS)
        if process.returncode:
            return None
    return place


def _start(place: Path, command: Command) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*COMMAND, *command],
        env=environment(place / "data", PYTHONPATH=str(place)),
        cwd=place,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _left(place: Path) -> str:
    """Return what the commands left behind: processes, half-written files, runs without an end."""
    if found := alive.still_after(place / "data"):
        return f"processes are left: {found}"
    if parts := [str(path) for path in place.rglob(".*.part*")]:
        return f"files are left: {parts}"
    runs = archive.read_ledger(Layout(place / "data"))
    if odd := [run for run in runs if run["outcome"] != "finished"]:
        return f"runs did not finish: {odd}"
    return ""


def _difference(one: Path, other: Path) -> str:
    """Return the first table, or file of decisions, in which two records differ."""
    for table, columns in TABLES.items():
        both = [_rows(place, table, columns) for place in (one, other)]
        if both[0] != both[1]:
            return f"{table} differs from that of the commands in turn"
    links = [(place / "seeds" / "identity_links.csv").read_text() for place in (one, other)]
    return "" if links[0] == links[1] else "a decision was lost"


def _rows(place: Path, table: str, columns: str) -> list[tuple[Any, ...]]:
    database = paths_at(place / "data").layout.database
    with duckdb.connect(str(database), read_only=True) as db:
        return db.execute(f"select {columns} from {table} order by all").fetchall()
