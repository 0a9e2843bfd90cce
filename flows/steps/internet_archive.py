"""Find and get captures in the Internet Archive, through the `wayback` package.

Addresses, stamps (14 digits, UTC) and digests are those of the archive's CDX and Memento services.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from .records import PactwatchError


class ArchiveSilent(PactwatchError):
    """The Internet Archive did not answer, or not with what its services promise."""


@dataclass(frozen=True, slots=True)
class ArchiveCapture:
    """One capture in the Internet Archive: the address captured, where its bytes are, and when."""

    url: str
    raw_url: str
    captured_at: datetime
    record: Any


def captures(prefix: str, first: date, last: date) -> Iterator[ArchiveCapture]:
    """Give the captures of the files below an address, each digest once.

    Raises `ArchiveSilent` when the archive does not answer.
    """
    import wayback

    seen: set[str] = set()
    try:
        with wayback.WaybackClient() as client:
            for record in client.search(
                prefix, match_type="prefix", from_date=first, to_date=last + timedelta(days=1)
            ):
                if record.digest not in seen and record.status_code == 200:
                    seen.add(record.digest)
                    captured_at = record.timestamp.replace(tzinfo=None)
                    yield ArchiveCapture(record.url, record.raw_url, captured_at, record)
    except wayback.exceptions.WaybackException as problem:
        raise _silent(problem) from problem


def get(capture: ArchiveCapture) -> bytes:
    """Return the bytes of one capture, as they were captured."""
    import wayback

    try:
        with wayback.WaybackClient() as client:
            return bytes(client.get_memento(capture.record).content)
    except wayback.exceptions.WaybackException as problem:
        raise _silent(problem) from problem


def _silent(problem: Exception) -> ArchiveSilent:
    return ArchiveSilent(
        f"The Internet Archive did not answer ({str(problem)[:120]}): try again later; what came"
        " before is kept."
    )
