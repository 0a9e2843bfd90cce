"""Print what the record says: its dictionary, and all that is known of an agency."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from flows.steps.common.wording import by_agency, capital, departure

from .print_table import table

EXPLAINED = (
    (
        "Spellings, each with its first and last list",
        "spellings",
        [
            *("agency_printed", "state_printed", "list", "first_listed", "last_listed"),
            *("first_file", "first_row"),
        ],
    ),
    (
        "Agreements",
        "agreements",
        ["agreement_id", "first_listed", "last_listed", "status", "removed_on"],
    ),
    (
        "Pending applications",
        "pending",
        ["application_id", "first_listed", "last_listed", "outcome", "days_waited"],
    ),
    ("Joins made", "links", ["published_on", "left", "right", "rule", "evidence", "file_name"]),
    ("Named in articles", "articles", ["title", "published_on", "named_as", "evidence"]),
)


def dictionary(console: Console, described: Mapping[str, Any], *, is_whole: bool) -> None:
    """Print tables with their grain, and for a single table its columns."""
    for name, one in described.items():
        console.print(f"[bold]{name}[/bold]  {escape(one['grain'])}", highlight=False)
        if is_whole:
            drawn = Table(show_header=False, box=None, padding=(0, 2))
            for column, meaning in one["columns"].items():
                drawn.add_row(f"  {column}", escape(meaning))
            console.print(drawn)
    if not is_whole:
        console.print("[dim]`pactwatch tables NAME` prints a table's columns.[/dim]")


def explanation(console: Console, found: Mapping[str, Any]) -> None:
    """Print what `explain` found, in time order, each line with the file and row it rests on."""
    agency = found["agency"]
    state = "active" if agency["is_active"] else "not on the newest list"
    console.print(
        f"[bold]{escape(agency['name'])}[/bold], {agency['state']} ({state})  {agency['agency_id']}"
    )
    for title, key, columns in EXPLAINED:
        if found[key]:
            rows = pl.DataFrame(found[key], infer_schema_length=None)
            table(console, rows.select(columns), title)
    console.print("Events, each with the row it rests on")
    departures = _departures(found)
    for event in found["events"]:
        mark = f" ({event['standing']})" if event["standing"] else ""
        rule = event["rule"] + (f": {event['evidence']}" if event["evidence"] else "")
        before = f"{event['before']} " if event["before"] else ""
        change = f"  {before}→ {event['after']}" if event["after"] else ""
        row, file = _rests_on(event)
        console.print(
            f"  {event['published_on']}  {event['kind']}{mark}  {event['model']}  [{rule}]"
            f"{change}  {file or ''} row {row}",
            highlight=False,
            markup=False,
            soft_wrap=True,
        )
        if said := departures.get(event["event_id"]):
            console.print(f"      {said}", highlight=False, markup=False, soft_wrap=True)
    for said in _undecided(found):
        console.print(f"  {said}", style="yellow", highlight=False, markup=False, soft_wrap=True)


def _departures(found: Mapping[str, Any]) -> dict[str, str]:
    """Return what the agency did where agreements are gone, by the last event of each step."""
    gone = [one for one in found["events"] if one["kind"] == "removed" and one["rule"] != "gap"]
    return {own[-1]["event_id"]: capital(departure(own)) for own in by_agency(gone)}


def _undecided(found: Mapping[str, Any]) -> list[str]:
    """Return what is in doubt of an agency, and which joins wait for a person."""
    lines = []
    for one in found["doubts"]:
        end = f" to {one['until']}" if one["until"] else ""
        lines.append(
            f"in doubt since {one['since']}{end}: {one['left']} may be {one['right']}"
            f" ({one['evidence']})"
        )
    for one in found["candidates"]:
        lines.append(f"undecided: {one['left']} and {one['right']} ({one['evidence']})")
    return lines


def event_rows(found: Mapping[str, Any]) -> pl.DataFrame:
    """Return an agency's events (`lookups.explain`) as a table, each with its file and row."""
    names = (
        *("published_on", "list", "kind", "model", "agreement_id", "before", "after", "field"),
        *("rule", "evidence", "standing", "still_listed"),
    )
    rows = []
    for event in found["events"]:
        row, file = _rests_on(event)
        rows.append({**{name: event[name] for name in names}, "file": file, "row": row})
    return pl.DataFrame(rows, infer_schema_length=None)


def _rests_on(event: Mapping[str, Any]) -> tuple[Any, Any]:
    """Return the row and the file that show an event: the list before's when the row is gone."""
    if event["row_number"]:
        return event["row_number"], event["file_name"]
    return event["previous_row_number"], event["previous_file_name"]
