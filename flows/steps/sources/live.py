"""Archive the lists that ICE's page links; a look leaves a row also when it brought nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from flows.steps import archive, fetch
from flows.steps.common import seeds
from flows.steps.common.errors import PactwatchError
from flows.steps.common.layout import Paths
from flows.steps.common.records import Capture, ListKind
from flows.steps.lists.read import seed_tables

from . import intake, list_page
from .intake import Imported, Intake

# Within an hour a clock's error moves no date; past it someone should look at both clocks.
MAX_SKEW = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class _Look:
    """One look at the page: where to hand in, what a download may do, and the row to fill."""

    paths: Paths
    intake: Intake
    bounds: fetch.Bounds
    attempt: Capture


def snapshot(paths: Paths, bounds: fetch.Bounds, now: datetime, page: str = "") -> Imported:
    """Look at the list page and take in each list it shows; every attempt leaves a manifest row.

    `page` overrides the address in seeds/lists.toml. A failure is a row with its sentence, not an
    exception: one list's failure does not stop the other, and the run goes on with what is there.
    """
    config = seeds.read_lists_config(paths.seeds)
    address = page or config["site"]["page"]
    if not bounds.allowed_hosts:
        bounds = replace(bounds, allowed_hosts=tuple(config["site"]["allowed_hosts"]))
    attempt = Capture(attempted_at=now, source="ice", outcome="failed", url=address)
    with intake.opened(paths) as desk:
        return Imported(_in_order(_look_at(_Look(paths, desk, bounds, attempt), config["columns"])))


def _look_at(look: _Look, columns: Mapping[str, str]) -> list[Capture]:
    try:
        answer = fetch.get(look.attempt.url or "", look.bounds)
    except PactwatchError as problem:
        return _record(look, [_failed(look.attempt, problem)])
    attempt = replace(look.attempt, url=answer.url)
    look = replace(look, attempt=attempt)
    found = list_page.find_links(answer.data, answer.url, columns)
    taken = _record(look, _of_page(look, answer, found))
    if found.holds_roster:
        taken += _take_in(look, "participating", answer)
    for kind, url in found.links.items():
        taken += _take_list(replace(look, attempt=replace(attempt, url=url, list=kind)), kind)
    return taken


def in_words(capture: Capture) -> str:
    """Return what one attempt found, as a plain sentence."""
    of_list = f"The {capture.list} list" if capture.list else "The list page"
    said = {
        "new": f"{of_list} is new: {capture.file_name} ({capture.size or 0:,} bytes).",
        "unchanged": f"{of_list} is the one we have: {capture.file_name}.",
        "failed": f"{of_list} did not come.",
        "rejected": f"{of_list} did not come: {capture.file_name or 'the file'} is no list.",
    }
    if not capture.sha256 and capture.outcome == "unchanged":  # the page shows no such list
        return capture.why or of_list
    return " ".join(filter(None, (said[capture.outcome], capture.why)))


def last_look(captures: list[Capture]) -> dict[str, Any] | None:
    """Return when the site was last looked at and what was found, from the manifest."""
    looks = [capture for capture in captures if capture.source == "ice"]
    if not looks:
        return None
    at = looks[-1].attempted_at
    found = _in_order([capture for capture in looks if capture.attempted_at == at])
    return {"at": at, "found": [in_words(capture) for capture in found]}


def _in_order(captures: list[Capture]) -> list[Capture]:
    return sorted(captures, key=lambda capture: (capture.list or "", capture.url or ""))


def _of_page(look: _Look, answer: fetch.Response, found: list_page.Found) -> list[Capture]:
    """Return the rows that the page itself gives: what it lacks, and what is wrong with it.

    The bytes of a page that shows a problem are kept, for the person who looks into it.
    """
    rows = []
    for kind, why in found.problems.items():
        sha256, _ = archive.store(look.paths.layout, answer.data, answer.file_name)
        row = replace(
            look.attempt,
            list=kind,
            why=why,
            http_status=answer.status,
            file_name=answer.file_name,
            captured_at=look.attempt.attempted_at,
            sha256=sha256,
            size=len(answer.data),
        )
        rows.append(row)
    for kind in found.missing:
        row = replace(look.attempt, list=kind, outcome="unchanged", http_status=answer.status)
        rows.append(replace(row, why=_absence(look.paths, kind)))
    return rows


def _absence(paths: Paths, kind: ListKind) -> str:
    """Say that the page shows no such list: that it is gone, or was never there for us."""
    captures = archive.read_manifest(paths.layout)
    days = [
        (capture.captured_at or capture.attempted_at).date()
        for capture in captures
        if capture.list == kind and capture.sha256 and capture.outcome in ("new", "unchanged")
    ]
    if not days:
        known, _ = seed_tables(paths.seeds)
        days = known.filter(list=kind)["published_on"].drop_nulls().to_list()
    if not days:
        return f"The page links no {kind} list, and the record has none."
    return f"The page no longer links a {kind} list: the record's last one is of {max(days)}."


def _take_list(look: _Look, kind: ListKind) -> list[Capture]:
    before = _last_seen(look.paths, look.attempt.url or "")
    try:
        answer = fetch.get(
            look.attempt.url or "",
            look.bounds,
            etag=_strong(before.etag) if before else None,
            last_modified=before.last_modified if before else None,
        )
    except PactwatchError as problem:
        return _record(look, [_failed(look.attempt, problem)])
    if answer.status != 304 or before is None:
        return _take_in(look, kind, answer)
    same = replace(
        before,
        attempted_at=look.attempt.attempted_at,
        captured_at=look.attempt.attempted_at,
        outcome="unchanged",
        http_status=304,
        etag=answer.etag or before.etag,
        last_modified=answer.last_modified or before.last_modified,
        why=_clocks(look, answer),
    )
    return _record(look, [same])


def _take_in(look: _Look, kind: ListKind, answer: fetch.Response) -> list[Capture]:
    capture = replace(
        look.attempt,
        outcome="new",
        list=kind,
        captured_at=look.attempt.attempted_at,
        http_status=answer.status,
        file_name=answer.file_name,
        etag=answer.etag,
        last_modified=answer.last_modified,
        why=_clocks(look, answer),
    )
    return look.intake.take([(answer.file_name, answer.data, capture)])


def _clocks(look: _Look, answer: fetch.Response) -> str | None:
    """Say when the site's clock and ours differ: dates taken from either may be wrong."""
    ours, theirs = look.attempt.attempted_at, answer.server_time
    host = urlsplit(answer.url).hostname
    if theirs and abs(theirs - ours) > MAX_SKEW:
        return (
            f"The clock of {host} says {theirs:%Y-%m-%d %H:%M} UTC and ours {ours:%Y-%m-%d %H:%M}:"
            " check the clock of this machine."
        )
    if answer.last_modified and answer.last_modified - ours > MAX_SKEW:
        return (
            f"{host} says the file was last changed on {answer.last_modified:%Y-%m-%d %H:%M} UTC,"
            " which is still to come: that time dates nothing."
        )
    return None


def _last_seen(paths: Paths, url: str) -> Capture | None:
    """Return the newest capture of this address whose bytes we hold, for conditional requests."""
    held = (
        capture
        for capture in reversed(archive.read_manifest(paths.layout))
        if capture.url == url
        and capture.outcome in ("new", "unchanged")
        and capture.sha256
        and archive.object_path(paths.layout, capture.sha256)
    )
    return next(held, None)


def _strong(etag: str | None) -> str | None:
    """Return an ETag that promises the same bytes; a weak one promises only the like."""
    return None if etag is None or etag.startswith("W/") else etag


def _failed(attempt: Capture, problem: PactwatchError) -> Capture:
    return replace(
        attempt,
        outcome="rejected" if isinstance(problem, fetch.TooLarge) else "failed",
        http_status=problem.status if isinstance(problem, fetch.Refused) else None,
        why=str(problem),
    )


def _record(look: _Look, rows: list[Capture]) -> list[Capture]:
    archive.append_manifest(look.paths.layout, rows)
    return rows
