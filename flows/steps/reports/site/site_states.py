"""One page a state: figures, growth, history, every agreement, and what changed last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flows.steps.common.wording import (
    SHORT_MODELS,
    capital,
    count,
    day,
    departure,
    gone,
    list_name,
    model,
    number,
    percent,
    replacement,
    series,
    short_day,
    signed,
    state,
    still_listed,
    times,
    together,
)
from flows.steps.reports.pages.cells import (
    Row,
    Table,
    cell,
    moa,
    num,
    printed_at,
    report,
    standing,
    state_page,
    table,
    version,
)

Rows = Mapping[str, Sequence[Row]]

ROOT = "../"
LISTED = ("active", "in_doubt")
LAST_CHANGES = 40
"""Changes that a state's page lists; its feed and the weeks' reports have the others."""

CHANGED = {
    "joined": "Joined",
    "left": "Left the list",
    "returned": "Came back to the list",
    "retracted": "Departure taken back",
    "taken_over": "Replaced by another row",
}

ENDED = {
    "renewed": "Signed anew as",
    "switched": "Switched to",
    "duplicate": "A second row, dropped, of",
}
OUTCOMES = {
    "waiting": "Waiting",
    "withdrawn": "Left the list without a signing",
    "signed": "Signed under another name",
    None: "Not known: the list is no longer published",
}


def views(rows: Rows) -> list[dict[str, Any]]:
    """Return what each state's page prints, in the order of the states' names.

    `rows` are those of each of `QUERIES` by name and, as `changes`, those of `feeds.QUERY`. A state
    is there when any agency of it ever stood on a list.
    """
    [newest] = rows["newest"]
    grouped = {name: _by_state(rows[name]) for name in rows if name != "newest"}
    codes = sorted(_by_state(rows["agencies"]), key=state)
    return [
        _view(
            code,
            newest,
            {name: found.get(code, []) for name, found in grouped.items()},
        )
        for code in codes
    ]


def _by_state(rows: Sequence[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        if row["state"]:
            found.setdefault(row["state"], []).append(row)
    return found


def _view(code: str, newest: Row, own: Rows) -> dict[str, Any]:
    history, changes = own["history"], own["changes"]
    now = history[-1]
    before = [row for row in history if row["published_on"] <= (newest["previous_on"] or "")]
    named = _Anchors()
    listed = [row for row in own["agreements"] if row["status"] in LISTED]
    left = [row for row in own["agreements"] if row["status"] not in LISTED]
    return {
        "code": code,
        "name": state(code),
        "path": f"states/{state_page(code)}",
        "feed": f"feeds/{code.lower()}.xml",
        "finding": _finding(code, now, newest),
        "agreements": now["agreements"],
        "agencies": now["agencies"],
        "change": now["agreements"] - before[-1]["agreements"] if before else None,
        "cards": _cards(now, before[-1] if before else None, newest),
        "growth": [_growth(row) for row in own["growth"]]
        or ["There was no agreement at either baseline, and there is none now."],
        "history": [{"day": row["published_on"], "value": row["agreements"]} for row in history],
        "history_words": _history_words(code, history),
        "listed": _listed(code, listed, named, newest),
        "left": _left(code, left, named),
        "gone_words": _gone_words(left),
        "pending": _pending(code, own["pending"], named),
        "pending_ended": newest["pending_ended"],
        "changes": _changes(code, changes),
        "more_changes": max(len(changes) - LAST_CHANGES, 0),
        "anchors": named.given,
    }


class _Anchors:
    """Give each agency's id to the first row that shows it, so that a link finds the agency."""

    def __init__(self) -> None:
        self.given: set[str] = set()

    def take(self, agency_id: str) -> str | None:
        if agency_id in self.given:
            return None
        self.given.add(agency_id)
        return agency_id


def _finding(code: str, now: Row, newest: Row) -> str:
    listed = day(newest["published_on"])
    if not now["agreements"]:
        return f"{state(code)} has no agreement on the list of {listed}."
    return f"{state(code)} has {standing(now)} on the list of {listed}."


def _cards(now: Row, before: Row | None, newest: Row) -> list[dict[str, str]]:
    labels = {"agreements": "Agreements", "agencies": "Agencies"}
    for key in ("TFM", "WSO", "JEM"):
        labels[key.lower()] = f"{SHORT_MODELS[key]} agreements"
    cards = []
    for key, label in labels.items():
        change = "first list of the record"
        if before is not None:
            change = f"{signed(now[key] - before[key])} since {short_day(newest['previous_on'])}"
        cards.append({"label": label, "value": number(now[key]), "change": change})
    share = (
        percent(100 * now["agreements"] / newest["agreements"])
        if newest["agreements"]
        else "\u2013"
    )
    of_all = f"of {count(newest['agreements'], 'agreement')} in all states"
    cards.insert(2, {"label": "Share of the list", "value": share, "change": of_all})
    return cards


def _growth(row: Row) -> str:
    since = f"Since {row['label']}"
    if row["agreements_then"] == row["agreements_now"]:
        return f"{since} the number is unchanged, at {number(row['agreements_now'])}."
    text = (
        f"{since}: {signed(row['net'])}, from {number(row['agreements_then'])}"
        f" to {number(row['agreements_now'])}"
    )
    if row["agreements_then"]:
        text += f", {times(row['ratio'])} as many"
    return f"{text}; rank {number(row['rank'])} of all states by agreements added."


def _history_words(code: str, history: Sequence[Row]) -> str:
    first, last = history[0], history[-1]
    return (
        f"Step chart of agreements in {state(code)}: {number(first['agreements'])} on"
        f" {day(first['published_on'])}, {number(last['agreements'])} on"
        f" {day(last['published_on'])}."
    )


def _listed(code: str, rows: Sequence[Row], named: _Anchors, newest: Row) -> Table:
    body = [
        [
            cell(
                row["agency"],
                foreign=True,
                mark="in doubt" if row["status"] == "in_doubt" else None,
                id=named.take(row["agency_id"]),
            ),
            cell(row["county"] or "\u2013", foreign=True),
            cell(row["agency_type"] or "\u2013"),
            cell(model(row["model"])),
            cell(day(row["signed_on"]) if row["signed_on"] else "no date", tight=True),
            cell(
                day(row["first_listed"]),
                href=version(row["first_week"], row["first_publication_id"], ROOT),
                tight=True,
            ),
            printed_at(row, ROOT),
            moa(row),
        ]
        for row in rows
    ]
    heads = [
        "Agency",
        "County",
        "Type",
        "Model",
        "Signed",
        "First listed",
        "Printed at",
        "Agreement",
    ]
    named_list = list_name(newest["published_on"], newest["part"])
    return table(f"{state(code)}: every agreement on the list of {named_list}", heads, body)


def _gone_words(rows: Sequence[Row]) -> str:
    """Return how many agreements are gone, without those taken over, and how many agencies."""
    own = [row for row in rows if row["status"] != "replaced"]
    left = {row["agency_id"] for row in own if not row["still_listed"]}
    return f"{capital(gone(len(own), len(left)))}." if own else ""


def _left(code: str, rows: Sequence[Row], named: _Anchors) -> Table:
    body = []
    for row in sorted(rows, key=lambda row: row["removed_on"], reverse=True):
        mark = "not yet confirmed" if row["status"] == "provisional" else None
        how = "The agency left the list"
        if row["still_listed"]:
            how = f"Dropped, the agency {still_listed(row['still_listed'])}"
        if row["status"] == "replaced":
            how = f"{ENDED[row['ended_how']]} {replacement(row)}"
        body.append(
            [
                cell(row["agency"], foreign=True, mark=mark, id=named.take(row["agency_id"])),
                cell(model(row["model"])),
                cell(day(row["signed_on"]) if row["signed_on"] else "no date", tight=True),
                cell(day(row["removed_on"]), tight=True),
                cell(how),
                printed_at(row, ROOT),
                moa(row),
            ]
        )
    heads = ["Agency", "Model", "Signed", "Gone on", "How", "Last printed at", "Agreement"]
    return table(f"{state(code)}: agreements no longer on the list", heads, body)


def _pending(code: str, rows: Sequence[Row], named: _Anchors) -> Table:
    body = [
        [
            cell(row["agency"], foreign=True, id=named.take(row["agency_id"])),
            cell(model(row["model"])),
            cell(day(row["first_listed"]), tight=True),
            cell(day(row["last_listed"]), tight=True),
            cell(OUTCOMES[row["outcome"]]),
            num(row["days_waited"]),
        ]
        for row in sorted(rows, key=lambda row: row["outcome"] != "waiting")
    ]
    heads = ["Agency", "Model", "First listed", "Last listed", "Outcome", "Days"]
    return table(f"{state(code)}: applications on the pending list", heads, body)


def _changes(code: str, rows: Sequence[Row]) -> Table:
    body = []
    for own in together(rows[:LAST_CHANGES]):
        row = own[0]
        mark = None
        if row["retracted_on"]:
            mark = "taken back"
        elif any(row["is_provisional"] for row in own):
            mark = "not yet confirmed"
        body.append(
            [
                cell(
                    list_name(row["published_on"], row["part"]),
                    href=report(row["week"], ROOT),
                    tight=True,
                ),
                cell(CHANGED.get(row["group"]) or capital(departure(own)), mark=mark),
                cell(row["agency"] or "Agency not named", foreign=True),
                cell(series([model(row["model"]) for row in own])),
            ]
        )
    return table(
        f"{state(code)}: the latest changes", ["List of", "Change", "Agency", "Model"], body
    )


def summary(found: Sequence[Mapping[str, Any]]) -> Table:
    """Return the table of all states, most agreements first."""
    ordered = sorted(found, key=lambda view: (-view["agreements"], view["name"]))
    body = [
        [
            cell(view["name"], href=view["path"].removeprefix("states/")),
            num(view["agreements"]),
            num(view["agencies"]),
            cell(signed(view["change"]), num=True),
            cell("Feed", href=ROOT + view["feed"]),
        ]
        for view in ordered
    ]
    heads = ["State or territory", "Agreements", "Agencies", "In the last week", "Feed"]
    title = f"{count(len(ordered), 'state')} and territories that ever stood on a list"
    return table(title, heads, body)
