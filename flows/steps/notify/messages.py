"""Put news into the plain text of a notice: a change, a held version, a failure, silence.

What ICE printed is untrusted: control characters and marks that turn the writing direction are
dropped, signs that chat programs act on too, and every length is bounded.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flows.steps.common import wording

MAX_NAME = 80
MAX_REASON = 600
MAX_NAMES = 40  # of one section
MAX_BODY = 3500  # below what the common chat programs take

_SECTIONS = (
    (("added",), "joined", "Joined"),
    (("left",), "gone", "Left the list"),
    (
        ("left_provisional",),
        "gone",
        "Left the list, provisional until two more lists and nine days confirm it",
    ),
    (("dropped",), "gone", "Dropped an agreement, still listed"),
    (
        ("dropped_provisional",),
        "gone",
        "Dropped an agreement, still listed, provisional until two more lists and nine days"
        " confirm it",
    ),
    (
        ("withdrawn_departure",),
        "back on the list",
        "Listed again, so that the departure told earlier is withdrawn",
    ),
    (("returned",), "returned", "Back on the list"),
    (("pending_added",), "new applications", "New applications"),
    (("returned_to_pending",), "pending again", "Pending again"),
    (("pending_signed",), "signed", "Signed"),
    (
        ("pending_signed_before",),
        "no longer pending (signed before)",
        "No longer listed as pending, signed before they were",
    ),
    (("pending_withdrawn",), "no longer pending", "No longer listed as pending"),
    (
        ("pending_withdrawn_provisional",),
        "no longer pending (provisional)",
        "No longer listed as pending, provisional until confirmed",
    ),
)
"""Kinds of event that are told with names: the words of the title, and of the section."""

_COUNTED = {
    "renewed": "renewed",
    "switched": "on another model",
    "duplicate_dropped": "printed twice, the second row dropped",
    "renamed": "renamed",
    "reassigned": "held by another body",
    "redated": "re-dated",
    "restated": "with another state, type or model",
    "moa_posted": "with a new link to the agreement",
    "moa_replaced": "with a link to another document",
    "moa_withdrawn": "without their link to the agreement",
}
_SIGNS = str.maketrans("", "", "<>@`*_|")


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to tell, under the key that keeps it from being told twice."""

    key: str
    title: str
    body: str


def plain(text: str, longest: int = MAX_NAME) -> str:
    """Return printed text without anything but its characters, in one line, bounded."""
    kept = (c if unicodedata.category(c)[0] != "C" else " " for c in text.translate(_SIGNS))
    line = " ".join("".join(kept).split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "\u2026"


def change(
    newest: Mapping[str, Any],
    before: Mapping[str, Any],
    events: Sequence[Mapping[str, Any]],
    versions: int,
    site_url: str = "",
) -> Notice | None:
    """Return what one list's new versions changed, or None when they changed nothing.

    `newest` and `before` are rows of `totals`; `events` have kind, state, model, agency, rule,
    before, is_provisional, still_listed, and the ids of publication, agency and agreement, of all
    `versions` new ones together.
    """
    told: dict[str, list[Mapping[str, Any]]] = {}
    for event in events:
        if kind := _kind(event, before):
            told.setdefault(kind, []).append(event)
    numbers = ((len(told[kind]), said) for kind, said in _COUNTED.items() if kind in told)
    counted = [f"{wording.number(number)} {said}" for number, said in numbers]
    sections = [
        (short, long, [event for kind in kinds for event in told.get(kind, ())])
        for kinds, short, long in _SECTIONS
    ]
    heads = _heads((short, found) for short, _, found in sections)
    if not heads and not counted:
        return None
    day = newest["published_on"]
    name = "287(g) list" if newest["list"] == "participating" else "287(g) pending list"
    title = f"{name} of {wording.day(day.isoformat())}: {', '.join(heads or counted)}"
    lines = [_totals(newest, before)]
    if versions > 1:
        lines.append(f"{wording.number(versions)} new versions of the list together.")
    shown = ((long, list(wording.together(found))) for _, long, found in sections if found)
    lines += [f"{long} ({len(own)}): {_by_state(own)}." for long, own in shown]
    if counted:
        lines.append(f"Also: {', '.join(counted)}.")
    body = _bounded(lines, _report(day, site_url))
    return Notice(f"change:{newest['list']}:{newest['publication_id']}", title, body)


def held(version: Mapping[str, Any]) -> Notice:
    """Return that a version waits for a person: which, why, and how to settle it."""
    name = version["publication_id"]
    lines = [
        f"{plain(version['file_name'])} is held: {plain(wording.why_held(version), MAX_REASON)}",
        "No published figure has changed.",
        f"Settle it with: {wording.how_to_settle(name)}.",
    ]
    return Notice(f"held:{name}", f"287(g): a list version is held ({name})", "\n".join(lines))


def failure(sentence: str, day: date) -> Notice:
    """Return that a run or a download failed; the same sentence is told once a day."""
    said = plain(sentence, 600)
    return Notice(
        f"failure:{day.isoformat()}:{said}", "287(g): Pactwatch could not do its work", said
    )


def silence(version: Mapping[str, Any], days: int) -> Notice:
    """Return that a list has not changed for long, though ICE's page was looked at."""
    name = "list" if version["list"] == "participating" else "pending list"
    day = wording.day(version["published_on"].isoformat())
    body = (
        f"The newest {name} is still that of {day}, {wording.count(days, 'day')} ago. ICE's page"
        " answers and links the same file: nothing may have changed, or the page is no longer kept."
    )
    key = f"silence:{version['list']}:{version['publication_id']}"
    return Notice(key, f"287(g): no new {name} since {day}", body)


def _kind(event: Mapping[str, Any], before: Mapping[str, Any]) -> str | None:
    """Return under which section an event is told; None for a departure that is no longer one."""
    kind, rule = str(event["kind"]), event["rule"]
    if kind in ("removed", "pending_withdrawn"):
        if rule == "gap":
            return None  # it came back within these versions
        if kind == "removed":
            kind = "dropped" if event["still_listed"] else "left"
        return f"{kind}_provisional" if event["is_provisional"] else kind
    if kind == "returned" and rule == "gap":
        gone_on = event["before"]
        was_told = gone_on is None or gone_on <= str(before["published_on"])
        return "withdrawn_departure" if was_told else None
    if kind == "pending_signed" and rule == "signed_before":
        return "pending_signed_before"
    return kind if kind in _COUNTED or any(kind in kinds for kinds, _, _ in _SECTIONS) else None


def _totals(newest: Mapping[str, Any], before: Mapping[str, Any]) -> str:
    unit = "agreement" if newest["list"] == "participating" else "application"
    said = (
        f"{wording.count(newest['agreements'], unit)} with"
        f" {wording.count(newest['agencies'], 'agency', 'agencies')} in"
        f" {wording.count(newest['states'], 'state or territory', 'states and territories')}"
    )
    change = wording.signed(newest["agreements"] - before["agreements"])
    since = wording.day(before["published_on"].isoformat())
    return f"{said}; {change} since the list of {since} ({wording.number(before['agreements'])})."


def _heads(sections: Iterable[tuple[str, list[Mapping[str, Any]]]]) -> list[str]:
    """Return what a title tells; sections with the same words are told together."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for short, events in sections:
        found.setdefault(short, []).extend(events)
    return [_head(short, events) for short, events in found.items() if events]


def _head(short: str, events: Sequence[Mapping[str, Any]]) -> str:
    """Return how many a title tells; of what is gone the agreements and the agencies that left."""
    if short != "gone":
        return f"{wording.number(len(events))} {short}"
    left = wording.by_agency(event for event in events if not event["still_listed"])
    said = wording.gone(len(events), len(left))
    waiting = sum(1 for event in events if event["is_provisional"])
    some = "" if waiting == len(events) else f"{wording.number(waiting)} "
    return f"{said} ({some}provisional)" if waiting else said


def _by_state(told: Iterable[Sequence[Mapping[str, Any]]]) -> str:
    named = sorted(
        (wording.state(own[0]["state"]), plain(own[0]["agency"] or ""), _what(own)) for own in told
    )
    states: dict[str, list[str]] = {}
    for state, name, what in named[:MAX_NAMES]:
        states.setdefault(state, []).append(f"{name} {what}")
    text = "; ".join(f"{plain(state)}: {', '.join(names)}" for state, names in states.items())
    more = len(named) - MAX_NAMES
    return f"{text} and {wording.number(more)} more" if more > 0 else text


def _what(own: Sequence[Mapping[str, Any]]) -> str:
    """Return after an agency's name which models it is of, or what it dropped."""
    if own[0]["kind"] == "removed" and own[0]["still_listed"]:
        return wording.departure(own)
    return f"({', '.join(plain(event['model'] or 'model unknown') for event in own)})"


def _report(day: date, site_url: str) -> str:
    year, week, _ = day.isocalendar()
    name = f"{year}-W{week:02d}"
    if not site_url:
        return f"Report: week {name}."
    return f"Report: {site_url.rstrip('/')}/reports/{name}/index.html"


def _bounded(lines: Sequence[str], last: str) -> str:
    body = "\n".join(lines)
    room = MAX_BODY - len(last) - 2
    return f"{body if len(body) <= room else body[:room].rstrip() + chr(0x2026)}\n{last}"
