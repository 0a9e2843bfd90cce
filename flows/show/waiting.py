"""Print what waits for a person's decision."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl
from rich.console import Console

from flows.steps import words


def reviews(console: Console, waiting: Mapping[str, list[dict[str, Any]]]) -> None:
    """Print held versions and undecided joins with their evidence."""
    if not waiting["versions"] and not waiting["joins"]:
        console.print("Nothing waits for a decision.")
    for one in waiting["versions"]:
        held_version(console, one)
    if waiting["versions"]:
        console.print(
            "[dim]Settle one with `pactwatch review accept|reject ID --reason ...`.[/dim]"
        )
    if waiting["joins"]:
        console.print("Joins that no rule may make:")
        for join in waiting["joins"]:
            console.print(
                f"  {join['left']}\n  {join['right']}\n      {join['rule']}: {join['evidence']}"
                f" ({join['publication_id']})",
                style="yellow",
                highlight=False,
                markup=False,
                soft_wrap=True,
            )
        console.print(
            "[dim]Settle one with `pactwatch review same|distinct LEFT RIGHT --reason ...`.[/dim]"
        )


def waiting_rows(waiting: Mapping[str, list[dict[str, Any]]]) -> pl.DataFrame:
    """Return what waits for a decision as one table, versions first."""
    rows = [
        ("version", one["list"], one["publication_id"], "", "; ".join(one["reasons"]), "")
        for one in waiting["versions"]
    ]
    rows += [
        ("join", one["list"], one["left"], one["right"], one["evidence"], one["rule"])
        for one in waiting["joins"]
    ]
    columns = ("what", "list", "left", "right", "evidence", "rule")
    return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")


def held_version(console: Console, one: Mapping[str, Any]) -> None:
    """Print a held version: the figures that hold it, and what would let it pass."""
    console.print(
        f"  held: {one['publication_id']} ({one['file_name']}): {words.why_held(one)}",
        style="yellow",
        highlight=False,
        markup=False,
        soft_wrap=True,
    )
