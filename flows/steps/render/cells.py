"""Tables and cells as the templates take them, and text from lists made safe to print."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlsplit

from .. import words

Cell = dict[str, Any]
Table = dict[str, Any]

LONGEST = 160
"""Characters of a text from a list that a page shows; the files for programs have it whole."""

_CELL: Cell = dict.fromkeys(
    ("href", "num", "mark", "bar", "id", "foreign", "code", "tight", "verdict", "below", "note")
)
_ANCHOR = re.compile(r"[^A-Za-z0-9_-]+")


def clean(text: object, longest: int | None = LONGEST) -> str:
    """Return a text on one line, without control and direction marks, cut when very long."""
    shown = "".join(
        " " if mark in "\t\r\n\v\f" else mark
        for mark in str(text)
        if mark in "\t\r\n\v\f" or unicodedata.category(mark) not in ("Cc", "Cf", "Cs", "Co")
    )
    shown = " ".join(shown.split())
    if longest and len(shown) > longest:
        return shown[:longest].rstrip() + "\u2026"
    return shown


def safe_url(url: object) -> str | None:
    """Return an http(s) address with nothing in it that could end a link early; else `None`."""
    try:
        parts = urlsplit(str(url))
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        return None
    if len(str(url)) > 2000:
        return None
    return quote(str(url), safe=":/?#&=%+,;~._-!$@")


def anchor(publication_id: object) -> str:
    """Return the page anchor of a list version."""
    return "v-" + _ANCHOR.sub("-", str(publication_id))


def cell(text: object, **more: Any) -> Cell:
    """Return a cell: `foreign` text is ICE's, `tight` is not wrapped, `bar` goes from 0 to 100.

    `below` is code on a line of its own, and `note` a cell in small print.
    """
    return {**_CELL, "text": clean(text), **more}


def num(value: str, **more: Any) -> Cell:
    """Return a cell with a figure."""
    return {**_CELL, "text": value, "num": True, **more}


def table(
    caption: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    *,
    by: Sequence[str] | None = None,
    fold: str | None = None,
) -> Table:
    """Return a table; `by` names each row's group in order, `fold` the line that opens it."""
    body = [list(row) for row in rows]
    groups: list[dict[str, Any]] = []
    for name, row in zip(by or [""] * len(body), body, strict=True):
        if not groups or groups[-1]["name"] != name:
            groups.append({"name": name, "rows": []})
        groups[-1]["rows"].append(row)
    for group in groups:
        group["count"] = words.number(len(group["rows"]))
    numeric = [bool(body) and all(row[at]["num"] for row in body) for at in range(len(columns))]
    heads = [{"text": name, "num": num} for name, num in zip(columns, numeric, strict=True)]
    return {"caption": caption, "columns": heads, "groups": groups, "grouped": by, "fold": fold}


def source(event: Mapping[str, Any], days: Mapping[str, str]) -> Cell:
    """Return where a change is printed: the list version and the row, linked to the version.

    A row that left points to where it last stood. `days` maps a version to its day in words.
    """
    version, row = event["publication_id"], event["row_number"]
    if row is None:
        version, row = event["previous_publication_id"], event["previous_row_number"]
    where = "" if row is None else f", row {words.number(row)}"
    return cell(f"{days.get(version, version)}{where}", href="#" + anchor(version), tight=True)


def moa(event: Mapping[str, Any]) -> Cell:
    """Return the link to a signed agreement, when the list or a later one has it."""
    url = safe_url(event["moa_url"]) if event["moa_url"] else None
    return cell("MOA", href=url) if url else cell("\u2013")
