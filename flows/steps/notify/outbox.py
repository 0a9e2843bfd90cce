"""Warehouse and runs → notices → the addresses that want them: each thing once.

A notice is written to the log before it is sent, and marked for each address after it was taken: a
run that breaks off in between repeats one notice at worst and loses none. The first check only
marks where the record stands, so that history is never told as news.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from flows.steps import archive
from flows.steps.common import wording
from flows.steps.common.layout import SILENT_DAYS, Layout, Paths
from flows.steps.sources.looks import days_seen
from flows.steps.warehouse import database

from . import messages, send
from .messages import Notice

KEPT = 1000  # rows of the log beside those that still wait


@dataclass(frozen=True, slots=True)
class Telling:
    """Whom to tell, and what they need: Apprise addresses, the site's address, the patience."""

    addresses: tuple[str, ...] = ()
    site_url: str = ""
    silent_days: int = SILENT_DAYS
    offline: bool = False


def tell(
    paths: Paths,
    telling: Telling,
    now: datetime,
    failures: Iterable[str] = (),
    *,
    only_failures: bool = False,
) -> list[str]:
    """Tell what is new since the last check and what still waits; return what went wrong.

    Call it while holding the data folder. `failures` are sentences of this run; with
    `only_failures` the warehouse is not asked, as after a run that a damaged one ended.
    """
    if not telling.addresses:
        return []
    log = archive.read_notices(paths.layout)
    found = [messages.failure(sentence, now.date()) for sentence in dict.fromkeys(failures)]
    mark = next((row for row in log if row["key"] == "mark"), None)
    has_news = paths.layout.database.exists() and not only_failures
    if has_news:
        stands = _where_it_stands(paths, now)
        news = _news(paths, telling, mark or {**stands, "checked_at": ""}, now)
        if mark:
            found += news
        else:  # what is so on the first check is history: noted, not told
            log += [_row(notice, (), now) for notice in news]
        log = [row for row in log if row["key"] != "mark"] + [stands]
    known = {row["key"] for row in log}
    log += [_row(one, telling.addresses, now) for one in found if one.key not in known]
    log = _bounded(log)
    archive.write_lines(paths.layout.notices, log)
    return _send(paths.layout, telling, log, now)


def waiting(layout: Layout, telling: Telling) -> list[str]:
    """Return a sentence for each address that notices still wait for."""
    log = archive.read_notices(layout)
    sentences = []
    for position, address in enumerate(telling.addresses, start=1):
        open_ = [row for row in log if row.get("to", {}).get(send.address_id(address)) == ""]
        if open_:
            why = open_[0].get("problem", {}).get(send.address_id(address), "is still to be told")
            said = f"{send.label(position, address)} {why}"
            sentences.append(f"{wording.count(len(open_), 'notice')} not told yet: {said}.")
    return sentences


def _send(layout: Layout, telling: Telling, log: list[dict[str, Any]], now: datetime) -> list[str]:
    """Send what waits, oldest first; an address that fails is not tried again in this run."""
    if telling.offline:
        return [f"{one} (PACTWATCH_OFFLINE is set)" for one in waiting(layout, telling)]
    for address in dict.fromkeys(telling.addresses):
        to = send.address_id(address)
        for row in log:
            if row.get("to", {}).get(to) != "":
                continue
            problem = send.send(address, row["title"], row["body"])
            if problem is None:
                row["to"][to] = now.isoformat()
                row.get("problem", {}).pop(to, None)
            else:
                row.setdefault("problem", {})[to] = problem
            archive.write_lines(layout.notices, log)
            if problem:
                break
    return waiting(layout, telling)


def _news(paths: Paths, telling: Telling, mark: Mapping[str, Any], now: datetime) -> list[Notice]:
    with database.reading(paths.layout.database) as db:
        accepted = database.read_dicts(db, _ACCEPTED)
        events = database.read_dicts(db, _EVENTS)
        is_held = database.read_dicts(db, _HELD)
    found: list[Notice | None] = []
    for kind in sorted({row["list"] for row in accepted}):
        of_list = [row for row in accepted if row["list"] == kind]
        found.append(_change(of_list, events, mark["lists"].get(kind), telling.site_url))
        found.append(_silence(paths.layout, of_list[-1], telling.silent_days, now.date()))
    last_day = max((one["published_on"] for one in mark["lists"].values()), default="")
    # A check still to come is that of a clock that was wrong: it counts as none.
    checked_at = mark["checked_at"] if mark["checked_at"] <= now.isoformat() else ""
    for version in is_held:
        is_late = version["captured_at"] and version["captured_at"].isoformat() > checked_at
        if is_late or str(version["published_on"]) >= last_day:
            found.append(messages.held(version))
    return [notice for notice in found if notice]


def _change(
    versions: list[dict[str, Any]],
    events: list[dict[str, Any]],
    marked: Mapping[str, str] | None,
    site_url: str,
) -> Notice | None:
    """Return what the versions after the marked one changed; none is marked of a list just met.

    Versions that came with the seeds are history: what is told begins after the last of them.
    """
    known = [
        row
        for row in versions
        if marked
        and (
            row["publication_id"] == marked["publication_id"]
            or str(row["published_on"]) < marked["published_on"]
        )
    ]
    if not known:
        return None
    of_seeds = [row for row in versions if row["seq"] > known[-1]["seq"] and row["is_of_seeds"]]
    before = (known + of_seeds)[-1]
    new = [row for row in versions if row["seq"] > before["seq"]]
    if not new:
        return None
    ids = {row["publication_id"] for row in new}
    return messages.change(
        new[-1], before, [e for e in events if e["publication_id"] in ids], len(new), site_url
    )


def _silence(
    layout: Layout, newest: dict[str, Any], silent_days: int, today: date
) -> Notice | None:
    """Return that a list stays the same, when ICE's page itself has shown so."""
    captures = archive.read_manifest(layout)
    seen = days_seen(captures, newest["list"], newest["publication_id"])
    last = max((day for day in seen if day <= today), default=date.min)
    days = (last - newest["published_on"]).days
    return messages.silence(newest, days) if days > silent_days else None


def _where_it_stands(paths: Paths, now: datetime) -> dict[str, Any]:
    newest = database.query(paths.layout.database, _NEWEST).to_dicts()
    lists = {
        row["list"]: {k: str(row[k]) for k in ("publication_id", "published_on")} for row in newest
    }
    return {"key": "mark", "lists": lists, "checked_at": now.isoformat()}


def _row(notice: Notice, addresses: Iterable[str], now: datetime) -> dict[str, Any]:
    """Return a notice as a row of the log: for each address when it took it, empty until then."""
    to = {send.address_id(address): "" for address in addresses}
    return {**asdict(notice), "made_at": now.isoformat(), "to": to}


def _bounded(log: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the log without the oldest rows of which nothing waits."""
    done = [row for row in log if row["key"] != "mark" and "" not in row.get("to", {}).values()]
    dropped = {row["key"] for row in done[:-KEPT]}
    return [row for row in log if row["key"] not in dropped]


_NEWEST = """
select
    list,
    arg_max(publication_id, seq) as publication_id,
    arg_max(published_on, seq) as published_on
from totals group by list order by list
"""

_ACCEPTED = """
select
    totals.*,
    publications.sha256 not in (
        select sha256 from captures where source <> 'seed' and sha256 is not null
    ) as is_of_seeds
from totals
inner join publications using (publication_id)
order by totals.list, totals.seq
"""

_EVENTS = """
select
    events.publication_id,
    events.agency_id,
    events.agreement_id,
    events.still_listed,
    events.kind,
    events.state,
    events.model,
    events.rule,
    events.before,
    events.is_provisional,
    agencies.name as agency
from events
left join agencies using (agency_id)
order by events.event_id
"""

_HELD = """
select publication_id, published_on, file_name, reasons, why_held, passes_when, captured_at
from publications
where status = 'held'
    and sha256 in (select sha256 from captures where source <> 'seed' and sha256 is not null)
order by published_on, publication_id
"""
