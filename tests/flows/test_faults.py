"""Killed at any point, two at once, a full disk, damage: what is published stays whole.

The kills are told by tests/killed.py: one run keeps the data folder as it is at every point where
it touches it, which is what a SIGKILL there leaves; real kills at some of these points prove it.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from flows import stages
from flows.cli.health import status
from flows.settings import ROOT, paths_at
from flows.steps import archive, fetch
from flows.steps.common.files import only_one
from flows.steps.common.layout import Layout, Paths
from flows.steps.reports import write
from flows.steps.sources.intake import import_path
from flows.steps.sources.live import snapshot
from flows.steps.warehouse import database
from flows.steps.warehouse.build import build, published
from tests.command import call
from tests.conftest import COMMAND, NOW, environment
from tests.workbooks import PENDING, agreement, county_list, workbook
from tests.world import Reply, Request, World
from tests.world.site import looking_at

KILLED = [sys.executable, "-P", str(ROOT / "tests" / "killed.py")]  # tests/ has a flows/ of its own
WHILE_BUILDING = {
    "cache/contents-#.parquet",
    "cache/rows-#.parquet",
    "latest.json",
    "pactwatch.duckdb",
    "published/pactwatch-2025-05-29.duckdb",
    "raw/captures.jsonl.end",
    "runs.jsonl",
}


@pytest.fixture(scope="module")
def lists(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of two participating lists and a pending one."""
    folder = tmp_path_factory.mktemp("lists")
    (folder / "participatingAgencies05282025am.xlsx").write_bytes(county_list(6, 28))
    (folder / "participatingAgencies05292025am.xlsx").write_bytes(county_list(7, 29))
    pending = workbook([agreement()[:5]], PENDING, saved=datetime(2025, 5, 29, 10))
    (folder / "pendingAgencies05292025am.xlsx").write_bytes(pending)
    return folder


@pytest.fixture(scope="module")
def before(clone: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data folder in which one list is published and its week reported."""
    base = tmp_path_factory.mktemp("before")
    first = base / "participatingAgencies05272025am.xlsx"
    first.write_bytes(county_list(5, 27))
    paths = paths_at(base / "data", clone / "seeds", clone / "sql")
    take_in(paths, first)
    write.write_reports(paths, ["2025-W22"])
    return base / "data"


def take_in(paths: Paths, path: Path) -> None:
    """Do what `pactwatch import` does, in this process."""
    with stages.at_work(paths.layout, "import"):
        import_path(paths, path, NOW)
        build(paths)


def copied(folder: Path, to: Path) -> Path:
    shutil.copytree(folder, to)
    return to


def states_of(clone: Path, data: Path, target: Path, *words: str, **more: str) -> dict[int, Path]:
    """Return the distinct states that a run passes through, by the number of the point.

    The size of temporary files and of the ledger makes no state of its own.
    """
    return watched(data, clone, data, target, *words, **more)


def watched(
    folder: Path, clone: Path, data: Path, target: Path, *words: str, **more: str
) -> dict[int, Path]:
    """Return the states of a folder, the data folder or one that a run writes to beside it."""
    target.mkdir()
    done = call(clone, data, str(folder), "states", str(target), *words, command=KILLED, **more)
    assert done.returncode in (0, 3), done.stderr
    found: dict[str, Path] = {}
    for state in sorted(target.iterdir()):
        found.setdefault(str(names_of(state)), state)
    return {int(state.name): state for state in found.values()}


def names_of(folder: Path) -> list[tuple[str, int]]:
    """Return a folder's files with their sizes; process numbers and temporary sizes left out."""
    return sorted(
        (
            re.sub(r"\.\d+\.part", ".part", str(path.relative_to(folder))),
            0 if ".part" in str(path) or path.name == "runs.jsonl" else path.stat().st_size,
        )
        for path in folder.rglob("*")
        if path.is_file() and path.name != ".lock"
    )


def half_written(states: dict[int, Path]) -> set[str]:
    """Return what is seen half written among the states: paths without hashes and hidden dots."""
    names = {name for state in states.values() for name, _ in names_of(state)}
    return {
        re.sub(r"[0-9a-f]{16,64}", "#", name.partition(".part")[0]).replace("/.", "/").lstrip(".")
        for name in names
        if name.endswith(".part") or ".part/" in name
    }


def tables(path: Path, without: tuple[str, ...] = ()) -> dict[str, list[tuple[Any, ...]]]:
    """Return every public table's rows in order, without the columns named."""
    described = database.columns(path)
    del described["captures"]  # one row an attempt: attempts() compares them
    found = {}
    with database.reading(path) as db:
        for table, columns in described.items():
            kept = ", ".join(f'"{name}"' for name, _ in columns if name not in without)
            found[table] = db.execute(f"select {kept} from {table} order by all").fetchall()
    return found


def attempts(layout: Layout) -> list[tuple[Any, ...]]:
    """Return the manifest's rows, one for each file: a look that found it known adds nothing."""
    first: dict[tuple[Any, ...], tuple[Any, ...]] = {}
    for c in archive.read_manifest(layout):
        row = (c.source, c.outcome, c.list, c.url, c.file_name, c.sha256, c.size, c.why)
        first.setdefault((c.sha256, c.file_name), row)
    return sorted(first.values(), key=str)


def objects(layout: Layout) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in layout.objects.glob("??/*")}


def apart(states: dict[int, Path]) -> list[Path]:
    """Return one state of those that differ in temporary files only: the next run removes these.

    It is the one with the most of them.
    """
    groups: dict[str, list[Path]] = {}
    for state in states.values():
        kept = [(name, size) for name, size in names_of(state) if ".part" not in name]
        groups.setdefault(str(kept), []).append(state)
    return [max(group, key=lambda one: len(names_of(one))) for group in groups.values()]


def assert_whole(state: Path, versions: set[int]) -> None:
    """Check what readers meet: one whole warehouse, whole reports, whole pointers."""
    [[count]] = database.query(state / "pactwatch.duckdb", "select count(*) from totals").rows()
    assert count in versions, state.name
    pointer = json.loads((state / "latest.json").read_text())
    dated = state / pointer["file"]
    [[count]] = database.query(dated, "select count(*) from totals").rows()
    assert count in versions
    for facts in state.glob("reports/[0-9]*/facts.json"):
        assert json.loads(facts.read_text())["week"]["id"] == facts.parent.name
    for page in state.glob("reports/[0-9]*/index.html"):
        assert page.read_text().rstrip().endswith("</html>")
    for line in (state / "runs.jsonl").read_text().splitlines():
        assert "run_id" in json.loads(line)


@cache
def tables_of_undisturbed(path: Path, without: tuple[str, ...]) -> dict[str, list[tuple[Any, ...]]]:
    return tables(path, without)


def assert_same(layout: Layout, undisturbed: Layout, without: tuple[str, ...] = ()) -> None:
    """Check that a mended folder holds what an undisturbed one does, and nothing left over."""
    assert objects(layout) == objects(undisturbed)
    assert attempts(layout) == attempts(undisturbed)
    assert archive.orphans(layout) == set()
    assert tables(layout.database, without) == tables_of_undisturbed(undisturbed.database, without)
    assert published(layout) is not None
    assert [str(path) for path in layout.data.rglob("*.part*")] == []
    assert "running" not in [run["outcome"] for run in archive.read_ledger(layout)]


@pytest.mark.faults
def test_an_import_and_its_build_killed_at_any_point_are_completed_by_the_next(
    clone: Path, lists: Path, before: Path, tmp_path: Path
) -> None:
    undisturbed = Layout(copied(before, tmp_path / "undisturbed"))
    states = states_of(clone, undisturbed.data, tmp_path / "states", "import", str(lists))
    digests = [archive.digest(path.read_bytes()) for path in lists.iterdir()]
    arriving = {f"raw/objects/{digest[:2]}/#.xlsx" for digest in digests}
    assert half_written(states) == {*WHILE_BUILDING, *arriving}
    for state in states.values():
        assert_whole(state, {1, 4})
    for state in apart(states):
        layout = Layout(state)
        take_in(paths_at(layout.data, clone / "seeds", clone / "sql"), lists)
        assert_same(layout, undisturbed)


@pytest.mark.faults
def test_a_real_kill_leaves_what_the_states_say_and_the_next_command_mends_it(
    clone: Path, lists: Path, before: Path, tmp_path: Path
) -> None:
    undisturbed = Layout(copied(before, tmp_path / "undisturbed"))
    states = states_of(clone, undisturbed.data, tmp_path / "states", "import", str(lists))
    points = sorted(states)
    for point in points[3 :: len(points) // 3]:
        data = copied(before, tmp_path / f"killed-{point}")
        done = call(clone, data, str(data), str(point), "import", str(lists), command=KILLED)
        assert done.returncode == -signal.SIGKILL
        assert names_of(data) == names_of(states[point])
        assert_whole(data, {1, 4})
        assert call(clone, data, "import", str(lists)).returncode == 0
        assert_same(Layout(data), undisturbed)
        broken = [run for run in archive.read_ledger(Layout(data)) if run["outcome"] == "broke off"]
        assert len(broken) == 1


def test_a_kill_in_the_middle_is_mended_by_the_same_command(
    clone: Path, lists: Path, before: Path, tmp_path: Path
) -> None:
    """The campaign in small: one kill, between the archive and the new warehouse."""
    undisturbed = Layout(copied(before, tmp_path / "undisturbed"))
    take_in(paths_at(undisturbed.data, clone / "seeds", clone / "sql"), lists)
    data = copied(before, tmp_path / "data")
    done = call(clone, data, str(data), "60", "import", str(lists), command=KILLED)
    assert done.returncode == -signal.SIGKILL
    assert len(archive.stored(Layout(data))) == 4
    assert_whole(data, {1})
    take_in(paths_at(data, clone / "seeds", clone / "sql"), lists)
    assert_same(Layout(data), undisturbed)


def untimed(folder: Path) -> dict[str, str]:
    """Return a report's files without the second at which it was corrected."""
    return {
        path.name: re.sub(r'"corrected_at": "[^"]+"', "", path.read_text())
        for path in folder.glob("*.*")
        if path.is_file()
    }


@pytest.mark.faults
def test_reports_killed_at_any_point_are_whole_and_come_out_the_same(
    clone: Path, lists: Path, before: Path, tmp_path: Path
) -> None:
    base = copied(before, tmp_path / "base")
    take_in(paths_at(base, clone / "seeds", clone / "sql"), lists)
    undisturbed = copied(base, tmp_path / "undisturbed")
    states = states_of(clone, undisturbed, tmp_path / "states", "report", "--all")
    assert {
        "reports/2025-W22",
        "reports/index.html",
        "latest",
        "feeds",
        "feed.xml",
    } < (half_written(states))
    for state in states.values():
        assert_whole(state, {4})
    pages = untimed(undisturbed / "reports" / "2025-W22")
    for point in sorted(states)[2 :: len(states) // 2]:
        state = states[point]
        paths = paths_at(state, clone / "seeds", clone / "sql")
        with stages.at_work(paths.layout, "report"):
            write.write_reports(paths, ["2025-W22"], now=stages.utc_now())
        assert untimed(state / "reports" / "2025-W22") == pages


PAGE = (
    b'<html><body><a href="/participatingAgencies05292025am.xlsx">Participating</a></body></html>'
)


class Site:
    """A list page that links one workbook; what it holds may be changed."""

    def __init__(self) -> None:
        self.list = county_list(7, 29)

    def __call__(self, request: Request) -> Reply | None:
        if request.path == "/":
            return Reply(body=PAGE, headers={"Content-Type": "text/html"})
        return Reply(body=self.list) if request.path.endswith(".xlsx") else None


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture
def world(site: Site) -> Iterator[World]:
    with World(site) as world:
        yield world


def look(paths: Paths, world: World) -> None:
    """Do what `pactwatch snapshot` does, in this process."""
    bounds = fetch.Bounds(("127.0.0.1",), allow_http=True, timeout=5, total=8)
    with stages.at_work(paths.layout, "snapshot"):
        snapshot(paths, bounds, stages.utc_now(), f"{world.base}/")
        build(paths)


@pytest.mark.faults
def test_a_snapshot_killed_at_any_point_is_completed_and_loses_nothing_it_had_fetched(
    clone: Path, before: Path, tmp_path: Path, site: Site, world: World
) -> None:
    undisturbed = Layout(copied(before, tmp_path / "undisturbed"))
    settings = looking_at(f"{world.base}/")
    states = states_of(clone, undisturbed.data, tmp_path / "states", "snapshot", **settings)
    fetched = archive.digest(site.list)
    arriving = {f"raw/objects/{fetched[:2]}/#.xlsx", "raw/incoming/#.json"}
    assert half_written(states) == {*WHILE_BUILDING, *arriving}
    times = ("captured_at",)
    was_fetched = 0
    for state in states.values():
        assert_whole(state, {1, 2})
    for state in apart(states):
        layout = Layout(state)
        paths = paths_at(layout.data, clone / "seeds", clone / "sql")
        if archive.object_path(layout, fetched):
            was_fetched += 1
            with stages.at_work(layout, "any"):  # ICE may have replaced the list by now
                pass
            assert archive.read_manifest(layout)[-1].sha256 in (fetched, None)
            assert fetched in {c.sha256 for c in archive.read_manifest(layout)}
        look(paths, world)
        assert_same(layout, undisturbed, without=times)
    assert was_fetched > 3


def test_a_second_run_is_told_who_is_at_work_and_readers_are_not_kept(
    clone: Path, before: Path, tmp_path: Path, world: World
) -> None:
    data = copied(before, tmp_path / "data")
    settings = looking_at(f"{world.base}/")
    with only_one(Layout(data)):
        for job in ("run", "snapshot"):
            done = call(clone, data, job, **settings)
            assert done.returncode == 1
            assert done.stderr.strip() == (
                f"Another run (process {os.getpid()}) is at work on data/:"
                " wait until it ends, then run again."
            )
        assert call(clone, data, "query", "select 1 as one", "--csv").stdout == "one\n1\n"
    assert call(clone, data, "snapshot", **settings).returncode == 0


@pytest.mark.faults
def test_two_snapshots_started_together_end_as_one_after_the_other(
    clone: Path, before: Path, tmp_path: Path, world: World
) -> None:
    data = copied(before, tmp_path / "data")
    settings = looking_at(f"{world.base}/")
    both = [
        subprocess.Popen(
            [*COMMAND, "snapshot"],
            env=environment(data, PYTHONPATH=str(clone), **settings),
            cwd=clone,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    said = [process.communicate() for process in both]
    codes = [process.returncode for process in both]
    assert 0 in codes
    for code, (_, error) in zip(codes, said, strict=True):
        assert code == 0 or "is at work on data/: wait until it ends" in error
    assert [c.outcome for c in archive.read_manifest(Layout(data))].count("new") == 2
    assert [run["outcome"] for run in archive.read_ledger(Layout(data))] == ["finished"] * (
        1 + codes.count(0)
    )


SCHEDULED = """
import sys
from pathlib import Path
from flows import settings
settings.prepare_prefect(Path(sys.argv[1]))
from flows.snapshot import snapshot
from flows.steps.common.layout import Job
from flows.run_summary import summary_lines
print(*summary_lines(snapshot(Job(sys.argv[1], busy_wait_seconds=float(sys.argv[2])))), sep="\\n")
"""
HOLD = """
import pathlib, sys, time
from flows.steps.common.files import only_one
from flows.steps.common.layout import Layout
with only_one(Layout(pathlib.Path(sys.argv[1]))):
    print("in", flush=True)
    time.sleep(0.5)
"""


@pytest.mark.faults
def test_a_scheduled_run_waits_its_turn_and_then_says_so(
    clone: Path, before: Path, tmp_path: Path
) -> None:
    data = copied(before, tmp_path / "data")
    flow = [sys.executable, "-c", SCHEDULED, str(data)]
    with only_one(Layout(data)):
        done = call(clone, data, "0.5", command=flow)
    assert done.returncode == 0, done.stderr
    assert f"Another run (process {os.getpid()}) is at work on data/" in done.stdout
    assert "gave up its turn after waiting" in done.stdout
    hold = [sys.executable, "-c", HOLD, str(data)]
    holder = subprocess.Popen(
        hold, env=environment(data, PYTHONPATH=str(clone)), stdout=subprocess.PIPE
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"in\n"
    with only_one(Layout(data), patience=60):
        assert holder.wait(timeout=30) == 0  # its turn had ended before ours began
    holder.stdout.close()


LIMITED = """
import resource, sys
limit = int(sys.argv.pop(1))
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
from flows.cli import main
main()
"""
FULL = "then run again; what is published is whole."


@pytest.mark.faults
@pytest.mark.parametrize("limit", [100, 5_000, 200_000, 3_000_000])
def test_a_file_that_finds_no_room_ends_in_a_sentence_and_the_next_run_repairs(
    limit: int, clone: Path, lists: Path, before: Path, tmp_path: Path
) -> None:
    """The limit on a file's size stops ledger, object, cache and warehouse in turn."""
    undisturbed = Layout(copied(before, tmp_path / "undisturbed"))
    data = copied(before, tmp_path / "data")
    limited = [sys.executable, "-c", LIMITED, str(limit)]
    done = call(clone, data, "import", str(lists), command=limited)
    assert done.returncode == 1
    assert FULL in done.stderr
    assert "(a file may not grow that large there)" in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert_whole(data, {1})
    for layout in (undisturbed, Layout(data)):
        take_in(paths_at(layout.data, clone / "seeds", clone / "sql"), lists)
    assert_same(Layout(data), undisturbed)


SMALL = """
mount -t tmpfs -o size="$1"k tmpfs "$2" && cp -a "$3" "$2/data" && shift 3 && "$@"
code=$?; cp -r "$PACTWATCH_DATA" "$KEPT"; exit $code
"""


def can_mount() -> bool:
    """Say whether this process may have a small disk of its own, in a mount space of its own."""
    tried = subprocess.run(
        ["/usr/bin/env", "unshare", "-m", "mount", "-t", "tmpfs", "tmpfs", "/mnt"],
        capture_output=True,
        check=False,
    )
    return tried.returncode == 0


@pytest.mark.faults
def test_a_full_disk_keeps_what_is_published(
    clone: Path, lists: Path, before: Path, tmp_path: Path
) -> None:
    """On a small disk of its own where that is allowed, else under a limit on what a file holds."""
    kept, disk = tmp_path / "kept", tmp_path / "disk"
    disk.mkdir()
    used = sum(path.stat().st_size for path in before.rglob("*.*") if "published" not in str(path))
    if can_mount():
        room = str(used // 1000 + 3_000)  # a second warehouse has more than 3 MB
        small = ["/usr/bin/env", "unshare", "-m", "sh", "-c", SMALL, "sh", room]
        command = [*small, str(disk), str(before), *COMMAND]
        data = disk / "data"
    else:
        command = [sys.executable, "-c", LIMITED, "1000000"]
        data = copied(before, kept)
    done = call(clone, data, "import", str(lists), command=command, KEPT=str(kept))
    assert done.returncode == 1, done.stdout
    assert FULL in done.stderr
    assert_whole(kept, {1})
    assert call(clone, kept, "import", str(lists)).returncode == 0
    assert_whole(kept, {4})


WEAK = """
import ctypes, os, sys
for capability in (1, 2):  # root's rights to pass over the modes of files
    ctypes.CDLL(None).prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP: gone after the exec
os.execv(sys.argv[1], sys.argv[1:])
"""


def test_a_folder_that_may_not_be_written_to_says_so(
    clone: Path, before: Path, tmp_path: Path
) -> None:
    data = copied(before, tmp_path / "data")
    weak = [sys.executable, "-c", WEAK, *COMMAND]
    for folder in (data, *(path for path in data.rglob("*") if path.is_dir())):
        folder.chmod(0o555)
    (data / ".lock").chmod(0o444)
    try:
        for job in ("build", "run"):
            done = call(clone, data, job, command=weak)
            assert done.returncode == 1
            assert done.stderr.strip() == (
                "The data folder (data) could not be written (this user has no right to it): mend"
                " its rights and those of the folder it is in, or set PACTWATCH_DATA to a folder"
                " of your own, then run again; what is published is whole."
            )
        asked = call(clone, data, "query", "select count(*) as n from totals", command=weak)
        assert "1" in asked.stdout
    finally:
        for folder in (data, *(path for path in data.rglob("*") if path.is_dir())):
            folder.chmod(0o755)


@pytest.mark.faults
def test_damage_to_derived_files_is_mended_by_the_next_build(
    clone: Path, lists: Path, before: Path, tmp_path: Path
) -> None:
    undisturbed = Layout(copied(before, tmp_path / "undisturbed"))
    data = copied(before, tmp_path / "data")
    layout = Layout(data)
    take_in(paths_at(undisturbed.data, clone / "seeds", clone / "sql"), lists)
    take_in(paths_at(layout.data, clone / "seeds", clone / "sql"), lists)
    paths = paths_at(layout.data, clone / "seeds", clone / "sql")
    for name in ("latest.json", "pactwatch.duckdb", "runs.jsonl"):
        whole = (data / name).read_bytes()
        for damaged in (whole[: len(whole) // 2], b"[1, 2]\n", b"\xff\x00" * 5000):
            (data / name).write_bytes(damaged)
            is_known = name == "runs.jsonl"
            assert (status(paths, date(2025, 6, 1), 10)["warehouse"] is not None) == is_known
            with stages.at_work(layout, "build"):
                build(paths_at(layout.data, clone / "seeds", clone / "sql"))
            assert tables(layout.database) == tables_of_undisturbed(undisturbed.database, ())
    assert (data / "runs.jsonl.damaged").exists()
    told = json.loads(call(clone, data, "doctor", "--json").stdout)
    assert [one["name"] for one in told if not one["is_well"]] == ["run ledger"]
    for path in (data / "cache").iterdir():
        whole = path.read_bytes()
        for damaged in (whole[: len(whole) // 2], whole[:-9] + b"\xff" * 9):
            path.write_bytes(damaged)
            build(paths_at(layout.data, clone / "seeds", clone / "sql"), force=True)
            assert tables(layout.database) == tables_of_undisturbed(undisturbed.database, ())


def test_a_cache_whose_halves_disagree_counts_no_row_twice(
    clone: Path, lists: Path, before: Path, tmp_path: Path
) -> None:
    layout = Layout(copied(before, tmp_path / "data"))
    paths = paths_at(layout.data, clone / "seeds", clone / "sql")
    [contents] = (layout.data / "cache").glob("contents-*")
    old = contents.read_bytes()
    take_in(paths, lists)
    expected = tables(layout.database)
    contents.write_bytes(old)
    build(paths, force=True)
    assert tables(layout.database) == expected


@pytest.mark.faults
def test_damage_to_the_archive_is_told_and_nothing_of_it_is_touched(
    clone: Path, lists: Path, before: Path, tmp_path: Path
) -> None:
    data = copied(before, tmp_path / "data")
    layout = Layout(data)
    whole = layout.manifest.read_bytes()
    layout.manifest.write_bytes(whole + whole[: len(whole) // 2])
    for words in (["build"], ["import", str(lists)]):
        done = call(clone, data, *words)
        assert done.returncode == 1
        assert done.stderr.strip() == (
            "Line 2 of raw/captures.jsonl is damaged: restore the file from a backup, or remove"
            " that line and import its file again; nothing was changed."
        )
    told = json.loads(call(clone, data, "doctor", "--json").stdout)
    [found] = [one for one in told if one["name"] == "archive"]
    assert found["found"].startswith("Line 2 of raw/captures.jsonl is damaged")
    assert layout.manifest.read_bytes() == whole + whole[: len(whole) // 2]
    assert_whole(data, {1})
    layout.manifest.write_bytes(whole.rstrip(b"\n"))  # cut at the end of a row: nothing is lost
    assert call(clone, data, "import", str(lists)).returncode == 0
    assert len(archive.read_manifest(layout)) == 4

    [path] = layout.objects.glob(f"??/{archive.digest(county_list(5, 27))}.*")
    path.write_bytes(b"PK\x03\x04 something else")
    shutil.rmtree(data / "cache")
    done = call(clone, data, "build", "--force")
    assert done.returncode == 1
    assert "no longer matches its hash: import the list again, or restore" in done.stderr
    assert_whole(data, {4})


def test_doctor_tells_of_an_object_without_a_row_and_the_import_repairs_it(
    clone: Path, lists: Path, before: Path, tmp_path: Path
) -> None:
    layout = Layout(copied(before, tmp_path / "data"))
    name = "participatingAgencies05292025am.xlsx"
    sha256, _ = archive.store(layout, (lists / name).read_bytes(), name)
    told = json.loads(call(clone, layout.data, "doctor", "--json").stdout)
    [found] = [one for one in told if one["name"] == "archive"]
    assert f"1 objects have no row in the manifest ({sha256[:12]})" in found["found"]
    take_in(paths_at(layout.data, clone / "seeds", clone / "sql"), lists)
    assert archive.orphans(layout) == set()


def test_a_record_whose_first_version_is_held_is_built(clone: Path, tmp_path: Path) -> None:
    """Nothing was accepted before it, so no step is counted yet."""
    layout = Layout(tmp_path / "data")
    for day, rows in ((27, [agreement(state="ATLANTIS")] * 3), (28, [agreement()])):
        path = tmp_path / f"participatingAgencies05{day}2025am.xlsx"
        path.write_bytes(workbook(rows, saved=datetime(2025, 5, day, 10)))
        archive_only = import_path(paths_at(layout.data, clone / "seeds", clone / "sql"), path, NOW)
        assert archive_only.count("new") == 1
    built = build(paths_at(layout.data, clone / "seeds", clone / "sql"))
    assert (built.accepted, len(built.held)) == (1, 1)
