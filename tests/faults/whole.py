"""Kills while reports, exports and a site are written: whatever stands there is of one version.

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
from datetime import date, datetime
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory

from flows.settings import ROOT
from flows.steps.common.folders import files_within
from tests.conftest import COMMAND, environment, program, seeds_without_record
from tests.workbooks import agreement, workbook

from . import Trial

KILLED = [sys.executable, "-P", str(ROOT / "tests" / "killed.py")]
SITE = "data/site"
WEEK = "data/reports/2025-W22"
COMMANDS = {
    ("report", "--all"): (WEEK, "data/latest", "data/feeds"),
    ("export",): ("data/exports",),
    ("publish", "--to", SITE): (WEEK, "data/latest", "data/feeds", "data/exports", SITE),
}
EACH = 10
NAMES = ("Baker", "Clay", "Duval", "Leon", "Bay", "Lake", "Levy")


def trials(seed: int) -> list[Trial]:
    """Return ten kills of each command, one in each tenth of its points."""
    chance = random.Random(seed)
    return [
        Trial(
            f"{words[0]} killed {(at + 0.5) / EACH:.0%} of the way",
            partial(_run, words=words, share=(at + chance.random()) / EACH),
        )
        for words in COMMANDS
        for at in range(EACH)
    ]


def _run(folder: Path, words: tuple[str, ...], share: float) -> str:
    """Kill a command, look, and do it again; return what fell short."""
    old, new, points = _undisturbed(words)
    place = folder / "place"
    shutil.copytree(old, place)
    point = 1 + int(share * points)
    if _call(place, KILLED, "data", str(point), *words).returncode != -signal.SIGKILL:
        return f"the kill at point {point} of {points} did not come"
    for name in COMMANDS[words]:
        if _tree(place / name) not in (_tree(old / name), _tree(new / name)):
            return f"after a kill at point {point} {name} is of two versions"
    done = _call(place, COMMAND, *words)
    if done.returncode:
        return f"after a kill at point {point} the next run ended with {done.stderr[-300:]}"
    for name in (*COMMANDS[words], "data/reports"):
        if _tree(place / name) != _tree(new / name):
            return f"after a kill at point {point} the next run left another {name}"
    left = [path.name for path in place.rglob(".*") if re.search(r"\.(part|old)\b", path.name)]
    return f"after a kill at point {point} {left} are left" if left else ""


@cache
def _made() -> tuple[TemporaryDirectory[str], Path]:
    """Return a program with a site of one list, and another list of that week built since."""
    kept = TemporaryDirectory()
    place = Path(kept.name) / "old"
    place.mkdir()
    program(place)
    seeds_without_record(place / "seeds")
    for day, count in ((27, 5), (29, 6)):
        rows = [
            agreement(agency=f"{name} County Sheriff's Office", signed=date(2025, 5, 20), moa="")
            for name in NAMES[:count]
        ]
        path = place / f"participatingAgencies05{day}2025am.xlsx"
        path.write_bytes(workbook(rows, saved=datetime(2025, 5, day, 10)))
        _call(place, COMMAND, "import", path.name).check_returncode()
        if day == 27:
            _call(place, COMMAND, "publish", "--to", SITE).check_returncode()
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
    return subprocess.run(
        [*command, *words],
        env=environment(place / "data", PYTHONPATH=str(place)),
        cwd=place,
        capture_output=True,
        text=True,
        check=False,
    )


def _tree(folder: Path) -> dict[str, bytes]:
    """Return a folder's files, without what names code, process or the second of a correction."""
    return {
        name: re.sub(rb'"corrected_at": "[^"]+"', b"", (folder / name).read_bytes())
        for name in files_within(folder)
        if ".part" not in name and name != ".up-to-date"
    }
