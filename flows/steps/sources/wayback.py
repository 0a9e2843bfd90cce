"""Find and get captures in the Internet Archive, through the `wayback` package.

Addresses, stamps (14 digits, UTC) and digests are those of the archive's CDX and Memento services.
The package knows one address of the archive; a transport adapter sends its requests to the address
that the settings name, and keeps the bounds that our other downloads have.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from flows.steps import fetch
from flows.steps.common.errors import PactwatchError
from flows.steps.common.urls import parts_of

ARCHIVE = "https://web.archive.org"
AGENT = "pactwatch/0.1 (public record of 287(g) agreements{contact})"
MAX_BYTES = 25_000_000
# The archive allows 30 searches a minute; the package's authors keep to four fifths of it.
SECONDS_BETWEEN_SEARCHES = 2.5
LONGEST_WAIT = 60.0
RUNTIME_ERROR = "X-Archive-Wayback-Runtime-Error"
GO_ON = "what came before is kept, and the same command goes on from there."


class ArchiveSilent(PactwatchError):
    """The archive does not answer, or asks us to stop: the rest has to wait."""


class Unplayable(PactwatchError):
    """One capture, or one search, gave nothing usable; the others may.

    `is_broken` says that the transfer broke off, which another try may mend.
    """

    def __init__(self, message: str, *, is_broken: bool = False) -> None:
        super().__init__(message)
        self.is_broken = is_broken


@dataclass(frozen=True, slots=True)
class Access:
    """How the archive is asked: its address, seconds between requests (0: none), who asks.

    `retries` is how often a busy moment is waited out, longer each time.
    """

    base: str = ARCHIVE
    pause: float = 1.5
    contact: str = ""
    # Searching below a folder takes the archive far longer than a site takes for a file.
    timeout: float = 90.0
    retries: int = 3


@dataclass(frozen=True, slots=True)
class ArchiveCapture:
    """One capture: the address captured, where its bytes are, when, and what it was.

    `media_type` is what the site called it, or `warc/revisit`. `status` is None for a revisit,
    whose bytes are those of an earlier capture with its digest. `size` is that of the compressed
    record (bytes), None when the archive does not say.
    """

    url: str
    raw_url: str
    captured_at: datetime
    digest: str
    media_type: str
    status: int | None
    size: int | None
    record: Any


@dataclass(frozen=True, slots=True)
class Memento:
    """What a capture holds: the bytes as captured, and the headers the site sent with them.

    `file_name` is the one that the site sent, else the last part of the address.
    """

    data: bytes
    file_name: str
    etag: str | None
    last_modified: datetime | None


class Archive:
    """The Internet Archive, asked within the limits of an `Access`; close it after use."""

    def __init__(self, access: Access) -> None:
        import wayback

        self._client = wayback.WaybackClient(_session(access))

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def search(
        self, address: str, first: date, last: date, *, is_prefix: bool = False
    ) -> Iterator[ArchiveCapture]:
        """Give the captures of an address, or of all below it, from one day to another (UTC).

        Raises `ArchiveSilent` when the archive does not answer, `Unplayable` when its answer to
        this search cannot be read to the end.
        """
        import wayback.exceptions as problems

        end = datetime.combine(last + timedelta(days=1), time())
        kind = "prefix" if is_prefix else "exact"
        unreadable = (
            problems.UnexpectedResponseFormat,
            problems.BlockedSiteError,
            problems.BlockedByRobotsError,
            UnicodeDecodeError,
            RuntimeError,  # a resume key is announced and does not follow
        )
        try:
            for record in self._client.search(
                address, match_type=kind, from_date=first, to_date=end - timedelta(seconds=1)
            ):
                captured_at = record.timestamp.replace(tzinfo=None)
                yield ArchiveCapture(
                    record.original,
                    record.raw_url,
                    captured_at,
                    record.digest,
                    (record.mimetype or "").lower(),
                    record.statuscode,
                    record.length,
                    record,
                )
        except unreadable as problem:
            raise Unplayable(_unreadable(address, problem)) from problem
        except problems.WaybackException as problem:
            raise _silent(problem) from problem
        except OSError as problem:  # what requests raises is one
            raise _silent(problem) from problem

    def get(self, capture: ArchiveCapture) -> Memento:
        """Return the bytes of one capture, as they were captured, of that time and no other.

        Raises `Unplayable` when this one cannot be had, `ArchiveSilent` when none can now.
        """
        import wayback.exceptions as problems

        of = f"The capture of {capture.url} of {capture.captured_at} UTC"
        try:
            memento = self._client.get_memento(capture.record, exact=True, follow_redirects=False)
            data = bytes(memento.content)
        except (problems.BlockedSiteError, problems.BlockedByRobotsError) as problem:
            raise Unplayable(f"{of} is kept back by the archive at its owner's wish.") from problem
        except problems.NoMementoError as problem:
            raise Unplayable(f"{of} is listed, but the archive does not hold it.") from problem
        except (problems.MementoPlaybackError, ValueError) as problem:
            raise Unplayable(
                f"{of} cannot be played, or the archive offers another time for it."
            ) from problem
        except problems.WaybackException as problem:
            raise _silent(problem) from problem
        except OSError as problem:
            raise Unplayable(
                f"{of} broke off while it came: the next backfill asks again.", is_broken=True
            ) from problem
        if memento.status_code != 200:
            raise Unplayable(f"{of} holds the answer {memento.status_code}, not a file.")
        headers = memento.headers
        name = fetch.file_name(headers, parts_of(capture.url).path)
        return Memento(data, name, headers.get("ETag"), _time(headers, "Last-Modified"))


class _Bounded:
    """A response's stream that stops past what a list can be, also when it inflates to that."""

    def __init__(self, raw: Any) -> None:
        self._raw = raw

    def __getattr__(self, name: str) -> Any:
        return getattr(self._raw, name)

    def stream(self, amount: int, decode_content: bool | None = None) -> Iterator[bytes]:
        seen = 0
        for chunk in self._raw.stream(amount, decode_content=decode_content):
            seen += len(chunk)
            if seen > MAX_BYTES:
                self._raw.close()
                raise Unplayable(f"The capture is larger than a list can be ({MAX_BYTES:,} bytes).")
            yield chunk


def _session(access: Access) -> Any:
    """Return the package's session with our identity, pace, address and bounds."""
    import wayback
    from requests.adapters import HTTPAdapter

    class Adapter(HTTPAdapter):
        def send(self, request: Any, *rest: Any, **options: Any) -> Any:
            asked = request.copy()
            asked.url = access.base.rstrip("/") + request.url.removeprefix(ARCHIVE)
            response = super().send(asked, *rest, **options)
            response.url, response.request = request.url, request
            response.raw = _Bounded(response.raw)
            _check_time(response)
            return response

    class Session(wayback.WaybackSession):  # type: ignore[misc] # the package has no types
        def should_retry(self, response: Any) -> bool:
            wait = self.get_retry_delay(0, response)
            return bool(super().should_retry(response)) and wait <= LONGEST_WAIT

        def send(self, request: Any, **options: Any) -> Any:
            response = super().send(request, **options)
            is_ours = "Memento-Datetime" in response.headers or RUNTIME_ERROR in response.headers
            if response.status_code >= 500 and not is_ours:
                raise ArchiveSilent(_said(f"it answers {response.status_code}"))
            return response

    searches = max(access.pause, SECONDS_BETWEEN_SEARCHES) if access.pause else 0
    session = Session(
        retries=access.retries,
        backoff=2 * access.pause,
        timeout=access.timeout,
        user_agent=AGENT.format(contact=f"; {access.contact}" if access.contact else ""),
        search_calls_per_second=1 / searches if searches else 0,
        memento_calls_per_second=1 / access.pause if access.pause else 0,
    )
    session.adapters.clear()  # no other host is asked, whatever an answer points to
    session.mount(f"{ARCHIVE}/", Adapter())
    return session


def _check_time(response: Any) -> None:
    """Refuse a memento whose own time is not the one in the address that was asked for."""
    stamp = response.url.removeprefix(f"{ARCHIVE}/web/")[:14]
    of = _time(response.headers, "Memento-Datetime")
    if of and stamp.isdecimal() and of.strftime("%Y%m%d%H%M%S") != stamp:
        raise Unplayable(f"The archive gave the capture of {of} UTC where {stamp} was asked for.")


def _time(headers: Any, name: str) -> datetime | None:
    try:
        return parsedate_to_datetime(headers[name]).replace(tzinfo=None)
    except (KeyError, TypeError, ValueError):
        return None


def _silent(problem: Exception) -> ArchiveSilent:
    import wayback.exceptions as problems

    if isinstance(problem, problems.RateLimitError):
        minutes = max(1, round((problem.retry_after or 60) / 60))
        return ArchiveSilent(_said(f"it asks us to wait {minutes} min (429)"))
    if isinstance(problem, problems.WaybackRetryError | OSError):
        return ArchiveSilent(_said("it cannot be reached"))
    return ArchiveSilent(_said(str(problem).splitlines()[0][:120] if str(problem) else "no answer"))


def _said(what: str) -> str:
    return f"The Internet Archive gives nothing more for now ({what}): try again later; {GO_ON}"


def _unreadable(address: str, problem: Exception) -> str:
    return (
        f"The Internet Archive's list of captures of {address} cannot be read"
        f" ({type(problem).__name__}): what stood before is taken; try again another day."
    )
