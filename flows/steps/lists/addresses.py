"""From the address behind a cell to the one that was published, or none.

Addresses come wrapped by archives, mail filters and browsers, some with the mailbox they were sent
to; and a cell may lead to somebody's own disk. Only web addresses that anybody may know are kept.
"""

from __future__ import annotations

import base64
import binascii
import html
import ipaddress
import re
from functools import lru_cache
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

MAX_LENGTH = 8_000
MAX_WRAPPERS = 8
MAX_FIELDS = 60

_SLIP = re.compile(r"(https?)(?::/{1,4}|:(?=www\.)|//)(?=[^/])", re.I)
_BROWSER = re.compile(r"(?:view-source:|[a-z]+-extension://[^/]*/)", re.I)
_WHOLE = re.compile(r"https?:/{1,2}[^/\s]", re.I)
_INSIDE = re.compile(r"(?<=/)https?(?::|%3a)(?:/|%2f)", re.I)
# Mail filters, some of which keep the address to themselves: theirs says whom a letter went to.
_FILTERS = (
    *("safelinks.protection.outlook.com", "urldefense.com", "urldefense.us", "proofpoint.com"),
    *("cudasvc.com", "secure-web.cisco.com", "protection.sophos.com", "trendmicro.com"),
    *("mimecast.com", "mimecastprotect.com", "emailprotection.link", "fireeye.com"),
)
# Stores that open to members only, whose addresses name them.
_PRIVATE = ("sharepoint.com", "sharepoint.us", "sharepoint-mil.us", "onedrive.live.com", "1drv.ms")
_LOCAL = ("local", "localdomain", "localhost", "internal", "intranet", "lan", "corp", "home")
_HOST = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,62})\.)+[a-z][a-z0-9-]{1,62}")
_FILE = re.compile(r"\.(?:pdf|png|jpe?g|gif|svg|html?|xlsx?|docx?|csv|zip)$", re.I)
_DRIVE = re.compile(r"(?:^|[^A-Za-z])[A-Za-z]:[\\/]|\\\\")


@lru_cache(1 << 14)
def published_address(address: str) -> str | None:
    """Return the web address that a cell's address leads to, out of what wraps it.

    None stands for what is no address on the public web: files, mailboxes, members' stores, and
    wrappers that do not tell what is inside. A query or fragment that holds a mailbox is left out.
    """
    if len(address) > MAX_LENGTH:
        return None
    text = html.unescape(address).strip().strip("\"'").strip()
    for _ in range(MAX_WRAPPERS):
        inner = _unwrapped(text)
        if inner == text:
            return _public(text)
        text = inner
    return None


def _unwrapped(text: str) -> str:
    """Return what the outermost wrapper holds; the text itself when there is none."""
    text = _BROWSER.sub("", text, count=1) if _BROWSER.match(text) else text
    if text.startswith("//") or re.match(r"www\.[a-z0-9-]+\.", text, re.I):
        return f"https://{text.removeprefix('//')}"
    if slip := _SLIP.match(text):
        text = f"{slip[1]}://{text[slip.end() :]}"
    parts = _split(text)
    if parts is None:
        return text
    if re.match(r"https?%3a", text, re.I):
        return unquote(text)
    inner = _by_filter(parts, text) or _in_query(parts) or _in_path(text)
    return (inner or text).strip()


def _by_filter(parts: SplitResult, text: str) -> str | None:
    """Return the address in a mail filter's own coding."""
    host = parts.hostname or ""
    fields = dict(_fields(parts))
    if host.startswith("urldefense."):
        if "/v3/" in parts.path:
            return _of_proofpoint_3(text)
        coded = fields.get("u", "")
        if parts.path.startswith("/v2/"):
            coded = unquote(coded.replace("-", "%").replace("_", "/"))
        return coded or None
    if host.endswith("protection.sophos.com"):
        return _of_base64(fields.get("u", ""))
    if host.endswith("bing.com") and parts.path.startswith("/ck/"):
        return _of_base64(fields.get("u", "")[2:])
    return None


def _in_query(parts: SplitResult) -> str | None:
    """Return the whole web address that a query gives, as click counters and viewers have it."""
    return next((value for _, value in _fields(parts) if _WHOLE.match(value)), None)


def _in_path(text: str) -> str | None:
    """Return the whole web address that stands within another's path, as archives have it."""
    before = text.partition("?")[0].partition("#")[0]
    inside = _INSIDE.search(before, len("https://"))
    if not inside:
        return None
    found = text[inside.start() :]
    return unquote(found) if "%" in inside[0] else found


def _of_proofpoint_3(text: str) -> str | None:
    """Return the address in `/v3/__ADDRESS__;SIGNS!!...`, its `*` standing for the coded signs."""
    _, _, rest = text.partition("/v3/__")
    address, mark, rest = rest.rpartition("__;")
    if not mark:
        return None
    signs = iter(_of_base64(rest.partition("!")[0]) or "")
    found: list[str] = []
    at = 0
    while at < len(address):
        if address[at : at + 2] == "**" and at + 2 < len(address):
            many = _LENGTHS.find(address[at + 2]) + 2
            found += [next(signs, "") for _ in range(many)]
            at += 3
            continue
        found.append(next(signs, "") if address[at] == "*" else address[at])
        at += 1
    return "".join(found)


_LENGTHS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def _of_base64(coded: str) -> str | None:
    try:
        padded = coded + "=" * (-len(coded) % 4)
        return base64.urlsafe_b64decode(padded).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None


def _public(text: str) -> str | None:
    """Return a web address that anybody may know, without what names a mailbox."""
    parts = _split(text)
    if parts is None or parts.scheme.lower() not in ("http", "https") or "@" in parts.netloc:
        return None
    if not _is_public_host((parts.hostname or "").rstrip(".")):
        return None
    if _names_somebody(parts.path) or _DRIVE.search(unquote(parts.path)):
        return None
    kept = text
    for mark, part in (("#", parts.fragment), ("?", parts.query)):
        if part and (_names_somebody(part) or _DRIVE.search(unquote(unquote(part)))):
            kept = kept.partition(mark)[0]
    return kept


def _is_public_host(host: str) -> bool:
    def is_of(domain: str) -> bool:
        return host == domain or host.endswith(f".{domain}")

    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        is_named = bool(_HOST.fullmatch(host)) and host.rpartition(".")[2] not in _LOCAL
        return is_named and not any(map(is_of, (*_FILTERS, *_PRIVATE)))


def _names_somebody(part: str) -> bool:
    """Say whether a part of an address holds a mailbox, however often it is encoded."""
    before, *others = unquote(unquote(unquote(part))).split("@")
    for after in others:
        host = re.match(r"[\w-]{1,63}(?:\.[\w-]{1,63})+", after)
        if host and re.search(r"[\w.+-]$", before) and not _FILE.search(host[0]):
            return True
        before = after
    return False


def _fields(parts: SplitResult) -> list[tuple[str, str]]:
    try:
        return parse_qsl(parts.query, max_num_fields=MAX_FIELDS)
    except ValueError:
        return []


def _split(text: str) -> SplitResult | None:
    try:
        parts = urlsplit(text)
        _ = parts.port
        return parts
    except ValueError:
        return None
