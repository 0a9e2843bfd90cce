"""Files and pages that break their readers: the looks, imports and builds after them go on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest

from flows.settings import paths_at
from flows.steps.common.layout import Paths
from flows.steps.warehouse import database
from tests.command import Said, command
from tests.conftest import environment, seeds_without_record
from tests.faults.pages import bodies
from tests.faults.workbooks import cells
from tests.workbooks import agreement, workbook
from tests.world import World
from tests.world.site import FOLDER, PAGE, Site, looking_at, page_of

BAD, GOOD = (f"participatingAgencies05{day}2025am.xlsx" for day in (29, 30))
CRASHING = cells()["last cell"]()
REFUSED = f"{BAD} breaks its reader (signal SIGABRT), which no list does"
LISTED = "select cast(published_on as varchar), agreements from totals order by seq"


def of(day: int) -> bytes:
    """Return a sound list of a day in May 2025."""
    rows = [agreement(agency=f"Agency {at}", signed=date(2025, 5, 20)) for at in range(8)]
    return workbook(rows, saved=datetime(2025, 5, day, 10))


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return paths_at(tmp_path / "data", seeds=seeds_without_record(tmp_path / "seeds"))


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture
def world(site: Site) -> Iterator[World]:
    with World(site) as world:
        yield world


def run(paths: Paths, *words: str, **more: str) -> Said:
    env = environment(paths.layout.data, **more)
    return command(*words, env=env, seeds=paths.seeds)


def look(paths: Paths, world: World) -> Said:
    return run(paths, "snapshot", **looking_at(world.base + PAGE))


def test_a_workbook_that_aborts_its_reader_stops_no_look_and_no_build(
    paths: Paths, site: Site, world: World
) -> None:
    site.links((f"{FOLDER}/{BAD}", "Participating Agencies"))
    site.put(f"{FOLDER}/{BAD}", CRASHING)
    for _ in range(3):
        said = look(paths, world)
        assert (said.returncode, said.stderr) == (3, "")
        assert REFUSED in said.stdout
    assert run(paths, "build", "--force").returncode == 0
    site.links((f"{FOLDER}/{GOOD}", "Participating Agencies"))
    site.put(f"{FOLDER}/{GOOD}", of(30))
    assert look(paths, world).returncode == 0
    assert database.query(paths.layout.database, LISTED).rows() == [("2025-05-30", 8)]


def test_an_import_takes_the_sound_lists_beside_one_that_aborts_its_reader(
    paths: Paths, tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / BAD).write_bytes(CRASHING)
    (folder / GOOD).write_bytes(of(30))
    for _ in range(2):
        said = run(paths, "import", str(folder))
        assert (said.returncode, said.stderr.strip()) == (3, "")
        assert REFUSED in said.stdout
    tried = "select file_name, outcome from captures order by all"
    assert database.query(paths.layout.database, tried).rows() == [
        (BAD, "rejected"),
        (GOOD, "new"),  # the second time brought nothing new, and no build
    ]
    assert database.query(paths.layout.database, LISTED).rows() == [("2025-05-30", 8)]


def test_a_page_no_parser_should_be_given_is_a_failed_look_that_says_so(
    paths: Paths, site: Site, world: World
) -> None:
    link = (f"{FOLDER}/{GOOD}", "Participating Agencies")
    site.links(link)
    site.put(f"{FOLDER}/{GOOD}", of(30))
    assert look(paths, world).returncode == 0
    site.put(PAGE, page_of(link, more=bodies()["div 100,000 deep"]))
    said = look(paths, world)
    assert (said.returncode, said.stderr) == (3, "")
    assert "than any list page" in said.stdout
    assert "run `pactwatch import FILE`" in said.stdout
    assert database.query(paths.layout.database, LISTED).rows() == [("2025-05-30", 8)]
