"""Do one request, with its redirects, within the bounds."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

import httpx

from flows.steps.common.block_pages import block_page_said, is_block_page

from .bounds import Bounds, Later, Refused, Response, TooLarge
from .codings import Broken, TooMuch, Unasked, unpacked
from .headers import file_name, http_time, is_challenge, retry_after, server_time

MAX_REDIRECTS = 5
RETRIED = {429, 500, 502, 503, 504}
CONDITIONS = {"if-none-match", "if-modified-since"}
# Answers by which a site says that it has no such file, whatever their page looks like.
GONE = {404, 410, 411}
# How much of an answer that gives no file is read, to tell what it says (bytes).
MOST_OF_ANSWER = 300_000


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
    was_asked_for = status == 200 or (status == 304 and CONDITIONS & set(answer.request.headers))
    if not was_asked_for:
        raise await _refusal(answer, url)
    return Response(
        url,
        status,
        await _body(answer, url, bounds),
        file_name(answer.headers, answer.url.path),
        answer.headers.get("etag"),
        http_time(answer.headers.get("last-modified")),
        server_time(answer.headers),
    )


async def _refusal(answer: httpx.Response, url: str) -> Refused | Later:
    """Return what an answer that gives no file amounts to, in words."""
    status, host = answer.status_code, urlsplit(url).hostname
    is_blocked = status not in GONE and await _is_blocked(answer)
    if status in RETRIED:
        wait = retry_after(answer.headers)
        asked = f": it asks to wait {wait:,.0f} seconds" if wait else ""
        what = block_page_said(url) if is_blocked else ""
        return Later(f"status {status}{asked}", status, wait, what)
    if status == 403:
        with_page = " with a block page" if is_blocked else ""
        return Refused(
            f"{host} refuses this machine (403){with_page}, which says nothing of the list:"
            " download the list in a browser and run `pactwatch import FILE`.",
            status,
        )
    if is_blocked:
        return Refused(block_page_said(url, status), status)
    return Refused(
        f"{url} answered {status}: look at the page in a browser; if the list moved, set its"
        " page in seeds/lists.toml.",
        status,
    )


async def _is_blocked(answer: httpx.Response) -> bool:
    """Say whether an answer is a guard's, by its headers or by what it shows; never raises."""
    if is_challenge(answer.headers):
        return True
    data = bytearray()
    try:
        async for chunk in answer.aiter_raw():
            data += chunk
            if len(data) > MOST_OF_ANSWER:
                break
        coding = answer.headers.get("content-encoding", "")
        return is_block_page(unpacked(bytes(data), coding, MOST_OF_ANSWER))
    except (httpx.TransportError, Broken, TooMuch, Unasked):
        return False


async def _body(answer: httpx.Response, url: str, bounds: Bounds) -> bytes:
    """Return the bytes as published, at most `max_bytes` of them in memory packed and unpacked."""
    status = answer.status_code
    too_large = TooLarge(
        f"{url} sends more than {bounds.max_bytes:,} bytes, which no list has: it was not kept;"
        " look at it in a browser.",
        status,
    )
    data = bytearray()
    async for chunk in answer.aiter_raw():
        data += chunk
        if len(data) > bounds.max_bytes:
            raise too_large
    if status == 304:
        return bytes(data)
    try:
        # httpx unpacks a chunk whole, however large it grows: so this is done here, with the cap.
        return unpacked(bytes(data), answer.headers.get("content-encoding", ""), bounds.max_bytes)
    except TooMuch:
        raise too_large from None
    except Broken as problem:
        raise Later(f"the packed bytes are broken: {problem}", status) from problem
    except Unasked as coding:
        raise Refused(
            f"{url} came packed as {coding}, which was not asked for: download the list in a"
            " browser and run `pactwatch import FILE`.",
            status,
        ) from None


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
