"""Corrections to reports already written: what they said, what they say now, and why.

Two sources. The record itself shows a departure that was reported as not yet confirmed and whose
row came back in a later week. The log, reports/errata.jsonl, has a line for each time a report was
written again with other headline figures or changes, as when a list of its week came in late; the
log is data like the archive is, and a report is the same bytes again from the same record and log.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flows.steps.common.wording import (
    capital,
    clean,
    count,
    day,
    list_name,
    model,
    number,
    series,
    state,
)

Row = dict[str, Any]
Facts = Mapping[str, Any]

FIGURES = {
    "agreements": "agreements",
    "agencies": "agencies",
    "states": "states and territories",
    "tfm": "task force agreements",
    "wso": "warrant service agreements",
    "jem": "jail enforcement agreements",
}
CHANGES = {
    "joined": "joined",
    "left": "left the list",
    "dropped": "dropped, the agency still listed",
    "returned": "back on the list",
    "taken_over": "replaced by another row",
}
NAMED = 12
"""Agreements a correction names; errata.json has all of them."""


def compare(before: Facts, after: Facts) -> Row | None:
    """Return what a report says otherwise than before; `None` when figures and changes stand.

    `before` and `after` are facts of one week. A departure that was confirmed meanwhile is no
    correction, as the report said that it was open, nor is one that a later list took back, as the
    record itself tells of that. Lists that came with the seeds are history: a report that did not
    know them corrects nothing. `figures` maps a headline figure to its two
    values; `came` and `went` are the changes that one of the two reports alone has.
    """
    figures = {
        name: [before["figures"][name]["value"], after["figures"][name]["value"]]
        for name in FIGURES
        if before["figures"][name]["value"] != after["figures"][name]["value"]
    }
    old, new = _changes(before), _changes(after)
    back = {row["agreement_id"] for row in after["changes"].get("gaps", [])}
    came = [row for key, row in new.items() if key not in old]
    went = [row for key, row in old.items() if key not in new and row["agreement_id"] not in back]
    if not (figures or came or went) or _is_history(before, after):
        return None
    return {
        "week": after["week"]["id"],
        "figures": figures,
        "came": came,
        "went": went,
        "why": _why(before, after),
    }


def append(log: bytes, before: Facts, after: Facts, corrected_at: str | None, as_of: str) -> bytes:
    """Return the log with what a report says otherwise than before, when it says anything so.

    `corrected_at` is the UTC time of writing, `as_of` the day of the newest list known then. The
    log is written just before its report: a line that a run added which broke off between the two
    is kept, with its time, when it says what is to be said now, and replaced when it does not.
    """
    found, rows = compare(before, after), read(log)
    if is_owed(rows, before):
        if found and {key: rows[-1][key] for key in found} == found:
            return log
        log = log[: log[:-1].rfind(b"\n") + 1]
    if not found:
        return log
    row = {**found, "corrected_at": corrected_at, "as_of": as_of}
    line = json.dumps(row, sort_keys=True, ensure_ascii=False) + "\n"
    return log + line.encode("utf-8", errors="replace")


def is_owed(rows: Sequence[Row], facts: Facts) -> bool:
    """Say whether the log's last line tells what this report, its facts as they stand, does not.

    So it is when a run broke off after the line and before the report: the report neither names
    the line nor says what the line calls new.
    """
    if not rows or rows[-1]["week"] != facts["week"]["id"]:
        return False
    row, told = rows[-1], facts.get("corrections", ())
    known = list(_changes(facts).values())
    return (
        f"errata/{row['week']}/log-{len(rows)}" not in [one["id"] for one in told]
        and all(facts["figures"][name]["value"] == was for name, (was, _) in row["figures"].items())
        and all(one in known for one in row["went"])
        and not any(one in known for one in row["came"])
    )


def read(log: bytes) -> list[Row]:
    """Return the log's lines, oldest first; a last line cut off by a full disk is left out."""
    return [json.loads(line) for line in log.decode().split("\n")[:-1] if line]


def corrections(rows: Iterable[Mapping[str, Any]], log: Sequence[Row]) -> list[Row]:
    """Return all corrections, newest first: `id`, `week`, `on` (ISO day), `text`, and the details.

    `rows` are changes as `feeds.QUERY` gives them; `log` is what `read` gives.
    """
    crossed = [row for row in rows if _crossed_a_week(row)]
    found = [_retracted(row) for row in crossed]
    told = {(row["week"], row["agreement_id"]) for row in crossed}
    for at, row in enumerate(log, start=1):
        went = [one for one in row["went"] if (row["week"], one["agreement_id"]) not in told]
        if row["figures"] or row["came"] or went:
            found.append(_logged(at, {**row, "went": went}))
    for row in found:
        row["on_words"] = day(row["on"])
    return sorted(found, key=lambda row: (row["on"], row["week"], row["id"]), reverse=True)


def to_json(found: Sequence[Row]) -> bytes:
    """Return corrections as UTF-8 JSON."""
    text = json.dumps({"corrections": found}, sort_keys=True, indent=1, ensure_ascii=False)
    return (text + "\n").encode("utf-8", errors="replace")


def _crossed_a_week(row: Mapping[str, Any]) -> bool:
    """Return whether a week's report told a departure that a later week took back."""
    return bool(row["retracted_on"]) and not row["is_retracted_in_week"]


def _retracted(row: Mapping[str, Any]) -> Row:
    name = clean(row["agency"] or "an agency not named")
    text = (
        f"When this week ended, {name} ({state(row['state'])}, {model(row['model'])}) was missing"
        f" from the list of {list_name(row['published_on'], row['part'])} and counted as a"
        f" departure not yet confirmed. The row stood again on the list of"
        f" {day(row['retracted_on'])}: the agreement stayed."
    )
    return {
        "id": f"errata/{row['week']}/{row['event_id']}",
        "week": row["week"],
        "on": row["retracted_on"],
        "text": text,
        "event_id": row["event_id"],
        "source": "record",
    }


def _logged(at: int, row: Mapping[str, Any]) -> Row:
    said = [
        f"{words} {number(row['figures'][name][0])}, now {number(row['figures'][name][1])}"
        for name, words in FIGURES.items()
        if name in row["figures"]
    ]
    text = f"{row['why']} "
    if said:
        text += f"{capital('; '.join(said))}. "
    for key, opening in (("came", "Now reported"), ("went", "No longer reported")):
        for group, words in CHANGES.items():
            own = [one for one in row[key] if one["group"] == group]
            if own:
                text += f"{opening} as {words}: {_names(own)}. "
    on = row["corrected_at"] or row["as_of"]
    return {
        "id": f"errata/{row['week']}/log-{at}",
        "week": row["week"],
        "on": on[:10],
        "text": text.strip(),
        "source": "log",
        **{key: row[key] for key in ("figures", "came", "went", "why", "as_of", "corrected_at")},
    }


def _names(rows: Sequence[Row]) -> str:
    named = [f"{clean(row['agency'])} ({row['state']}, {row['model']})" for row in rows[:NAMED]]
    if len(rows) > NAMED:
        named.append(count(len(rows) - NAMED, "other"))
    return series(named)


def _is_history(before: Facts, after: Facts) -> bool:
    """Return whether the lists that a report did not know all came with the seeds."""
    known = {row["publication_id"] for row in before["versions"]}
    new = [row for row in after["versions"] if row["publication_id"] not in known]
    return bool(new) and all(row["is_of_seeds"] for row in new)


def _changes(facts: Facts) -> dict[tuple[str, str], Row]:
    """Return a report's changes by what they say: the list that shows it may be another one.

    Of two agreements of which one took over, it is the one that ended.
    """
    return {
        (group, row["before"] if group == "taken_over" else row["agreement_id"]): {
            "group": group,
            **{key: row.get(key) for key in ("event_id", "agreement_id", "state", "model")},
            "agency": row.get("agency") or "an agency not named",
        }
        for group in CHANGES
        for row in facts["changes"].get(group, [])
    }


def _why(before: Facts, after: Facts) -> str:
    """Return why two reports of a week differ, as far as their lists tell."""
    old = {row["publication_id"]: row for row in before["versions"]}
    new = {row["publication_id"]: row for row in after["versions"]}
    late = [
        list_name(new[key]["published_on"], new[key]["part"]) for key in new.keys() - old.keys()
    ]
    if late:
        return f"A list came in after this report was written: that of {series(sorted(late))}."
    settled = [
        list_name(row["published_on"], row["part"])
        for key, row in sorted(new.items())
        if row["status"] != old[key]["status"]
    ]
    if settled:
        return f"A decision on the list of {series(settled)} changed what counts."
    if old.keys() - new.keys():
        return (
            "A list that this report rested on is now dated otherwise or no longer in the record."
        )
    return "Rows of the same lists are now read or joined otherwise."
