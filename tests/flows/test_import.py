"""Folders named by their time, and git histories: every version, with when it was there."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest

from flows.settings import paths_at
from flows.steps import archive
from flows.steps.common.errors import PactwatchError, UsageError
from flows.steps.common.layout import Paths
from flows.steps.common.records import Capture
from flows.steps.sources import folder_dates, git_history, git_import
from flows.steps.sources.intake import import_path
from flows.steps.warehouse import database
from flows.steps.warehouse.build import build
from tests.conftest import NOW, SHARED, cut_seeds, seeds_without_record
from tests.pages import page, table
from tests.workbooks import agreement, workbook
from tests.world import Reply, Request, World

COUNTIES = ("Baker", "Bay", "Clay", "Duval", "Escambia", "Hernando", "Leon", "Levy")
HEADER = "STATE,LAW ENFORCEMENT AGENCY,SUPPORT TYPE,SIGNED"
GIT = (
    "/usr/bin/env",
    "git",
    "-c",
    "user.name=A",
    "-c",
    "user.email=a@example.org",
    "-c",
    "commit.gpgsign=false",
)
CLEAN = {**os.environ, "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null"}


def book(many: int, saved: str = "2025-05-05T13:00") -> bytes:
    rows = [agreement(agency=f"{name} County Sheriff's Office") for name in COUNTIES[:many]]
    return workbook(rows, saved=datetime.fromisoformat(saved))


def roster(many: int) -> bytes:
    names = [f"{name} County Sheriff's Office" for name in COUNTIES[:many]]
    return page(
        table([("FLORIDA", n, "Warrant Service Officer", "10/15/2019", None) for n in names])
    )


def dated(paths: Paths) -> list[tuple[str | None, str, str, int]]:
    """Return day, rule, status and rows of the versions, in order."""
    columns = "cast(published_on as varchar), date_rule, status, row_count"
    sql = f"select {columns} from publications order by seq"
    return database.query(paths.layout.database, sql).rows()


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return paths_at(tmp_path / "data", seeds=seeds_without_record(tmp_path / "seeds"))


@pytest.mark.parametrize(
    ("names", "time"),
    [
        (["2025-05-28T14-03-11Z"], "2025-05-28T14:03:11"),
        (["2025-05-28T14:03:11+00:00"], "2025-05-28T14:03:11"),
        (["2025-05-28T10-03-11-0400"], "2025-05-28T14:03:11"),
        (["2025-05-28T16-03+02:00"], "2025-05-28T14:03:00"),
        (["2025-05-28_1403"], "2025-05-28T14:03:00"),
        (["20250528140311"], "2025-05-28T14:03:11"),
        (["20250528T140311Z"], "2025-05-28T14:03:11"),
        (["20250528-140311.250"], "2025-05-28T14:03:11"),
        (["2025-05-28 14.03"], "2025-05-28T14:03:00"),
        (["2025.05.28 14h03"], "2025-05-28T14:03:00"),
        (["2025-05-28 14.03.11 UTC"], "2025-05-28T14:03:11"),
        (["2025-05-28"], "2025-05-28T12:00:00"),
        (["ice 20250528 (second try)"], "2025-05-28T12:00:00"),
        (["2025", "05", "28"], "2025-05-28T12:00:00"),
        (["2025", "05", "28", "1403"], "2025-05-28T14:03:00"),
        (["2025-05-28", "14-03-11"], "2025-05-28T14:03:11"),
        (["2024-01-01", "lists", "2025-05-28T14-03-11Z", "participating"], "2025-05-28T14:03:11"),
        (["2025-05-28", "99-99"], "2025-05-28T12:00:00"),
        (["lists of May 28, 2025"], "2025-05-28T12:00:00"),
        (["05282025am"], "2025-05-28T12:00:00"),
        (["05-28-2025_pm"], "2025-05-28T20:00:00"),
        (["2025", "May", "28"], "2025-05-28T12:00:00"),
        (["2025-05-28", "d41d8cd98f00b204e980", "1748440991"], "2025-05-28T12:00:00"),
        (["2025-13-28"], None),
        (["2025-02-30"], None),
        (["202505281403112"], None),
        (["lists of 2025"], None),
        ([], None),
    ],
)
def test_folder_names_give_the_time(names: list[str], time: str | None) -> None:
    assert folder_dates.time_in_folders(names) == (datetime.fromisoformat(time) if time else None)


def test_a_folder_a_download_dates_files_that_are_always_called_the_same(
    paths: Paths, tmp_path: Path
) -> None:
    kept = {
        "2025-05-28T14-03-11Z/participating.csv": 4,
        "2025-05-30_0200/participating.csv": 5,
        "2025-06-02/deeper/participating.csv": 6,
        "2099-01-01/participating.csv": 7,
    }
    for name, many in kept.items():
        path = tmp_path / "kept" / name
        path.parent.mkdir(parents=True)
        lines = [
            f'FLORIDA,"{c} County Sheriff\'s Office",Task Force Model,10/15/2019' for c in COUNTIES
        ]
        path.write_text("\n".join([HEADER, *lines[:many]]))
        os.utime(path, (0, 0))
    taken = import_path(paths, tmp_path / "kept", NOW)
    assert [(c.outcome, c.source, c.captured_at) for c in taken.captures] == [
        ("new", "folder", datetime(2025, 5, 28, 14, 3, 11)),
        ("new", "folder", datetime(2025, 5, 30, 2, 0)),
        ("new", "folder", datetime(2025, 6, 2, 12, 0)),
        ("new", "folder", None),
    ]
    build(paths)
    assert dated(paths) == [
        ("2025-05-28", "capture", "accepted", 4),
        # Two in the morning in UTC is the evening before in Washington.
        ("2025-05-29", "capture", "accepted", 5),
        ("2025-06-02", "capture", "accepted", 6),
        (None, "none", "held", 7),
    ]


def test_the_stamp_in_a_file_name_is_nearer_than_the_folder(paths: Paths, tmp_path: Path) -> None:
    folder = tmp_path / "2025-06-30 batch"
    folder.mkdir()
    (folder / "participating-20250528140311.xlsx").write_bytes(book(4))
    [capture] = import_path(paths, folder, NOW).captures
    assert capture.captured_at == datetime(2025, 5, 28, 14, 3, 11)


def test_one_file_is_dated_by_the_folder_it_stands_in(paths: Paths, tmp_path: Path) -> None:
    path = tmp_path / "2025-05-28T14-03-11Z" / "participating.xlsx"
    path.parent.mkdir()
    path.write_bytes(book(4))
    [capture] = import_path(paths, path, NOW).captures
    assert capture.captured_at == datetime(2025, 5, 28, 14, 3, 11)


def test_pages_with_the_list_are_found_and_other_pages_left_alone(
    paths: Paths, tmp_path: Path
) -> None:
    pages = {
        "20241204075359/287g.html": roster(4),
        "20241211140551/index.htm": roster(5),
        "20241211140551/index_files/frame.html": page("<p>An advert</p>"),
        "20241211140551/participating.html": page("<h1>Access Denied</h1>"),
        "about.html": page("<table><tr><td>State</td></tr></table>"),
    }
    for name, data in pages.items():
        path = tmp_path / "saved" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    taken = import_path(paths, tmp_path / "saved", NOW)
    assert [(c.outcome, c.list, c.file_name, c.captured_at) for c in taken.captures] == [
        ("new", "participating", "287g.html", datetime(2024, 12, 4, 7, 53, 59)),
        ("new", "participating", "index.htm", datetime(2024, 12, 11, 14, 5, 51)),
        ("rejected", None, "participating.html", datetime(2024, 12, 11, 14, 5, 51)),
    ]
    assert taken.left_alone == ("20241211140551/index_files/frame.html", "about.html")
    assert len(archive.stored(paths.layout)) == 3


def test_a_table_that_is_not_named_as_a_list_counts_by_itself_alone(
    paths: Paths, tmp_path: Path
) -> None:
    files = {
        "participating/2025-05-05.xlsx": book(4),
        "particpatingAgencies05062025.xlsx": book(5),
        "287gpendingagencies.csv": b"STATE,LAW ENFORCEMENT AGENCY,SUPPORT TYPE\n",
        "participating/analysis/union 2025-05-05.xlsx": book(6),
        "output/20250505.xlsx": book(7),
        "spending.csv": b"STATE,LAW ENFORCEMENT AGENCY,SUPPORT TYPE\n",
        "report-2025-05-05.html": roster(4),
    }
    for name, data in files.items():
        path = tmp_path / "kept" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    taken = import_path(paths, tmp_path / "kept", NOW)
    assert [c.file_name for c in taken.captures] == [
        "287gpendingagencies.csv",
        "2025-05-05.xlsx",
        "particpatingAgencies05062025.xlsx",
    ]
    assert taken.left_alone == (
        "output/20250505.xlsx",
        "participating/analysis/union 2025-05-05.xlsx",
        "report-2025-05-05.html",
        "spending.csv",
    )
    [capture] = import_path(paths, tmp_path / "kept/output/20250505.xlsx", NOW).captures
    assert (capture.outcome, capture.list) == ("new", "participating")


def test_a_folder_without_a_list_says_so(paths: Paths, tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "about.html").write_bytes(page("<p>About</p>"))
    (tmp_path / "pages" / "analysis.xlsx").write_bytes(book(4))
    with pytest.raises(UsageError, match=r"holds no \.xlsx or \.csv file that is named as a part"):
        import_path(paths, tmp_path / "pages", NOW)


class Repository:
    """A git repository in a folder, with commits at given times."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir()
        self("init", "-q", "-b", "main")

    def __call__(self, *arguments: str, at: str = "2025-01-01T00:00:00Z") -> str:
        dates = {"GIT_COMMITTER_DATE": at, "GIT_AUTHOR_DATE": "2001-01-01T00:00:00Z"}
        done = subprocess.run(
            [*GIT, *arguments],
            cwd=self.path,
            env={**CLEAN, **dates},
            capture_output=True,
            check=True,
        )
        return done.stdout.decode()

    def commit(self, at: str, **files: bytes | None) -> None:
        self.commit_all(at, files)

    def commit_all(self, at: str, files: dict[str, bytes | None]) -> None:
        for name, data in files.items():
            path = self.path / name
            if data is None:
                path.unlink()
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        self("add", "-A")
        self("commit", "-q", "-m", "as of then", at=at)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "history")


def rows_of(captures: list[Capture]) -> list[tuple[str, str | None, datetime | None]]:
    return [(c.outcome, c.file_name, c.captured_at) for c in captures]


LIST = "data/participating.xlsx"


def test_each_commit_is_a_version_with_the_commits_time_dated_by_when_it_was_saved(
    paths: Paths, repository: Repository
) -> None:
    for day, many in ((1, 4), (3, 5), (8, 6)):
        repository.commit_all(
            f"2025-07-0{day}T20:00:00-04:00", {LIST: book(many, f"2025-07-0{day}T13:00")}
        )
    taken = git_import.import_git(paths, str(repository.path), NOW)
    assert [(c.source, c.url, c.list) for c in taken.captures] == [
        ("git", None, "participating")
    ] * 3
    assert rows_of(taken.captures) == [
        ("new", "participating.xlsx", datetime(2025, 7, 2)),
        ("new", "participating.xlsx", datetime(2025, 7, 4)),
        ("new", "participating.xlsx", datetime(2025, 7, 9)),
    ]
    build(paths)
    assert dated(paths) == [
        ("2025-07-01", "saved", "accepted", 4),
        ("2025-07-03", "saved", "accepted", 5),
        ("2025-07-08", "saved", "accepted", 6),
    ]
    assert str(repository.path.parent) not in paths.layout.manifest.read_text()


def test_stamps_go_before_the_commit_that_brought_old_files(
    paths: Paths, repository: Repository
) -> None:
    repository.commit_all(
        "2026-06-08T12:00:00Z",
        {
            "raw/20210113002027.html": roster(4),
            "raw/287g-20211120002027.html": roster(5),
            "2022-03-01/participating.csv": HEADER.encode() + b"\nFLORIDA,Bay,Task Force,1/2/2020",
            "participatingAgencies.xlsx": book(6),
        },
    )
    git_import.import_git(paths, str(repository.path), NOW)
    build(paths)
    assert dated(paths) == [
        ("2021-01-12", "capture", "accepted", 4),
        ("2021-11-19", "capture", "accepted", 5),
        ("2022-03-01", "capture", "held", 1),
        # Committed a year after it was saved, and nothing else says when it was published.
        ("2025-05-05", "saved", "held", 6),
    ]
    why = "select unnest(why_held) from publications where date_rule = 'saved'"
    assert database.query(paths.layout.database, why).rows() == [
        (
            "its name has no date, and it was saved on 5 May 2025, more than 8 days before the only"
            " other sign of when it was published, of 8 June 2026",
        )
    ]


def test_an_accepted_list_that_comes_again_undated_is_no_version(
    paths: Paths, repository: Repository, tmp_path: Path
) -> None:
    """By itself, in a history committed later, or under a folder's name; a newer date is held."""
    for day, many in ((5, 4), (6, 5)):
        name = tmp_path / f"participatingAgencies050{day}2025am.xlsx"
        name.write_bytes(book(many, f"2025-05-0{day}T13:00"))
        import_path(paths, name, NOW)
    again = tmp_path / "participatingAgencies.xlsx"
    again.write_bytes(book(4, "2025-05-05T13:00"))
    repository.commit_all("2026-06-08T12:00:00Z", {again.name: again.read_bytes()})
    import_path(paths, again, NOW)
    git_import.import_git(paths, str(repository.path), NOW)
    build(paths)
    accepted = [("2025-05-05", "name", "accepted", 4), ("2025-05-06", "name", "accepted", 5)]
    assert dated(paths) == accepted
    newer = tmp_path / "2025-05-09" / again.name
    newer.parent.mkdir()
    newer.write_bytes(again.read_bytes())
    import_path(paths, newer, NOW)
    build(paths)
    assert dated(paths) == [*accepted, ("2025-05-09", "capture", "held", 4)]


@pytest.mark.parametrize(
    ("bundle", "left_alone", "versions"),
    [
        ("F10-stamped-pages", (), [("2021-01-12", 9), ("2021-11-19", 10)]),
        (
            "F11-derived-table",
            ("analysis/deduplicated_output.xlsx",),
            [("2025-09-26", 92), ("2025-09-29", 92), ("2025-09-30", 92)],
        ),
    ],
)
def test_histories_of_others_with_stamped_pages_and_a_derived_table(
    bundle: str,
    left_alone: tuple[str, ...],
    versions: list[tuple[str, int]],
    paths: Paths,
    tmp_path: Path,
) -> None:
    source = SHARED / "cases" / f"{bundle}.bundle"
    if not source.exists():
        pytest.skip("the histories of the cases (../shared/cases) are not on this machine")
    subprocess.run([*GIT, "clone", "-q", source, tmp_path / "clone"], check=True, env=CLEAN)
    taken = git_import.import_git(paths, str(tmp_path / "clone"), NOW)
    assert taken.left_alone == left_alone
    build(paths)
    found = [(day, count) for day, _, status, count in dated(paths) if status == "accepted"]
    assert found == versions


def test_renames_deletions_merges_and_branches_give_each_version_once(
    paths: Paths, repository: Repository
) -> None:
    first, second, third, fourth, fifth = (book(many) for many in range(2, 7))
    repository.commit_all("2025-07-01T00:00:00Z", {"participating-latest.xlsx": first})
    repository.commit_all(
        "2025-07-02T00:00:00Z",
        {"participating-latest.xlsx": None, "kept/participatingAgencies07012025am.xlsx": first},
    )
    repository("checkout", "-q", "-b", "other")
    repository.commit_all("2025-07-03T00:00:00Z", {LIST: second})
    repository("checkout", "-q", "main")
    repository.commit_all("2025-07-04T00:00:00Z", {"kept/b-participating.xlsx": third})
    # The merge itself changes a file: neither parent has these bytes.
    repository("merge", "-q", "--no-commit", "--no-ff", "other")
    repository.commit_all("2025-07-05T00:00:00Z", {LIST: fourth})
    repository.commit_all("2025-07-06T00:00:00Z", {LIST: second, "kept/b-participating.xlsx": None})
    repository("checkout", "-q", "-b", "unmerged")
    repository.commit_all("2025-07-07T00:00:00Z", {"c-participating.xlsx": fifth})
    repository("checkout", "-q", "--detach", "main")
    taken = git_import.import_git(paths, str(repository.path), NOW)
    assert rows_of(taken.captures) == [
        ("new", "participatingAgencies07012025am.xlsx", datetime(2025, 7, 1)),
        ("new", "participating.xlsx", datetime(2025, 7, 3)),
        ("new", "b-participating.xlsx", datetime(2025, 7, 4)),
        ("new", "participating.xlsx", datetime(2025, 7, 5)),
        ("new", "c-participating.xlsx", datetime(2025, 7, 7)),
    ]
    hashes = [archive.digest(data) for data in (first, second, third, fourth, fifth)]
    assert [c.sha256 for c in taken.captures] == hashes


def test_odd_names_pointers_links_and_other_files(paths: Paths, repository: Repository) -> None:
    pointer = git_history.LFS_POINTER + b"v1\noid sha256:0\nsize 1\n"
    files: dict[str, bytes | None] = {
        ':odd "name"\n caf\u00e9 participating.XLSX': book(2),
        "participating big.xlsx": b"PK\x03\x04" + b"0" * 25_000_000,
        "participating lfs.xlsx": pointer,
        "20241204075359/page.html": roster(3),
        "page.html": roster(4),
        "analysis/union.xlsx": book(3),
        "about.html": page("<p>About</p>"),
        "weather.csv": b"DAY,RAIN\n1,2\n",
        "other lfs.csv": pointer + b"\n",
        "notes.txt": b"participating",
    }
    (repository.path / "participating link.xlsx").symlink_to("notes.txt")
    repository.commit_all("2025-07-01T00:00:00Z", files)
    taken = git_import.import_git(paths, str(repository.path), NOW)
    at = datetime(2025, 7, 1)
    assert rows_of(taken.captures) == [
        ("new", "page.html", datetime(2024, 12, 4, 7, 53, 59)),
        ("new", ':odd "name"\n caf\u00e9 participating.XLSX', at),
        ("rejected", "participating big.xlsx", at),
        ("rejected", "participating lfs.xlsx", at),
    ]
    assert [c.why for c in taken.captures if c.why] == [
        "participating big.xlsx is larger than a list can be (25,000,000 bytes):"
        " check what was downloaded.",
        "participating lfs.xlsx is a Git LFS pointer in this history, not the list itself:"
        " import the files that `git lfs fetch --all` gets.",
    ]
    assert taken.left_alone == (
        "about.html",
        "analysis/union.xlsx",
        "other lfs.csv",
        "page.html",
        "weather.csv",
    )
    assert len(archive.stored(paths.layout)) == 2


def test_a_long_history_is_read_whole(paths: Paths, repository: Repository) -> None:
    """2,500 commits from one stream; every fifth has other bytes of the list."""
    stream = []
    for at in range(2500):
        note = f"{at}\n".encode()
        csv = f"{HEADER}\nFLORIDA,Bay {at // 5},x,y\n".encode()
        stream.append(
            b"commit refs/heads/main\ncommitter A <a@example.org> %d +0000\ndata 0\n"
            b"M 644 inline n.txt\ndata %d\n%s\nM 644 inline participating.csv\ndata %d\n%s\n"
            % (1735689600 + at * 3600, len(note), note, len(csv), csv)
        )
    subprocess.run(
        [*GIT, "fast-import", "--quiet"],
        cwd=repository.path,
        input=b"".join(stream),
        check=True,
        env=CLEAN,
    )
    taken = git_import.import_git(paths, str(repository.path), NOW)
    assert taken.count("new") == 500
    assert taken.captures[-1].captured_at == datetime(2025, 4, 14, 23, 0)


def test_a_hostile_repository_runs_nothing(paths: Paths, repository: Repository) -> None:
    """Hooks, drivers and helpers that its configuration names would leave a mark."""
    mark = repository.path / "mark"
    script = repository.path / "run.sh"
    script.write_text(f"#!/bin/sh\ntouch '{mark}'\ncat\n")
    script.chmod(0o755)
    attributes = b"*.xlsx diff=evil filter=evil merge=evil\n"
    repository.commit_all("2025-07-01T00:00:00Z", {LIST: book(2), ".gitattributes": attributes})
    repository("checkout", "-q", "-b", "other")
    repository.commit_all("2025-07-02T00:00:00Z", {LIST: book(3)})
    repository("checkout", "-q", "main")
    repository.commit_all("2025-07-03T00:00:00Z", {LIST: book(4)})
    repository("merge", "-q", "-s", "ours", "-m", "merged", "other", at="2025-07-04T00:00:00Z")
    for name in (
        *("core.fsmonitor", "core.pager", "core.sshCommand", "core.editor", "diff.external"),
        *("diff.evil.textconv", "diff.evil.command", "filter.evil.smudge", "filter.evil.clean"),
        *("merge.evil.driver", "gpg.program", "pager.log", "core.alternateRefsCommand"),
    ):
        repository("config", name, str(script))
    for name, value in (
        *(("log.showSignature", "true"), ("log.diffMerges", "remerge"), ("diff.relative", "true")),
        *(
            ("color.ui", "always"),
            ("core.hooksPath", str(repository.path)),
            ("log.showRoot", "false"),
        ),
        *(("diff.renames", "copies"), ("i18n.logOutputEncoding", "UTF-16"), ("core.abbrev", "7")),
    ):
        repository("config", name, value)
    mark.unlink(missing_ok=True)
    taken = git_import.import_git(paths, str(repository.path), NOW)
    assert [c.captured_at for c in taken.captures] == [datetime(2025, 7, day) for day in (1, 2, 3)]
    assert not mark.exists()


def served(folder: Path) -> Iterator[World]:
    """Serve a bare repository's files, which is all that git's plain http form needs."""

    def files(request: Request) -> Reply | None:
        path = folder / request.path.removeprefix("/lists.git/")
        return Reply(body=path.read_bytes()) if path.is_file() else None

    with World(files) as world:
        yield world


@pytest.fixture
def remote(repository: Repository, tmp_path: Path) -> Iterator[World]:
    repository.commit_all("2025-07-01T00:00:00Z", {LIST: book(2)})
    repository.commit_all("2025-07-02T00:00:00Z", {LIST: book(3)})
    repository("clone", "-q", "--bare", ".", str(tmp_path / "lists.git"))
    subprocess.run([*GIT, "update-server-info"], cwd=tmp_path / "lists.git", check=True, env=CLEAN)
    yield from served(tmp_path / "lists.git")


def test_an_address_is_cloned_and_named_without_its_password(paths: Paths, remote: World) -> None:
    secret = remote.base.replace("http://", "http://someone:secret@") + "/lists.git"
    taken = git_import.import_git(paths, secret, NOW, allow_http=True)
    address = f"{remote.base}/lists.git"
    assert [(c.url, c.captured_at) for c in taken.captures] == [
        (address, datetime(2025, 7, 1)),
        (address, datetime(2025, 7, 2)),
    ]
    assert "secret" not in paths.layout.manifest.read_text()


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("http://127.0.0.1:9/lists.git", "is no address we clone from: give one that begins with"),
        ("ext::sh -c touch% mark", "There is no folder ext::sh"),
        ("ssh://git@example.org/lists.git", "is no address we clone from"),
        ("file:///tmp", "is no address we clone from"),
        ("--upload-pack=touch mark", "is no address we clone from"),
        ("nowhere", "There is no folder nowhere"),
    ],
)
def test_only_https_addresses_and_folders_are_read(paths: Paths, source: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        git_import.import_git(paths, source, NOW)


def test_what_git_cannot_read_is_said_without_the_password(
    paths: Paths, remote: World, tmp_path: Path
) -> None:
    secret = remote.base.replace("http://", "http://someone:secret@") + "/other.git"
    with pytest.raises(UsageError) as refused:
        git_import.import_git(paths, secret, NOW, allow_http=True)
    assert str(refused.value).startswith(f"git cannot read {remote.base}/other.git (")
    assert "secret" not in str(refused.value)
    (tmp_path / "plain").mkdir()
    with pytest.raises(UsageError, match="git cannot read plain as a git repository"):
        git_import.import_git(paths, str(tmp_path / "plain"), NOW)


def test_a_history_without_lists_or_commits_says_so(paths: Paths, repository: Repository) -> None:
    with pytest.raises(
        UsageError, match="The history holds no file that is named as a participating or"
    ):
        git_import.import_git(paths, str(repository.path), NOW)


def test_bytes_that_the_repository_lacks_are_told_and_the_rest_is_taken(
    paths: Paths, repository: Repository
) -> None:
    repository.commit_all("2025-07-01T00:00:00Z", {LIST: book(2)})
    blob = repository("rev-parse", f"HEAD:{LIST}").strip()
    repository.commit_all("2025-07-02T00:00:00Z", {LIST: book(3)})
    (repository.path / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    taken = git_import.import_git(paths, str(repository.path), NOW)
    assert [(c.outcome, c.why) for c in taken.captures] == [
        ("new", None),
        (
            "rejected",
            "participating.xlsx is named in this history, but its bytes are not there: fetch the"
            " whole of it (a partial clone has only some) and import again.",
        ),
    ]


def test_a_partial_clone_fetches_nothing_behind_our_back(
    paths: Paths, repository: Repository, tmp_path: Path
) -> None:
    repository.commit_all("2025-07-01T00:00:00Z", {LIST: book(2)})
    repository("config", "uploadpack.allowFilter", "true")
    partial = tmp_path / "partial"
    repository(
        "clone", "-q", "--bare", "--filter=blob:none", repository.path.as_uri(), str(partial)
    )
    with pytest.raises(PactwatchError, match=r"git stopped at data/participating\.xlsx: check the"):
        git_import.import_git(paths, str(partial), NOW)


def test_a_history_of_published_lists_gives_the_record_of_the_folder(
    paths: Paths, repository: Repository, shared_record: Path, tmp_path: Path
) -> None:
    days = ("05282025am", "05282025pm", "05292025am", "06042025am")
    names = [f"participatingAgencies{day}.xlsx" for day in days]
    (tmp_path / "folder").mkdir()
    for at, name in enumerate(names):
        data = (shared_record / "participating" / name).read_bytes()
        repository.commit_all(f"2025-06-0{at + 5}T00:00:00Z", {f"lists/{name}": data})
        (tmp_path / "folder" / name).write_bytes(data)
    other = paths_at(tmp_path / "other", seeds=paths.seeds)
    git_import.import_git(paths, str(repository.path), NOW)
    import_path(other, tmp_path / "folder", NOW)
    build(paths)
    build(other)
    for name in database.columns(paths.layout.database):
        if name not in ("captures", "publications"):
            ours, theirs = (
                database.query(one.layout.database, f"select * from {name} order by all")
                for one in (paths, other)
            )
            assert ours.equals(theirs), name
    agreements = "select agreements from totals order by seq"
    assert database.query(paths.layout.database, agreements)["agreements"].to_list() == [
        628,
        628,
        635,
        641,
    ]


def test_the_command_takes_a_folder_or_a_history_and_says_what_came(
    paths: Paths,
    repository: Repository,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from flows import cli

    repository.commit_all("2025-10-07T00:00:00Z", {LIST: book(8), "about.html": page("<p>x</p>")})
    monkeypatch.setenv("PACTWATCH_DATA", str(paths.layout.data))
    monkeypatch.setenv("PACTWATCH_OFFLINE", "1")
    expected = [
        (["import"], 2, "Say what to import: a folder or a file, or --git with a repository."),
        (["import", ".", "--git", "."], 2, "Say what to import"),
        (["import", "--git", "https://example.org/lists.git"], 2, "PACTWATCH_OFFLINE is set"),
        # Eight rows after a thousand: the gate holds it.
        (
            ["import", "--git", str(repository.path)],
            3,
            "1 file not named as a list was left alone: about.html. Import one by itself",
        ),
    ]
    for arguments, code, says in expected:
        monkeypatch.setattr("sys.argv", ["pactwatch", *arguments])
        with pytest.raises(SystemExit) as left:
            cli.main()
        printed = capsys.readouterr()
        assert left.value.code == code, printed.err
        assert says in printed.out + printed.err
    [capture] = archive.read_manifest(paths.layout)
    assert (capture.source, capture.captured_at) == ("git", datetime(2025, 10, 7))


@pytest.mark.parametrize("days", [("11", "14", "18"), ("11",), ("14",), ("18",)], ids="+".join)
def test_a_record_that_ends_in_september_2025_takes_in_the_lists_of_may_2026(
    days: tuple[str, ...], shared_record: Path, tmp_path: Path
) -> None:
    """The real lists, in order and each alone: seven months of growth hold none of them."""
    seeds = cut_seeds(tmp_path / "seeds", date(2025, 9, 1), date(2025, 9, 30))
    paths = paths_at(tmp_path / "data", seeds=seeds)
    for day in days:
        name = f"participatingAgencies05{day}2026am.xlsx"
        import_path(paths, shared_record / "participating" / name, NOW)
    assert build(paths).held == []
    with database.reading(paths.layout.database) as db:
        accepted = db.execute(
            "select day(published_on), row_count from publications"
            " where status = 'accepted' and published_on > '2025-09-30' order by published_on"
        ).fetchall()
    rows = {"11": 1797, "14": 1832, "18": 1843}
    assert accepted == [(int(day), rows[day]) for day in days]
