"""The small print of a report: notes on the data, the lists it rests on, how to cite it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flows.steps.common.wording import (
    anchor,
    capital,
    clean,
    count,
    day,
    list_name,
    moment,
    number,
    safe_url,
    series,
    short_day,
    span,
)

from . import asides
from .cells import Table, cell, num, table
from .changes import gap_table

Facts = Mapping[str, Any]

ISSUES = {
    "state_repaired": "State misspelled",
    "model_repaired": "Model misspelled",
    "type_repaired": "Agency type misspelled",
    "signed_repaired": "Date mistyped",
    "exact_duplicate": "Row printed twice, counted once",
    "moa_names_another": "The linked document is by its name another agency\u2019s",
    "state_unknown": "State not recognised",
    "model_unknown": "Model not recognised",
    "agency_missing": "No agency named",
    "signed_missing": "No signing date",
    "signed_unreadable": "Signing date not readable",
    "signed_after_list": "Signing date later than the list",
}

_FIGURES = {
    "agreements": "agreements",
    "agencies": "agencies",
    "states": "states and territories",
    "tfm": "agreements on the task force model",
    "wso": "agreements on the warrant service model",
    "jem": "agreements on the jail enforcement model",
}
_LEDGER = {
    "opening": "agreements before the week",
    "joined": "joined",
    "returned": "came back to the list",
    "left": "agreements gone",
    "left_provisional": "agreements gone, not yet confirmed",
    "agencies_left": "agencies left",
    "missing": "missing for a list or two",
    "back": "back after missing",
    "merged": "ended in favour of another",
    "unplaced": "rows that cannot be read for sure",
    "closing": "agreements at the end of the week",
}
_ROLES = {
    "week": "this week",
    "current": "in force",
    "previous": "before the week",
    "baseline": "baseline",
}


def notes(facts: Facts, days: Mapping[str, str]) -> dict[str, Any]:
    """Return what was held, repaired, printed twice or missing, and the days without a list."""
    found = facts["notes"]
    lines = [_silence(facts), *asides.unchanged(facts), *asides.unlinked(facts)]
    lines += [_held(row) for row in found["held"]]
    if not found["held"]:
        lines.append("No list of this week was held back.")
    if found["plain"]:
        lines.append(_plain(facts))
    lines += _files(facts, days)
    lines += _doubts(found["doubts"])
    if found["candidates"]:
        open_ = count(len(found["candidates"]), "possible match", "possible matches")
        verb = "waits" if len(found["candidates"]) == 1 else "wait"
        lines.append(f"{capital(open_)} between entries {verb} for a person to decide.")
    tables = [*_doubted(found["doubts"]), *_repairs(facts, days), *gap_table(facts, days)]
    return {"lines": lines, "tables": tables}


def _doubts(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return how many agreements are in doubt, and that they count."""
    known = {row["agreement_id"] for row in rows if row["agreement_id"]}
    new = sum(1 for row in rows if not row["agreement_id"])
    lines = []
    if len(known) == 1:
        lines.append(
            "One agreement is in doubt: the list has a row that may be it and cannot be read for"
            " sure. It counts, and is not said to have left."
        )
    elif known:
        lines.append(
            f"{capital(count(len(known), 'agreement'))} are in doubt: the list has rows that may be"
            " these and cannot be read for sure. They count, and are not said to have left."
        )
    if new:
        verb = "cannot be read and continues" if new == 1 else "cannot be read and continue"
        lines.append(
            f"{capital(count(new, 'row'))} {verb} no agreement known: counted, and not said to have"
            " joined."
        )
    return lines


def _doubted(rows: Sequence[Mapping[str, Any]]) -> list[Table]:
    if not rows:
        return []
    body = [
        [
            cell(row["agency_before"] or "\u2013", foreign=True, below=row["left"]),
            cell(row["agency_printed"] or "(no name)", foreign=True, below=row["right"]),
            cell(row["evidence"]),
            cell(row["list"]),
            cell(day(row["since"]), tight=True, below=f"row {number(row['row_number'])}"),
        ]
        for row in rows
    ]
    heads = ["Agreement in doubt", "The row that may be it", "What speaks for it", "List", "Since"]
    return [table("Agreements in doubt", heads, body)]


def _files(facts: Facts, days: Mapping[str, str]) -> list[str]:
    """Return what was odd about files: the same rows again, other bytes under a used name."""
    files = facts["changes"]["files"]
    names = {row["publication_id"]: row["file_name"] for row in facts["versions"]}
    again = sum(1 for row in files if row["kind"] == "reissued")
    lines = []
    if again:
        lines.append(
            f"{capital(count(again, 'list'))} repeated the rows of the one before in a new file."
        )
    for row in files:
        if row["kind"] == "replaced_in_place":
            known = row["publication_id"]
            named = f" ({clean(names[known])})" if known in names else ""
            lines.append(
                f"The {row['list']} list of {days.get(known, day(row['published_on']))} came under"
                f" the file name of an earlier one{named}, with other contents: ICE replaced the"
                " file in place."
            )
    return lines


def versions(facts: Facts) -> dict[str, Any]:
    """Return the table of list versions, each with its times, its address and its hash."""
    rows = facts["versions"]
    urls = [safe_url(row["url"]) if row["url"] else None for row in rows]
    body = [
        [
            cell(
                list_name(row["published_on"], row["part"]),
                id=anchor(row["publication_id"]),
                tight=True,
                mark=None if row["status"] == "accepted" else row["status"],
                note=cell(row["list"]),
            ),
            cell(", ".join(words for role, words in _ROLES.items() if role in row["roles"])),
            num(number(row["row_count"])),
            cell(
                moment(row["saved_at"]) if row["saved_at"] else "not known",
                tight=True,
                below=f"captured {moment(row['captured_at'])}" if row["captured_at"] else None,
            ),
            cell(row["file_name"], foreign=True, href=url, below=row["sha256"]),
        ]
        for row, url in zip(rows, urls, strict=True)
    ]
    text = [
        "ICE overwrites its list with each new one. These are the versions used here, each known"
        " by the hash of its bytes"
        + (
            " and linked to the address it came from."
            if any(urls)
            else "; the addresses they came from are not in the record."
        )
    ]
    heads = ["List of", "Used as", "Rows", "Saved (UTC)", "File, and SHA-256 of its bytes"]
    return {"text": text, "tables": [table("List versions used in this report", heads, body)]}


def cite(facts: Facts) -> dict[str, Any]:
    """Return the line to cite the report by, and the command that makes it again."""
    now, week = facts["current"], facts["week"]
    line = (
        f"Pactwatch, 287(g) agreements, week {week['id']}"
        f" ({span(week['monday'], week['sunday'])}); from ICE's list of participating agencies"
        f" of {day(now['published_on'])} ({clean(now['file_name'])}, SHA-256 {now['sha256']})."
    )
    return {
        "parts": [
            {
                "title": "To cite this report",
                "text": "Counts are of agreements; an agency may hold several.",
                "codes": [line],
                "tables": [],
            },
            {
                "title": "To make it again",
                "text": "This command writes the same report again from the record, byte for byte.",
                "codes": [f"pactwatch report --week {week['id']}"],
                "tables": [],
            },
        ],
        "lines": [
            "Every change is in changes.csv and changes.json, and every figure with its query in"
            " facts.json."
        ],
    }


def proofs(facts: Facts) -> Table:
    """Return each headline figure with the query that proves it."""
    rows: list[tuple[str, Any, str]] = [
        (name, facts["figures"][key]["value"], facts["figures"][key]["query"])
        for key, name in _FIGURES.items()
    ]
    rows += [
        (name, facts["ledger"][key]["value"], facts["ledger"][key]["query"])
        for key, name in _LEDGER.items()
    ]
    if facts["pace"]:
        net = facts["pace"]["net"]
        rows.append(("net of four weeks", net["value"], net["query"]))
    rows += [
        (f"growth since {row['label']}", row["net"], row["query"])
        for row in facts["growth"]
        if row["trend"] not in (None, "before_baseline")
    ]
    if facts["pending"]:
        waiting = facts["pending"]
        rows.append(("pending applications", waiting["waiting"], waiting["query"]))
        rows.append(("pending signed", waiting["signed"]["value"], waiting["signed"]["query"]))
    body = [
        [
            cell(capital(name)),
            num("\u2013" if value is None else number(value)),
            # Whole, however long: it is to be copied.
            {**cell("", code=True), "text": f'pactwatch query "{query}"'},
        ]
        for name, value, query in rows
    ]
    heads = ["Figure", "Value", "Query that proves it"]
    return table("Headline figures and their queries", heads, body, fold="The query of each figure")


def _silence(facts: Facts) -> str:
    found = facts["notes"]
    listed, without = found["days_with_list"], found["days_without_list"]
    if not listed:
        return (
            f"The record has no accepted list of any day of the week; the last one is"
            f" {count(found['days_since_list'], 'day')} old at its end."
        )
    when = series([short_day(value) for value in listed])
    text = (
        f"{capital(count(facts['lists_in_week'], 'list'))} of participating agencies came in the"
        f" week, on {when}"
    )
    if without:
        text += f"; none is known of {count(len(without), 'other day')}"
    text += "."
    before = found["days_before_first_list"]
    if before is not None and before > 1:
        text += f" The first of them came {count(before, 'day')} after the one before."
    return text


def _held(row: Mapping[str, Any]) -> str:
    reasons = [clean(reason, None) for reason in row["why_held"]]
    state = "was held back for a person to decide" if row["status"] == "held" else "was rejected"
    return (
        f"The {row['list']} list of {day(row['published_on'])} ({clean(row['file_name'])}) {state}"
        f" and changes no figure: {', and '.join(reasons) or 'no reason recorded'}."
    )


def _plain(facts: Facts) -> str:
    """Return what a comparison of the sheets alone would have claimed."""
    plain, steps = facts["notes"]["plain"], facts["ledger"]
    left, joined = steps["left"]["value"], steps["joined"]["value"]
    text = (
        "A plain comparison of the printed rows, first list to last, would have reported"
        f" {count(plain['gone'], 'row')} gone and {number(plain['come'])} new"
    )
    if (plain["gone"], plain["come"]) == (left, joined):
        return f"{text}, the same as this report."
    gone = number(left) if left else "none"
    come = number(joined) if joined else "none"
    are = "is" if left == 1 else "are"
    return f"{text}; of the agreements, {gone} {are} gone and {come} joined."


def _repairs(facts: Facts, days: Mapping[str, str]) -> list[Table]:
    rows = [row for row in facts["notes"]["issues"] if row["row_number"] is not None]
    if not rows:
        return []
    body = []
    for row in rows:
        settled = row["settled"] or "\u2013"
        same = row["code"] == "exact_duplicate"
        body.append(
            [
                cell(ISSUES.get(row["code"], row["code"].replace("_", " "))),
                cell(row["agency_printed"] or "", foreign=True),
                cell(row["printed"] or "", foreign=True),
                cell("one agreement" if same else settled, foreign=True),
                cell(row["list"]),
                cell(
                    f"{days.get(row['publication_id'], row['publication_id'])},"
                    f" row {number(row['row_number'])}",
                    href="#" + anchor(row["publication_id"]),
                    tight=True,
                ),
            ]
        )
    heads = ["What", "Agency", "Printed", "Read as", "List", "Last printed at"]
    title = "Values repaired or flagged on the lists used"
    fold = f"{title}: {number(len(rows))}"
    return [table(title, heads, body, fold=fold)]
