"""Shared inputs: the published workbooks beside the repository, and warehouses built once."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import duckdb
import polars as pl
import pytest

from flows.settings import ROOT, paths_at
from flows.steps.common import seeds
from flows.steps.common.layout import Paths
from flows.steps.lists import clean, seed_record
from flows.steps.lists.read import seed_tables
from flows.steps.reports.publish_site import publish
from flows.steps.reports.write import write_missing
from flows.steps.sources.intake import import_path
from flows.steps.warehouse.build import build

SHARED = ROOT.parent / "shared"
NOW = datetime(2026, 11, 22, 6, 0, 0)
NOBODY = "https://127.0.0.1:9"
"""An Internet Archive that answers nothing, for tests that are about something else."""
COMMAND = [sys.executable, "-c", "from flows.cli import main; main()"]


@dataclass(frozen=True)
class Site:
    """A published site: its folder, and where its data came from."""

    folder: Path
    paths: Paths


def pytest_configure() -> None:
    """Keep Prefect quiet, patient and in a folder of its own, before anything imports it."""
    os.environ["PREFECT_SERVER_ANALYTICS_ENABLED"] = "false"
    os.environ["DO_NOT_TRACK"] = "1"
    os.environ["PREFECT_HOME"] = str(Path(tempfile.gettempdir()) / "pactwatch-tests-prefect")
    os.environ["PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS"] = "120"
    os.environ["PREFECT_LOGGING_LEVEL"] = "WARNING"
    for name in [name for name in os.environ if name.startswith("PACTWATCH_")]:
        del os.environ[name]


def environment(data: Path, **more: str) -> dict[str, str]:
    """Return an environment with a Prefect home and a data folder of the test's own."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PREFECT_", "PACTWATCH_"))}
    return {
        **kept,
        "PACTWATCH_DATA": str(data),
        "PACTWATCH_OFFLINE": "1",
        "PACTWATCH_ARCHIVE_URL": NOBODY,
        "PREFECT_HOME": str(data / "prefect"),
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        **more,
    }


@pytest.fixture(scope="session")
def shared_record() -> Path:
    """Return the folder of the 1,287 published workbooks."""
    folder = SHARED / "record"
    if not folder.is_dir():
        pytest.skip("the published workbooks (../shared/record) are not on this machine")
    return folder


@pytest.fixture(scope="session")
def seed_places(tmp_path_factory: pytest.TempPathFactory) -> Paths:
    """Return a data folder with the warehouse built from the seed record alone."""
    paths = paths_at(tmp_path_factory.mktemp("seeds"))
    build(paths)
    return paths


@pytest.fixture(scope="session")
def short_record(tmp_path_factory: pytest.TempPathFactory) -> Paths:
    """Return a data folder built from the record's last month, whose seeds are its own."""
    base = tmp_path_factory.mktemp("short")
    seeds_folder = cut_seeds(base / "seeds", date(2026, 4, 20), date(2026, 5, 18))
    paths = paths_at(base / "data", seeds=seeds_folder)
    build(paths)
    return paths


@pytest.fixture(scope="session")
def warehouse(seed_places: Paths) -> Path:
    """Return the warehouse file built from the seed record."""
    return seed_places.layout.database


@pytest.fixture(scope="session")
def first_run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Run the main job once on an empty data folder; return the folder and what was printed."""
    data = tmp_path_factory.mktemp("run")
    done = subprocess.run(
        [*COMMAND, "run"],
        env=environment(data),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return data, done.stdout


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Return the site published from six weeks of the seed record, and its data folder.

    They have a week without a list, a state whose one agreement left, and the day of the second
    baseline. The folder has what a run left in it before.
    """
    base = tmp_path_factory.mktemp("site")
    seeds_folder = cut_seeds(base / "seeds", date(2025, 4, 28), date(2025, 6, 8))
    paths = paths_at(base / "data", seeds=seeds_folder)
    build(paths)
    write_missing(paths, now=NOW)
    publish(paths, base / "public", now=NOW)
    return Site(base / "public", paths)


@pytest.fixture
def site_db(site: Site) -> Iterator[duckdb.DuckDBPyConnection]:
    """Return a read-only connection to the warehouse that the site was published from."""
    with duckdb.connect(str(site.paths.layout.database), read_only=True) as connection:
        yield connection


@pytest.fixture
def db(warehouse: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Return a read-only connection to the warehouse built from the seed record."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        yield connection


@pytest.fixture(scope="session")
def imported(shared_record: Path, tmp_path_factory: pytest.TempPathFactory) -> Paths:
    """Return a data folder with the published workbooks imported, and built without the seeds."""
    base = tmp_path_factory.mktemp("imported")
    paths = paths_at(base / "data", seeds=seeds_without_record(base / "seeds"))
    shutil.copy(ROOT / "seeds" / "value_fixes.csv", paths.seeds)
    import_path(paths, shared_record, NOW)
    build(paths)
    return paths


def program(folder: Path) -> Path:
    """Copy the program without its seeds into a folder, for processes that are to use others."""
    for name in ("flows", "sql"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "requirements.lock", folder)
    return folder


def published_copy(paths: Paths, data: Path) -> Path:
    """Copy a published warehouse into a data folder of the test's own, and return the folder."""
    data.mkdir(exist_ok=True)
    for name in ("pactwatch.duckdb", "latest.json"):
        shutil.copy(paths.layout.data / name, data / name)
    return data


def cut_seeds(folder: Path, first: date, last: date) -> Path:
    """Copy the seeds with the record of the lists between two days alone.

    Fixes of what only other lists print go with those: one that matches nothing stops a build.
    """
    shutil.copytree(ROOT / "seeds", folder)
    publications, listings = seed_tables(folder)
    rows = seed_record.expand(publications, listings)
    publications = publications.filter(pl.col("published_on").is_between(first, last))
    rows = rows.filter(pl.col("sha256").is_in(publications["sha256"].implode()))
    tables = seed_record.fold(publications, rows)
    for name, table in zip(("publications.csv", "listings.csv"), tables, strict=True):
        table.write_csv(folder / name)
    unused = clean.unused_fixes(rows, seeds.read_reference(folder))
    fixes = pl.read_csv(folder / "value_fixes.csv", infer_schema=False)
    is_used = [row[:2] not in unused for row in fixes.select("field", "printed").iter_rows()]
    fixes.filter(pl.Series(is_used)).write_csv(folder / "value_fixes.csv")
    return folder


def seeds_without_record(folder: Path) -> Path:
    """Copy the reviewed seeds without the record of lists, so that only imports count.

    Fixes of what the record prints go with it: one that matches nothing stops a build.
    """
    shutil.copytree(ROOT / "seeds", folder)
    for name in ("publications.csv", "listings.csv"):
        (folder / name).unlink()
    fixes = folder / "value_fixes.csv"
    fixes.write_text(fixes.read_text().splitlines(keepends=True)[0])
    return folder
