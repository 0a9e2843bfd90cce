"""Errors of the system: one call of a command fails, and the command says what and what to do.

Each trial is a command in a process of its own on a small record (tests/failing.py makes the call
fail). It is survived when the command ends in time with one sentence that names what was refused,
why, and what to do; when the published warehouse opens and says what it said; and when the same
command succeeds once the fault is gone.
"""

from __future__ import annotations

import atexit
import errno
import random
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from flows import stages
from flows.settings import ROOT, paths_at
from flows.steps import archive
from flows.steps.common.layout import Layout
from flows.steps.reports import write
from flows.steps.sources.intake import import_path
from flows.steps.warehouse import database
from flows.steps.warehouse.build import build
from tests.command import call
from tests.conftest import COMMAND, NOW, program, seeds_without_record
from tests.workbooks import PENDING, agreement, county_list, workbook

from . import Trial

FAILING = [sys.executable, "-P", str(ROOT / "tests" / "failing.py")]
SECONDS = 180
WRITING = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS, errno.EACCES, errno.EMFILE)
READING = (errno.EIO, errno.EACCES, errno.EMFILE, errno.ENFILE)
SYNCING = (errno.EIO, errno.ENOSPC, errno.EDQUOT)
CAUSES = {
    errno.ENOSPC: "full",
    errno.EDQUOT: "quota",
    errno.EIO: "disk failed to read or write",
    errno.EROFS: "read-only",
    errno.EACCES: "no right",
    errno.EMFILE: "too many files are open",
    errno.ENFILE: "too many files are open",
    errno.ENOLCK: "no locks",
    errno.EAGAIN: "lacks means",
    errno.ENOMEM: "memory",
}
"""What a sentence says of each error of the system."""


@dataclass(frozen=True, slots=True)
class Point:
    """Where a command is hit: the call, at which paths, with which errors, and what is told."""

    command: str
    call: str
    pattern: str
    numbers: tuple[int, ...]
    role: str
    at: int = 1


POINTS = (
    Point("import LISTS", "open", r"/raw/objects/.*part$", WRITING, "archive"),
    Point("import LISTS", "os.rename", r"/raw/objects/", WRITING, "archive", at=2),
    Point("import LISTS", "os.mkdir", r"/raw/objects/", WRITING, "archive"),
    Point("import LISTS", "open", r"/captures\.jsonl$", READING, "manifest of captures"),
    Point("import LISTS", "fsync", r"/captures\.jsonl$", SYNCING, "manifest of captures"),
    Point("import LISTS", "read", r"/captures\.jsonl$", (errno.EIO,), "manifest of captures"),
    Point("import LISTS", "open", r"/lists/.*\.xlsx$", READING, "to import"),
    Point("import LISTS", "open", r"/lists/.*\.xlsx$", (errno.EIO,), "to import", at=3),
    Point("import LISTS", "os.scandir", r"/lists$", READING, "to import"),
    Point("import LISTS", "os.rename", r"/runs\.jsonl$", WRITING, "ledger of runs"),
    Point("import LISTS", "open", r"/\.lock$", (errno.EACCES, errno.EROFS), "data folder"),
    Point("import LISTS", "frame", r"/cache/", (errno.ENOSPC, errno.EDQUOT), "cache"),
    Point("build --force", "connect", r":memory:", (errno.EMFILE, errno.ENOSPC), "warehouse"),
    Point("build --force", "execute", r"^attach", WRITING, "warehouse"),
    Point("build --force", "execute", r"^create temp table", (errno.ENOSPC,), "warehouse", at=9),
    Point("build --force", "execute", r"^checkpoint", SYNCING, "warehouse"),
    Point("build --force", "os.rename", r"/pactwatch\.duckdb$", WRITING, "warehouse"),
    Point("build --force", "os.rename", r"/published/", WRITING, "dated copy"),
    Point("build --force", "open", r"/\.latest\.json.*part$", WRITING, "pointer"),
    Point("build --force", "open", r"/sql/.*\.sql$", READING, "models", at=20),
    Point("build --force", "frame", r"/seeds/.*\.csv$", READING, "seeds", at=2),
    Point("build --force", "open", r"/seeds/lists\.toml$", READING, "seeds"),
    Point("build --force", "lock", r"/\.lock$", (errno.ENOLCK, errno.EIO), "data folder"),
    Point("report", "open", r"/reports/.*index\.html.*part$", WRITING, "report"),
    Point("report", "os.mkdir", r"/reports/", WRITING, "report"),
    Point("report", "os.rename", r"/reports/.*-W", WRITING, "report"),
    Point("report", "fsync", r"/reports/.*part/", SYNCING, "report", at=3),
    Point("report", "open", r"feed\.xml.*part$", WRITING, "report"),
    Point("report", "connect", r"/pactwatch\.duckdb$", READING, "warehouse"),
    Point("export", "execute", r"^copy", WRITING, "warehouse|export", at=3),
    Point("export", "os.rename", r"/\.exports.*part$|/exports$", WRITING, "export"),
    Point("export", "open", r"part/datapackage\.json$", WRITING, "export"),
    Point("export", "connect", r"/pactwatch\.duckdb$", READING, "warehouse", at=2),
    Point("publish --to SITE", "os.mkdir", r"/site", WRITING, "published site"),
    Point("publish --to SITE", "open", r"/\.?site.*\.html.*part$", WRITING, "published site", at=3),
    Point("publish --to SITE", "fsync", r"/\.?site", SYNCING, "published site", at=9),
    Point("publish --to SITE", "execute", r"^copy", WRITING, "warehouse|export"),
    Point("ingest ARTICLE", "open", r"/articles\.jsonl$", READING, "manifest of articles"),
    Point("ingest ARTICLE", "fsync", r"/raw/objects/", SYNCING, "archive"),
    Point("ingest ARTICLE", "read", r"/story\.html$", (errno.EIO,), "story.html"),
    Point("ingest ARTICLE", "open", r"/story\.html$", READING, "story.html"),
    Point("status", "connect", r"/pactwatch\.duckdb$", READING, "warehouse"),
    Point("status", "read", r"/captures\.jsonl$", (errno.EIO,), "manifest of captures"),
    Point("query SQL", "connect", r"/pactwatch\.duckdb$", READING, "warehouse"),
    Point("query SQL", "execute", r"^select", (errno.EIO,), "warehouse"),
    Point("explain baker", "connect", r"/pactwatch\.duckdb$", READING, "warehouse"),
    Point("review", "connect", r"/pactwatch\.duckdb$", READING, "warehouse", at=2),
    Point("run", "os.mkdir", r"/prefect", WRITING, "Prefect's folder"),
    Point("run", "os.rename", r"/reports/", WRITING, "report"),
    Point("run", "os.rename", r"/pactwatch\.duckdb$", WRITING, "warehouse"),
)


def trials(seed: int) -> list[Trial]:
    """Return the trials: each point hit with one of its errors, which the seed chooses."""
    chance = random.Random(seed)
    made = []
    for point in POINTS:
        number = chance.choice(point.numbers)
        code = errno.errorcode[number]
        name = f"{code} in {point.command}: {point.call} {point.pattern} #{point.at}"
        made.append(Trial(name, lambda folder, p=point, n=number: trial(folder, p, n)))  # type: ignore[misc]
    return made


def trial(folder: Path, point: Point, number: int) -> str:
    """Hit one command, look at what it said and left, and run it again without the fault."""
    data, mark = folder / "data", folder / "mark"
    shutil.copytree(_base() / ("grown" if point.command in ("run", "report") else "data"), data)
    before = _told(data)
    words = _words(point.command, folder)
    fault = [point.call, str(number), point.pattern, str(point.at), str(mark)]
    done = _call(data, [*FAILING, *fault, *words])
    if not mark.exists():
        return f"the fault never came: {done.stderr.strip()[-300:]}"
    said = _shortfall(done, point, number) or _otherwise_in_ledger(data, done)
    try:
        after = _told(data)
    except Exception as problem:  # whatever it is, readers cannot read it
        return f"the warehouse cannot be read: {problem}"
    again = _call(data, [*COMMAND, *words])
    if again.returncode not in (0, 3):
        return f"again it left with {again.returncode}: {again.stderr.strip()[-300:]}"
    if after not in (before, _told(data)):
        return f"the warehouse said {before}, then {after}"
    return said


def _shortfall(done: subprocess.CompletedProcess[str], point: Point, number: int) -> str:
    """Return what the command failed to say, else ''; one that could do without says nothing."""
    said = " ".join(done.stderr.split())
    if "Traceback" in said or "did not expect" in said:
        return f"no sentence: {said[-400:]}"
    if done.returncode in (0, 3):
        return ""
    if done.returncode not in (1, 2):
        return f"it left with {done.returncode}: {said[-300:]}"
    if len(done.stderr.strip().splitlines()) != 1:
        return f"more than one sentence: {said[-400:]}"
    for part in (point.role, CAUSES[number], ": .+, then run again"):
        if not re.search(part, said, re.I):
            return f"it does not say {part!r}: {said}"
    return ""


def _otherwise_in_ledger(data: Path, done: subprocess.CompletedProcess[str]) -> str:
    """Return what the ledger says of a failed run, when it is not the sentence that was printed."""
    last = archive.read_ledger(Layout(data))[-1:]
    told = [run["detail"] for run in last if run["outcome"] == "failed" and done.returncode == 1]
    if told and told != [done.stderr.strip()]:
        return f"the ledger says otherwise: {told[0]}"
    return ""


def _words(command: str, folder: Path) -> list[str]:
    base = _base()
    names = {
        "LISTS": str(base / "lists"),
        "ARTICLE": str(base / "story.html"),
        "SITE": str(folder / "site"),
        "SQL": "select count(*) as n from totals",
    }
    return [names.get(word, word) for word in command.split()]


def _call(data: Path, command: list[str]) -> subprocess.CompletedProcess[str]:
    return call(_base() / "clone", data, command=command, timeout=SECONDS)


def _told(data: Path) -> list[tuple[object, ...]]:
    """Return what readers are told: the totals of each list."""
    asked = "select list, published_on, agreements from totals order by all"
    return database.query(data / "pactwatch.duckdb", asked).rows()


@cache
def _base() -> Path:
    """Make, once a process, what the trials share: the program, lists, and a published record."""
    base = Path(tempfile.mkdtemp(prefix="pactwatch-errors-"))
    atexit.register(shutil.rmtree, base, ignore_errors=True)
    clone = base / "clone"
    clone.mkdir()
    seeds_without_record(program(clone) / "seeds")
    (base / "lists").mkdir()
    for day, count in ((28, 6), (29, 7)):
        name = f"participatingAgencies05{day}2025am.xlsx"
        (base / "lists" / name).write_bytes(county_list(count, day))
    pending = workbook([agreement()[:5]], PENDING, saved=datetime(2025, 5, 29, 10))
    (base / "lists" / "pendingAgencies05292025am.xlsx").write_bytes(pending)
    (base / "story.html").write_text(
        "<html><head><title>A count</title></head><body><article><p>On May 27, 2025, five"
        " agencies had 287(g) agreements with ICE, the list shows.</p></article></body></html>"
    )
    first = base / "participatingAgencies05272025am.xlsx"
    first.write_bytes(county_list(5, 27))
    paths = paths_at(base / "data", clone / "seeds", clone / "sql")
    with stages.at_work(paths.layout, "import"):
        import_path(paths, first, NOW)
        build(paths)
        shutil.copytree(base / "data", base / "grown")
        write.write_reports(paths, ["2025-W22"])
        import_path(paths_at(base / "grown", clone / "seeds", clone / "sql"), base / "lists", NOW)
    return base
