"""The swap keeps dated copies for as long as it says, and nothing of others is touched."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from flows.steps.common.errors import PactwatchError
from flows.steps.warehouse import publish


def swapped(data: Path, label: str) -> Path:
    part = data / ".part"
    part.write_bytes(label.encode())
    publish.swap_in(part, data / "pactwatch.duckdb", label, {"as_of": label})
    return data / "published"


def test_of_a_year_of_list_days_the_newest_thirty_and_each_months_last_stay(
    tmp_path: Path,
) -> None:
    days = [date(2025, 1, 2) + timedelta(days=2 * step) for step in range(180)]
    for day in days:
        folder = swapped(tmp_path, day.isoformat())
    kept = sorted(path.name[10:20] for path in folder.iterdir())
    assert kept[-30:] == [day.isoformat() for day in days[-30:]]
    assert kept[:-30] == [
        *("2025-01-30", "2025-02-27", "2025-03-31", "2025-04-30", "2025-05-30", "2025-06-29"),
        *("2025-07-31", "2025-08-30", "2025-09-29"),
    ]
    assert publish.latest(tmp_path / "pactwatch.duckdb") == {"as_of": days[-1].isoformat()}


def test_a_copy_that_latest_json_names_and_files_of_others_stay(tmp_path: Path) -> None:
    folder = tmp_path / "published"
    folder.mkdir()
    for name in ("pactwatch-2024-99-01.duckdb", "pactwatch-none.duckdb", "mine.duckdb"):
        (folder / name).write_bytes(b"")
    for step in range(40):
        swapped(tmp_path, (date(2025, 6, 1) + timedelta(days=step)).isoformat())
    before = {path.name for path in folder.iterdir()}
    # A person rejected the newest lists: the record ends on an earlier day again.
    swapped(tmp_path, "2025-06-03")
    assert {path.name for path in folder.iterdir()} == before | {"pactwatch-2025-06-03.duckdb"}


def test_no_copy_goes_when_the_new_file_cannot_be_put_in_place(tmp_path: Path) -> None:
    for step in range(30):
        folder = swapped(tmp_path, (date(2025, 6, 1) + timedelta(days=step)).isoformat())
    before = {path.name for path in folder.iterdir()}
    database = tmp_path / "pactwatch.duckdb"
    database.unlink()
    (database / "in the way").mkdir(parents=True)
    with pytest.raises(
        PactwatchError,
        match=r"^The warehouse \(pactwatch\.duckdb\) could not be",
    ):
        swapped(tmp_path, "2025-07-01")
    assert {path.name for path in folder.iterdir()} == before | {"pactwatch-2025-07-01.duckdb"}
