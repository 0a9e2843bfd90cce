"""The archive: content-addressed, whole or not at all, one writer at a time."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from datetime import datetime
from pathlib import Path

import pytest

from flows.settings import ROOT
from flows.steps import archive
from flows.steps.common import fingerprint
from flows.steps.common.errors import PactwatchError
from flows.steps.common.files import only_one
from flows.steps.common.layout import Layout
from flows.steps.common.records import Capture

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


def test_a_row_that_a_kill_left_half_written_is_known_as_such(layout: Layout) -> None:
    """Killed at any byte of an append: what was whole counts, the rest is cut off by the next."""
    first, second, third = (Capture(TIME, "ice", "failed", why=why) for why in "abc")
    archive.append_manifest(layout, [first])
    before = layout.manifest.read_bytes()
    archive.append_manifest(layout, [second, third])
    after = layout.manifest.read_bytes()
    assert after.startswith(before)
    mark = layout.manifest.with_name("captures.jsonl.end")
    assert not mark.exists()
    end_of_second = after.rindex(b"\n", 0, -1) + 1
    for length in range(len(before), len(after) + 1):
        layout.manifest.write_bytes(after[:length])
        mark.write_text(str(len(before)))
        whole = [first] + [second] * (length >= end_of_second) + [third] * (length == len(after))
        assert archive.read_manifest(layout) == whole, length
        archive.append_manifest(layout, [third])
        assert archive.read_manifest(layout) == [*whole, third]
        assert not mark.exists()
    layout.manifest.write_bytes(after[:-5])  # cut by another program, which left no mark
    with pytest.raises(PactwatchError, match=r"Line 3 of raw/captures\.jsonl is damaged"):
        archive.read_manifest(layout)


def test_a_full_disk_takes_back_the_rows_it_has_no_room_for(layout: Layout) -> None:
    archive.append_manifest(layout, [Capture(TIME, "ice", "failed", why="x" * 700)])
    before = layout.manifest.read_bytes()
    code = (
        "import resource, sys, pathlib, signal\n"
        "from flows.steps.common.files import append_lines\n"
        "from flows.steps.common.errors import PactwatchError\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "try: append_lines(pathlib.Path(sys.argv[1]), ['0' * 500])\n"
        "except PactwatchError as problem: print(problem)\n"
    )
    command = [sys.executable, "-c", code, str(layout.manifest)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert said.startswith(
        "The manifest of captures (captures.jsonl) could not be written (the disk is full): free"
    )
    assert layout.manifest.read_bytes() == before


def test_a_full_disk_leaves_the_old_file_and_no_half_one(layout: Layout) -> None:
    archive.append_manifest(layout, [Capture(TIME, "ice", "failed", why="x")])
    before = layout.manifest.read_bytes()
    code = (
        "import resource, sys, pathlib\n"
        "from flows.steps.common.files import write_whole\n"
        "from flows.steps.common.errors import PactwatchError\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "try: write_whole(pathlib.Path(sys.argv[1]), b'0' * 5000)\n"
        "except PactwatchError as problem: print(problem)\n"
    )
    command = [sys.executable, "-c", code, str(layout.manifest)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "could not be written" in said
    assert "raise the limit on the size of files" in said
    assert layout.manifest.read_bytes() == before
    assert [path.name for path in layout.manifest.parent.iterdir()] == ["captures.jsonl"]


def test_a_second_writer_is_told_who_is_at_work(layout: Layout) -> None:
    code = (
        "import sys, pathlib\n"
        "from flows.steps.common.files import Busy, only_one\n"
        "from flows.steps.common.layout import Layout\n"
        "try:\n"
        "    with only_one(Layout(pathlib.Path(sys.argv[1]))): print('in')\n"
        "except Busy as busy: print(busy)\n"
    )
    command = [sys.executable, "-c", code, str(layout.data)]
    with only_one(layout):
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


def test_what_was_made_stays_known_wherever_the_seeds_stand(tmp_path: Path) -> None:
    keys = []
    for place in ("here", "there"):
        folder = tmp_path / place / "seeds"
        (folder / "articles").mkdir(parents=True)
        (folder / "articles" / "one.html").write_text("one")
        (folder / "lists.toml").write_text("lists")
        keys.append(fingerprint.of_files(folder))
    assert keys[0] == keys[1]
    (folder / "articles" / "one.html").write_text("changed")
    assert fingerprint.of_files(folder) != keys[0]


def test_a_room_is_known_by_its_own_code_that_of_the_layers_below_and_the_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps, lock = tmp_path / "flows" / "steps", tmp_path / "requirements.lock"
    shutil.copytree(fingerprint.STEPS, steps)
    lock.write_bytes(fingerprint.LOCK.read_bytes())
    monkeypatch.setattr(fingerprint, "STEPS", steps)
    monkeypatch.setattr(fingerprint, "LOCK", lock)

    def known() -> dict[str, str]:
        fingerprint.of_code.cache_clear()
        return {room: fingerprint.of_code(room) for rooms in fingerprint.LAYERS for room in rooms}

    before = known()
    assert len(set(before.values())) == len(before)
    changes = {
        steps / "lists" / "gate.py": {"lists", "sources", "articles", "warehouse"},
        steps / "articles" / "text.py": {"articles", "warehouse"},
        steps / "reports" / "templates" / "style.css": set(),
        lock: set(before) - {"reports", "notify"},
    }
    for path, below in changes.items():
        path.write_bytes(path.read_bytes() + b"\n")
        now = known()
        changed = {room for room in before if before[room] != now[room]}
        assert changed - {"reports", "notify"} == below, path.name
        assert "reports" in changed
        before = now
    fingerprint.of_code.cache_clear()


def test_the_layers_of_the_fingerprints_are_those_that_lint_checks() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    [layers] = [one["layers"] for one in contracts["contracts"] if one["type"] == "layers"]
    steps = [line.replace("flows.steps.", "") for line in layers if "flows.steps." in line]
    assert [tuple(line.split(" | ")) for line in steps] == list(fingerprint.LAYERS)
