"""Print answers in the terminal: tables, summaries and the dictionary."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from flows import from_archive
from flows.ask import Finding, is_running
from flows.backfill import Imported
from flows.places import Places
from flows.steps import gate, warehouse

MOST_ROWS = 200
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


def table(console: Console, rows: pl.DataFrame, title: str = "") -> None:
    """Print a frame, its first 200 rows."""
    drawn = Table(title=title or None, title_justify="left", header_style="bold")
    for name, kind in rows.schema.items():
        drawn.add_column(name, justify="right" if kind.is_numeric() else "left")
    for row in rows.head(MOST_ROWS).iter_rows():
        drawn.add_row(*(_cell(value) for value in row))
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


def import_summary(console: Console, taken: Imported, places: Places) -> None:
    """Print what an import brought: files by outcome, versions by list and status, and problems."""
    outcomes = Table(title="Files", title_justify="left", header_style="bold")
    for name in ("looked at", "new", "known already", "rejected"):
        outcomes.add_column(name, justify="right")
    outcomes.add_row(
        *(
            f"{count:,}"
            for count in (
                len(taken.captures),
                taken.count("new"),
                taken.count("unchanged"),
                taken.count("rejected"),
            )
        )
    )
    console.print(outcomes)
    if taken.left_alone:
        console.print(f"  {taken.left_alone:,} files that hold no list were left alone.")
    for capture in taken.captures:
        if capture.outcome == "rejected":
            console.print(
                f"  rejected: {capture.why}",
                style="red",
                highlight=False,
                markup=False,
                soft_wrap=True,
            )
    versions = warehouse.query(
        places.layout.database,
        """
        select list, status, count(*) as versions, min(published_on) as oldest,
            max(published_on) as newest, arg_max(agreement_count, seq) as agreements_on_newest
        from publications group by list, status order by list, status
        """,
    )
    table(console, versions, "List versions in the record")
    names = {capture.file_name for capture in taken.captures}
    waiting = warehouse.query(
        places.layout.database,
        "select publication_id, file_name, reasons from publications where status = 'held'",
    )
    for one in waiting.iter_rows(named=True):
        if one["file_name"] in names:
            _print_held(console, one)


def plan(console: Console, planned: from_archive.Plan, seconds: float) -> None:
    """Print what a backfill would take, and about how long it would last."""
    console.print(
        f"  {len(planned.wanted):,} captures to take, {planned.size:,} bytes, about"
        f" {max(1, round(seconds / 60)):,} min; {planned.known:,} are here already.",
        highlight=False,
    )
    for capture in planned.told:
        console.print(f"  {capture.why}", highlight=False, markup=False, soft_wrap=True)


def backfill_summary(
    console: Console, filled: from_archive.Filled, planned: from_archive.Plan, places: Places
) -> None:
    """Print what came from the Internet Archive, what did not and why, and how to go on."""
    import_summary(console, Imported(filled.captures), places)
    for capture in filled.captures:
        if capture.outcome == "failed" and capture.why != filled.stopped:
            console.print(f"  failed: {capture.why}", highlight=False, markup=False, soft_wrap=True)
    console.print(f"  {planned.known:,} captures were here already.", highlight=False)
    if filled.stopped:
        console.print(f"  {filled.left:,} captures are left.", highlight=False)
        console.print(f"  {filled.stopped}", highlight=False, markup=False, soft_wrap=True)


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
    for event in found["events"]:
        mark = " (provisional)" if event["is_provisional"] else ""
        change = f"  {event['before']} → {event['after']}" if event["after"] else ""
        row, file = _rests_on(event)
        console.print(
            f"  {event['published_on']}  {event['kind']}{mark}  {event['model']}  [{event['rule']}]"
            f"{change}  {file or ''} row {row}",
            highlight=False,
            markup=False,
            soft_wrap=True,
        )
    for one in found["candidates"]:
        console.print(
            f"  undecided: {one['left']} and {one['right']} ({one['evidence']})",
            style="yellow",
            highlight=False,
            markup=False,
            soft_wrap=True,
        )


def event_rows(found: Mapping[str, Any]) -> pl.DataFrame:
    """Return an agency's events as a table, each with the file and row it rests on."""
    names = ("published_on", "list", "kind", "model", "agreement_id", "rule", "before", "after")
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


def reviews(console: Console, waiting: Mapping[str, list[dict[str, Any]]]) -> None:
    """Print held versions and undecided joins with their evidence."""
    if not waiting["versions"] and not waiting["joins"]:
        console.print("Nothing waits for a decision.")
    for one in waiting["versions"]:
        _print_held(console, one)
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


_BEFALLEN = {
    "silent": "silent since {since}: we looked, and the list of {before} still stands",
    "unlinked": "not linked on ICE's page since {since}; the list of {before} is the last one",
    "replaced_in_place": "on {since} other bytes came under a known file name ({publication_id})",
    "stale_repost": "on {since} the old file {before} came back as {after}, and was held",
}


def status(console: Console, found: Mapping[str, Any]) -> None:
    """Print freshness, held versions and the last runs."""
    if found["warehouse"] is None:
        console.print("There is no warehouse yet: run `pactwatch run`.")
    else:
        built = found["warehouse"]
        console.print(
            f"{built['accepted']} of {built['publications']} list versions accepted;"
            f" newest of {built['as_of']}.",
            highlight=False,
        )
        for one in found["lists"]:
            note = "  (silent: no newer list is known)" if one["is_silent"] else ""
            console.print(
                f"  {one['list']}: newest of {one['newest']}, {one['days_ago']} days ago{note}",
                highlight=False,
            )
            for state in one["states"]:
                said = _BEFALLEN[state["kind"]].format(**state)
                console.print(f"    {said}", highlight=False, markup=False, soft_wrap=True)
        for one in found["held"]:
            _print_held(console, one)
        if look := found["last_look"]:
            console.print(f"Last look at the site, {look['at']:%Y-%m-%d %H:%M} UTC:")
            for line in look["found"]:
                console.print(f"  {line}", highlight=False, markup=False, soft_wrap=True)
    for said in found.get("notices", ()):
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


def settings(console: Console, known: Any) -> None:
    """Print every setting with its value, default and meaning."""
    drawn = Table(header_style="bold")
    for name in ("variable", "value", "default", "what it does"):
        drawn.add_column(name)
    for name, field in type(known).model_fields.items():
        values = (getattr(known, name), field.default)
        drawn.add_row(
            f"PACTWATCH_{name.upper()}", *(_cell(value) for value in values), field.description
        )
    console.print(drawn)


def findings(console: Console, found: list[Finding]) -> None:
    """Print what doctor found, with the mend of what is not well."""
    for one in found:
        mark, mend = ("[green]ok[/green]  ", "") if one.is_well else ("[red]bad[/red] ", one.mend)
        console.print(f"{mark} {one.name}: {escape(one.found)}", highlight=False)
        if mend:
            console.print(f"       mend: {escape(mend)}", highlight=False)


def _print_held(console: Console, one: Mapping[str, Any]) -> None:
    reasons = "; ".join(gate.HELD_BECAUSE.get(code, code) for code in one["reasons"])
    console.print(
        f"  held: {one['publication_id']} ({one['file_name']}): {reasons}",
        style="yellow",
        highlight=False,
        markup=False,
        soft_wrap=True,
    )


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return escape("; ".join(str(item) for item in value))
    if isinstance(value, float):
        return f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.1f}"
    return escape(str(value))
