"""Shared inputs: the published workbooks beside the repository, and warehouses built once."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from flows.backfill import import_path
from flows.build import build
from flows.places import ROOT, Places
from flows.publish import publish
from flows.steps.records import Layout

SHARED = ROOT.parent / "shared"
NOW = datetime(2026, 11, 22, 6, 0, 0)


@dataclass(frozen=True)
class Site:
    """A published site: its folder, and where its data came from."""

    folder: Path
    places: Places


def pytest_configure() -> None:
    """Keep Prefect quiet, patient and in a folder of its own, before anything imports it."""
    os.environ["PREFECT_SERVER_ANALYTICS_ENABLED"] = "false"
    os.environ["DO_NOT_TRACK"] = "1"
    os.environ["PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS"] = "120"
    os.environ["PREFECT_LOGGING_LEVEL"] = "WARNING"
    for name in [name for name in os.environ if name.startswith("PACTWATCH_")]:
        del os.environ[name]


@pytest.fixture(scope="session")
def shared_lists() -> Path:
    """Return the folder of the 399 published workbooks."""
    folder = SHARED / "lists"
    if not folder.is_dir():
        pytest.skip("the published workbooks (../shared/lists) are not on this machine")
    return folder


@pytest.fixture(scope="session")
def seed_places(tmp_path_factory: pytest.TempPathFactory) -> Places:
    """Return a data folder with the warehouse built from the seed record alone."""
    places = Places(Layout(tmp_path_factory.mktemp("seeds")))
    build(places)
    return places


@pytest.fixture(scope="session")
def warehouse(seed_places: Places) -> Path:
    """Return the warehouse file built from the seed record."""
    return seed_places.layout.database


@pytest.fixture(scope="session")
def site(seed_places: Places, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Return the whole site published from the seed record, and the data folder it is made of."""
    base = tmp_path_factory.mktemp("site")
    places = Places(Layout(base / "data"))
    places.layout.data.mkdir()
    for name in ("pactwatch.duckdb", "latest.json"):
        shutil.copy(seed_places.layout.data / name, places.layout.data / name)
    publish(places, base / "public", now=NOW)
    return Site(base / "public", places)


@pytest.fixture
def db(warehouse: Path) -> duckdb.DuckDBPyConnection:
    """Return a read-only connection to the warehouse built from the seed record."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        yield connection


@pytest.fixture(scope="session")
def imported(shared_lists: Path, tmp_path_factory: pytest.TempPathFactory) -> Places:
    """Return a data folder with the published workbooks imported, and built without the seeds."""
    base = tmp_path_factory.mktemp("imported")
    places = Places(Layout(base / "data"), seeds=seeds_without_record(base / "seeds"))
    import_path(places, shared_lists, NOW)
    build(places)
    return places


def seeds_without_record(folder: Path) -> Path:
    """Copy the reviewed seeds without the record of lists, so that only imports count."""
    shutil.copytree(ROOT / "seeds", folder)
    for name in ("publications.csv", "listings.csv"):
        (folder / name).unlink()
    return folder
