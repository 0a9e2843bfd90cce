"""The parts of a week's facts, each from the rows of the queries it names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from statistics import median
from typing import Any

Row = dict[str, Any]
Rows = dict[str, list[Row]]

_VERSION = (
    "publication_id",
    "list",
    "published_on",
    "part",
    "date_rule",
    "file_name",
    "sha256",
    "url",
    "saved_at",
    "captured_at",
    "status",
    "reasons",
    "why_held",
    "first_published_on",
    "is_of_seeds",
    "roles",
    "row_count",
)
COUNTS = ("agreements", "agencies", "states", "jem", "tfm", "wso")

# A row missing from a list or two that came back was never gone: its events are kept apart. Of
# those that are gone only an agency left of which nothing else is listed.
_GROUPS = {
    "added": "joined",
    "removed": "left",
    "returned": "returned",
    "renewed": "taken_over",
    "switched": "taken_over",
    "duplicate_dropped": "taken_over",
    "renamed": "amended",
    "reassigned": "amended",
    "redated": "amended",
    "restated": "amended",
    "moa_posted": "documents",
    "moa_replaced": "documents",
    "moa_withdrawn": "documents",
    "pending_added": "pending_added",
    "returned_to_pending": "pending_added",
    "pending_signed": "pending_signed",
    "pending_withdrawn": "pending_withdrawn",
    "reissued": "files",
    "replaced_in_place": "files",
    "stale_repost": "files",
    "silent": "files",
    "unlinked": "files",
}
GROUPS = (
    *dict.fromkeys(_GROUPS.values()),
    "dropped",
    "pending_amended",
    "pending_again",
    "gaps",
    "other",
)

_LASTING = " and rule <> 'gap'"
_GAP = " and rule = 'gap'"
_BESIDE = " and rule = 'stood_beside'"
_PROVISIONAL = _LASTING + " and is_provisional"
_STEPS: dict[str, tuple[tuple[str, ...], str]] = {
    "joined": (("added",), ""),
    "returned": (("returned",), _LASTING),
    "left": (("removed",), _LASTING),
    "left_provisional": (("removed",), _PROVISIONAL),
    "missing": (("removed",), _GAP),
    "back": (("returned",), _GAP),
    "merged": (("renewed", "switched", "duplicate_dropped"), _BESIDE),
}


def version(row: Mapping[str, Any]) -> Row:
    """Return what identifies a list version, with its counts."""
    return {key: row.get(key) for key in (*_VERSION, *COUNTS)}


def figures(now: Row, before: Row) -> dict[str, Row]:
    """Return each count of the list in force, and its change since the list before the week."""
    found = {}
    for name in COUNTS:
        counted = f"select {name} from totals where publication_id = '{now['publication_id']}'"
        figure: Row = {"value": now[name], "query": counted, "before": None, "change": None}
        if before:
            earlier = counted.replace(now["publication_id"], before["publication_id"])
            figure["before"] = before[name]
            figure["change"] = now[name] - before[name]
            figure["change_query"] = f"select ({counted}) - ({earlier}) as change"
        found[name] = figure
    return found


def ledger(rows: Rows, lists: Sequence[Row], opening: Row, days: tuple[str, str]) -> dict[str, Row]:
    """Return how the opening count becomes the closing one, each step with its query.

    `opening` is the list in force before the week, in the record's first week its first list;
    `lists` are those of the week. `missing` and `back` are rows absent from a list or two; `merged`
    are takeovers by an agreement that already stood beside the old one, which lists one fewer;
    `left` counts agreements, `agencies_left` those agencies of which none is still listed;
    `unplaced` is the change of rows that cannot be read and continue no agreement.
    """
    own = [row for row in rows["events"] if row["list"] == "participating"]
    found: dict[str, Row] = {
        name: {
            "value": sum(1 for row in own if _counts(row, kinds, rest)),
            "query": "select count(*) from events where list = 'participating'"
            f" and published_on between '{days[0]}' and '{days[1]}'"
            f" and kind in ({', '.join(repr(kind) for kind in kinds)}){rest}",
        }
        for name, (kinds, rest) in _STEPS.items()
    }
    found["agencies_left"] = {
        "value": len({row["agency_id"] for row in own if _has_left(row)}),
        "query": "select agencies_gone from weekly where list = 'participating'"
        f" and monday = '{days[0]}'",
    }
    found["unplaced"] = {
        "value": rows["unplaced"][0]["unplaced"],
        "query": "select unplaced from weekly where list = 'participating'"
        f" and monday = '{days[0]}'",
    }
    for name, row in (("opening", opening), ("closing", [opening, *lists][-1])):
        found[name] = {
            "value": row["agreements"],
            "query": f"select agreements from totals"
            f" where publication_id = '{row['publication_id']}'",
        }
    return found


def _counts(row: Row, kinds: tuple[str, ...], rest: str) -> bool:
    """Return whether an event counts for a step: the same test that its query makes."""
    tests = {
        "": True,
        _LASTING: row["rule"] != "gap",
        _GAP: row["rule"] == "gap",
        _BESIDE: row["rule"] == "stood_beside",
        _PROVISIONAL: row["rule"] != "gap" and bool(row["is_provisional"]),
    }
    return row["kind"] in kinds and tests[rest]


def _has_left(row: Row) -> bool:
    """Return whether an event is an agency's leaving: it is gone and nothing else is listed."""
    return _counts(row, *_STEPS["left"]) and not row["still_listed"]


def changes(events: list[Row]) -> dict[str, list[Row]]:
    """Return the week's events by what they mean to a reader, in a fixed order."""
    found: dict[str, list[Row]] = {group: [] for group in GROUPS}
    for event in events:
        group = _GROUPS.get(event["kind"], "other")
        if event["rule"] == "gap" and event["kind"] in _GROUPS:
            group = "gaps"
        elif event["kind"] == "removed" and event["still_listed"]:
            group = "dropped"
        elif event["rule"] == "signed_before":
            group = "pending_again"
        elif event["list"] == "pending" and group in ("amended", "returned"):
            group = "pending_amended" if group == "amended" else "pending_added"
        found[group].append({**event, "group": group})
    return found


def pending(rows: Rows, before: Row, days: tuple[str, str]) -> Row | None:
    """Return the pending list as of Sunday; `null` when there was none by then.

    `before` is the version in force before the week, `change` what has come on since, net. When the
    list stopped coming (`silent_since`), nobody is known to wait.
    """
    if not rows["pending"]:
        return None
    now = rows["pending"][0]
    if now["silent_since"]:
        now = {**now, **dict.fromkeys(("waiting", "agencies", "jem", "tfm", "wso"), 0)}
        now |= {"median_days": None, "longest_days": None}
    earlier = before.get("agreements")
    moves = [row for row in rows["events"] if row["list"] == "pending"]
    own = [row for row in moves if row["rule"] not in ("gap", "signed_before")]
    signed = [row["days_waited"] for row in own if row["kind"] == "pending_signed"]
    waited = [value for value in signed if value is not None]
    dates = f"published_on between '{days[0]}' and '{days[1]}'"
    return {
        **now,
        "query": _waiting_query(now),
        "is_new": days[0] <= now["published_on"] <= days[1],
        "before": earlier,
        "before_on": before.get("published_on"),
        "change": None if earlier is None or now["silent_since"] else now["waiting"] - earlier,
        "signed": {
            "value": len(signed),
            "query": f"select count(*) from events where kind = 'pending_signed'"
            f" and rule <> 'signed_before' and {dates}",
        },
        "signed_median_days": median(waited) if waited else None,
        "added": sum(
            1 for row in own if row["kind"] in ("pending_added", "returned_to_pending", "returned")
        ),
        "withdrawn": sum(1 for row in own if row["kind"] == "pending_withdrawn"),
        "signed_before": len(
            {row["agreement_id"] for row in moves if row["rule"] == "signed_before"}
        ),
    }


def _waiting_query(now: Row) -> str:
    if now["silent_since"]:
        return "select count(*) from pending where outcome = 'waiting'"
    return f"select agreements from totals where publication_id = '{now['publication_id']}'"


def data_notes(rows: Rows, now: Row, before: Row, lists: Sequence[Row], monday: date) -> Row:
    """Return what was held, repaired or odd, and what a plain comparison of rows would claim."""
    week = [(monday + timedelta(days=count)).isoformat() for count in range(7)]
    listed = {row["published_on"] for row in lists}
    plain = rows["plain"][0] if rows["plain"] and before else None
    unchanged = rows["unchanged"][0]
    return {
        "held": [
            version(row)
            for row in rows["versions"]
            if row["status"] != "accepted" and "week" in row["roles"]
        ],
        "issues": rows["issues"],
        "candidates": rows["candidates"],
        "doubts": rows["doubts"],
        "days_with_list": [day for day in week if day in listed],
        "days_without_list": [day for day in week if day not in listed],
        "days_since_list": _days(now["published_on"], week[-1]),
        "unchanged": {"since": unchanged["since"], "days": unchanged["days"]},
        "unlinked": rows["unlinked"],
        "days_before_first_list": (
            _days(before["published_on"], min(listed)) if before and listed else None
        ),
        "plain": plain if now["publication_id"] != before.get("publication_id") else None,
    }


def _days(first: str, last: str) -> int:
    return (date.fromisoformat(last) - date.fromisoformat(first)).days
