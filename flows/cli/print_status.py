"""Print how fresh the record is, the settings, and what doctor found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from flows.steps.common import wording

from .health import Finding, is_running
from .print_reviews import held_version
from .print_table import cell
from .schedule import Schedule

_BEFALLEN = {
    "silent": "silent since {since}: no newer list than that of {before} is known",
    "unlinked": "not linked on ICE's page since {since}; the list of {before} is the last one",
    "never_linked": "not linked on ICE's page at our first look, on {since}; the list of {before}"
    " is the last one",
    "replaced_in_place": "on {since} other bytes came under a known file name ({publication_id})",
    "stale_repost": "on {since} the old file {before} came back as {after}, and was held",
}


def status(console: Console, found: Mapping[str, Any]) -> None:
    """Print freshness, held versions and the last runs."""
    if found["warehouse"] is None:
        console.print("There is no warehouse yet: run `pactwatch run`.")
    else:
        _record(console, found)
    _look(console, found["last_look"])
    for said in (*found.get("settings", ()), *found.get("notices", ())):
        console.print(f"  {said}", style="yellow", highlight=False, markup=False, soft_wrap=True)
    console.print("Last runs:" if found["runs"] else "No run yet.")
    for run in found["runs"]:
        outcome = run["outcome"]
        if outcome == "running" and not is_running(run):
            outcome = "broke off"
        detail = f"  {run['detail']}" if run.get("detail") else ""
        console.print(
            f"  {run['started_at']}  {run['job']}  {outcome}{detail}", highlight=False, markup=False
        )


def schedule(console: Console, found: Schedule) -> None:
    """Print who serves the schedules, what runs next, and what is wrong with them."""
    console.print(f"Schedule: {found.found}.", highlight=False, markup=False, soft_wrap=True)
    for said, mend in found.faults:
        line = f"  {said} (mend: {mend})"
        console.print(line, style="yellow", highlight=False, markup=False, soft_wrap=True)


def _record(console: Console, found: Mapping[str, Any]) -> None:
    built = found["warehouse"]
    console.print(
        f"{built['accepted']:,} of {built['publications']:,} list versions accepted;"
        f" newest of {built['as_of']}.",
        highlight=False,
    )
    for one in found["lists"]:
        note = "  (silent: no newer list is known)" if one["is_silent"] else ""
        console.print(
            f"  {one['list']}: newest of {one['newest']}, {one['days_ago']} days ago{note}",
            highlight=False,
        )
        for said in map(_befallen, one["states"]):
            console.print(f"    {said}", highlight=False, markup=False, soft_wrap=True)
    for one in found["held"]:
        held_version(console, one)
    for said in _doubted(found["doubts"]):
        console.print(f"  {said}", style="yellow", highlight=False)


def _look(console: Console, look: Mapping[str, Any] | None) -> None:
    if look is None:
        return
    failed = ", failed" if look["failed"] else ""
    style = "yellow" if look["failed"] else None
    console.print(f"Last look at the site, {look['at']:%Y-%m-%d %H:%M} UTC{failed}:", style=style)
    for line in look["found"]:
        console.print(f"  {line}", highlight=False, markup=False, soft_wrap=True)


def _doubted(doubts: Mapping[str, Any]) -> list[str]:
    """Return how much is in doubt and since when, and what waits too long for a decision."""
    if not doubts["count"]:
        return []
    said = f"in doubt: {wording.count(doubts['count'], 'agreement')}, since {doubts['since']}"
    if doubts["due"]:
        said += f"; {wording.number(doubts['due'])} for 90 days and more, please decide"
    return [f"{said} (`pactwatch review`)"]


def _befallen(state: Mapping[str, Any]) -> str:
    """Return what a list is in, or what befell its files; a look is told only when it was made."""
    kind = state["kind"]
    if kind == "unlinked" and not state["was_linked"]:
        kind = "never_linked"
    said = _BEFALLEN[kind].format(**state)
    if state["same_on"]:
        said += f"; ICE's page still showed it on {state['same_on']}"
    return said


def settings(console: Console, known: Any, faults: Sequence[str] = ()) -> None:
    """Print every setting with its value, default and meaning, and what is not right with them."""
    for said in faults:
        console.print(said, style="yellow", highlight=False, markup=False, soft_wrap=True)
    drawn = Table(header_style="bold")
    for name in ("variable", "value", "default", "what it does"):
        drawn.add_column(name)
    for name, field in type(known).model_fields.items():
        values = (getattr(known, name), field.default)
        drawn.add_row(
            f"PACTWATCH_{name.upper()}", *(cell(value) for value in values), field.description
        )
    console.print(drawn)


def findings(console: Console, found: list[Finding]) -> None:
    """Print what doctor found, with the mend of what is not well."""
    for one in found:
        mark, mend = ("[green]ok[/green]  ", "") if one.is_well else ("[red]bad[/red] ", one.mend)
        if one.is_warning:
            mark, mend = "[yellow]note[/yellow]", one.mend
        console.print(f"{mark} {one.name}: {escape(one.found)}", highlight=False)
        if mend:
            console.print(f"       mend: {escape(mend)}", highlight=False)
