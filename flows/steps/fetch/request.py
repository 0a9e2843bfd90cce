"""Do one request, with its redirects, within the bounds."""

from __future__ import annotations

import gzip
import io
import zlib
from urllib.parse import urljoin, urlsplit

import httpx

from .bounds import Bounds, Later, Refused, Response, TooLarge
from .headers import file_name, http_time, retry_after, server_time

MAX_REDIRECTS = 5
RETRIED = {429, 500, 502, 503, 504}
CONDITIONS = {"if-none-match", "if-modified-since"}


async def once(client: httpx.AsyncClient, url: str, bounds: Bounds) -> Response:
    """Return the file at an address, following redirects; raises `Later` for what may pass."""
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
            raise Later(f"{type(problem).__name__}: {problem}", status) from problem
        except httpx.InvalidURL:
            raise _no_address(url, status) from None
    raise Refused(f"{url} redirects in a circle: look at it in a browser.", status)


async def _accept(answer: httpx.Response, url: str, bounds: Bounds) -> Response:
    status = answer.status_code
    if status in RETRIED:
        wait = retry_after(answer.headers)
        asked = f": it asks to wait {wait:,.0f} seconds" if wait else ""
        raise Later(f"status {status}{asked}", status, wait)
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
        file_name(answer.headers, answer.url.path),
        answer.headers.get("etag"),
        http_time(answer.headers.get("last-modified")),
        server_time(answer.headers),
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
        raise Later(f"the packed bytes are broken: {problem}", answer.status_code) from problem
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
