"""Facts of one week: every number a report prints, with the query that proves it.

The flow runs `QUERIES` on the warehouse and hands the rows to `assemble`. Pages are made from the
facts and from nothing else, so that a report and the data cannot disagree.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from flows.steps.common.errors import UsageError

from .growth import growth, models, pace, recent, states
from .parts import Rows, changes, data_notes, figures, ledger, pending, version
from .queries import QUERIES

__all__ = ["QUERIES", "assemble", "to_json", "week_bounds", "week_of"]

SCHEMA = "pactwatch-report/1"
_WEEK = re.compile(r"(\d{4})-W(\d{2})")


def week_bounds(week: str) -> tuple[date, date]:
    """Return the Monday and Sunday of an ISO week such as `2025-W22`.

    Raises `UsageError` for anything else, also for a week its year does not have.
    """
    found = _WEEK.fullmatch(week)
    try:
        if not found:
            raise ValueError
        monday = date.fromisocalendar(int(found[1]), int(found[2]), 1)
        return monday, monday + timedelta(days=6)
    except (ValueError, OverflowError) as problem:
        raise UsageError(
            f'"{week[:40]}" is no week: write the year and the ISO week number, as in 2025-W22.'
        ) from problem


def week_of(day: date) -> str:
    """Return the ISO week a day is in, as `2025-W22`."""
    year, number, _ = day.isocalendar()
    return f"{year:04d}-W{number:02d}"


def assemble(week: str, results: Mapping[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """Return the facts of a week from the rows of each of `QUERIES`.

    `results` maps a query's name to its rows; a `claims` entry, when there is one, is passed
    through (rows with `article`, `publisher`, `claim`, `verdict`, `evidence`). Dates become ISO
    strings and numbers stay unrounded. A headline number is `{"value", "query"}` with the query
    runnable as it stands. Raises `UsageError` for a week before the first list.
    """
    monday, sunday = week_bounds(week)
    rows: Rows = {name: [_plain(row) for row in found] for name, found in results.items()}
    record = {row["list"]: row for row in rows["record"]}
    _check_begun(week, sunday, record)
    versions = rows["versions"]
    now = _with_role(versions, "participating", "current")
    before = _with_role(versions, "participating", "previous")
    in_week = [row for row in versions if "week" in row["roles"] and row["status"] == "accepted"]
    lists = [row for row in in_week if row["list"] == "participating"]
    days = (monday.isoformat(), sunday.isoformat())
    return {
        "schema": SCHEMA,
        "week": {**_week(week, days), "seen_until": min(days[1], _seen_until(record))},
        "has_list": bool(lists),
        "lists_in_week": len(lists),
        "current": version(now),
        "previous": version(before) if before else None,
        "first_listed": {kind: row["first_listed"] for kind, row in record.items()},
        "figures": figures(now, before),
        "ledger": ledger(rows, lists, before or (lists or [now])[0], days),
        "changes": changes(rows["events"]),
        "growth": growth(rows["growth"], rows.get("articles", [])),
        "pace": pace(rows["series"], monday, sunday),
        "models": models(now, before, rows["growth"]),
        "states": states(rows["states"], rows["growth"], now, days)
        | {"recent": recent(rows["state_series"], sunday)},
        "pending": pending(rows, _with_role(versions, "pending", "previous"), days),
        "claims": rows.get("claims", []),
        "notes": data_notes(rows, now, before, lists, monday),
        "versions": [version(row) for row in versions],
        "series": {"totals": rows["series"], "weeks": rows["weeks"]},
    }


def _seen_until(record: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the last day that the record knows of."""
    return str(record["participating"]["seen_until"])


def _week(week: str, days: tuple[str, str]) -> dict[str, Any]:
    year, number = int(week[:4]), int(week[-2:])
    return {"id": week, "year": year, "number": number, "monday": days[0], "sunday": days[1]}


def to_json(facts: Mapping[str, Any]) -> bytes:
    """Return facts as UTF-8 JSON: sorted keys, indented by one, a newline at the end."""
    text = json.dumps(facts, sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False)
    # A lone surrogate from a list cannot be encoded; it is shown as the replacement mark.
    return (text + "\n").encode("utf-8", errors="replace")


def _check_begun(week: str, sunday: date, record: Mapping[str, Mapping[str, Any]]) -> None:
    if "participating" not in record:
        raise UsageError("The warehouse has no accepted list yet: run `pactwatch run` first.")
    first = date.fromisoformat(record["participating"]["first_listed"])
    if sunday < first:
        raise UsageError(
            f"{week} lies before the first list of the record, which is of {first.isoformat()}:"
            f" ask for {week_of(first)} or later."
        )


def _with_role(versions: list[dict[str, Any]], kind: str, role: str) -> dict[str, Any]:
    """Return the version of a list that plays a role; an empty one when none does."""
    return next((row for row in versions if row["list"] == kind and role in row["roles"]), {})


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value
