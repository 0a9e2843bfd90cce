"""Tell what in an address is private: mailboxes, user names, shares, hosts of inner networks."""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
import unicodedata
from collections.abc import Iterable
from urllib.parse import unquote

from flows.steps.common.entities import unescaped

# Percent-encoding and entities stand in each other a few deep; more is made up.
MAX_DEPTH = 20
# An address has a few accents that stand by themselves, and does not grow when it is written out:
# putting thousands of accents in order, or phrases for single signs, takes its time.
MOST_ACCENTS = 300
MOST_LETTERS = 12_000
# Drives of one person, and ends of names that only an inner network knows.
PRIVATE_HOSTS = ("onedrive.live.com", "1drv.ms", "docs.live.net")
INNER_NETWORKS = frozenset(
    re.findall(r"\S+", "local localhost localdomain internal intranet lan corp home private")
)
USER_FIELDS = frozenset(
    re.findall(
        r"\S+",
        "user username user_id userid uname login login_hint upn email e-mail mail recipient",
    )
)
# `photo@2x.png` is no mailbox.
FILE_ENDINGS = frozenset(
    re.findall(r"\S+", "pdf doc docx xls xlsx htm html csv txt zip png jpg jpeg gif svg tif")
)

UNSEEN = re.compile(r"[\x00-\x1f\x7f\xad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_HOST = re.compile(rf"(?:{_LABEL}\.)+(?:[^\W\d_]{{2,63}}|xn--[a-z0-9-]{{2,59}})")
_AT = re.compile(r"(?<=[^\s/?#&=;,@])@(?=((?:[^\W_]|[.-]){3,255}))")
_ESCAPED = re.compile(r"[%\\]u00(?=[0-9a-f]{2})", re.I)
_SHARE = re.compile(r"\\\\[^\\/]")
_PRIVATE = re.compile(
    r"(?<![a-z0-9])[a-z][:|]/"  # a drive
    r"|/personal/|/:[a-z]:/p/"  # one person's part of a share
    r"|\b(?:users|home|documents and settings)/[^/]+/"
    r"(?:desktop|documents|my documents|downloads|appdata|onedrive|library|pictures)\b"
    r"|(?<![a-z])(?:file|smb|ftp):/"
)


def is_public(host: str) -> bool:
    """Say whether a host is one of the public internet, and no drive of one person."""
    if host.endswith(PRIVATE_HOSTS) or "-my.sharepoint" in host:
        return False
    try:
        return ipaddress.IPv4Address(host).is_global
    except ValueError:
        is_named = len(host) <= 253 and _HOST.fullmatch(host) is not None
        return is_named and host.rpartition(".")[2] not in INNER_NETWORKS


def names_somebody(query: str) -> bool:
    """Say whether a query or fragment tells of a person: by name, mailbox, folder or in base64."""
    return is_private(query) or any(
        name in USER_FIELDS or _has_mailbox(from_base64(unquote(value)) or "")
        for name, value in fields(query)
    )


def is_private(text: str) -> bool:
    """Say whether a part of an address holds a mailbox, a drive, a share or a user's folder."""
    if not text.isascii() and sum(map(bool, map(unicodedata.combining, text))) > MOST_ACCENTS:
        return True
    for _ in range(MAX_DEPTH):
        before = text
        text = _ESCAPED.sub("%", text)
        text = unicodedata.normalize("NFKC", unescaped(unquote(text)))
        text = UNSEEN.sub("", text).lower()
        if len(text) > MOST_LETTERS:
            return True
        if text == before:
            break
    else:
        return True  # nobody writes an address like that
    is_share = _SHARE.search(text) is not None
    return is_share or _has_mailbox(text) or _PRIVATE.search(text.replace("\\", "/")) is not None


def _has_mailbox(text: str) -> bool:
    """Say whether a name stands before a domain: `a@b.org`, and not `logo@2x.png`."""
    for domain in _AT.findall(text):
        labels = [re.match(r"[^\W\d_]*", label) for label in domain.split(".")[1:]]
        if any(len(it[0]) > 1 and it[0].lower() not in FILE_ENDINGS for it in labels if it):
            return True
    return False


def fields(query: str) -> Iterable[tuple[str, str]]:
    """Yield the name, in lower case, and the value, as it is, of each field."""
    for field in filter(None, re.split("[&;]", query)):
        name, _, value = field.partition("=")
        yield unquote(name).lower(), value


def from_base64(text: str) -> str | None:
    """Return what a value says in base64, of either alphabet; `None` where it says nothing."""
    if not text:
        return None
    text = text.rstrip("=").translate({ord("+"): "-", ord("/"): "_"})
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
    except (binascii.Error, ValueError):
        return None
