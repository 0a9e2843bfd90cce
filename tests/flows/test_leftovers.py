"""What killed commands leave behind, and who removes it: processes, half-written files, rows."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest

from flows.settings import ROOT
from flows.stages import at_work
from flows.steps import archive
from flows.steps.common.layout import Layout, Paths
from flows.steps.common.leftovers import hold_seeds, sweep_seeds
from flows.steps.warehouse import database, exports, reviews
from tests import alive
from tests.conftest import COMMAND, cut_seeds, environment, program, seeds_without_record
from tests.few_lists import BAKER, FILLERS, record
from tests.workbooks import workbook
from tests.world.inbox import Inbox

DECIDE = """
import sys
from datetime import date
from pathlib import Path
from flows.settings import paths_at
from flows.steps.warehouse import reviews
print("ready", flush=True)
sys.stdin.readline()
sides = (f"tx-{sys.argv[3]}-county-sheriffs-office", "tx-eastland-county-sheriffs-office")
paths = paths_at(Path(sys.argv[1]), seeds=Path(sys.argv[2]))
reviews.settle_identity(paths, "distinct", sides, "two counties", date(2025, 6, 30))
"""
END_WITH = """
import os, time
from flows.steps.common import serving
serving.end_with(os.getppid())
print(os.getpid(), flush=True)
time.sleep(600)
"""
STARTER = f"""
import subprocess, sys, time
subprocess.Popen([sys.executable, "-c", {END_WITH!r}])
time.sleep(600)
"""
DEADLINE = 150


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the program with the record of one month."""
    folder = program(tmp_path_factory.mktemp("clone"))
    cut_seeds(folder / "seeds", date(2026, 4, 20), date(2026, 5, 18))
    return folder


def start(clone: Path, data: Path, *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [*COMMAND, *arguments],
        env=environment(data, PYTHONPATH=str(clone)),
        cwd=clone,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def until(what: Callable[[], object], process: subprocess.Popen[bytes]) -> None:
    """Wait for a state of a process that is at work."""
    deadline = time.monotonic() + DEADLINE
    while not what():
        assert process.poll() is None, "it ended before"
        assert time.monotonic() < deadline
        time.sleep(0.05)


def has_server(data: Path) -> bool:
    return any("flows.prefect_server answer" in said for said in alive.of_folder(data).values())


def is_at_work(data: Path) -> bool:
    return any(run["outcome"] == "running" for run in archive.read_ledger(Layout(data)))


@pytest.mark.parametrize(
    ("sign", "state"),
    [
        (signal.SIGKILL, has_server),
        pytest.param(signal.SIGKILL, is_at_work, marks=pytest.mark.faults),
        pytest.param(signal.SIGTERM, is_at_work, marks=pytest.mark.faults),
    ],
)
def test_a_run_that_is_ended_leaves_no_process(
    sign: signal.Signals, state: Callable[[Path], bool], clone: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    process = start(clone, data, "run")
    until(lambda: state(data), process)
    process.send_signal(sign)
    process.wait()
    assert alive.still_after(data) == {}
    if state is is_at_work:
        again = start(clone, data, "run")
        assert again.wait() == 0
        assert alive.still_after(data) == {}
        last = "broke off" if sign == signal.SIGKILL else "failed"  # others it can still write down
        assert [run["outcome"] for run in archive.read_ledger(Layout(data))] == [last, "finished"]


@pytest.mark.faults
def test_four_runs_at_once_on_a_new_folder_each_end_with_a_sentence(
    clone: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    started = [
        subprocess.Popen(
            [*COMMAND, "run"],
            env=environment(data, PYTHONPATH=str(clone)),
            cwd=clone,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    said = [process.communicate()[1] for process in started]
    codes = [process.returncode for process in started]
    assert 0 in codes
    for code, error in zip(codes, said, strict=True):
        assert code == 0 or "is at work on data/: wait until it ends" in error
    assert alive.still_after(data) == {}


def test_a_scheduled_run_ends_with_the_serve_that_started_it() -> None:
    command = [sys.executable, "-c", STARTER]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as starter:
        assert starter.stdout is not None
        handle = os.pidfd_open(int(starter.stdout.readline()))
        starter.kill()
        assert starter.stdout.read() == ""  # closed when the last who held it ended
    assert alive.has_ended(handle)


def test_reviews_at_once_are_all_kept(tmp_path: Path) -> None:
    paths = record(tmp_path, [[], []])
    counties = ("anderson", "archer", "baylor", "blanco")
    started = []
    for county in counties:
        folders = [str(paths.layout.data), str(paths.seeds)]
        process = subprocess.Popen(
            [sys.executable, "-c", DECIDE, *folders, county],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
    for process in started:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in started:
        process.communicate("go\n")
        assert process.returncode == 0
    links = pl.read_csv(paths.seeds / "identity_links.csv", infer_schema=False)
    assert links.filter(reason="two counties")["left"].to_list() == [
        f"tx-{county}-county-sheriffs-office" for county in counties
    ]


def test_what_a_killed_review_left_goes_with_the_next_run_or_review_and_not_before(
    short_record: Paths, tmp_path: Path
) -> None:
    seeds = cut_seeds(tmp_path / "seeds", date(2026, 4, 20), date(2026, 5, 18))
    paths = Paths(short_record.layout, seeds, short_record.sql)
    left = seeds / ".identity_links.csv.4711.part"
    left.write_text("left,")
    with hold_seeds(seeds):
        left.write_text("left,")  # as one who is at work
        sweep_seeds(seeds)
        assert left.exists()
    sweep_seeds(seeds)
    assert not left.exists()
    left.write_text("left,")
    reviews.settle_identity(paths, "distinct", two_agencies(paths), "two", date(2026, 6, 1))
    assert not left.exists()
    left.write_text("left,")
    exports.export_seeds(Paths(Layout(tmp_path / "empty"), seeds, paths.sql))
    assert not left.exists()


def two_agencies(paths: Paths) -> tuple[str, str]:
    rows = database.query(paths.layout.database, "select agency_id from agencies limit 2")
    one, other = rows["agency_id"]
    return str(one), str(other)


def test_seeds_that_cannot_be_held_stop_no_run(tmp_path: Path) -> None:
    (tmp_path / "seeds").write_text("no folder")
    sweep_seeds(tmp_path / "seeds")


def test_what_a_killed_import_of_a_history_left_goes_with_the_next_run(tmp_path: Path) -> None:
    layout = Layout(tmp_path / "data")
    clone = layout.data / ".git-abc.part" / "history" / "objects"
    clone.mkdir(parents=True)
    (clone / "pack").write_bytes(b"...")
    with at_work(layout, "build"):
        assert not list(layout.data.glob(".git-*"))


def news_to_tell(place: Path, inbox: Inbox) -> dict[str, str]:
    """Make a folder with a change that is not told yet; return the environment to tell it with."""
    program(place)
    seeds_without_record(place / "seeds")
    (place / "note.txt").write_text("A note of 6 June 2025 without any figure.")
    settings = environment(
        place / "data",
        PYTHONPATH=str(place),
        PACTWATCH_OFFLINE="0",
        PACTWATCH_NOTIFY=inbox.address("desk"),
    )
    for at, (day, rows) in enumerate({2: [], 3: [BAKER]}.items()):
        name = place / f"participatingAgencies06{day:02}2025am.xlsx"
        name.write_bytes(workbook([*FILLERS, *rows], saved=datetime(2025, 6, day, 9)))
        for words in (("import", str(name)), ("ingest", "note.txt"))[: 2 - at]:
            done = subprocess.run(
                [*COMMAND, *words], env=settings, cwd=place, capture_output=True, check=False
            )
            assert done.returncode == 0, done.stderr
    assert inbox.titles("desk") == []
    return settings


@pytest.mark.faults
def test_a_notice_survives_a_kill_and_is_told_once(tmp_path: Path) -> None:
    """Sent twice it may be when the kill comes after the sending and before it is written down."""
    with Inbox() as inbox:
        place = tmp_path / "place"
        settings = news_to_tell(place, inbox)
        shutil.copytree(place / "data", tmp_path / "before")

        def ingest(*prefix: str) -> int:
            command = [*(prefix or COMMAND), "ingest", "note.txt"]
            return subprocess.run(
                command, env=settings, cwd=place, capture_output=True, check=False
            ).returncode

        killed = [sys.executable, "-P", str(ROOT / "tests" / "killed.py"), str(place / "data")]
        (states := tmp_path / "states").mkdir()
        assert ingest(*killed, "states", str(states)) == 0
        [title] = inbox.titles("desk")
        points = sorted(int(state.name) for state in states.iterdir())
        told = []
        for point in points[-8:]:  # the telling is at the end
            shutil.rmtree(place / "data")
            shutil.copytree(tmp_path / "before", place / "data")
            inbox.messages.clear()
            assert ingest(*killed, str(point)) == -signal.SIGKILL
            assert ingest() == 0
            told.append(len(inbox.titles("desk")))
            assert set(inbox.titles("desk")) == {title}
            runs = [run["outcome"] for run in archive.read_ledger(Layout(place / "data"))]
            assert "running" not in runs
    assert set(told) <= {1, 2}
    assert told.count(2) <= 3  # the points within the one write that marks it as told
