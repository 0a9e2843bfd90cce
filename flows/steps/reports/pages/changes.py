"""What changed in the week: the tables of a report, and the same as CSV."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flows.steps.common.wording import (
    by_agency,
    capital,
    clean,
    count,
    day_or_text,
    departure,
    model,
    replacement,
    series,
    state,
)

from .cells import Cell, Table, cell, moa, num, source, table

Row = Mapping[str, Any]
Facts = Mapping[str, Any]

KINDS = {
    "joined": ("Joined the list", "No agreement joined the list."),
    "left": ("Left the list", "No agency left the list."),
    "dropped": ("Dropped an agreement, still listed", ""),
    "returned": ("Came back to the list", ""),
    "taken_over": ("Replaced by another row", ""),
}
FOLDED = {
    "amended": ("Renamed, redated or corrected", "entry", "entries"),
    "documents": (
        "Signed agreements (MOA) linked, replaced or unlinked",
        "agreement",
        "agreements",
    ),
}
_CHANGED = {
    "renamed": ("agency_before", "agency_now"),
    "reassigned": ("agency_before", "agency_now"),
    "redated": ("signed_before", "signed_now"),
}
_WORDS = {
    "renamed": "Renamed",
    "reassigned": "Held by another body",
    "redated": "New date",
    "renewed": "Renewed",
    "switched": "Switched to another model",
    "duplicate_dropped": "Second row of one agreement dropped",
    "moa_posted": "Linked",
    "moa_replaced": "Link replaced",
    "moa_withdrawn": "Link withdrawn",
}


def sections(facts: Facts, days: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the headed parts of what changed: each a title, a sentence and tables."""
    parts = []
    for group, (title, none) in KINDS.items():
        rows = facts["changes"][group]
        if rows:
            parts.append(_part(group, rows, _by_state(title, *_rows_of(group, rows, days))))
        elif none and facts["has_list"] and facts["previous"]:
            parts.append({"title": title, "text": none, "codes": [], "tables": []})
    folded = []
    for group, (title, one, many) in FOLDED.items():
        rows = facts["changes"][group]
        if rows:
            fold = f"{title}: {count(len(rows), one, many)}"
            maker = _amended_row(days) if group == "amended" else _document_row(days)
            folded.append(_by_state(title, rows, maker, fold=fold))
    if folded:
        text = "The same agreements as before, printed differently: none of them joined or left."
        parts.append(
            {"title": "Changed on paper only", "text": text, "codes": [], "tables": folded}
        )
    return parts


def pending_tables(facts: Facts, days: Mapping[str, str]) -> list[Table]:
    """Return the week's moves on the pending list, folded away."""
    found = []
    for group, title in (
        ("pending_signed", "Left the pending list signed"),
        ("pending_withdrawn", "Left the pending list without a signing"),
        ("pending_added", "New on the pending list"),
        ("pending_amended", "Renamed or corrected on the pending list"),
        ("pending_again", "On the pending list though signed before"),
    ):
        rows = facts["changes"][group]
        if rows:
            fold = f"{title}: {count(len(rows), 'application')}"
            found.append(_by_state(title, rows, _pending_row(days), fold=fold))
    return found


def gap_table(facts: Facts, days: Mapping[str, str]) -> list[Table]:
    """Return the rows that were missing from a list or two, which is no departure."""
    rows = facts["changes"]["gaps"]
    if not rows:
        return []
    title = "Missing from a list or two, and back"

    def make(event: Row) -> list[tuple[str, Cell]]:
        is_back = event["kind"] in ("returned", "returned_to_pending")
        return [
            ("Agency", _agency(event)),
            ("Model", cell(model(event["model"]))),
            ("List", cell(event["list"])),
            ("What", cell("Back" if is_back else "Missing")),
            ("Printed at", source(event, days)),
        ]

    return [_by_state(title, rows, make, fold=f"{title}: {count(len(rows), 'entry', 'entries')}")]


Maker = Callable[[Row], list[tuple[str, Cell]]]


def _rows_of(group: str, rows: Sequence[Row], days: Mapping[str, str]) -> tuple[list[Row], Maker]:
    """Return what a table has a row for: each agreement, or the agency of those that are gone."""
    if group not in ("left", "dropped"):
        return list(rows), _agreement_row(days)
    return [{**own[0], "events": own} for own in by_agency(rows)], _gone_row(days)


def _by_state(title: str, rows: Sequence[Row], make: Maker, *, fold: str | None = None) -> Table:
    ordered = sorted(rows, key=lambda row: (state(row["state"]), clean(row["agency"] or "")))
    made = [make(row) for row in ordered]
    columns = [name for name, _ in made[0]]
    cells = [[one for _, one in row] for row in made]
    return table(
        f"{title}, by state", columns, cells, by=[state(row["state"]) for row in ordered], fold=fold
    )


def _part(group: str, rows: Sequence[Row], found: Table) -> dict[str, Any]:
    by_state = sorted(
        ((len(group["rows"]), group["name"]) for group in found["groups"]),
        key=lambda pair: (-pair[0], pair[1]),
    )
    named = ", ".join(f"{name} {number}" for number, name in by_state)
    text = f"{capital(count(len(rows), 'agreement'))}: {named}."
    if group in ("left", "dropped"):
        agencies = count(len(found["rows"]), "agency", "agencies")
        end = " and left" if group == "left" else ""
        text = f"{agencies} dropped {count(len(rows), 'agreement')}{end}: {named}."
    waiting = sum(1 for row in rows if row["is_provisional"])
    if waiting:
        text += (
            f" {capital(count(waiting, 'departure'))} not yet confirmed: a row counts as gone once"
            " two more lists and 9 days have passed without it."
        )
    return {"title": KINDS[group][0], "text": text, "codes": [], "tables": [found]}


def _agency(event: Row) -> Cell:
    mark = "not yet confirmed" if event["is_provisional"] and event["rule"] != "gap" else None
    return cell(event["agency"] or "Agency not named", foreign=True, mark=mark)


def _agreement_row(days: Mapping[str, str]) -> Maker:
    def make(event: Row) -> list[tuple[str, Cell]]:
        found = [
            ("Agency", _agency(event)),
            ("Model", cell(model(event["before_model"] or event["model"]))),
            ("Signed", cell(day_or_text(event["signed_on"]), tight=True)),
        ]
        if event["before_model"]:
            found.append(("What", cell(_WORDS[event["kind"]])))
            found.append(("Listed now", cell(replacement(event), foreign=True)))
        return [*found, ("Printed at", source(event, days)), ("Agreement", moa(event))]

    return make


def _gone_row(days: Mapping[str, str]) -> Maker:
    def make(agency: Row) -> list[tuple[str, Cell]]:
        events = agency["events"]
        dates = dict.fromkeys(day_or_text(event["signed_on"]) for event in events)
        waits = any(event["is_provisional"] for event in events)
        return [
            ("Agency", _agency({**agency, "is_provisional": waits})),
            ("What", cell(capital(departure(events)))),
            ("Signed", cell(series(list(dates)), tight=len(dates) == 1)),
            ("Printed at", source(agency, days, *events[1:])),
            ("Agreement", moa(agency, *events[1:])),
        ]

    return make


def _amended_row(days: Mapping[str, str]) -> Maker:
    def make(event: Row) -> list[tuple[str, Cell]]:
        what, before, now = _amended(event)
        return [
            ("Agency", _agency(event)),
            ("What", cell(what)),
            ("Printed before", cell(day_or_text(event[before]), foreign=True)),
            ("Printed now", cell(day_or_text(event[now]), foreign=True)),
            ("Why it is the same", cell(event["evidence"] or "", foreign=True)),
            ("Printed at", source(event, days)),
        ]

    return make


def _amended(event: Row) -> tuple[str, str, str]:
    """Return what was corrected, in words, and the fields that hold it before and now."""
    if event["kind"] != "restated":
        before, now = _CHANGED.get(event["kind"], ("before", "after"))
        return str(_WORDS.get(event["kind"], event["kind"])), before, now
    of = str(event["field"]).removeprefix("agency_")
    return f"Corrected {of}", f"{of}_before", f"{of}_now"


def _document_row(days: Mapping[str, str]) -> Maker:
    def make(event: Row) -> list[tuple[str, Cell]]:
        return [
            ("Agency", _agency(event)),
            ("Model", cell(model(event["model"]))),
            ("What", cell(_WORDS.get(event["kind"], event["kind"]))),
            ("Printed at", source(event, days)),
            ("Linked before", moa({**event, "moa_url": event["before"]})),
            ("Linked now", moa({**event, "moa_url": event["after"]})),
        ]

    return make


def _pending_row(days: Mapping[str, str]) -> Maker:
    def make(event: Row) -> list[tuple[str, Cell]]:
        found = [("Agency", _agency(event)), ("Model", cell(model(event["model"])))]
        if event["kind"] in ("pending_signed", "pending_withdrawn"):
            waited = event["days_waited"]
            found.append(("Days waited", num("\u2013" if waited is None else f"{waited:,}")))
        return [*found, ("Printed at", source(event, days))]

    return make
