"""Warehouse → Parquet, CSV and datapackage.json; archived lists → the seed record."""

from __future__ import annotations

import json
from typing import Any

import polars as pl

from flows.steps.common import seeds
from flows.steps.common.files import write_whole
from flows.steps.common.folders import whole_folder
from flows.steps.common.layout import Paths
from flows.steps.common.leftovers import hold_seeds
from flows.steps.lists import seed_record
from flows.steps.lists.read import read_record

from . import database
from .frames import judge
from .lookups import dictionary

FRICTIONLESS = {
    "VARCHAR": "string",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIMESTAMP": "datetime",
    "DOUBLE": "number",
    "FLOAT": "number",
}


def export(paths: Paths) -> list[tuple[str, int]]:
    """Write every public table to exports/ with a Frictionless datapackage.json, as one set."""
    with whole_folder(paths.layout.exports) as folder:
        written = database.export(paths.layout.database, folder)
        package = data_package(paths, written)
        text = json.dumps(package, indent=1, ensure_ascii=False) + "\n"
        (folder / "datapackage.json").write_text(text, encoding="utf-8")
    return written


def data_package(paths: Paths, written: list[tuple[str, int]]) -> dict[str, Any]:
    """Return the description of the exported tables: fields, types and meanings."""
    described = dictionary(paths.sql)
    columns = database.columns(paths.layout.database)
    newest = database.query(paths.layout.database, "select max(published_on) as day from totals")
    day = newest["day"][0]
    page = seeds.read_lists_config(paths.seeds)["site"]["page"]
    return {
        "name": "pactwatch",
        "title": "The public record of 287(g) agreements",
        "description": "What ICE's lists of 287(g) agreements printed and what changed from one to"
        f" the next; the newest list is of {day}. In CSV a cell that a spreadsheet would run as a"
        ' formula begins with an apostrophe, and a list of values is joined by "; ".',
        "version": str(day),
        "sources": [{"title": "U.S. Immigration and Customs Enforcement (ICE)", "path": page}],
        "profile": "tabular-data-package",
        "resources": [
            _resource(table, rows, columns[table], described[table]) for table, rows in written
        ],
    }


def _resource(
    table: str, rows: int, columns: list[tuple[str, str]], described: dict[str, Any]
) -> dict[str, Any]:
    fields = [
        {"name": name, "type": field_type(kind), "description": described["columns"][name]}
        for name, kind in columns
    ]
    return {
        "name": table,
        "profile": "tabular-data-resource",
        "path": f"{table}.csv",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "description": described["grain"],
        "rows": rows,
        "schema": {"fields": fields},
    }


def field_type(kind: str) -> str:
    """Return the Frictionless type of a DuckDB type; lists are joined with "; " in CSV."""
    if "INT" in kind:
        return "integer"
    return FRICTIONLESS.get(kind, "string")


def export_seeds(paths: Paths) -> list[tuple[str, int]]:
    """Fold the lists at hand into seeds/publications.csv and seeds/listings.csv."""
    record = read_record(paths)
    publications = judge(record, paths).publications
    counts = record.rows.group_by("list", "sha256").agg(row_count=pl.len().cast(pl.UInt32))
    counted = publications.join(counts, on=["list", "sha256"], how="left", maintain_order="left")
    tables = seed_record.fold(counted.with_columns(pl.col("row_count").fill_null(0)), record.rows)
    written = []
    with hold_seeds(paths.seeds):
        for name, table in zip(("publications.csv", "listings.csv"), tables, strict=True):
            write_whole(paths.seeds / name, table.write_csv().encode())
            written.append((name, table.height))
    return written
