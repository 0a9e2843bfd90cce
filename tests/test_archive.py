"""The archive: content-addressed, whole or not at all, one writer at a time."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from flows.steps import archive, cache
from flows.steps.records import Capture, Layout, PactwatchError

TIME = datetime(2025, 5, 28, 12, 0)


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout(tmp_path / "data")


def test_bytes_are_kept_once_under_their_hash(layout: Layout) -> None:
    sha256, is_new = archive.store(layout, b"PK\x03\x04list", "a.xlsx")
    assert is_new
    assert archive.store(layout, b"PK\x03\x04list", "b.xlsx") == (sha256, False)
    assert archive.object_path(layout, sha256) == (layout.objects / sha256[:2] / f"{sha256}.xlsx")
    assert archive.load(layout, sha256) == b"PK\x03\x04list"


def test_the_extension_says_what_the_bytes_are_not_what_the_name_says(layout: Layout) -> None:
    sha256, _ = archive.store(layout, b"<!DOCTYPE html><p>blocked", "list.xlsx")
    path = archive.object_path(layout, sha256)
    assert path is not None
    assert path.suffix == ".html"


def test_a_changed_object_is_refused_with_what_to_do(layout: Layout) -> None:
    sha256, _ = archive.store(layout, b"list", "a.csv")
    path = archive.object_path(layout, sha256)
    assert path is not None
    path.write_bytes(b"other")
    with pytest.raises(PactwatchError, match="no longer matches its hash: import the list again"):
        archive.load(layout, sha256)
    assert archive.store(layout, b"list", "a.csv") == (sha256, False)
    assert archive.load(layout, sha256) == b"list"


def test_the_manifest_gives_back_what_was_written(layout: Layout) -> None:
    captures = [
        Capture(TIME, "folder", "new", "pending", None, "a.xlsx", TIME, sha256="ab", size=2),
        Capture(TIME, "ice", "failed", why="status 500"),
    ]
    archive.append_manifest(layout, captures[:1])
    archive.append_manifest(layout, captures[1:])
    assert archive.read_manifest(layout) == captures


def test_a_full_disk_leaves_the_old_file_and_no_half_one(layout: Layout) -> None:
    archive.append_manifest(layout, [Capture(TIME, "ice", "failed", why="x")])
    before = layout.manifest.read_bytes()
    code = (
        "import resource, sys, pathlib\n"
        "from flows.steps import archive\nfrom flows.steps.records import PactwatchError\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "try: archive.write_whole(pathlib.Path(sys.argv[1]), b'0' * 5000)\n"
        "except PactwatchError as problem: print(problem)\n"
    )
    command = [sys.executable, "-c", code, str(layout.manifest)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "could not be written" in said
    assert "free some disk space" in said
    assert layout.manifest.read_bytes() == before
    assert [path.name for path in layout.manifest.parent.iterdir()] == ["captures.jsonl"]


def test_a_second_writer_is_told_who_is_at_work(layout: Layout) -> None:
    code = (
        "import sys, pathlib\n"
        "from flows.steps import archive\nfrom flows.steps.records import Layout\n"
        "try:\n"
        "    with archive.only_one(Layout(pathlib.Path(sys.argv[1]))): print('in')\n"
        "except archive.Busy as busy: print(busy)\n"
    )
    command = [sys.executable, "-c", code, str(layout.data)]
    with archive.only_one(layout):
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "is at work on data/: wait until it ends" in said
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "in\n"


def test_the_ledger_replaces_a_run_by_its_id(layout: Layout) -> None:
    archive.write_ledger(layout, {"run_id": "1", "outcome": "running"})
    archive.write_ledger(layout, {"run_id": "2", "outcome": "running"})
    archive.write_ledger(layout, {"run_id": "1", "outcome": "finished"})
    assert archive.read_ledger(layout) == [
        {"run_id": "2", "outcome": "running"},
        {"run_id": "1", "outcome": "finished"},
    ]


def test_what_was_read_stays_known_where_the_program_and_its_seeds_stand(tmp_path: Path) -> None:
    keys = []
    for program, seeds in (("a", "b"), ("d", "c")):
        for folder, name in ((program, "parse.py"), (program, "sheet.py"), (seeds, "lists.toml")):
            (tmp_path / folder).mkdir(exist_ok=True)
            (tmp_path / folder / name).write_text(name)
        paths = [*(tmp_path / program).iterdir(), *(tmp_path / seeds).iterdir()]
        keys.append(cache.fingerprint(paths))
    assert keys[0] == keys[1]
    (tmp_path / "d" / "sheet.py").write_text("changed")
    assert cache.fingerprint([*(tmp_path / "d").iterdir(), *(tmp_path / "c").iterdir()]) != keys[0]
