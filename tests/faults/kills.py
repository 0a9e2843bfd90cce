"""Kills at points of every command that writes: whatever stands there is of one version.

A trial kills a command at one of its points (tests/killed.py), looks at what stands there, and runs
the command again: what it leaves is what an undisturbed run leaves, the log of corrections too.
"""

from __future__ import annotations

import random
import re
import shutil
import signal
import subprocess
import sys
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flows.settings import ROOT
from flows.steps.common.folders import files_within
from flows.steps.warehouse import database
from tests.command import call
from tests.conftest import COMMAND, program, seeds_without_record
from tests.workbooks import county_list

from . import Trial

KILLED = [sys.executable, "-P", str(ROOT / "tests" / "killed.py")]
SITE = "data/site"
WEEK = "data/reports/2025-W22"
AROUND = ("data/latest", "data/feeds")
NEW, STORY = "participatingAgencies05302025am.xlsx", "story.html"
COMMANDS = {
    ("report", "--all"): (12, (WEEK, *AROUND)),
    ("export",): (12, ("data/exports",)),
    ("publish", "--to", SITE): (16, (WEEK, *AROUND, "data/exports", SITE)),
    ("import", NEW): (24, ()),
    ("build", "--force"): (16, ()),
    ("ingest", STORY): (10, ()),
    ("run",): (10, (WEEK, *AROUND)),
}
"""How often each command is killed, and the folders that it replaces whole."""


TABLES = ("totals", "events", "agreements", "agencies", "publications", "articles", "claims")


def trials(seed: int) -> list[Trial]:
    """Return a hundred kills, each command's spread over its points."""
    chance = random.Random(seed)
    return [
        Trial(
            f"{words[0]} killed {(at + 0.5) / count:.0%} of the way",
            partial(_run, words=words, share=(at + chance.random()) / count),
        )
        for words, (count, _) in COMMANDS.items()
        for at in range(count)
    ]


def _run(folder: Path, words: tuple[str, ...], share: float) -> str:
    """Kill a command, look, and do it again; return what fell short."""
    old, new, points = _undisturbed(words)
    place = folder / "place"
    shutil.copytree(old, place)
    point = 1 + int(share * points)
    if _call(place, KILLED, "data", str(point), *words).returncode != -signal.SIGKILL:
        return f"the kill at point {point} of {points} did not come"
    _, replaced = COMMANDS[words]
    mixed = [n for n in replaced if _tree(place / n) not in (_tree(old / n), _tree(new / n))]
    if _told(place) not in (_told(old), _told(new)):
        mixed.append("the warehouse")
    if mixed:
        return f"after a kill at point {point} {mixed} are of two versions"
    done = _call(place, COMMAND, *words)
    if done.returncode:
        return f"after a kill at point {point} the next run ended with {done.stderr[-300:]}"
    kept = (*replaced, "data/reports", "data/raw/objects")
    other = [name for name in kept if _tree(place / name) != _tree(new / name)]
    if _told(place) != _told(new):
        other.append("the warehouse")
    other += [path.name for path in place.rglob(".*") if re.search(r"\.(part|old)\b", path.name)]
    return f"after a kill at point {point} the next run leaves {other}" if other else ""


def _told(place: Path) -> list[list[tuple[Any, ...]]]:
    """Return what the warehouse tells, table by table."""
    with database.reading(place / "data" / "pactwatch.duckdb") as db:
        return [db.execute(f"select * from {name} order by all").fetchall() for name in TABLES]


@cache
def _made() -> tuple[TemporaryDirectory[str], Path]:
    """Return a program with a site of one list, and another list of that week built since."""
    kept = TemporaryDirectory()
    place = Path(kept.name) / "old"
    place.mkdir()
    program(place)
    seeds_without_record(place / "seeds")
    for day, count in ((27, 5), (29, 6), (30, 7)):
        path = place / f"participatingAgencies05{day}2025am.xlsx"
        path.write_bytes(county_list(count, day))
        if path.name == NEW:
            continue  # for the trials of the import
        _call(place, COMMAND, "import", path.name).check_returncode()
        if day == 27:
            _call(place, COMMAND, "publish", "--to", SITE).check_returncode()
    (place / STORY).write_text(
        "<html><head><title>A count</title></head><body><article><p>On May 27, 2025, five agencies"
        " had 287(g) agreements with ICE, the list of participating agencies shows.</p></article>"
        "</body></html>"
    )
    return kept, place


@cache
def _undisturbed(words: tuple[str, ...]) -> tuple[Path, Path, int]:
    """Return the place before and after a command that nothing disturbs, and its points."""
    _, old = _made()
    new = old.with_name(words[0])
    shutil.copytree(old, new)
    done = _call(new, KILLED, "data", "count", *words)
    done.check_returncode()
    return old, new, int(done.stderr.split()[-1])


def _call(place: Path, command: list[str], *words: str) -> subprocess.CompletedProcess[str]:
    return call(place, place / "data", *words, command=command)


def _tree(folder: Path) -> dict[str, bytes]:
    """Return a folder's files, without what names code, process or the second of a correction."""
    return {
        name: re.sub(rb'"corrected_at": "[^"]+"', b"", (folder / name).read_bytes())
        for name in files_within(folder)
        if ".part" not in name and name != ".up-to-date"
    }
