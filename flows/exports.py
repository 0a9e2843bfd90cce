"""Warehouse → Parquet, CSV and datapackage.json; archived lists → the seed record."""

from __future__ import annotations

import json
from typing import Any

import polars as pl

from flows.ask import dictionary
from flows.judge import judge
from flows.places import Places
from flows.record import read_record
from flows.steps import archive, seed_record, warehouse

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
    return {
        "name": "pactwatch",
        "title": "The public record of 287(g) agreements",
        "profile": "tabular-data-package",
        "resources": [
            {
                "name": table,
                "path": f"{table}.csv",
                "format": "csv",
                "description": described[table]["grain"],
                "rows": rows,
                "schema": {
                    "fields": [
                        {
                            "name": name,
                            "type": field_type(kind),
                            "description": described[table]["columns"][name],
                        }
                        for name, kind in columns[table]
                    ]
                },
            }
            for table, rows in written
        ],
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
