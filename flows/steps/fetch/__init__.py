"""Get bytes from the web, politely and within bounds.

The network is used here (one request in request.py, and trying again), in sources/wayback.py, in
notify/send.py, and by the `git clone` of sources/git_history.py; nowhere else.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

import httpx
import tenacity

from flows.steps.common.urls import parts_of

from .bounds import Bounds, Later, Refused, Response, TooLarge, bounds_of
from .headers import file_name
from .request import once

__all__ = [
    "Bounds",
    "Refused",
    "Response",
    "TooLarge",
    "answers",
    "asked",
    "bounds_of",
    "file_name",
    "get",
]

MAX_TRIES = 5
VERSION = "0.1"


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
    if etag and etag.isascii() and etag.isprintable():  # a header takes no others
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
    except (httpx.TransportError, httpx.InvalidURL):
        return False


def asked(url: str, body: Mapping[str, Any] | None = None) -> tuple[int, Any]:
    """Ask a server of our own for JSON, posting `body` when there is one; return status and answer.

    The status is 0 when nothing answers, or nothing that is JSON, within a few seconds.
    """
    try:
        answer = httpx.request("POST" if body else "GET", url, json=body, timeout=5)
        return answer.status_code, answer.json()
    except (httpx.HTTPError, httpx.InvalidURL, ValueError):
        return 0, None


async def _get(url: str, bounds: Bounds, headers: Mapping[str, str]) -> Response:
    """Try until the file is there, with one clock over all of it.

    Time-outs of single reads do not stop a server that sends a byte now and then.
    """
    host = parts_of(url).hostname
    last: tenacity.Future | None = None

    def keep_last(state: tenacity.RetryCallState) -> None:
        nonlocal last
        last = state.outcome

    trying = tenacity.AsyncRetrying(
        retry=tenacity.retry_if_exception_type(Later),
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
            return await trying(once, client, url, bounds)
    except Later as problem:
        raise Refused(
            f"{host} did not give the file ({problem}): it is tried again at the next run."
            + (f" {problem.said}" if problem.said else ""),
            problem.status,
        ) from problem
    except TimeoutError as problem:
        before = last.exception() if last else None
        said = f" {before.said}" if isinstance(before, Later) and before.said else ""
        raise Refused(
            f"{host} did not give the file within {bounds.total:g} seconds"
            f"{f' ({before})' if before else ''}: it is tried again at the next run;"
            f" PACTWATCH_TOTAL_SECONDS allows more.{said}",
            before.status if isinstance(before, Later) else None,
        ) from problem


def _pause(state: tenacity.RetryCallState) -> float:
    """Return the seconds to the next try: what the server asked for, and a random, growing part."""
    problem = state.outcome.exception() if state.outcome else None
    asked = problem.wait if isinstance(problem, Later) else 0.0
    return asked + tenacity.wait_random_exponential(multiplier=0.5, max=30)(state)


def _agent(bounds: Bounds) -> str:
    contact = f"; {bounds.contact}" if bounds.contact else ""
    return f"pactwatch/{VERSION} (public record of 287(g) agreements{contact})"
