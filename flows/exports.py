"""Warehouse → Parquet, CSV and datapackage.json; archived lists → the seed record."""

from __future__ import annotations

import json
from typing import Any

import polars as pl

from flows.ask import dictionary
from flows.judge import judge
from flows.places import Places
from flows.record import read_record
from flows.steps import archive, seed_record, seeds, warehouse

FRICTIONLESS = {
    "VARCHAR": "string",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIMESTAMP": "datetime",
    "DOUBLE": "number",
    "FLOAT": "number",
}


def export(places: Places) -> list[tuple[str, int]]:
    """Write every public table to exports/ with a Frictionless datapackage.json."""
    folder = places.layout.exports
    written = warehouse.export(places.layout.database, folder)
    package = data_package(places, written)
    text = json.dumps(package, indent=1, ensure_ascii=False) + "\n"
    archive.write_whole(folder / "datapackage.json", text.encode())
    return written


def data_package(places: Places, written: list[tuple[str, int]]) -> dict[str, Any]:
    """Return the description of the exported tables: fields, types and meanings."""
    described = dictionary(places.sql)
    columns = warehouse.columns(places.layout.database)
    newest = warehouse.query(places.layout.database, "select max(published_on) as day from totals")
    day = newest["day"][0]
    page = seeds.read_lists_config(places.seeds)["site"]["page"]
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


def export_seeds(places: Places) -> list[tuple[str, int]]:
    """Fold the lists at hand into seeds/publications.csv and seeds/listings.csv."""
    record = read_record(places)
    publications = judge(record, places).publications
    counts = record.rows.group_by("sha256").agg(row_count=pl.len().cast(pl.UInt32))
    counted = publications.join(counts, on="sha256", how="left", maintain_order="left")
    tables = seed_record.fold(counted.with_columns(pl.col("row_count").fill_null(0)), record.rows)
    written = []
    for name, table in zip(("publications.csv", "listings.csv"), tables, strict=True):
        archive.write_whole(places.seeds / name, table.write_csv().encode())
        written.append((name, table.height))
    return written
