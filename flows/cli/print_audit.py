"""Print what a careful editor would doubt, each with the rows that it rests on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from rich.console import Console

from flows.steps.common.wording import count


def audit(console: Console, found: Sequence[Mapping[str, Any]]) -> None:
    """Print findings, of one kind together: how many of each first, then each with its rows."""
    if not found:
        console.print("Nothing to doubt.")
        return
    console.print(f"{count(len(found), 'finding')}:", highlight=False)
    for kind, number in Counter(one["finding"] for one in found).items():
        console.print(f"  {number:>4}  {kind}", highlight=False)
    for kind, those in groupby(found, key=lambda one: (one["finding"], one["question"])):
        console.print(f"\n{kind[0]}: {kind[1]}", style="bold", highlight=False, markup=False)
        for one in those:
            _finding(console, one)
    console.print(
        "[dim]Settle who is who with `pactwatch review same|distinct LEFT RIGHT --reason ...`, a"
        " misprinted cell in seeds/value_fixes.csv.[/dim]"
    )


def _finding(console: Console, one: Mapping[str, Any]) -> None:
    ids = [one["agreement_id"] or one["agency_id"]]
    ids.append(one["other_agreement_id"] or one["other_agency_id"])
    lines = [f"{one['state'] or '??'}  {one['says']}", f"    {', '.join(filter(None, ids))}"]
    rows = [_row(one, ""), _row(one, "other_")]
    lines += [f"    {row}" for row in dict.fromkeys(filter(None, rows))]
    console.print("  " + "\n  ".join(lines), highlight=False, markup=False, soft_wrap=True)


def _row(one: Mapping[str, Any], side: str) -> str:
    """Return a row as printed, with its file and link; nothing when there is none."""
    if one[f"{side}row_number"] is None:
        return ""
    cells = [one[f"{side}{cell}_printed"] or "?" for cell in ("agency", "model", "signed")]
    link = f", {one[f'{side}moa_url']}" if one[f"{side}moa_url"] else ""
    where = f"{one[f'{side}file_name']}, row {one[f'{side}row_number']}"
    return f"{where}: {' | '.join(' '.join(cell.split()) for cell in cells)}{link}"
