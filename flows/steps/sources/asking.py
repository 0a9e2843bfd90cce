"""Ask ICE's site for one file, and leave the manifest row of what came."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from flows.steps import archive, fetch
from flows.steps.common.block_pages import block_page_said, is_block_page
from flows.steps.common.errors import PactwatchError
from flows.steps.common.layout import Paths
from flows.steps.common.records import Capture, ListKind

from .intake import Intake

# Within an hour a clock's error moves no date; past it someone should look at both clocks.
MAX_SKEW = timedelta(hours=1)
# No clock stands before this that was ever set: the record of workbooks is younger.
EARLIEST = datetime(2021, 1, 1)
# Less than a day, so that looks every six hours ask for a whole file once a day.
FULL_EVERY = timedelta(hours=20)


@dataclass(frozen=True, slots=True)
class Look:
    """One look at the page: where to hand in, what a download may do, and the row to fill."""

    paths: Paths
    intake: Intake
    bounds: fetch.Bounds
    attempt: Capture


def at(look: Look, url: str, kind: ListKind | None) -> Look:
    """Return the look with another address, and the list that its link names, if any."""
    return replace(look, attempt=replace(look.attempt, url=url, list=kind))


def take_list(look: Look) -> list[Capture]:
    """Ask for the file at a look's address and take it in; a failure is a row with its sentence."""
    try:
        answer, before = ask(look)
    except PactwatchError as problem:
        return record(look, [failed(look.attempt, problem)])
    return same(look, answer, before) if before else take_in(look, look.attempt.list, answer)


def ask(look: Look) -> tuple[fetch.Response, Capture | None]:
    """Return the answer of a look's address, and the capture that it says is unchanged, if so.

    Raises `PactwatchError` when there is no answer to use.
    """
    url = look.attempt.url or ""
    before = _last_seen(look)
    answer = fetch.get(
        url,
        look.bounds,
        etag=_strong(before.etag) if before else None,
        last_modified=before.last_modified if before else None,
    )
    return answer, before if answer.status == 304 else None


def take_in(look: Look, kind: ListKind | None, answer: fetch.Response) -> list[Capture]:
    """Take in an answer's bytes as a list; a block page is a failed row that keeps its bytes."""
    capture = replace(
        look.attempt,
        outcome="new",
        list=kind,
        captured_at=seen_at(look, answer),
        http_status=answer.status,
        file_name=answer.file_name,
        etag=answer.etag,
        last_modified=answer.last_modified,
        why=_clocks(look, answer),
    )
    if is_block_page(answer.data):
        sha256, _ = archive.store(look.paths.layout, answer.data, answer.file_name)
        why = block_page_said(look.attempt.url or "")
        blocked = replace(capture, sha256=sha256, size=len(answer.data), why=why)
        return record(look, [replace(blocked, outcome="failed")])
    return look.intake.take([(answer.file_name, answer.data, capture)])


def same(look: Look, answer: fetch.Response, before: Capture) -> list[Capture]:
    """Leave the rows of an address that still has what an earlier capture brought: one a list."""
    row = replace(
        before,
        attempted_at=look.attempt.attempted_at,
        captured_at=seen_at(look, answer),
        outcome="unchanged",
        http_status=304,
        etag=answer.etag or before.etag,
        last_modified=answer.last_modified or before.last_modified,
        why=_clocks(look, answer),
    )
    kinds = dict.fromkeys(
        capture.list
        for capture in archive.read_manifest(look.paths.layout)
        if (capture.url, capture.sha256) == (before.url, before.sha256)
        and capture.outcome in ("new", "unchanged")
    )
    return record(look, [replace(row, list=kind) for kind in kinds])


def seen_at(look: Look, answer: fetch.Response) -> datetime:
    """Return when an answer came: by our clock, or by the earlier one when they are far apart.

    Bytes must not be dated by a time to come; a clock before 2021 has been reset.
    """
    ours, theirs = look.attempt.attempted_at, answer.server_time
    if theirs is None or abs(theirs - ours) <= MAX_SKEW:
        return ours
    earlier, later = sorted((ours, theirs))
    return earlier if earlier >= EARLIEST else later


def _clocks(look: Look, answer: fetch.Response) -> str | None:
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


def _last_seen(look: Look) -> Capture | None:
    """Return the newest capture of this address whose bytes we hold, for conditional requests.

    None when the last full answer is long past: a server may say "unchanged" of a file that is
    not. A time to come is that of a clock that was wrong, and counts as never.
    """
    now = look.attempt.attempted_at
    held = [
        capture
        for capture in archive.read_manifest(look.paths.layout)
        if capture.url == look.attempt.url
        and capture.outcome in ("new", "unchanged")
        and capture.sha256
        and archive.object_path(look.paths.layout, capture.sha256)
    ]
    is_fresh = any(
        capture.http_status == 200 and timedelta() <= now - capture.attempted_at < FULL_EVERY
        for capture in held
    )
    return held[-1] if is_fresh else None


def _strong(etag: str | None) -> str | None:
    """Return an ETag that promises the same bytes; a weak one promises only the like."""
    return None if etag is None or etag.startswith("W/") else etag


def failed(attempt: Capture, problem: PactwatchError) -> Capture:
    """Return an attempt as the row of its failure."""
    return replace(
        attempt,
        outcome="rejected" if isinstance(problem, fetch.TooLarge) else "failed",
        http_status=problem.status if isinstance(problem, fetch.Refused) else None,
        why=str(problem),
    )


def record(look: Look, rows: list[Capture]) -> list[Capture]:
    """Add rows to the manifest, and return them."""
    archive.append_manifest(look.paths.layout, rows)
    return rows
