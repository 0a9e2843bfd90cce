"""Whole reports, exports and sites: one version at every point of a run, and the same log after it.

The kills are told by tests/killed.py, as in test_faults.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from flows import stages
from flows.settings import paths_at
from flows.steps.common import folders
from flows.steps.common.errors import UsageError
from flows.steps.common.folders import files_within
from flows.steps.common.layout import Paths
from flows.steps.reports import index_pages, site_folder, write
from flows.steps.reports.publish_site import publish
from flows.steps.reports.site_folder import MANIFEST, STATE, publish_files
from flows.steps.warehouse import exports
from tests.command import call
from tests.conftest import COMMAND, NOW
from tests.flows.test_faults import KILLED, apart, copied, states_of, take_in, watched
from tests.workbooks import agreement, county_list, workbook

Tree = dict[str, bytes]
WEEK = "2025-W22"


@pytest.fixture(scope="module")
def before(clone: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data folder whose site is published, and into which another list of the week came.

    The week's report will say that an agreement more joined: that is a correction.
    """
    base = tmp_path_factory.mktemp("before")
    paths = paths_at(base / "data", clone / "seeds", clone / "sql")
    for day, count in ((27, 5), (29, 6)):
        path = base / f"participatingAgencies05{day}2025am.xlsx"
        path.write_bytes(county_list(count, day))
        take_in(paths, path)
        if day == 27:
            publish(paths, base / "www" / "site", now=NOW)
    return base / "data"


def tree(folder: Path) -> Tree:
    """Return all files of a folder, but the second at which a report was corrected."""
    return {
        name: re.sub(rb'"corrected_at": "[^"]+"', b"", (folder / name).read_bytes())
        for name in files_within(folder)
    }


def paths_in(clone: Path, data: Path) -> Paths:
    return paths_at(data, clone / "seeds", clone / "sql")


def log_of(data: Path) -> Tree:
    return {name: body for name, body in tree(data / "reports").items() if name == "errata.jsonl"}


def assert_one_or_other(states: dict[int, Path], name: str, versions: list[Tree]) -> list[int]:
    """Check that a folder is one of its versions in every state; return which, in order."""
    found = []
    for point in sorted(states):
        now = tree(states[point] / name)
        assert now in versions, (point, name)
        found.append(versions.index(now))
    assert found == sorted(found)  # never back to the old one
    return found


def report(paths: Paths) -> None:
    """Do what `pactwatch report` does, in this process."""
    with stages.at_work(paths.layout, "report"):
        write.write_reports(paths, [WEEK], now=stages.utc_now())
        index_pages.write(paths)


@pytest.mark.faults
def test_a_report_rewritten_is_the_old_week_or_the_new_one_at_every_point(
    clone: Path, before: Path, tmp_path: Path
) -> None:
    data = copied(before, tmp_path / "data")
    states = states_of(clone, data, tmp_path / "states", "report", "--week", WEEK)
    assert (data / "reports" / "errata.jsonl").read_text().count("\n") == 1
    for name in (f"reports/{WEEK}", "latest", "feeds"):
        versions = [tree(before / name), tree(data / name)]
        assert set(assert_one_or_other(states, name, versions)) == {0, 1}
    for state in apart(states):
        report(paths_in(clone, state))
        for name in (f"reports/{WEEK}", "latest", "feeds"):
            assert tree(state / name) == tree(data / name), (state.name, name)
        assert log_of(state) == log_of(data), state.name
        assert [path for path in state.rglob("*") if ".part" in path.name] == []


@pytest.mark.faults
def test_a_real_kill_between_the_log_and_the_report_changes_nothing_in_the_end(
    clone: Path, before: Path, tmp_path: Path
) -> None:
    words = ("report", "--week", WEEK)
    data = copied(before, tmp_path / "data")
    states = states_of(clone, data, tmp_path / "states", *words)
    old = tree(before / "reports" / WEEK)
    between = [
        point
        for point, state in states.items()
        if log_of(state) and tree(state / "reports" / WEEK) == old
    ]
    assert between
    killed = copied(before, tmp_path / "killed")
    call(clone, killed, str(killed), str(between[-1]), *words, command=KILLED)
    assert tree(killed / "reports" / WEEK) == old
    line = json.loads((killed / "reports" / "errata.jsonl").read_text())
    report(paths_in(clone, killed))
    assert json.loads((killed / "reports" / "errata.jsonl").read_text()) == line
    assert tree(killed / "reports" / WEEK) == tree(data / "reports" / WEEK)


@pytest.mark.faults
def test_a_list_that_comes_after_a_kill_leaves_no_line_of_what_no_report_said(
    clone: Path, before: Path, tmp_path: Path
) -> None:
    """The killed run would have told of 6 agreements; the next one reports 7, and of 5 before."""
    words = ("report", "--week", WEEK)
    states = states_of(clone, copied(before, tmp_path / "data"), tmp_path / "states", *words)
    old = tree(before / "reports" / WEEK)
    between = [
        state
        for state in states.values()
        if log_of(state) and tree(state / f"reports/{WEEK}") == old
    ]
    newer = tmp_path / "participatingAgencies05302025am.xlsx"
    newer.write_bytes(county_list(7, 30))
    paths = paths_in(clone, between[-1])
    take_in(paths, newer)
    report(paths)
    [row] = [json.loads(line) for line in (paths.layout.errata).read_text().splitlines()]
    assert row["figures"]["agreements"] == [5, 7]


@pytest.mark.faults
def test_exports_are_one_set_at_every_point(clone: Path, before: Path, tmp_path: Path) -> None:
    data = copied(before, tmp_path / "data")
    states = states_of(clone, data, tmp_path / "states", "export")
    versions = [tree(before / "exports"), tree(data / "exports")]
    assert set(assert_one_or_other(states, "exports", versions)) == {0, 1}
    last = states[max(states)]
    exports.export(paths_in(clone, last))
    assert tree(last / "exports") == versions[1]


@pytest.mark.faults
@pytest.mark.parametrize("way", ["two trees", "in place"])
def test_a_site_is_one_publication_at_every_point_or_says_that_it_is_not(
    way: str, clone: Path, before: Path, tmp_path: Path
) -> None:
    data = copied(before, tmp_path / "data")
    www = copied(before.parent / "www", tmp_path / "www")
    site = www / "site"
    if way == "in place":
        (site / "CNAME").write_text("record.example")
    old = tree(site)
    words = ("publish", "--to", str(site))
    states = watched(www, clone, data, tmp_path / "states", *words)
    new = tree(site)
    assert json.loads(new[STATE])["is_whole"] is True
    if way == "in place":
        for state in states.values():
            now = tree(state / "site")
            is_whole = json.loads(now[STATE])["is_whole"]
            assert not is_whole or pages_of(now) in (pages_of(old), pages_of(new)), state.name
            assert now["CNAME"] == b"record.example"
    else:
        assert set(assert_one_or_other(states, "site", [old, new])) == {0, 1}
    kept = sorted(states)
    for point in kept[:: max(1, len(kept) // 6)]:
        target = states[point] / "site"
        publish(paths_in(clone, data), target, now=stages.utc_now())
        assert tree(target) == new, point


def pages_of(site: Tree) -> Tree:
    """Return what readers meet: neither what says that it is whole, nor a file half written."""
    hidden = re.compile(r"(.*/)?\..+\.part")
    return {
        name: body
        for name, body in site.items()
        if name not in (MANIFEST, STATE) and not hidden.fullmatch(name)
    }


# --- The published folder ---------------------------------------------------------------------

PAGES: site_folder.Files = {"index.html": b"1", "states/fl.html": b"1", "feed.xml": b"f"}
NEXT: site_folder.Files = {"index.html": b"2", "states/ga.html": b"2", "feed.xml": b"f"}


def names(folder: Path) -> set[str]:
    return set(files_within(folder)) - {MANIFEST, STATE}


def through(handle: int, name: str) -> bytes:
    """Return a file of a folder that is held open, as a container holds what is mounted."""
    file = os.open(name, os.O_RDONLY, dir_fd=handle)
    try:
        return os.read(file, 1000)
    finally:
        os.close(file)


def test_who_holds_the_folder_open_is_served_each_publication(tmp_path: Path) -> None:
    target = tmp_path / "site"
    publish_files(target, PAGES, {})
    handle = os.open(target, os.O_RDONLY)
    for files in (NEXT, PAGES, NEXT):
        publish_files(target, files, {})
        assert through(handle, "index.html") == files["index.html"]
        assert set(os.listdir(handle)) == {path.name for path in target.iterdir()}
        assert names(target) == files.keys()
    os.close(handle)
    assert {path.name for path in tmp_path.iterdir()} == {"site", ".site.twin"}


def test_a_folder_of_an_earlier_release_is_taken_over(tmp_path: Path) -> None:
    """It has a manifest, and neither publish.json nor a tree beside it."""
    target = tmp_path / "site"
    publish_files(target, PAGES, {})
    shutil.rmtree(tmp_path / ".site.twin")
    (target / STATE).unlink()
    (target / MANIFEST).write_text(json.dumps({"files": sorted(PAGES)}))
    done = publish_files(target, NEXT, {})
    assert (done.written, done.removed) == (2, 1)
    assert names(target) == NEXT.keys()
    assert json.loads((target / STATE).read_bytes())["is_whole"] is True
    (target / STATE).write_text("theirs")
    (target / MANIFEST).write_text(json.dumps({"files": sorted(NEXT)}))
    with pytest.raises(UsageError, match=r"publish.json is there already"):
        publish_files(target, PAGES, {})


def test_an_unchanged_file_is_the_same_file_still(tmp_path: Path) -> None:
    target = tmp_path / "site"
    publish_files(target, PAGES, {})
    inode = (target / "feed.xml").stat().st_ino
    publish_files(target, NEXT, {})
    assert (target / "feed.xml").stat().st_ino == inode
    folder = target.stat().st_ino
    done = publish_files(target, NEXT, {})
    assert (done.written, done.removed, target.stat().st_ino) == (0, 0, folder)


def test_a_link_to_a_folder_elsewhere_stays_and_leads_to_the_new_pages(tmp_path: Path) -> None:
    disk = tmp_path / "disk" / "www"
    disk.mkdir(parents=True)
    link = tmp_path / "public"
    link.symlink_to(disk)
    for files in (PAGES, NEXT):
        publish_files(link, files, {})
        assert link.is_symlink()
        assert names(disk) == files.keys()
    assert {path.name for path in tmp_path.iterdir()} == {"disk", "public"}


def refuse_swaps(patch: pytest.MonkeyPatch, folder: Path) -> None:
    patch.setattr(folders, "swap", lambda *_: False)


def refuse_links(patch: pytest.MonkeyPatch, folder: Path) -> None:
    def link(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    patch.setattr(os, "link", link)
    shutil.rmtree(folder.with_name(f".{folder.name}.twin"))


def be_mounted(patch: pytest.MonkeyPatch, folder: Path) -> None:
    patch.setattr(os.path, "ismount", lambda path: path == folder)


def have_a_folder_of_others(patch: pytest.MonkeyPatch, folder: Path) -> None:
    (folder / ".well-known").mkdir()
    (folder / ".well-known" / "token").write_bytes(b"theirs")


def have_a_link_of_others(patch: pytest.MonkeyPatch, folder: Path) -> None:
    (folder / "old").symlink_to(folder.parent)


@pytest.mark.parametrize(
    "hinder",
    [refuse_swaps, refuse_links, be_mounted, have_a_folder_of_others, have_a_link_of_others],
)
def test_where_two_trees_cannot_be_the_folder_is_brought_up_to_date_in_place(
    hinder: Callable[[pytest.MonkeyPatch, Path], None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    target = tmp_path / "site"
    publish_files(target, PAGES, {})
    kept = target.stat().st_ino
    hinder(monkeypatch, target)
    done = publish_files(target, NEXT, {})
    assert (done.files, done.written, done.removed) == (3, 2, 1)
    assert names(target) - {".well-known/token"} == NEXT.keys()
    assert target.stat().st_ino == kept
    assert not (tmp_path / ".site.twin").exists()
    assert json.loads((target / STATE).read_bytes())["is_whole"] is True


def test_a_hidden_folder_of_others_beside_it_is_left_alone(tmp_path: Path) -> None:
    theirs = tmp_path / ".site.twin"
    theirs.mkdir()
    (theirs / "thesis.doc").write_text("mine")
    publish_files(tmp_path / "site", PAGES, {})
    assert names(tmp_path / "site") == PAGES.keys()
    assert [path.name for path in theirs.iterdir()] == ["thesis.doc"]


def test_rights_of_the_folder_are_those_of_its_twin(tmp_path: Path) -> None:
    target = tmp_path / "site"
    publish_files(target, PAGES, {})
    target.chmod(0o2775)
    (target / "index.html").chmod(0o640)
    publish_files(target, NEXT, {})
    assert stat.S_IMODE(target.stat().st_mode) == 0o2775
    assert stat.S_IMODE((target / "index.html").stat().st_mode) == 0o640


def test_what_a_killed_publication_left_half_written_goes(tmp_path: Path) -> None:
    target = tmp_path / "site"
    publish_files(target, PAGES, {})
    (target / ".index.html.77.part").write_bytes(b"ha")
    (target / ".theirs.77.part").write_bytes(b"ours not")
    publish_files(target, NEXT, {})
    assert names(target) == {*NEXT, ".theirs.77.part"}


# --- Who may read what is written -------------------------------------------------------------


@pytest.mark.faults
@pytest.mark.parametrize("umask", ["077", "027"])
def test_no_command_makes_a_file_more_open_than_the_umask_says(
    umask: str, clone: Path, tmp_path: Path
) -> None:
    here = copied(clone, tmp_path / "clone")
    data, lists = tmp_path / "data", tmp_path / "lists"
    lists.mkdir()
    for day, rows in ((27, 5), (29, 6)):
        (lists / f"participatingAgencies05{day}2025am.xlsx").write_bytes(county_list(rows, day))
    held = workbook([agreement(state="ATLANTIS")] * 3)
    (lists / "participatingAgencies05302025am.xlsx").write_bytes(held)
    shell = ["sh", "-c", f'umask {umask}; exec "$@"', "sh", *COMMAND]
    article = here / "article.txt"
    article.write_text("By 29 May 2025 there were 6 agreements.")
    given = {path for path in here.rglob("*") if path.is_file()}
    for words in (
        ("import", str(lists)),
        ("ingest", str(article)),
        ("build", "--force"),
        ("report", "--all"),
        ("export",),
        ("publish", "--to", str(tmp_path / "site")),
        ("run",),
        ("status",),
        ("doctor",),
    ):
        done = call(here, data, *words, command=shell)
        assert done.returncode in (0, 1, 3), done.stderr
        assert "Traceback" not in done.stderr
    asked = call(here, data, "review", "--json", command=shell).stdout
    version = json.loads(asked)["versions"][0]["publication_id"]
    (here / "seeds" / "version_reviews.csv").chmod(0o600)
    said = call(here, data, "review", "reject", version, "--reason", "no such state", command=shell)
    assert said.returncode == 0, said.stderr
    assert stat.S_IMODE((here / "seeds" / "version_reviews.csv").stat().st_mode) == 0o600
    closed = int(umask, 8)
    found = [
        path
        for path in (*data.rglob("*"), *(tmp_path / "site").rglob("*"))
        if not path.is_symlink()
    ]
    found += [path for path in here.rglob("*") if path.is_file() and path not in given]
    assert len(found) > 100
    open_ = [str(path) for path in found if path.stat().st_mode & closed]
    assert open_ == []
