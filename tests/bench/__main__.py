"""Measure the budgets: whole processes, in turn, ratios of medians against the floor of this run.

Prints a table and writes tests/bench/RESULTS.md. Absolute times depend on the machine and on what
else it does; the ratios are what the budgets speak of.
"""

from __future__ import annotations

import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from flows.settings import ROOT, paths_at
from flows.steps.common.layout import Job
from flows.steps.sources.intake import import_path
from flows.steps.warehouse.build import build
from flows.track import run
from tests.bench.work import LAST, WEEKS
from tests.conftest import seeds_without_record

LISTS = ROOT.parent / "shared" / "record"
RESULTS = ROOT / "tests" / "bench" / "RESULTS.md"
RUNS = int(os.environ.get("BENCH_RUNS", "5"))


@dataclass(frozen=True)
class Timing:
    """Medians of whole processes: seconds, and megabytes at most; `inner` is timed inside."""

    seconds: float
    megabytes: float
    inner: float | None


def measure(name: str, prepare: Callable[[], Path], runs: int = RUNS) -> Timing:
    """Run a piece of work in fresh processes, once to warm up and then counted."""
    walls, peaks, inners = [], [], []
    for count in range(runs + 1):
        folder = prepare()
        command = [sys.executable, "-m", "tests.bench.work", name, str(folder), str(LISTS)]
        with tempfile.TemporaryFile("w+") as output:
            start = time.perf_counter()
            process = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT)
            _, status, usage = os.wait4(process.pid, 0)
            wall = time.perf_counter() - start
            process.returncode = os.waitstatus_to_exitcode(status)
            output.seek(0)
            said = output.read()
        if process.returncode:
            raise SystemExit(f"{name} failed:\n{said}")
        if count:
            walls.append(wall)
            peaks.append(usage.ru_maxrss / 1024)
            inner = [line for line in said.splitlines() if line.startswith("seconds ")]
            inners += [float(inner[-1].split()[1])] if inner else []
    return Timing(
        statistics.median(walls),
        statistics.median(peaks),
        statistics.median(inners) if inners else None,
    )


class Bench:
    """The folders that the pieces of work start from, made once and copied for each run."""

    def __init__(self, base: Path) -> None:
        self.base = base
        self.seeds = seeds_without_record(base / "seeds")
        self.archive = base / "archive"
        import_path(paths_at(self.archive, seeds=self.seeds), LISTS, datetime(2026, 1, 1))
        shutil.rmtree(self.archive / "cache")
        self.before = base / "before"
        lists = base / "lists"
        shutil.copytree(LISTS, lists)
        (lists / "participating" / LAST).unlink()
        earlier = paths_at(self.before, seeds=self.seeds)
        import_path(earlier, lists, datetime(2026, 1, 1))
        build(earlier)
        self.built = base / "built"
        run.fn(Job(str(self.built)))
        self.prefect = base / "prefect-home"
        self.copies = 0

    def of(self, data: Path | None, *, keep: str = "") -> Callable[[], Path]:
        """Return a function that makes a fresh folder with a copy of some data folder in it."""

        def prepare() -> Path:
            self.copies += 1
            folder = self.base / f"run-{self.copies}"
            folder.mkdir()
            (folder / "seeds").symlink_to(self.seeds)
            if data is not None:
                shutil.copytree(data, folder / "data")
            if keep and (folder / "data" / keep).exists():
                shutil.rmtree(folder / "data" / keep)
            if self.prefect.exists():
                shutil.copytree(self.prefect, folder / "prefect")
            return folder

        return prepare


def main() -> None:
    """Measure all budgets and write the results."""
    if not LISTS.is_dir():
        raise SystemExit("The bench reads the published workbooks in ../shared/record: not there.")
    with tempfile.TemporaryDirectory() as scratch:
        bench = Bench(Path(scratch))
        floor = measure("floor", bench.of(None))
        reading = measure("read_and_gate", bench.of(None))
        full = measure("full_build", bench.of(bench.archive))
        one = measure("add_one", bench.of(bench.before))
        report = measure("report", bench.of(bench.built, keep="reports"))
        few = max(2, RUNS // 2)
        reports = measure("every_report", bench.of(bench.built, keep="reports"), few)
        as_of = measure("as_of", bench.of(bench.built))
        warm = bench.of(None)()
        subprocess.run(
            [sys.executable, "-m", "tests.bench.work", "empty_flow", str(warm), str(LISTS)],
            cwd=ROOT,
            capture_output=True,
            check=True,
        )
        shutil.copytree(warm / "prefect", bench.prefect)
        empty = measure("empty_flow", bench.of(None), few)
        plain = measure("steps_plainly", bench.of(bench.built), few)
        flow = measure("main_job", bench.of(bench.built), few)
    rows = [
        ("read the values alone (floor)", floor, floor.seconds, "", ""),
        (
            "read, clean and gate the workbooks",
            reading,
            reading.seconds,
            f"{reading.seconds / floor.seconds:.2f} × floor",
            "≤ 2.5 × floor",
        ),
        (
            "full build to a published warehouse",
            full,
            full.seconds,
            f"{full.seconds / floor.seconds:.2f} × floor, {full.megabytes:.0f} MB",
            "≤ 5 × floor, ≤ 600 MB",
        ),
        (
            "one new version into an existing warehouse",
            one,
            one.seconds,
            f"{one.seconds / full.seconds:.0%} of a full build",
            "≤ 25 %",
        ),
        ("an empty Prefect flow", empty, empty.seconds, "", ""),
        ("the main job's steps, called directly", plain, plain.inner or 0.0, "", ""),
        (
            "the main job as a Prefect flow",
            flow,
            flow.seconds,
            f"{flow.seconds / (empty.seconds + (plain.inner or 0.0)):.2f} × the two above",
            "≤ 1.3 ×",
        ),
        (
            "weekly report, all formats, after imports",
            report,
            report.inner or 0,
            f"{report.inner:.2f} s",
            "≤ 2 s",
        ),
        (
            f"the {WEEKS} weekly reports of a first run, with feeds",
            reports,
            reports.inner or 0,
            f"{(reports.inner or 0) * 40 / WEEKS:.1f} s for 40 weeks",
            "≤ 30 s for 40 weeks",
        ),
        (
            "agreements_as_of(day), warm",
            as_of,
            as_of.inner or 0,
            f"{(as_of.inner or 0) * 1000:.1f} ms",
            "≤ 20 ms",
        ),
    ]
    write([(what, f"{seconds:.3f} s", said, budget) for what, _, seconds, said, budget in rows])


def write(rows: list[tuple[str, str, str, str]]) -> None:
    """Print the table and write it to RESULTS.md."""
    header = ("work", "median", "measured", "budget")
    drawn = Table(*header)
    for row in rows:
        drawn.add_row(*row)
    Console().print(drawn)
    lines = [
        "# Measured",
        "",
        f"`make bench` on {os.cpu_count()} cores ({platform.machine()}, Python"
        f" {platform.python_version()}): medians of {RUNS} whole processes after one warm-up,"
        " ratios within this run.",
        "",
        "| " + " | ".join(header) + " |",
        "| --- | ---: | ---: | ---: |",
        *("| " + " | ".join(row) + " |" for row in rows),
        "",
    ]
    # What else is measured stands in sections of its own, below.
    _, heading, others = RESULTS.read_text(encoding="utf-8").partition("\n## ")
    RESULTS.write_text("\n".join(lines) + heading + others, encoding="utf-8")


if __name__ == "__main__":
    main()
