"""The cases beside the repository: three real lists cut to some ninety rows, one of them odd."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from flows.settings import paths_at
from flows.steps.common.layout import Paths
from flows.steps.sources.intake import import_path
from flows.steps.warehouse import database
from flows.steps.warehouse.build import build
from tests.conftest import NOW, SHARED, seeds_without_record

CASES = SHARED / "cases"
PLAIN = (
    "participatingAgencies09262025pm",
    "participatingAgencies09292025pm",
    "participatingAgencies09302025pm",
)


def rows(paths: Paths, sql: str) -> list[tuple[Any, ...]]:
    return database.query(paths.layout.database, sql).rows()


def totals(paths: Paths) -> list[tuple[Any, ...]]:
    """Return agreements, agencies and those in doubt of each list, in order."""
    return rows(paths, "select agreements, agencies, in_doubt from totals order by seq")


def course_of(base: Path, case: str, name: str = PLAIN[1]) -> Paths:
    """Import the three lists with a case, under a name, in the place of the middle one."""
    if not CASES.exists():
        pytest.skip("the lists of the cases (../shared/cases) are not on this machine")
    (base / "in").mkdir(parents=True)
    for source, called in ((PLAIN[0],) * 2, (case, name), (PLAIN[2],) * 2):
        [file] = CASES.glob(f"{source}.*")
        shutil.copy(file, base / "in" / f"{called}{file.suffix}")
    paths = paths_at(base / "data", seeds=seeds_without_record(base / "seeds"))
    import_path(paths, base / "in", NOW)
    build(paths)
    return paths
