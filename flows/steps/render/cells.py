"""Tables and cells as the templates take them, and text from lists made safe to print."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .. import words
from ..words import LONGEST, anchor, clean, safe_url

__all__ = [
    "LONGEST",
    "Cell",
    "Table",
    "anchor",
    "cell",
    "clean",
    "moa",
    "num",
    "safe_url",
    "source",
    "table",
]

Cell = dict[str, Any]
Table = dict[str, Any]

_CELL: Cell = dict.fromkeys(
    (
        "href",
        "label",
        "num",
        "mark",
        "bar",
        "id",
        "foreign",
        "code",
        "tight",
        "verdict",
        "below",
        "note",
    )
)


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
    return {
        **{"caption": caption, "columns": heads, "groups": groups, "grouped": by, "fold": fold},
        "stack": words.is_wordy(numeric),
    }


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
    if not url:
        return cell("\u2013")
    return cell("MOA", href=url, label=words.moa_name(event["agency"], event["model"]))
