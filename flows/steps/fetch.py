"""Get bytes from the web, politely and within bounds.

This module and internet_archive.py are all that uses the network.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from urllib.parse import unquote, urljoin, urlsplit

import httpx
import tenacity

from .records import PactwatchError

MAX_REDIRECTS = 5
RETRIED = {429, 500, 502, 503, 504}
VERSION = "0.1"


class Refused(PactwatchError):
    """The site would not give the file, or what it gave goes past the bounds."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a download may do: hosts, schemes, sizes and times (bytes, seconds)."""

    allowed_hosts: tuple[str, ...]
    allow_http: bool = False
    contact: str = ""
    timeout: float = 30.0
    total: float = 180.0
    max_bytes: int = 25_000_000


@dataclass(frozen=True, slots=True)
class Response:
    """What came: `status` 200 with the bytes, or 304 when nothing changed."""

    url: str
    status: int
    data: bytes
    file_name: str
    etag: str | None
    last_modified: datetime | None


class _Later(Exception):
    """A failure worth another try; `wait` is what Retry-After asked for, in seconds."""

    def __init__(self, message: str, wait: float | None = None) -> None:
        super().__init__(message)
        self.wait = wait


def get(
    url: str,
    bounds: Bounds,
    *,
    etag: str | None = None,
    last_modified: datetime | None = None,
) -> Response:
    """Return the file at an address, with conditional headers when its last form is known.

    Retries broken transfers, 429 and 5xx with growing pauses, and honours Retry-After; a 4xx is
    final. Raises `Refused` with a sentence that says what a person can do.
    """
    headers = {"User-Agent": _agent(bounds)}
    if etag:
        headers["If-None-Match"] = etag
    if last_modified:
        headers["If-Modified-Since"] = last_modified.strftime("%a, %d %b %Y %H:%M:%S GMT")
    trying = tenacity.Retrying(
        retry=tenacity.retry_if_exception_type(_Later),
        wait=_pause,
        stop=tenacity.stop_after_attempt(5) | tenacity.stop_after_delay(bounds.total),
        reraise=True,
    )
    timeout = httpx.Timeout(bounds.timeout)
    with httpx.Client(headers=headers, timeout=timeout, follow_redirects=False) as client:
        try:
            return trying(_once, client, url, bounds)
        except _Later as problem:
            raise Refused(
                f"{urlsplit(url).hostname} did not give the file ({problem}):"
                " it is tried again at the next run."
            ) from problem


def answers(url: str) -> bool:
    """Say whether a server of our own answers 200 at an address."""
    try:
        return httpx.get(url, timeout=2).status_code == 200
    except httpx.TransportError:
        return False


def _once(client: httpx.Client, url: str, bounds: Bounds) -> Response:
    for _ in range(MAX_REDIRECTS + 1):
        _check_address(url, bounds)
        try:
            with client.stream("GET", url) as answer:
                if answer.has_redirect_location:
                    url = urljoin(url, answer.headers["location"])
                    continue
                return _accept(answer, url, bounds)
        except (httpx.TransportError, httpx.DecodingError) as problem:
            raise _Later(f"{type(problem).__name__}: {problem}") from problem
    raise Refused(f"{url} redirects in a circle: look at it in a browser.")


def _accept(answer: httpx.Response, url: str, bounds: Bounds) -> Response:
    if answer.status_code in RETRIED:
        raise _Later(f"status {answer.status_code}", _retry_after(answer))
    if answer.status_code == 403:
        raise Refused(
            f"{urlsplit(url).hostname} refuses this machine (403), which says nothing of the list:"
            " download the list in a browser and run `pactwatch import FILE`."
        )
    if answer.status_code not in (200, 304):
        raise Refused(
            f"{url} answered {answer.status_code}: look at the page in a browser; if the list"
            " moved, set its page in seeds/lists.toml."
        )
    data = bytearray()
    for chunk in answer.iter_bytes():
        data += chunk
        if len(data) > bounds.max_bytes:
            raise Refused(
                f"{url} sends more than {bounds.max_bytes:,} bytes, which no list has:"
                " it was not kept."
            )
    promised = answer.headers.get("content-length")
    is_plain = "content-encoding" not in answer.headers
    if promised and is_plain and answer.status_code == 200 and int(promised) != len(data):
        raise _Later(f"{len(data)} of {promised} bytes came")
    return Response(
        url,
        answer.status_code,
        bytes(data),
        _name(answer, url),
        answer.headers.get("etag"),
        _http_time(answer.headers.get("last-modified")),
    )


def _check_address(url: str, bounds: Bounds) -> None:
    parts = urlsplit(url)
    schemes = ("https", "http") if bounds.allow_http else ("https",)
    if parts.scheme not in schemes or parts.hostname not in bounds.allowed_hosts:
        raise Refused(
            f"{url} is not on an allowed host ({', '.join(bounds.allowed_hosts)}) over"
            f" {schemes[0]}: if that is right, add the host to seeds/lists.toml."
        )


def _pause(state: tenacity.RetryCallState) -> float:
    problem = state.outcome.exception() if state.outcome else None
    asked = problem.wait if isinstance(problem, _Later) else None
    grown = tenacity.wait_random_exponential(multiplier=0.5, max=30)(state)
    return max(grown, asked or 0.0)


def _retry_after(answer: httpx.Response) -> float | None:
    text = answer.headers.get("retry-after", "")
    return float(text) if re.fullmatch(r"\d{1,4}", text) else None


def _name(answer: httpx.Response, url: str) -> str:
    given = re.search(
        r"filename\*?=(?:UTF-8'')?\"?([^\";]+)", answer.headers.get("content-disposition", "")
    )
    name = given[1] if given else urlsplit(str(answer.url)).path.rsplit("/", 1)[-1]
    return unquote(name).strip().strip("\"'") or "list"


def _http_time(text: str | None) -> datetime | None:
    try:
        return parsedate_to_datetime(text).replace(tzinfo=None) if text else None
    except ValueError:
        return None


def _agent(bounds: Bounds) -> str:
    contact = f"; {bounds.contact}" if bounds.contact else ""
    return f"pactwatch/{VERSION} (public record of 287(g) agreements{contact})"
