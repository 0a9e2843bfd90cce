"""What the tests of whole runs share: a quick copy of the program, and processes to read files in.

The processes go from one test to the next: to start one costs half a second.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flows.steps.common import contained
from tests.conftest import program, seeds_without_record

KEPT: list[contained._Worker] = []


class Kept(contained.Workers):
    """Workers that take over the processes of those before them, and leave them their own."""

    def __init__(self, most: int = 2) -> None:
        super().__init__(most)
        while not self._idle.empty():
            self._idle.get()
        for at in range(most):
            self._workers[at] = KEPT.pop() if KEPT else self._workers[at]
            self._idle.put(self._workers[at])

    def __exit__(self, *_: Any) -> None:
        for worker in self._workers:
            if worker._running and worker._running[0].poll() is not None:
                worker.end()
        KEPT.extend(self._workers)


@pytest.fixture(autouse=True, scope="module")
def _kept_readers() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for module in (
            "sources.intake",
            "lists.read",
            "articles.ingest",
            "articles.article_frames",
        ):
            patch.setattr(f"flows.steps.{module}.Workers", Kept)
        yield


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the program with the reviewed seeds and no record: its runs are quick."""
    folder = program(tmp_path_factory.mktemp("clone"))
    seeds_without_record(folder / "seeds")
    return folder
