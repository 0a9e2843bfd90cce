"""Keep what helps people: the ledger of runs, and the log of notices. JSON lines, written whole."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from flows.steps.common.files import write_whole
from flows.steps.common.layout import Layout


def read_ledger(layout: Layout) -> list[dict[str, Any]]:
    """Return the runs so far, oldest first: run_id, job, started_at, ended_at, outcome, detail."""
    return _read_lines(layout.ledger)


def write_ledger(layout: Layout, run: Mapping[str, Any], keep: int = 500) -> None:
    """Add a run, or replace it by its run_id when it ended; the newest `keep` stay."""
    runs = [known for known in read_ledger(layout) if known["run_id"] != run["run_id"]]
    write_lines(layout.ledger, [*runs, dict(run)][-keep:])


def end_broken_runs(layout: Layout) -> list[dict[str, Any]]:
    """Say in the ledger which runs broke off, and return them; call it while holding the folder."""
    runs = read_ledger(layout)
    broken = [run for run in runs if run.get("outcome") == "running"]
    for run in broken:
        run |= {"outcome": "broke off", "detail": "It was killed, or the machine went off."}
    if broken:
        write_lines(layout.ledger, runs)
    return broken


def read_notices(layout: Layout) -> list[dict[str, Any]]:
    """Return what was told or is still to be told, oldest first."""
    return _read_lines(layout.notices)


def write_lines(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write rows as JSON lines, whole; a damaged file that this replaces is kept beside it."""
    if path.exists() and len(_read_lines(path)) < len(path.read_bytes().splitlines()):
        write_whole(path.with_name(f"{path.name}.damaged"), path.read_bytes(), path)
    write_whole(path, "".join(json.dumps(row) + "\n" for row in rows).encode())


def _read_lines(path: Path) -> list[dict[str, Any]]:
    """Return the rows that are whole: these files only help people, so no damage stops a run."""
    rows = []
    for line in path.read_bytes().splitlines() if path.exists() else ():
        with suppress(ValueError):
            row = json.loads(line)
            if isinstance(row, dict) and ("run_id" in row or "key" in row):
                rows.append(row)
    return rows
