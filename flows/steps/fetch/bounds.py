"""What a download may do, what comes of it, and how it fails."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flows.steps.common.errors import PactwatchError
from flows.steps.common.layout import Job


class Refused(PactwatchError):
    """The site would not give the file; `status` is its last answer, None when there was none."""

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class TooLarge(Refused):
    """What the site sends is larger than a list can be, as sent or once unpacked."""


class Later(Exception):
    """A failure worth another try; `wait` is what Retry-After asked for, in seconds.

    `said` is a sentence on what came instead of the file, when it was a block page.
    """

    def __init__(
        self, message: str, status: int | None = None, wait: float = 0.0, said: str = ""
    ) -> None:
        super().__init__(message)
        self.status = status
        self.wait = wait
        self.said = said


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a download may do: hosts, schemes, sizes and times (bytes, seconds).

    `timeout` is for one connection or one read, `total` for the whole file with its redirects,
    pauses and tries.
    """

    allowed_hosts: tuple[str, ...]
    allow_http: bool = False
    contact: str = ""
    timeout: float = 30.0
    total: float = 180.0
    max_bytes: int = 25_000_000


def bounds_of(job: Job) -> Bounds:
    """Return what a job's downloads may do."""
    return Bounds(
        job.allowed_hosts,
        job.allow_http,
        job.contact,
        timeout=job.timeout_seconds,
        total=job.total_seconds,
    )


@dataclass(frozen=True, slots=True)
class Response:
    """What came: `status` 200 with the bytes, or 304 when nothing changed.

    `url` is the address after redirects; `last_modified` and `server_time` are the server's own
    words, in UTC.
    """

    url: str
    status: int
    data: bytes
    file_name: str
    etag: str | None
    last_modified: datetime | None
    server_time: datetime | None
