"""Read the published web address out of a link, and keep nobody's mailbox, name or share."""

from __future__ import annotations

import html
import re
import string
from functools import lru_cache
from urllib.parse import unquote, urlsplit

import polars as pl

from .privacy import UNSEEN, fields, from_base64, is_private, is_public, names_somebody

MAX_LENGTH = 8000
# Wrappers stand in each other a few deep; more is made up.
MAX_DEPTH = 20

# Hosts that only lead on, and the path they do it under: without an address in the link, which a
# mail filter may keep to itself, nothing of the document is left.
WRAPPERS = {
    "safelinks.protection.outlook.com": "",
    "urldefense.com": "",
    "urldefense.us": "",
    "urldefense.proofpoint.com": "",
    "mimecast.com": "",
    "mimecastprotect.com": "",
    "linkprotect.cudasvc.com": "",
    "secure-web.cisco.com": "",
    "protection.sophos.com": "",
    "protect.checkpoint.com": "",
    "url.avanan.click": "",
    "clicktime.symantec.com": "",
    "fireeye.com": "",
    "awstrack.me": "",
    "ct.sendgrid.net": "",
    "lnks.gd": "",
    "slack-redir.net": "",
    "l.facebook.com": "",
    "lm.facebook.com": "",
    "l.instagram.com": "",
    "facebook.com": "/l.php",
    "google.com": "/url",
    "bing.com": "/ck/",
    "duckduckgo.com": "/l/",
    "linkedin.com": "/redir",
    "list-manage.com": "/track/",
    "trendmicro.com": "/wis/clicktime",
}
BROWSER_SCHEMES = {"view-source", "microsoft-edge", "googlechrome", "about"}
_COLON, _SLASH = "(?::|%(?:25)*3a)", "(?:/|%(?:25)*2f)"
_EMBEDDED = re.compile(
    rf"(?<![a-z0-9\s])https?(?:{_COLON}{_SLASH}|{_COLON}?{_SLASH}{_SLASH})", re.I
)
_ENCODED = re.compile(rf"https?{_COLON}%(?:25)*2f", re.I)
_SLIP = re.compile(rf"(https?)(?:{_COLON}[/\\]*|[/\\]{{2,}}:?[/\\]*)\s*", re.I)
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.I)
_ARCHIVED = re.compile(r"https?://web\.archive\.org/web/[\d*]+[a-z_]*/(?=[^/]+\.)", re.I)
_ENTITY = re.compile(r"&(?:[a-z]{2,31}|#\d{1,7}|#x[0-9a-f]{1,6});", re.I)
_AROUND = ' <>"\u201c\u201d'


def published_address(url: str) -> str | None:
    """Return the published web address in a link, or `None` where it holds none.

    The prefixes of archives and browsers and the wrappers of mail filters and click counters come
    off, however deep. Only http and https addresses of public hosts remain, and none that holds a
    mailbox, a user's name or a private share: a query or fragment that does is left off, and an
    address whose path does is none. What this returned comes back unchanged.
    """
    # One document has many addresses in an archive, and one of its own.
    archived = _ARCHIVED.match(url)
    rest = url[archived.end() :] if archived else ""
    return _published(rest if _EMBEDDED.match(rest) else url)


@lru_cache(1 << 14)
def _published(url: str) -> str | None:
    text: str | None = url
    for _ in range(MAX_DEPTH):
        if text is None or len(text) > MAX_LENGTH:
            return None
        before, text = text, _peeled(_tidy(text))
        if text == before:
            return text
    return None


def with_address_keys(lines: pl.DataFrame) -> pl.DataFrame:
    """Add to lines (`moa_url`) `moa_key`, equal for all spellings of one address.

    The scheme, the case of the host, a `www.` before it, percent-encoding, blanks, query and
    fragment are spelling; letters of the path are not.
    """
    distinct = lines["moa_url"].drop_nulls().unique()
    keys = pl.Series([_key(url) for url in distinct], dtype=pl.String)
    return lines.with_columns(
        moa_key=pl.col("moa_url").replace_strict(distinct, keys, default=None)
    )


def _key(url: str) -> str:
    host, slash, path = url.partition("://")[2].partition("/")
    host = host.lower().removeprefix("www.")
    return re.sub(r"\s", "", f"{host}{slash}{unquote(re.split('[?#]', path, maxsplit=1)[0])}")


def _tidy(text: str) -> str:
    """Return a link as plain text that begins with its scheme, written as it should be."""
    text = _ENTITY.sub(lambda found: html.unescape(found[0]), text)
    text = UNSEEN.sub("", text).strip().strip(_AROUND)
    for _ in range(MAX_DEPTH):
        text = unquote(text) if _ENCODED.match(text) else text
    if text.lower().startswith(("www.", "//www.")):
        return "https://" + text.lstrip("/")
    slip = _SLIP.match(text)
    return f"{slip[1].lower()}://{text[slip.end() :]}" if slip else text


def _peeled(text: str) -> str | None:
    """Return what the outermost wrapper of a link holds, or the link without what is private."""
    scheme = _SCHEME.match(text)
    name = scheme[1].lower() if scheme else ""
    if name.endswith("-extension") or name in BROWSER_SCHEMES:
        found = _EMBEDDED.search(text)
        return text[found.start() :] if found else None
    if name not in ("http", "https"):
        return None
    # Of two addresses in one cell the first counts.
    text = re.split(r"\s(?=https?:)", text, maxsplit=1)[0]
    rest, hash_mark, fragment = text.partition("#")
    path, question, query = rest.partition("?")
    host = _host(path)
    if inner := _in_path(text, path) or (query and _in_query(host, path, query)):
        return inner
    if not is_public(host) or _leads_on(host, path) or is_private(path):
        return None
    return (
        path.replace("\\", "/")  # as browsers read it
        + ("" if query and names_somebody(query) else question + query)
        + ("" if fragment and names_somebody(fragment) else hash_mark + fragment)
    )


def _in_path(text: str, path: str) -> str | None:
    """Return the address that stands whole in the path of another one."""
    if archived := _ARCHIVED.match(path):
        rest = text[archived.end() :]
        return rest if _EMBEDDED.match(rest) else "https://" + rest
    found = _EMBEDDED.search(path, path.index("//") + 2)
    if not found:
        return None
    inner, before = text[found.start() :], path[: found.start()]
    if "2f" in found[0].lower():  # written as one part of the path
        return unquote(re.split(r"[/?#]", inner, maxsplit=1)[0])
    if before.endswith("___"):
        return inner.partition("___.")[0]
    if before.endswith("__"):
        inner, _, rest = inner.partition("__;")
        return _put_back(inner, rest.partition("!")[0])
    return inner


def _put_back(text: str, letters: str) -> str:
    """Return an address with the letters that Proofpoint (v3) took out of it.

    `*` stands for the next letter, `**A` for the next two, `**B` for three and so on.
    """
    taken = from_base64(letters) or ""
    runs = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"
    at = 0

    def letter(found: re.Match[str]) -> str:
        nonlocal at
        start, at = at, at + (runs.index(found[1]) + 2 if found[1] else 1)
        return taken[start:at]

    return re.sub(r"\*(?:\*([\w-]))?", letter, text, flags=re.ASCII)


def _in_query(host: str, path: str, query: str) -> str | None:
    """Return the address in a query, where the host only leads on to it.

    Of hosts that are not known to, those do that carry a government's address or, beside the
    address, who clicked on it.
    """
    inner = next(filter(None, (_as_address(value) for _, value in fields(query))), None)
    if inner is None:
        return None
    to_government = _host(inner).endswith(".gov") and not host.endswith(".gov")
    return inner if to_government or _leads_on(host, path) or names_somebody(query) else None


def _as_address(value: str) -> str | None:
    if (found := _EMBEDDED.match(value)) and "2f" not in found[0].lower():
        return value  # not encoded as a whole: what is encoded in it stays
    value = unquote(value)
    if re.match(r"https?-3a__", value, re.I):  # Proofpoint, v2
        return unquote(value.translate({ord("-"): "%", ord("_"): "/"}))
    if _EMBEDDED.match(value) or value.lower().startswith("www."):
        return value
    # Sophos writes it in base64, Bing in base64 after `a1`.
    inner = from_base64(value.removeprefix("a1"))
    return inner if inner and _EMBEDDED.match(inner) else None


def _host(address: str) -> str:
    """Return the host of an address in lower case; nothing where a user stands before it."""
    try:
        parts = urlsplit(address.replace("\\", "/"))
        is_odd = "@" in parts.netloc or parts.port == 0
    except ValueError:
        return ""
    return "" if is_odd else (parts.hostname or "").rstrip(".")


def _leads_on(host: str, path: str) -> bool:
    """Say whether a host, or one that it is below, stands among the wrappers."""
    labels = host.split(".")
    above = (".".join(labels[at:]) for at in range(len(labels)))
    prefix = next((WRAPPERS[name] for name in above if name in WRAPPERS), None)
    below = "/" + path.partition("//")[2].partition("/")[2]
    return prefix is not None and below.startswith(prefix)
