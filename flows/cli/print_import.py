"""Print what an import or a backfill brought, or would bring."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from flows.steps.common.layout import Paths
from flows.steps.common.wording import clean, count
from flows.steps.sources import wayback_plan
from flows.steps.warehouse import database

from .print_reviews import held_version
from .print_table import table

if TYPE_CHECKING:
    from flows.run_summary import Summary

FEW = 5
"""As many files left alone are named."""


def import_summary(console: Console, taken: Summary, paths: Paths) -> None:
    """Print what an import brought: files by outcome, versions by list and status, and problems."""
    _outcomes(console, taken)
    if taken.left_alone:
        console.print(_left_alone(taken.left_alone), markup=False, soft_wrap=True)
    for capture in taken.captures:
        if capture.outcome == "rejected":
            console.print(
                f"  rejected: {capture.why}",
                style="red",
                highlight=False,
                markup=False,
                soft_wrap=True,
            )
    versions = database.query(
        paths.layout.database,
        """
        select list, status, count(*) as versions, min(published_on) as oldest,
            max(published_on) as newest, arg_max(agreement_count, seq) as agreements_on_newest
        from publications group by list, status order by list, status
        """,
    )
    table(console, versions, "List versions in the record")
    names = {capture.file_name for capture in taken.captures}
    waiting = database.query(
        paths.layout.database,
        "select * from publications where status = 'held'",
    )
    for one in waiting.iter_rows(named=True):
        if one["file_name"] in names:
            held_version(console, one)


def _left_alone(names: tuple[str, ...]) -> str:
    """Return a sentence on the files that are not named as lists, with their names if few."""
    few = f": {', '.join(map(clean, names))}" if len(names) <= FEW else ""
    were = "was" if len(names) == 1 else "were"
    said = f"  {count(len(names), 'file')} not named as a list {were} left alone{few}."
    return f"{said} Import one by itself to have it tried by its content."


def plan(console: Console, planned: wayback_plan.Plan, seconds: float) -> None:
    """Print what a backfill would take, and about how long it would last."""
    console.print(
        f"  {len(planned.wanted):,} captures to take, {planned.size:,} bytes, about"
        f" {max(1, round(seconds / 60)):,} min; {planned.known:,} are here already.",
        highlight=False,
    )
    for capture in planned.told:
        console.print(f"  {capture.why}", highlight=False, markup=False, soft_wrap=True)


def backfill_summary(console: Console, taken: Summary, paths: Paths) -> None:
    """Print what came from the Internet Archive, what did not and why, and how to go on."""
    import_summary(console, taken, paths)
    stopped = taken.filled.stopped if taken.filled else None
    for capture in taken.captures:
        if capture.outcome == "failed" and capture.why != stopped:
            console.print(f"  failed: {capture.why}", highlight=False, markup=False, soft_wrap=True)
    if taken.planned:
        console.print(f"  {taken.planned.known:,} captures were here already.", highlight=False)
    if taken.filled and stopped:
        console.print(f"  {taken.filled.left:,} captures are left.", highlight=False)
        console.print(f"  {stopped}", highlight=False, markup=False, soft_wrap=True)


def _outcomes(console: Console, taken: Summary) -> None:
    drawn = Table(title="Files", title_justify="left", header_style="bold")
    for name in ("looked at", "new", "known already", "rejected"):
        drawn.add_column(name, justify="right")
    counts = (taken.count(outcome) for outcome in ("new", "unchanged", "rejected"))
    drawn.add_row(*(f"{count:,}" for count in (len(taken.captures), *counts)))
    console.print(drawn)
