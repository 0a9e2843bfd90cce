"""What changed as Atom feeds: all changes, arrivals, departures, one feed a state, corrections.

An entry is a list that changed something, or a departure taken back. Its id is a tag URI
(RFC 4151) made of the list's own id, so that it stays the same wherever the feeds stand: the
project owns no domain, and `.invalid` is reserved, so nobody can ever own that one (RFC 2606).
Every time in a feed is the day of a list, never the clock: the same record gives the same bytes.
"""

from __future__ import annotations

import html
import posixpath
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any

from flows.steps.common.wording import (
    STATES,
    by_agency,
    capital,
    clean,
    count,
    day,
    departure,
    gone,
    list_name,
    model,
    number,
    replacement,
    series,
    signed,
    state,
    together,
)

Row = Mapping[str, Any]

TAG = "tag:pactwatch.invalid,2024-12-01:"
ALL_WEEKS = "reports/index.html"
LONGEST_FEED = 100
"""Entries a feed holds, the newest; the page of all weeks has the rest."""
LONGEST_LIST = 150
"""Agreements an entry names under one heading; the week's page names all."""

QUERY = """
with

changes as (
    select
        events.*,
        case
            when kind = 'added' then 'joined'
            when kind = 'removed' and still_listed = [] then 'left'
            when kind = 'removed' then 'dropped'
            when kind = 'returned' and rule = 'gap' then 'retracted'
            when kind = 'returned' then 'returned'
            else 'taken_over'
        end as "group"
    from events
    where list = 'participating'
        and kind in ('added', 'removed', 'returned', 'renewed', 'switched', 'duplicate_dropped')
),

-- A departure whose row came back within days, or under the agreement that took over.
backs as (
    select gone.event_id, min(back.published_on) as retracted_on
    from changes as gone
    inner join agreements using (agreement_id)
    inner join changes as back
        on back.published_on >= gone.published_on
        and back.rule in ('gap', 'after_gap')
        and back.kind <> 'removed'
        and (
            back.agreement_id in (gone.agreement_id, agreements.replaced_by)
            or back.before = gone.agreement_id
        )
    where gone.kind = 'removed' and gone.rule = 'gap'
    group by gone.event_id
)

select
    changes.event_id,
    changes."group",
    changes.kind,
    changes.rule,
    changes.is_provisional,
    changes.still_listed,
    changes.state,
    changes.model,
    changes.agency_id,
    changes.agreement_id,
    -- Where another agreement took over, the line is about the one that ended.
    coalesce(ended.agency, agreements.agency) as agency,
    cast(coalesce(ended.signed_on, agreements.signed_on) as varchar) as signed_on,
    ended.state as before_state,
    ended.model as before_model,
    taker.agency as after_agency,
    taker.state as after_state,
    taker.model as after_model,
    cast(taker.signed_on as varchar) as after_signed_on,
    cast(backs.retracted_on as varchar) as retracted_on,
    changes.before,
    changes.publication_id,
    cast(changes.published_on as varchar) as published_on,
    publications.part,
    strftime(changes.published_on, '%G-W%V') as week,
    strftime(changes.published_on, '%G-W%V') = strftime(backs.retracted_on, '%G-W%V')
        as is_retracted_in_week,
    publications.seq,
    dense_rank() over (partition by publications.published_on order by publications.seq) as nth,
    publications.agreement_count as agreements,
    publications.agency_count as agencies,
    publications.state_count as states,
    publications.agreement_count - previous.agreement_count as net
from changes
inner join publications using (publication_id)
inner join publications as previous
    on changes.previous_publication_id = previous.publication_id
left join agreements on changes.agreement_id = agreements.agreement_id
left join agreements as ended on changes.before = ended.agreement_id
left join agreements as taker on changes.after = taker.agreement_id
left join backs on changes.event_id = backs.event_id
order by publications.seq desc, changes.state, agreements.agency, changes.model, changes.event_id
"""
"""Every change that a feed tells, newest list first; `retracted_on` is when a row came back."""

HEADINGS = {
    "joined": "Joined",
    "returned": "Came back to the list",
    "left": "Left the list",
    "dropped": "Dropped an agreement, still listed",
    "taken_over": "Replaced by another row",
    "retracted": "Departure taken back: the row is on the list again",
}
_TALLIES = {"joined": "joined", "returned": "came back", "taken_over": "replaced by another row"}
_ARRIVALS = ("joined", "returned")
_GONE = ("left", "dropped")
_DEPARTURES = (*_GONE, "retracted")


def make(
    rows: Sequence[Row],
    errata: Sequence[Row],
    site_url: str = "",
    weeks: Collection[str] | None = None,
) -> dict[str, bytes]:
    """Return the feeds by path: feed.xml, feeds/additions.xml, ..., feeds/fl.xml, errata.xml.

    Every state and territory has one, so that it can be followed before its first agreement.
    `rows` are those of `QUERY`, `errata` those of `errata.corrections`. Links are relative to the
    feed (RFC 3986 resolves them against the address it was read from) and absolute under
    `site_url` when that is set. `weeks` are those that have a report, when not all have: what is of
    another week leads to the page of all weeks.
    """
    lists = [list(found) for _, found in groupby(rows, lambda row: row["publication_id"])]
    asked = {
        "feed.xml": ("all", "changes to the list of 287(g) agreements", tuple(HEADINGS), None),
        "feeds/additions.xml": ("additions", "agreements that joined", _ARRIVALS, None),
        "feeds/removals.xml": (
            "removals",
            "agreements gone and agencies that left",
            _DEPARTURES,
            None,
        ),
    }
    for code in sorted({*STATES, *(row["state"] for row in rows if row["state"])}):
        scope = code.lower()
        asked[f"feeds/{scope}.xml"] = (scope, state(code), tuple(HEADINGS), code)
    found = {}
    for path, (scope, title, groups, code) in asked.items():
        entries = [entry for one in lists for entry in _entries(one, scope, groups, code)]
        found[path] = _atom(path, scope, title, _linked(entries, weeks), site_url)
    entries = _linked([_erratum(row) for row in errata], weeks)
    found["errata.xml"] = _atom("errata.xml", "errata", "corrections", entries, site_url)
    return found


def _linked(entries: list[dict[str, Any]], weeks: Collection[str] | None) -> list[dict[str, Any]]:
    return [
        {**one, "href": one["href"] if weeks is None or one["week"] in weeks else ALL_WEEKS}
        for one in entries
    ]


def _entries(
    rows: list[Row], scope: str, groups: tuple[str, ...], code: str | None
) -> list[dict[str, Any]]:
    """Return a list's entries for one feed: its changes, and the departures it takes back."""
    kept = [row for row in rows if row["group"] in groups and code in (None, row["state"])]
    changed = [row for row in kept if row["group"] != "retracted"]
    back = [row for row in kept if row["group"] == "retracted"]
    found = [("retraction", back)] if back else []
    if changed:
        found.append(("list", changed))
    return [_entry(kind, scope, part, code) for kind, part in found]


def _entry(kind: str, scope: str, rows: list[Row], code: str | None) -> dict[str, Any]:
    first = rows[0]
    named = list_name(first["published_on"], first["part"])
    where = f"{state(code)}, list of {named}" if code else f"List of {named}"
    told: dict[str, list[Row]] = {}
    for row in sorted(rows, key=lambda row: list(HEADINGS).index(row["group"])):
        told.setdefault("gone" if row["group"] in _GONE else row["group"], []).append(row)
    said = [_tally(group, own) for group, own in told.items()]
    standing = (
        f"The list of {named} has {count(first['agreements'], 'agreement')} with"
        f" {count(first['agencies'], 'agency', 'agencies')} in"
        f" {count(first['states'], 'state or territory', 'states and territories')}"
        f" ({signed(first['net'])} since the list before)."
    )
    # An entry changes for its readers when a departure it told of is taken back.
    moments = [first["published_on"], *(row["retracted_on"] or "" for row in rows)]
    return {
        "id": f"{TAG}{scope}/{kind}/{first['publication_id']}",
        "title": f"{where}: {', '.join(said)}",
        "day": max(moments),
        "order": first["nth"],
        "published": first["published_on"],
        "week": first["week"],
        "href": f"reports/{first['week']}/index.html",
        "html": f"<p>{html.escape(standing)}</p>" + "".join(_lists(rows)),
    }


def _tally(group: str, rows: list[Row]) -> str:
    if group == "retracted":
        return count(len(rows), "departure") + " taken back"
    text = f"{number(len(rows))} {_TALLIES.get(group)}"
    if group == "gone":
        left = by_agency(row for row in rows if row["group"] == "left")
        text = gone(len(rows), len(left))
    back = sum(1 for row in rows if row["retracted_on"])
    open_ = sum(1 for row in rows if row["is_provisional"] and not row["retracted_on"])
    notes = []
    if open_:
        notes.append("not yet confirmed" if open_ == len(rows) else f"{open_} not yet confirmed")
    if back:
        notes.append("taken back later" if back == len(rows) else f"{back} taken back later")
    return f"{text} ({', '.join(notes)})" if notes else text


def _lists(rows: list[Row]) -> Iterable[str]:
    for group, heading in HEADINGS.items():
        own = [row for row in rows if row["group"] == group]
        if not own:
            continue
        told = list(together(own))
        agencies = f"{count(len(told), 'agency', 'agencies')}, " if group in _GONE else ""
        title = f"{heading} ({agencies}{count(len(own), 'agreement')})"
        yield f"<h3>{html.escape(title)}</h3>"
        for code, found in groupby(told[:LONGEST_LIST], lambda rows: rows[0]["state"]):
            items = "".join(f"<li>{html.escape(_line(rows))}</li>" for rows in found)
            yield f"<p>{html.escape(state(code))}</p><ul>{items}</ul>"
        if len(told) > LONGEST_LIST:
            more = f"{number(len(told) - LONGEST_LIST)} more are on the page of the week."
            yield f"<p>{more}</p>"


def _line(rows: Sequence[Row]) -> str:
    """Return one agreement in words, or an agency with all that is gone of it."""
    row = rows[0]
    text = clean(row["agency"] or "Agency not named")
    if row["group"] == "dropped":
        text += f" {departure(rows)}"
    else:
        text += f", {series([model(row['before_model'] or row['model']) for row in rows])}"
    dates = dict.fromkeys(row["signed_on"] for row in rows if row["signed_on"])
    if dates and row["group"] != "dropped":
        text += f", signed {series([day(one) for one in dates])}"
    if row["after_model"]:
        text += f"; now {replacement(row)}"
    if row["retracted_on"]:
        text += f" (taken back: on the list again on {day(row['retracted_on'])})"
    elif any(row["is_provisional"] for row in rows):
        text += " (not yet confirmed)"
    if row["group"] == "retracted" and row["before"]:
        text += f" (was missing since the list of {day(row['before'])})"
    return text


def _erratum(row: Row) -> dict[str, Any]:
    return {
        "id": f"{TAG}{row['id']}",
        "title": f"Correction to the report for {row['week']}",
        "day": row["on"],
        "order": 0,
        "published": row["on"],
        "week": row["week"],
        "href": f"reports/{row['week']}/index.html#corrections",
        "html": f"<p>{html.escape(row['text'])}</p>",
    }


def _atom(path: str, scope: str, title: str, entries: list[dict[str, Any]], site_url: str) -> bytes:
    from feedgen.feed import FeedGenerator

    feed = FeedGenerator()
    feed.id(f"{TAG}{scope}")
    feed.title(f"Pactwatch: {title}")
    feed.author({"name": "Pactwatch"})
    feed.language("en")
    feed.generator("Pactwatch")
    feed.link(href=_address(path, path, site_url), rel="self", type="application/atom+xml")
    feed.link(href=_address(path, ALL_WEEKS, site_url), rel="alternate")
    kept = entries[:LONGEST_FEED]
    # RFC 4287 wants a time of the feed also when it has no entry: the record's first day.
    feed.updated(max((_moment(one) for one in kept), default=datetime(2024, 12, 1, tzinfo=UTC)))
    for one in kept:
        entry = feed.add_entry(order="append")
        entry.id(one["id"])
        entry.title(capital(one["title"]))
        entry.updated(_moment(one))
        entry.published(datetime.fromisoformat(one["published"]).replace(tzinfo=UTC))
        entry.link(href=_address(path, one["href"], site_url), rel="alternate", type="text/html")
        entry.content(one["html"], type="html")
    return bytes(feed.atom_str(pretty=True))


def _moment(entry: Row) -> datetime:
    """Return the day of a list as a time; seconds keep several lists of one day in order."""
    midnight = datetime.fromisoformat(entry["day"]).replace(tzinfo=UTC)
    return midnight + timedelta(seconds=entry["order"])


def _address(path: str, href: str, site_url: str) -> str:
    if site_url:
        return site_url + href
    return posixpath.relpath(href, posixpath.dirname(path) or ".")
