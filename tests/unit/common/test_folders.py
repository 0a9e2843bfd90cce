"""Folders replaced whole: swapped, set aside, filled in place; leftovers; rights that stay."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from flows.steps.archive import ledger
from flows.steps.common import files, folders
from flows.steps.common.errors import PactwatchError
from flows.steps.common.files import aside, sweep, write_whole
from flows.steps.common.layout import Layout

OLD = {"index.html": b"old", "charts/a.svg": b"a"}
NEW = {"index.html": b"new", "charts/b.svg": b"b", "facts.json": b"{}"}


def tree(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in folders.files_within(folder)}


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def week(tmp_path: Path) -> Path:
    """Return a folder that holds the old files."""
    assert folders.put_folder(tmp_path / "week", OLD)
    return tmp_path / "week"


def test_a_folder_is_replaced_with_all_that_was_in_it(week: Path) -> None:
    assert folders.put_folder(week, NEW)
    assert tree(week) == NEW
    assert not folders.put_folder(week, NEW)
    assert [path.name for path in week.parent.iterdir()] == ["week"]


def test_who_holds_the_old_folder_open_keeps_reading_it_until_the_swap(week: Path) -> None:
    with folders.whole_folder(week) as part:
        folders.write_files(part, NEW)
        assert tree(week) == OLD
    assert tree(week) == NEW


def test_what_raises_leaves_the_old_folder(week: Path) -> None:
    def fail(problem: Exception) -> None:
        with folders.whole_folder(week) as part:
            folders.write_files(part, NEW)
            raise problem

    with pytest.raises(ValueError, match="no"):
        fail(ValueError("no"))
    with pytest.raises(PactwatchError, match=r"\(week\) could not be written \(the disk is full"):
        fail(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))
    assert tree(week) == OLD
    assert [path.name for path in week.parent.iterdir()] == ["week"]


def test_where_names_cannot_be_swapped_the_old_folder_is_set_aside(
    week: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folders, "_renameat2", lambda: None)
    assert folders.put_folder(week, NEW)
    assert tree(week) == NEW
    assert [path.name for path in week.parent.iterdir()] == ["week"]


def test_a_folder_set_aside_goes_back_when_none_took_its_place(week: Path) -> None:
    layout = Layout(week.parent)
    week.rename(aside(week))
    folders.write_files(week.with_name(".week.77.part"), NEW)
    assert sweep(layout) == 1
    assert tree(week) == OLD
    folders.write_files(aside(week), NEW)
    assert sweep(layout) == 1
    assert tree(week) == OLD
    assert [path.name for path in week.parent.iterdir()] == ["week"]


def test_a_folder_that_cannot_be_renamed_is_filled(
    week: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mount point answers EBUSY to both."""
    rename = Path.rename

    def busy(self: Path, target: Path) -> Path:
        if self == week:
            raise OSError(errno.EBUSY, os.strerror(errno.EBUSY))
        return rename(self, target)

    monkeypatch.setattr(folders, "swap", lambda *_: False)
    monkeypatch.setattr(Path, "rename", busy)
    handle = os.open(week, os.O_RDONLY)
    assert folders.put_folder(week, NEW)
    assert tree(week) == NEW
    assert os.fstat(handle).st_ino == week.stat().st_ino
    os.close(handle)
    assert [path.name for path in week.parent.iterdir()] == ["week"]


def test_a_link_stays_and_the_folder_it_leads_to_is_replaced(week: Path, tmp_path: Path) -> None:
    link = tmp_path / "elsewhere" / "latest"
    link.parent.mkdir()
    link.symlink_to(week)
    assert folders.put_folder(link, NEW)
    assert link.is_symlink()
    assert tree(week) == NEW


def test_a_leftover_of_a_folder_goes_with_the_next_of_its_name(week: Path) -> None:
    folders.write_files(week.with_name(".week.77.part"), OLD)
    (week.parent / ".week.json.77.part").write_bytes(b"of another name")
    folders.put_folder(week, NEW)
    assert {path.name for path in week.parent.iterdir()} == {"week", ".week.json.77.part"}


def test_what_a_person_closed_to_others_stays_closed(
    week: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (week / "index.html").chmod(0o600)
    (week / "charts").chmod(0o700)
    folders.put_folder(week, NEW)
    assert (mode(week / "index.html"), mode(week / "charts")) == (0o600, 0o700)
    assert (mode(week / "facts.json"), mode(week)) == (0o644, 0o755)
    seeds = week.parent / "version_reviews.csv"
    write_whole(seeds, b"first")
    seeds.chmod(0o640)
    seen: list[int] = []
    put = files.put_in_place

    def look(part: Path, path: Path) -> None:
        seen.append(mode(part))
        put(part, path)

    monkeypatch.setattr(files, "put_in_place", look)
    write_whole(seeds, b"second")
    assert (seeds.read_bytes(), mode(seeds), seen) == (b"second", 0o640, [0o640])
    seeds.chmod(0o666)
    write_whole(seeds, b"third")
    assert mode(seeds) == 0o644
    seeds.chmod(0o444)
    write_whole(seeds, b"fourth")
    assert (seeds.read_bytes(), mode(seeds)) == (b"fourth", 0o644)


def test_a_damaged_log_is_kept_as_closed_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "notices.jsonl"
    path.write_bytes(b'{"key": "a"}\nnot a row\n')
    path.chmod(0o600)
    ledger.write_lines(path, [{"key": "a"}])
    assert (tmp_path / "notices.jsonl.damaged").read_bytes().endswith(b"not a row\n")
    assert mode(path) == mode(tmp_path / "notices.jsonl.damaged") == 0o600
