"""Print a frame as a table, or make it fit for CSV."""

from __future__ import annotations

from typing import Any

import polars as pl
from rich.console import Console
from rich.markup import escape
from rich.measure import Measurement
from rich.table import Table

from flows.steps.common.wording import count

MOST_ROWS = 200


def table(console: Console, rows: pl.DataFrame, title: str = "") -> None:
    """Print a frame, its first 200 rows: one below the other where its columns do not fit."""
    drawn = Table(title=title or None, title_justify="left", header_style="bold")
    for name, kind in rows.schema.items():
        drawn.add_column(name, justify="right" if kind.is_numeric() else "left")
    for row in rows.head(MOST_ROWS).iter_rows():
        drawn.add_row(*(cell(value) for value in row))
    needed = Measurement.get(console, console.options.update_width(10_000), drawn).minimum
    if needed <= console.width:
        console.print(drawn)
    else:
        _one_below_the_other(console, rows.head(MOST_ROWS), title)
    more = rows.height - MOST_ROWS
    note = count(rows.height, "row") + (f", {more:,} not shown: use --csv" if more > 0 else "")
    console.print(f"[dim]{note}[/dim]")


def _one_below_the_other(console: Console, rows: pl.DataFrame, title: str) -> None:
    if title:
        console.print(title, style="italic", markup=False)
    wide = max(len(name) for name in rows.columns)
    for row in rows.iter_rows(named=True):
        for name, value in row.items():
            line = f"[bold]{escape(name.ljust(wide))}[/bold]  {cell(value)}"
            console.print(line, highlight=False, soft_wrap=True)
        console.print()


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
