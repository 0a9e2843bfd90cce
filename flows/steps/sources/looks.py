"""What looks at ICE's page found, in words, and which of them failed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from flows.steps.common.records import Capture, ListKind

# Answers by which a site says that a file is no longer there.
GONE = (404, 410)


def in_words(capture: Capture, *, is_beside: bool = False) -> str:
    """Return what one attempt found, as a plain sentence.

    `is_beside` says that another link of the same look gave the list.
    """
    of_list = f"The {capture.list} list" if capture.list else "The list page"
    if is_beside:
        return f"Another link for it gave no list. {capture.why or ''}".strip()
    if not capture.list and capture.outcome == "rejected" and capture.sha256:
        return f"A file that the page links is no list. {capture.why or ''}".strip()
    said = {
        "new": f"{of_list} is new: {capture.file_name} ({capture.size or 0:,} bytes).",
        "unchanged": f"{of_list} is the one we have: {capture.file_name}.",
        "failed": f"{of_list} did not come.",
        "rejected": f"{of_list} did not come: {capture.file_name or 'the file'} is no list.",
    }
    if not capture.sha256 and capture.outcome == "unchanged":  # the page shows no such list
        return capture.why or of_list
    return " ".join(filter(None, (said[capture.outcome], capture.why)))


def found_in_words(captures: Iterable[Capture]) -> list[str]:
    """Return what a look found, a sentence for each attempt."""
    captures = list(captures)
    came = lists_that_came(captures)
    return [in_words(one, is_beside=_is_beside(one, came)) for one in captures]


def failed(captures: Iterable[Capture]) -> list[Capture]:
    """Return the attempts of a look at ICE's page that make it a failed one.

    A link that is gone, or gives some other file, fails nothing when another link of the look
    gave the list; a link that could not be asked may have had a newer one.
    """
    looks = [capture for capture in captures if capture.source == "ice"]
    came = lists_that_came(looks)
    return [
        one
        for one in looks
        if one.outcome in ("failed", "rejected")
        and not _is_beside(one, came)
        and (one.list or one.outcome == "failed" or not one.sha256)
    ]


def lists_that_came(captures: Iterable[Capture]) -> set[ListKind]:
    """Return the lists of which some attempt gave a version, new or known."""
    return {
        capture.list
        for capture in captures
        if capture.list and capture.sha256 and capture.outcome in ("new", "unchanged")
    }


def days_seen(captures: Iterable[Capture], kind: str, version: str = "") -> list[date]:
    """Return the days (UTC) on which looks at ICE's page found a list, new or known.

    With a publication id, those on which the page linked that version of it.
    """
    start = version.rsplit("-", 1)[-1]
    return [
        (capture.captured_at or capture.attempted_at).date()
        for capture in captures
        if capture.source == "ice"
        and capture.list == kind
        and capture.sha256
        and capture.sha256.startswith(start)
        and capture.outcome in ("new", "unchanged")
    ]


def linked_before(captures: Iterable[Capture], kind: str, day: date) -> bool:
    """Say whether a look of a day or earlier found the list on ICE's page."""
    return any(seen <= day for seen in days_seen(captures, kind))


def last_look(captures: list[Capture]) -> dict[str, Any] | None:
    """Return when the site was last looked at, what was found and what failed of it.

    `captures` is the manifest; `found` and `failed` are sentences.
    """
    looks = [capture for capture in captures if capture.source == "ice"]
    if not looks:
        return None
    at = looks[-1].attempted_at
    found = in_order([capture for capture in looks if capture.attempted_at == at])
    return {"at": at, "found": found_in_words(found), "failed": list(map(in_words, failed(found)))}


def in_order(captures: Iterable[Capture]) -> list[Capture]:
    """Return the attempts of a look in the order in which they are told: by list, then address."""
    return sorted(captures, key=lambda capture: (capture.list or "", capture.url or ""))


def _is_beside(capture: Capture, came: set[ListKind]) -> bool:
    is_no_list = capture.outcome == "rejected" or (
        capture.outcome == "failed" and capture.http_status in GONE
    )
    return capture.list in came and is_no_list
