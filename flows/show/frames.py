"""Print a frame as a table, or make it fit for CSV."""

from __future__ import annotations

from typing import Any

import polars as pl
from rich.console import Console
from rich.markup import escape
from rich.table import Table

MOST_ROWS = 200


def table(console: Console, rows: pl.DataFrame, title: str = "") -> None:
    """Print a frame, its first 200 rows."""
    drawn = Table(title=title or None, title_justify="left", header_style="bold")
    for name, kind in rows.schema.items():
        drawn.add_column(name, justify="right" if kind.is_numeric() else "left")
    for row in rows.head(MOST_ROWS).iter_rows():
        drawn.add_row(*(cell(value) for value in row))
    console.print(drawn)
    more = rows.height - MOST_ROWS
    note = f"{rows.height:,} rows" + (f", {more:,} not shown: use --csv" if more > 0 else "")
    console.print(f"[dim]{note}[/dim]")


def flat(rows: pl.DataFrame) -> pl.DataFrame:
    """Return a frame for CSV: lists joined with "; ", cells that start a formula made inert."""
    plain = []
    for name, kind in rows.schema.items():
        column = pl.col(name)
        if isinstance(kind, pl.List):
            column = column.cast(pl.List(pl.String)).list.join("; ")
        if isinstance(kind, pl.List) or kind == pl.String:
            is_formula = column.str.contains(r"^[=+\-@\t\r]")
            column = pl.when(is_formula).then(pl.concat_str(pl.lit("'"), column)).otherwise(column)
        plain.append(column.alias(name))
    return rows.select(plain)


def cell(value: Any) -> str:
    """Return a value as it stands in a table's cell."""
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return escape("; ".join(str(item) for item in value))
    if isinstance(value, float):
        return f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.1f}"
    return escape(str(value))
