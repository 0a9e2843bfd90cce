"""How far the list has come: growth, pace, models and states of a week's facts."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

Row = dict[str, Any]

MODELS = ("JEM", "TFM", "WSO")
PACE_WEEKS = 4
RECENT_WEEKS = 8
RANKED = 10


def growth(rows: list[Row], articles: list[Row]) -> list[Row]:
    """Return growth against each baseline; null where `trend` says it means nothing."""
    by_id = {row["article_id"]: row for row in articles}
    found = []
    for row in rows:
        measured = dict(row)
        article = by_id.get(row["article_id"], {})
        measured["article"] = {
            key: article.get(key) for key in ("title", "publisher", "published_on", "url")
        }
        where = f"publication_id = '{row['publication_id']}'"
        measured["query"] = (
            "select net, ratio, percent, days, per_week, weekly_rate, doubling_days"
            f" from growth where {where} and baseline_id = '{row['baseline_id']}'"
        )
        measured["observed_query"] = (
            "select observed_agreements, observed_agencies, observed_states, verdict"
            f" from baselines where baseline_id = '{row['baseline_id']}'"
        )
        found.append(measured)
    return found


def pace(series: list[Row], monday: date, sunday: date) -> Row | None:
    """Return the net change over the four weeks to Sunday, and over the four before.

    `null` when the record is younger than four weeks.
    """
    span = timedelta(weeks=PACE_WEEKS)
    ends = [_in_force(series, sunday - span * back) for back in range(3)]
    now, then, earlier = ends
    if now is None or then is None:
        return None
    net = now["agreements"] - then["agreements"]
    ratio = now["agreements"] / then["agreements"] if then["agreements"] else None
    growing = ratio is not None and ratio > 1
    counts = [
        "(select agreements from totals where list = 'participating'"
        f" and published_on <= '{(sunday - span * back).isoformat()}' order by seq desc limit 1)"
        for back in range(2)
    ]
    return {
        "weeks": PACE_WEEKS,
        "first_day": (monday - span + timedelta(weeks=1)).isoformat(),
        "net": {"value": net, "query": f"select {counts[0]} - {counts[1]} as net"},
        "per_week": net / PACE_WEEKS,
        "before_net": then["agreements"] - earlier["agreements"] if earlier else None,
        "ratio": ratio,
        "doubling_days": span.days * math.log(2) / math.log(ratio) if growing and ratio else None,
    }


def models(now: Row, before: Row, baselines: list[Row]) -> list[Row]:
    """Return each model's agreements, share and change, most agreements first."""
    found: list[Row] = []
    for model in MODELS:
        key = model.lower()
        found.append(
            {
                "model": model,
                "agreements": now[key],
                "share": now[key] / now["agreements"] if now["agreements"] else None,
                "change": now[key] - before[key] if before else None,
                "since": {
                    row["baseline_id"]: now[key] - row[f"observed_{key}"]
                    for row in baselines
                    if row["trend"] != "before_baseline" and row[f"observed_{key}"] is not None
                },
            }
        )
    return sorted(found, key=lambda row: (-row["agreements"], row["model"]))


def states(rows: list[Row], baselines: list[Row], now: Row, days: tuple[str, str]) -> Row:
    """Return every state's count, and which ten lead and which ten added most.

    `first` are states on the list now that were not on the one before the week.
    """
    at: dict[str, dict[str, int]] = {}
    for row in rows:
        at.setdefault(row["point"], {})[row["state"]] = row["agreements"]
    agencies = {row["state"]: row["agencies"] for row in rows if row["point"] == "now"}
    here, earlier = at.get("now", {}), at.get("before")
    listed: list[Row] = [
        {
            "state": state,
            "agreements": count,
            "agencies": agencies[state],
            "share": count / now["agreements"] if now["agreements"] else None,
            "change": count - earlier.get(state, 0) if earlier is not None else None,
        }
        for state, count in here.items()
    ]
    listed.sort(key=lambda row: (-row["agreements"], row["state"]))
    fastest = {
        row["baseline_id"]: _fastest(here, at[row["baseline_id"]])
        for row in baselines
        if row["baseline_id"] in at and row["trend"] != "before_baseline"
    }
    return {
        "all": listed,
        "top": listed[:RANKED],
        "fastest": fastest,
        "first": sorted(set(here) - set(earlier)) if earlier is not None else [],
        "gone": sorted(set(earlier or {}) - set(here)),
        "query": "select state, count(*) as agreements"
        f" from agreements_as_of('{days[1]}') group by state order by agreements desc, state",
    }


def recent(rows: list[Row], sunday: date) -> Row:
    """Return the ten states that added most over eight weeks, with their counts so far.

    `rows` count agreements by list and state, on the last list of each week. `days` are those
    lists, and a state's `series` its agreements on each, in the same order. A record younger than
    eight weeks is measured from its first list.
    """
    counts: dict[str, dict[str, int]] = {}
    for row in rows:
        counts.setdefault(row["published_on"], {})[row["state"]] = row["agreements"]
    listed = sorted(counts)
    start = (sunday - timedelta(weeks=RECENT_WEEKS)).isoformat()
    since = max((day for day in listed if day <= start), default=listed[0])
    found = _fastest(counts[listed[-1]], counts[since])
    now, then = (
        f"(select state, count(*) as agreements from agreements_as_of('{day}') group by state)"
        for day in (listed[-1], since)
    )
    return {
        "weeks": RECENT_WEEKS,
        "since": since,
        "days": listed,
        "states": [
            row | {"series": [counts[day].get(row["state"], 0) for day in listed]} for row in found
        ],
        "query": "select state, later.agreements, coalesce(earlier.agreements, 0) as before,"
        f" later.agreements - before as net from {now} as later left join {then} as earlier"
        " using (state) where net > 0 order by net desc, later.agreements desc, state"
        f" limit {RANKED}",
    }


def _fastest(now: Mapping[str, int], then: Mapping[str, int]) -> list[Row]:
    rows: list[Row] = [
        {
            "state": state,
            "agreements": now.get(state, 0),
            "then": then.get(state, 0),
            "net": now.get(state, 0) - then.get(state, 0),
        }
        for state in {*now, *then}
    ]
    rows.sort(key=lambda row: (-row["net"], -row["agreements"], row["state"]))
    return [row for row in rows if row["net"] > 0][:RANKED]


def _in_force(series: Iterable[Row], day: date) -> Row | None:
    listed = [row for row in series if row["published_on"] <= day.isoformat()]
    return max(listed, key=lambda row: row["seq"]) if listed else None
