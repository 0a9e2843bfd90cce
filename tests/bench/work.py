"""One piece of work in a process of its own: `python -m tests.bench.work NAME FOLDER LISTS`.

A piece that needs something ready finds it in FOLDER, prepared by the bench before the clock runs.
Pieces that are timed inside the process print their seconds as the last line.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from flows.settings import paths_at
from flows.steps.common.layout import Paths


def paths(folder: Path) -> Paths:
    return paths_at(folder / "data", seeds=folder / "seeds")


def floor(_: Path, lists: Path) -> None:
    """Read the values of all workbooks with fastexcel on two threads, and nothing else."""
    import fastexcel

    def read(path: Path) -> int:
        sheet = fastexcel.read_excel(path).load_sheet(0, header_row=None, dtypes="string")
        return sheet.to_polars().height

    with ThreadPoolExecutor(2) as pool:
        print(sum(pool.map(read, sorted(lists.glob("*/*.xlsx")))))


def read_and_gate(folder: Path, lists: Path) -> None:
    """Read values and links, clean and gate the workbooks, from the files as they lie."""
    from datetime import datetime

    from flows.steps import archive
    from flows.steps.common import seeds
    from flows.steps.common.contained import Workers
    from flows.steps.common.records import Capture
    from flows.steps.lists import name_dates
    from flows.steps.lists.batch import read_lists
    from flows.steps.lists.read import Record
    from flows.steps.warehouse.frames import judge

    files: dict[str, tuple[str, bytes]] = {}
    captures = []
    for path in sorted(lists.glob("*/*.xlsx")):
        data = path.read_bytes()
        sha256 = archive.digest(data)
        files.setdefault(sha256, (path.name, data))
        stamp = name_dates.moment_in(path.name)
        captures.append(
            Capture(
                datetime(2026, 1, 1), "folder", "new", None, None, path.name, stamp, sha256=sha256
            )
        )
    here = paths(folder)
    names = {sha256: name for sha256, (name, _) in files.items()}
    headers = seeds.read_lists_config(here.seeds)["columns"]
    with Workers() as workers:
        read = read_lists(names, lambda sha256: files[sha256][1], headers, workers)
    record = Record(captures, [], read.contents, read.refused, read.rows())
    judged = judge(record, here)
    print(judged.publications.height)


def full_build(folder: Path, _: Path) -> None:
    """Build and publish the warehouse from the archived workbooks, nothing cached."""
    from flows.steps.warehouse.build import build

    print(build(paths(folder), force=True).accepted)


def add_one(folder: Path, lists: Path) -> None:
    """Take one new version into an existing warehouse and publish."""
    from datetime import datetime

    from flows.steps.sources.intake import import_path
    from flows.steps.warehouse.build import build

    here = paths(folder)
    import_path(here, lists / "participating" / LAST, datetime(2026, 1, 1))
    print(build(here).accepted)


LAST = "participatingAgencies05182026am.xlsx"
WEEKS = 10  # that a first run writes


def report(folder: Path, _: Path) -> None:
    """Write one week's report in all formats, timed after the imports."""
    from flows.steps.reports import charts, pages  # noqa: F401 - imported before the clock runs
    from flows.steps.reports.write import write_reports

    _timed(lambda: write_reports(paths(folder), ["2025-W22"]))


def every_report(folder: Path, _: Path) -> None:
    """Write the weekly reports that a first run writes, with the feeds and pages around them."""
    from flows.steps.reports.write import write_missing

    def write() -> None:
        assert len(write_missing(paths(folder))) == WEEKS

    _timed(write)


def as_of(folder: Path, _: Path) -> None:
    """Ask for the list of a day, warm."""
    from flows.steps.warehouse import database

    with database.reading(paths(folder).layout.database) as db:
        ask = "select * from agreements_as_of('2025-05-28')"
        db.execute(ask).fetchall()
        _timed(lambda: [db.execute(ask).fetchall() for _ in range(20)], 20)


def steps_plainly(folder: Path, _: Path) -> None:
    """Do the main job by the flow's own function, timed once Prefect is imported."""
    _prefect(folder)
    import prefect  # noqa: F401 - the empty flow has the time that this takes

    def do() -> None:
        from flows.steps.common.layout import Job
        from flows.track import run

        run.fn(Job(str(folder / "data")))

    _timed(do)


def empty_flow(folder: Path, _: Path) -> None:
    """Run a Prefect flow that does nothing."""
    _prefect(folder)
    from prefect import flow

    @flow
    def nothing() -> None:
        """Do nothing."""

    nothing()


def main_job(folder: Path, _: Path) -> None:
    """Do the main job as a Prefect flow."""
    _prefect(folder)
    from flows.steps.common.layout import Job
    from flows.track import run

    print(run(Job(str(folder / "data"))).weeks[-1:])


def _prefect(folder: Path) -> None:
    from flows.settings import prepare_prefect

    prepare_prefect(folder)


def _timed(work: Callable[[], object], times: int = 1) -> None:
    start = time.perf_counter()
    work()
    print(f"seconds {(time.perf_counter() - start) / times:.6f}")


PIECES: dict[str, Callable[[Path, Path], None]] = {
    piece.__name__: piece
    for piece in (
        floor,
        read_and_gate,
        full_build,
        add_one,
        report,
        every_report,
        as_of,
        steps_plainly,
        empty_flow,
        main_job,
    )
}

if __name__ == "__main__":
    PIECES[sys.argv[1]](Path(sys.argv[2]), Path(sys.argv[3]))
