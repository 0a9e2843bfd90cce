"""Text made safe to print in Markdown."""

from __future__ import annotations

import re

# Inline in a page or a table cell these would start markup; "@" would call people on some sites.
_MARKDOWN = re.compile(r"[\\`*_\[\]<>|#~&@]")
_AUTOLINK = re.compile(r"(?i)\b(https?|ftp|mailto|xmpp)(?=:)|\bwww(?=\.)")


class Ready(str):
    """Markdown that is markup already: links and code made from checked parts."""

    __slots__ = ()


def escape_markdown(value: object) -> str:
    """Return text that Markdown prints as it stands, on one line."""
    text = " ".join(str(value).split())
    text = _MARKDOWN.sub(lambda found: f"&#{ord(found[0])};", text)
    return _AUTOLINK.sub(lambda found: f"{found[0][:-1]}&#{ord(found[0][-1])};", text)


def link(text: object, url: str) -> Ready:
    """Return a Markdown link; the address was checked and encoded when its cell was made."""
    return Ready(f"[{escape_markdown(text)}](<{url}>)")


def code(text: object) -> Ready:
    """Return inline code, fenced by more backticks than the text holds in a row."""
    plain = " ".join(str(text).split()).replace("|", "\\|")
    runs = re.findall(r"`+", plain)
    fence = "`" * (max((len(run) for run in runs), default=0) + 1)
    space = " " if runs else ""
    return Ready(f"{fence}{space}{plain}{space}{fence}")


def printed(value: object) -> object:
    """Return a value as a template prints it: escaped, unless it is markup already."""
    return value if isinstance(value, Ready) else escape_markdown(value)
