"""Print what waits for a person's decision."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any

import polars as pl
from rich.console import Console

from flows.steps.common import wording

CELLS = ("state", "agency", "county", "model", "signed")


def reviews(console: Console, waiting: Mapping[str, list[dict[str, Any]]]) -> None:
    """Print held versions, agreements in doubt and undecided joins, with their evidence."""
    if not any(waiting[what] for what in ("versions", "joins", "doubts")):
        console.print("Nothing waits for a decision.")
    for one in waiting["versions"]:
        held_version(console, one)
    if waiting["versions"]:
        console.print(
            "[dim]Settle one with `pactwatch review accept|reject ID --reason ...`.[/dim]"
        )
    if waiting["doubts"]:
        console.print("In doubt: counted, and not said to have joined or left:")
        for one in waiting["doubts"]:
            doubt(console, one)
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
    if waiting["looks"]:
        console.print("Joined by all but the name, for a look:")
        for one in waiting["looks"]:
            look(console, one)
        console.print(
            "[dim]Confirm or part one with `pactwatch review same|distinct LEFT RIGHT"
            " --reason ...`.[/dim]"
        )


def look(console: Console, one: Mapping[str, Any]) -> None:
    """Print a join that goes by all but the name: both names, and what speaks for it."""
    console.print(
        f"  {one['published_on']}: {one['agency_before']} went on as {one['agency_printed']}"
        f" ({one['left']}; {one['right']}): {one['evidence']}",
        highlight=False,
        markup=False,
        soft_wrap=True,
    )


def doubt(console: Console, one: Mapping[str, Any]) -> None:
    """Print a doubt: both rows with their links, what speaks for it, and the command to settle."""
    age = f" ({wording.count(one['days'], 'day')})" if one["days"] else ""
    lines = [f"since {one['since']}{age}: {one['evidence']}"]
    if one["is_due"]:
        lines[0] += "; it has waited for 90 days, please decide"
    sides = (("before", "_before", "previous_"), ("now", "_printed", ""))
    for when, end, prefix in sides[0 if one["left"] else 1 :]:
        cells = [one[f"{cell}{end}"] or "?" for cell in CELLS]
        link = one["moa_url_before" if prefix else "moa_url"]
        where = f"{one[f'{prefix}file_name']}, row {one[f'{prefix}row_number']}"
        lines.append(f"    {when}: {' | '.join(cells)} ({where}){f', {link}' if link else ''}")
    left, right = (shlex.quote(str(one[side])) for side in ("left", "right"))
    if one["left"]:
        lines.append(f"    pactwatch review same|distinct {left} {right} --reason ...")
    else:
        lines.append(
            f"    pactwatch review same KEY {right} --reason ..., when it is the agreement of"
            " another key; or say in seeds/value_fixes.csv how its cell reads"
        )
    console.print(
        "  " + "\n  ".join(lines), style="yellow", highlight=False, markup=False, soft_wrap=True
    )


def waiting_rows(waiting: Mapping[str, list[dict[str, Any]]]) -> pl.DataFrame:
    """Return what waits as one table: what, list, left, right, evidence, rule; versions first."""
    rows = [
        ("version", one["list"], one["publication_id"], "", "; ".join(one["reasons"]), "")
        for one in waiting["versions"]
    ]
    rows += [
        ("join", one["list"], one["left"], one["right"], one["evidence"], one["rule"])
        for one in waiting["joins"]
    ]
    rows += [
        ("doubt", one["list"], one["left"] or "", one["right"], one["evidence"], str(one["since"]))
        for one in waiting["doubts"]
    ]
    rows += [
        ("look", one["list"], one["left"], one["right"], one["evidence"], str(one["published_on"]))
        for one in waiting["looks"]
    ]
    columns = ("what", "list", "left", "right", "evidence", "rule")
    return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")


def held_version(console: Console, one: Mapping[str, Any]) -> None:
    """Print a held version: the figures that hold it, and what would let it pass."""
    console.print(
        f"  held: {one['publication_id']} ({one['file_name']}): {wording.why_held(one)}",
        style="yellow",
        highlight=False,
        markup=False,
        soft_wrap=True,
    )
