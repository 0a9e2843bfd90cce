"""Read what a server says of a file: its name, its times, and when to come again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.message import Message
from email.utils import parsedate_to_datetime
from urllib.parse import unquote

FIRST_SERVERS = 1990
"""The year before which no server's clock can have been right."""


def file_name(headers: Mapping[str, str], path: str) -> str:
    """Return the file's name: from Content-Disposition (RFC 6266), else from its path."""
    given = Message()
    try:
        given["content-disposition"] = headers.get("content-disposition", "")
        said = given.get_filename()
    except (ValueError, LookupError):  # a charset that cannot be, and the like
        said = None
    name = unquote(said or path).replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
    return " ".join(name.split()).strip("\"' ") or "list"


def http_time(text: str | None) -> datetime | None:
    """Return a header's time in UTC, without a zone; None when it has none that can be read."""
    try:
        time = parsedate_to_datetime(text) if text else None
        time = time and (time.astimezone(UTC) if time.tzinfo else time).replace(tzinfo=None)
    except (ValueError, OverflowError):
        return None
    return time if time and time.year >= FIRST_SERVERS else None


def server_time(headers: Mapping[str, str]) -> datetime | None:
    """Return what the server's clock says: its Date, and the Age of an answer a cache kept."""
    sent = http_time(headers.get("date"))
    age = headers.get("age", "")
    if sent is None:
        return None
    try:
        return sent + timedelta(seconds=int(age) if re.fullmatch(r"\d{1,9}", age) else 0)
    except OverflowError:
        return sent


def retry_after(headers: Mapping[str, str]) -> float:
    """Return what Retry-After asks for, in seconds; its date counts from the server's own Date."""
    text = headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d{1,9}", text):
        return float(text)
    until, now = http_time(text), http_time(headers.get("date"))
    return max(0.0, (until - now).total_seconds()) if until and now else 0.0


def is_challenge(headers: Mapping[str, str]) -> bool:
    """Say whether a bot guard says in a header that it answers in the site's place."""
    return "x-amzn-waf-action" in headers or headers.get("cf-mitigated") == "challenge"
