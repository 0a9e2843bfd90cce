"""FLOW fetch the lists → archive → manifest row (also when nothing changed or it failed)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from flows.backfill import Imported, take_in
from flows.places import Places
from flows.steps import archive, discover, fetch, seeds
from flows.steps.records import Capture, ListKind, PactwatchError


def snapshot(places: Places, bounds: fetch.Bounds, now: datetime, page: str = "") -> Imported:
    """Look at the list page and take in each list it links; every attempt leaves a manifest row.

    `page` overrides the address in seeds/lists.toml. A failure is a row with its sentence, not an
    exception: the run goes on with what is there.
    """
    site = seeds.read_lists_config(places.seeds)["site"]
    address = page or site["page"]
    if not bounds.allowed_hosts:
        bounds = replace(bounds, allowed_hosts=tuple(site["allowed_hosts"]))
    attempt = Capture(attempted_at=now, source="ice", outcome="failed", url=address)
    try:
        answer = fetch.get(address, bounds)
        if discover.looks_blocked(answer.data):
            raise fetch.Refused(
                "The list page answered with a block page: open it in a browser, download the"
                " lists and run `pactwatch import FILE`."
            )
        found = discover.find_links(answer.data, answer.url)
    except PactwatchError as problem:
        failed = replace(attempt, why=str(problem))
        archive.append_manifest(places.layout, [failed])
        return Imported([failed])
    taken = [
        _take_list(places, bounds, kind, url, replace(attempt, url=url, list=kind))
        for kind, url in found.links.items()
    ]
    gone = [
        replace(attempt, list=kind, outcome="unchanged", why="The page links no such list.")
        for kind in found.missing
    ]
    archive.append_manifest(places.layout, gone)
    return Imported([capture for captures in taken for capture in captures] + gone)


def _take_list(
    places: Places, bounds: fetch.Bounds, kind: ListKind, url: str, attempt: Capture
) -> list[Capture]:
    before = _last_seen(places, url)
    try:
        answer = fetch.get(
            url,
            bounds,
            etag=before.etag if before else None,
            last_modified=before.last_modified if before else None,
        )
    except PactwatchError as problem:
        failed = replace(attempt, why=str(problem))
        archive.append_manifest(places.layout, [failed])
        return [failed]
    capture = replace(
        attempt,
        outcome="new",
        captured_at=attempt.attempted_at,
        http_status=answer.status,
        file_name=answer.file_name,
        etag=answer.etag,
        last_modified=answer.last_modified,
    )
    if answer.status == 304 and before:
        same = replace(
            before,
            attempted_at=attempt.attempted_at,
            outcome="unchanged",
            http_status=304,
            why=None,
        )
        archive.append_manifest(places.layout, [same])
        return [same]
    return take_in(places, [(answer.file_name, answer.data, capture)], 1).captures


def _last_seen(places: Places, url: str) -> Capture | None:
    """Return the newest capture of this address whose bytes we hold, for conditional requests."""
    held = (
        capture
        for capture in reversed(archive.read_manifest(places.layout))
        if capture.url == url and capture.sha256 and capture.outcome in ("new", "unchanged")
    )
    return next(held, None)
