"""Write a world as the workbooks that ICE would have published, with the truth beside them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from tests.workbooks import HEADER, PENDING, workbook

from .play import World
from .truth import Row

COLUMNS = {
    "STATE": "state_printed",
    "LAW ENFORCEMENT AGENCY": "agency_printed",
    "TYPE": "type_printed",
    "COUNTY": "county_printed",
    "SUPPORT TYPE": "model_printed",
    "SIGNED": "signed_printed",
}


def write_world(world: World, folder: Path) -> None:
    """Write each list as a workbook under its name; truth.csv says what each row is."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = world.rows.partition_by("sha256", as_dict=True)
    for version in world.publications.iter_rows(named=True):
        of_list = rows.get((version["sha256"],), world.rows.clear())
        printed = list(of_list.iter_rows(named=True))
        header = list(HEADER if version["list"] == "participating" else PENDING)
        for name, column in (("TYPE", "type_printed"), ("COUNTY", "county_printed")):
            if printed and not any(row[column] for row in printed):
                header.remove(name)
        if any(row["addendum_url"] for row in printed):
            header.append("ADDENDUM")
        content = workbook(
            [_cells(row, header) for row in printed], header, saved=version["saved_at"]
        )
        (folder / version["file_name"]).write_bytes(content)
    named = world.publications.select("sha256", "file_name")
    truth = world.rows.join(named, on="sha256", maintain_order="left")
    truth.drop("sha256").write_csv(folder / "truth.csv")


def _cells(row: Row, header: list[str]) -> list[object]:
    """Return a row's cells: dates that read as dates, links behind words."""
    cells: list[object] = []
    for name in header:
        value = row[COLUMNS.get(name, "moa_url" if name == "MOA" else "addendum_url")]
        if name in ("MOA", "ADDENDUM"):
            is_link = bool(value) and str(value).startswith("https://")
            cells.append(("link", value) if is_link else value or "link pending")
        else:
            cells.append(_day(value) if name == "SIGNED" else value)
    return cells


def _day(value: str | None) -> date | str | None:
    try:
        return date.fromisoformat(value or "")
    except ValueError:
        return value
