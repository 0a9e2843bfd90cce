"""Given a few small lists, one a day, say what happened."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

from flows.settings import paths_at
from flows.steps.common.layout import Paths
from flows.steps.sources.intake import import_path
from flows.steps.warehouse import database as warehouse_step
from flows.steps.warehouse.build import build
from tests.conftest import NOW, seeds_without_record
from tests.workbooks import HEADER, PENDING, Row, agreement, workbook

# Forty rows that stay keep every list through the gate.
COUNTIES = """
    Anderson Archer Atascosa Bandera Bastrop Baylor Blanco Borden Bosque Bowie Brazos Brewster
    Burnet Caldwell Callahan Cameron Camp Carson Castro Chambers Cherokee Clay Cochran Collin
    Comal Concho Cooke Coryell Cottle Crane Crosby Dallam Dawson Delta Denton Dickens Dimmit
    Donley Duval Eastland
"""
FILLERS = [
    agreement(
        "TEXAS", f"{name} County Sheriff's Office", signed=date(2025, 5, 28), county="", moa=""
    )
    for name in COUNTIES.split()
]
JUNE = [2, 3, 4, 5, 6, 9, 10, 11, 12, 13, 16, 17, 18, 19, 20]
BAKER = agreement()
Lists = list[list[Row]]


def record(
    base: Path, lists: Lists, pending: Lists | None = None, links: str = "", order: int = 1
) -> Paths:
    """Import the lists, one for each day of `JUNE`, and build; -1 imports the last first."""
    paths = paths_at(base / "data", seeds=seeds_without_record(base / "seeds"))
    with (base / "seeds" / "identity_links.csv").open("a") as file:
        file.write(links)
    for kind, rows_of, header in (
        ("participating", lists, HEADER),
        ("pending", pending or [], PENDING),
    ):
        listed = list(zip(JUNE, rows_of, strict=False))[::order]
        for at, (day, rows) in enumerate(listed):
            name = base / f"{at}" / f"{kind}Agencies06{day:02d}2025am.xlsx"
            name.parent.mkdir(exist_ok=True, parents=True)
            fill = FILLERS if kind == "participating" else []
            name.write_bytes(workbook([*fill, *rows], header, saved=datetime(2025, 6, day, 9)))
            import_path(paths, name, NOW)
    build(paths)
    return paths


def events(paths: Paths, columns: str = "kind, rule, before, after") -> list[tuple[str, ...]]:
    """Return what happened, as tuples of text; postings and other bytes aside."""
    found = warehouse_step.query(
        paths.layout.database,
        f"select strftime(published_on, '%d'), {columns} from events where kind not in"
        " ('reissued', 'moa_posted', 'moa_replaced', 'moa_withdrawn')"
        " order by published_on, list, kind",
    )
    return [tuple("" if cell is None else str(cell) for cell in row) for row in found.rows()]


def row(agency: str, **fields: Any) -> Row:
    return agreement(**{"agency": agency, "moa": "", "county": "", **fields})


def agencies(paths: Paths) -> list[tuple[Any, ...]]:
    """Return the agencies' names, those of the other rows of each list aside."""
    sql = "select name, other_names from agencies where state = 'FL' order by name"
    return warehouse_step.query(paths.layout.database, sql).rows()
