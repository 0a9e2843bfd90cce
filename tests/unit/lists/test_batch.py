"""Reading many files apart: one that breaks its reader is told of, and stops no other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from flows.settings import paths_at
from flows.steps import archive
from flows.steps.common.contained import Stopped, Workers
from flows.steps.common.errors import PactwatchError
from flows.steps.common.layout import Paths
from flows.steps.lists.batch import FILES, read_lists
from flows.steps.lists.read import Reader
from tests.conftest import seeds_without_record
from tests.faults.reading import HEADERS
from tests.faults.workbooks import a_list, cells
from tests.workbooks import agreement, workbook

CRASHING = cells()["last cell"]()
SAID = "bad.xlsx breaks its reader (signal SIGABRT), which no list does: download it again from"
REFUSED = f"{SAID} the list page."


def files(count: int) -> dict[str, tuple[str, bytes]]:
    return {
        f"{at:02}": (f"list-{at}.xlsx", workbook([agreement(agency=f"Agency {at}")]))
        for at in range(count)
    }


def test_a_file_that_aborts_its_reader_is_refused_and_the_others_are_read() -> None:
    all_of = {**files(FILES + 5), "07b": ("bad.xlsx", CRASHING), "99": ("none.xlsx", b"PK\3\4")}
    names = {sha: name for sha, (name, _) in sorted(all_of.items())}
    seen: list[tuple[int, int]] = []
    with Workers() as workers:
        found = read_lists(
            names,
            lambda sha: all_of[sha][1],
            HEADERS,
            workers,
            lambda done, total: seen.append((done, total)),
        )
    assert sorted(found.contents) == sorted(files(FILES + 5))
    assert found.refused["07b"] == REFUSED
    assert found.refused["99"].startswith("none.xlsx is a broken or truncated workbook")
    rows = found.rows().sort("sha256").select("sha256", "agency_printed").rows()
    assert rows == [(f"{at:02}", f"Agency {at}") for at in range(FILES + 5)]
    assert seen[-1][1] == len(names)


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return paths_at(tmp_path / "data", seeds=seeds_without_record(tmp_path / "seeds"))


def test_what_was_refused_is_remembered_and_not_read_again(paths: Paths) -> None:
    kept = {archive.store(paths.layout, d, "a.xlsx")[0]: d for d in (CRASHING, a_list())}
    bad, good = kept
    with Workers() as workers:
        reader = Reader(paths, workers)
        reader.read({bad: "bad.xlsx", good: "good.xlsx"})
        reader.save()
        for sha in kept:  # what is not there cannot be read again
            path = archive.object_path(paths.layout, sha)
            assert path
            path.unlink()
        again = Reader(paths, workers)
        again.read({bad: "bad.xlsx", good: "good.xlsx"})
    assert again.lists.refused == {bad: REFUSED}
    assert list(again.lists.contents) == [good]


class Ended(Workers):
    """Workers of which the first calls, so many, are ended from outside."""

    def __init__(self, count: int) -> None:
        super().__init__(1)
        self.left = count

    def call_each(
        self, function: Callable[..., Any], calls: Iterable[Sequence[object]], seconds: int = 1
    ) -> Iterator[Any]:
        for arguments in calls:
            self.left -= 1
            is_ended = self.left >= 0
            yield Stopped("", is_outside=True) if is_ended else function(*arguments)


def test_a_reader_that_the_system_ends_is_tried_again_and_blames_no_file() -> None:
    with Ended(1) as workers:
        found = read_lists({"a": "a.xlsx"}, lambda _: a_list(), HEADERS, workers)
    assert (list(found.contents), found.refused) == (["a"], {})
    with Ended(2) as workers, pytest.raises(PactwatchError, match="ended twice from outside"):
        read_lists({"a": "a.xlsx"}, lambda _: a_list(), HEADERS, workers)
