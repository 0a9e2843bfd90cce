"""Get bytes from the web, politely and within bounds.

This module and internet_archive.py are all that uses the network.
"""

from __future__ import annotations

import asyncio
import gzip
import io
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import Message
from email.utils import format_datetime, parsedate_to_datetime
from urllib.parse import unquote, urljoin, urlsplit

import httpx
import tenacity

from .records import PactwatchError

MAX_REDIRECTS = 5
MAX_TRIES = 5
RETRIED = {429, 500, 502, 503, 504}
CONDITIONS = {"if-none-match", "if-modified-since"}
VERSION = "0.1"


class Refused(PactwatchError):
    """The site would not give the file; `status` is its last answer, None when there was none."""

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class TooLarge(Refused):
    """What the site sends is larger than a list can be, as sent or once unpacked."""


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


class _Later(Exception):
    """A failure worth another try; `wait` is what Retry-After asked for, in seconds."""

    def __init__(self, message: str, status: int | None = None, wait: float = 0.0) -> None:
        super().__init__(message)
        self.status = status
        self.wait = wait


def get(
    url: str,
    bounds: Bounds,
    *,
    etag: str | None = None,
    last_modified: datetime | None = None,
) -> Response:
    """Return the file at an address, with conditional headers when its last form is known.

    Retries broken transfers, 429 and 5xx with growing pauses, and honours Retry-After as long as
    it ends within the total time; any other 4xx is final. Raises `Refused` with a sentence that
    says what a person can do, and `TooLarge` for what goes past the size.
    """
    headers = {"User-Agent": _agent(bounds), "Accept-Encoding": "gzip"}
    if etag:
        headers["If-None-Match"] = etag
    if last_modified:
        headers["If-Modified-Since"] = format_datetime(
            last_modified.replace(tzinfo=UTC), usegmt=True
        )
    return asyncio.run(_get(url, bounds, headers))


def answers(url: str) -> bool:
    """Say whether a server of our own answers 200 at an address."""
    try:
        return httpx.get(url, timeout=2).status_code == 200
    except httpx.TransportError:
        return False


async def _get(url: str, bounds: Bounds, headers: Mapping[str, str]) -> Response:
    """Try until the file is there, with one clock over all of it.

    Time-outs of single reads do not stop a server that sends a byte now and then.
    """
    host = urlsplit(url).hostname
    last: tenacity.Future | None = None

    def keep_last(state: tenacity.RetryCallState) -> None:
        nonlocal last
        last = state.outcome

    trying = tenacity.AsyncRetrying(
        retry=tenacity.retry_if_exception_type(_Later),
        wait=_pause,
        stop=tenacity.stop_after_attempt(MAX_TRIES) | tenacity.stop_before_delay(bounds.total),
        before_sleep=keep_last,
        reraise=True,
    )
    try:
        async with (
            asyncio.timeout(bounds.total),
            httpx.AsyncClient(headers=headers, timeout=bounds.timeout) as client,
        ):
            return await trying(_once, client, url, bounds)
    except _Later as problem:
        raise Refused(
            f"{host} did not give the file ({problem}): it is tried again at the next run.",
            problem.status,
        ) from problem
    except TimeoutError as problem:
        before = last.exception() if last else None
        raise Refused(
            f"{host} did not give the file within {bounds.total:g} seconds"
            f"{f' ({before})' if before else ''}: it is tried again at the next run;"
            " PACTWATCH_TOTAL_SECONDS allows more.",
            before.status if isinstance(before, _Later) else None,
        ) from problem


async def _once(client: httpx.AsyncClient, url: str, bounds: Bounds) -> Response:
    status = None
    for _ in range(MAX_REDIRECTS + 1):
        _check_address(url, bounds, status)
        try:
            async with client.stream("GET", url, follow_redirects=False) as answer:
                status = answer.status_code
                if not answer.has_redirect_location:
                    return await _accept(answer, url, bounds)
                url = _next_address(url, answer)
        except httpx.TransportError as problem:
            raise _Later(f"{type(problem).__name__}: {problem}", status) from problem
        except httpx.InvalidURL:
            raise _no_address(url, status) from None
    raise Refused(f"{url} redirects in a circle: look at it in a browser.", status)


async def _accept(answer: httpx.Response, url: str, bounds: Bounds) -> Response:
    status = answer.status_code
    if status in RETRIED:
        wait = _retry_after(answer)
        asked = f": it asks to wait {wait:,.0f} seconds" if wait else ""
        raise _Later(f"status {status}{asked}", status, wait)
    if status == 403:
        raise Refused(
            f"{urlsplit(url).hostname} refuses this machine (403), which says nothing of the list:"
            " download the list in a browser and run `pactwatch import FILE`.",
            status,
        )
    was_asked_for = status == 200 or (status == 304 and CONDITIONS & set(answer.request.headers))
    if not was_asked_for:
        raise Refused(
            f"{url} answered {status}: look at the page in a browser; if the list moved, set its"
            " page in seeds/lists.toml.",
            status,
        )
    return Response(
        url,
        status,
        await _body(answer, url, bounds),
        _name(answer),
        answer.headers.get("etag"),
        _http_time(answer.headers.get("last-modified")),
        _server_time(answer),
    )


async def _body(answer: httpx.Response, url: str, bounds: Bounds) -> bytes:
    """Return the bytes as published, at most `max_bytes` of them in memory packed and unpacked."""
    too_large = TooLarge(
        f"{url} sends more than {bounds.max_bytes:,} bytes, which no list has: it was not kept;"
        " look at it in a browser.",
        answer.status_code,
    )
    data = bytearray()
    async for chunk in answer.aiter_raw():
        data += chunk
        if len(data) > bounds.max_bytes:
            raise too_large
    packing = answer.headers.get("content-encoding", "identity").strip().lower()
    if packing == "identity" or answer.status_code == 304:
        return bytes(data)
    if packing not in ("gzip", "x-gzip"):
        raise Refused(
            f"{url} came packed as {packing}, which was not asked for: download the list in a"
            " browser and run `pactwatch import FILE`.",
            answer.status_code,
        )
    try:
        # httpx unpacks a chunk whole, however large it grows: so this is done here, with the cap.
        unpacked = gzip.GzipFile(fileobj=io.BytesIO(data)).read(bounds.max_bytes + 1)
    except (OSError, EOFError, zlib.error) as problem:
        raise _Later(f"the packed bytes are broken: {problem}", answer.status_code) from problem
    if len(unpacked) > bounds.max_bytes:
        raise too_large
    return unpacked


def _next_address(url: str, answer: httpx.Response) -> str:
    where = answer.headers["location"]
    try:
        target = urljoin(url, where)
        scheme = urlsplit(target).scheme
    except ValueError:
        raise _no_address(where, answer.status_code) from None
    if urlsplit(url).scheme == "https" and scheme == "http":
        raise Refused(
            f"{url} redirects from https to plain http ({target}), where anyone on the way could"
            " change the list: download it in a browser and run `pactwatch import FILE`.",
            answer.status_code,
        )
    return target


def _check_address(url: str, bounds: Bounds, status: int | None) -> None:
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises for a port that cannot be
    except ValueError:
        raise _no_address(url, status) from None
    schemes = ("https", "http") if bounds.allow_http else ("https",)
    if parts.scheme not in schemes or parts.hostname not in bounds.allowed_hosts:
        raise Refused(
            f"{url} is not on an allowed host ({', '.join(bounds.allowed_hosts)}) over"
            f" {schemes[0]}: if that is right, add the host to seeds/lists.toml.",
            status,
        )


def _no_address(url: str, status: int | None) -> Refused:
    return Refused(f"{url} is no address: look at the list page in a browser.", status)


def _pause(state: tenacity.RetryCallState) -> float:
    """Return the seconds to the next try: what the server asked for, and a random, growing part."""
    problem = state.outcome.exception() if state.outcome else None
    asked = problem.wait if isinstance(problem, _Later) else 0.0
    return asked + tenacity.wait_random_exponential(multiplier=0.5, max=30)(state)


def _retry_after(answer: httpx.Response) -> float:
    """Return what Retry-After asks for, in seconds; its date counts from the server's own Date."""
    text = answer.headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d{1,9}", text):
        return float(text)
    until, now = _http_time(text), _http_time(answer.headers.get("date"))
    return max(0.0, (until - now).total_seconds()) if until and now else 0.0


def _name(answer: httpx.Response) -> str:
    """Return the file's name: from Content-Disposition (RFC 6266), else from the address."""
    header = Message()
    header["content-disposition"] = answer.headers.get("content-disposition", "")
    given = header.get_filename() or answer.url.path
    name = unquote(given).replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
    return " ".join(name.split()).strip("\"' ") or "list"


def _server_time(answer: httpx.Response) -> datetime | None:
    """Return what the server's clock says: its Date, and the Age of an answer a cache kept."""
    sent = _http_time(answer.headers.get("date"))
    age = answer.headers.get("age", "")
    if sent is None:
        return None
    return sent + timedelta(seconds=int(age) if re.fullmatch(r"\d{1,9}", age) else 0)


def _http_time(text: str | None) -> datetime | None:
    try:
        time = parsedate_to_datetime(text) if text else None
        return time and (time.astimezone(UTC) if time.tzinfo else time).replace(tzinfo=None)
    except (ValueError, OverflowError):
        return None


def _agent(bounds: Bounds) -> str:
    contact = f"; {bounds.contact}" if bounds.contact else ""
    return f"pactwatch/{VERSION} (public record of 287(g) agreements{contact})"
