"""Tables and cells as the templates take them, and where the pages that they link to stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flows.steps.common.wording import (
    anchor,
    clean,
    count,
    is_wordy,
    list_name,
    moa_name,
    number,
    safe_url,
    series,
)

Row = Mapping[str, Any]
Cell = dict[str, Any]
Table = dict[str, Any]

_CELL: Cell = dict.fromkeys(
    (
        *("about", "bar", "below", "code", "foreign", "href", "id", "label"),
        *("links", "long", "mark", "note", "num", "tight", "verdict"),
    )
)


def cell(text: object, **more: Any) -> Cell:
    """Return a cell: `foreign` text is ICE's, `tight` is not wrapped, `bar` goes from 0 to 100.

    `below` is code on a line of its own, `note` a cell in small print, `id` the row's anchor.
    """
    return {**_CELL, "text": clean(text), **more}


def num(value: str | float, **more: Any) -> Cell:
    """Return a cell with a figure, given as a number or in words already."""
    text = value if isinstance(value, str) else number(value)
    return {**_CELL, "text": text, "num": True, **more}


def table(
    caption: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    *,
    by: Sequence[str] | None = None,
    fold: str | None = None,
) -> Table:
    """Return a table; a column of figures is set to the right.

    `by` names each row's group in order, `fold` the line that opens the table.
    """
    body = [list(row) for row in rows]
    groups: list[dict[str, Any]] = []
    for name, row in zip(by or [""] * len(body), body, strict=True):
        if not groups or groups[-1]["name"] != name:
            groups.append({"name": name, "rows": []})
        groups[-1]["rows"].append(row)
    for group in groups:
        group["count"] = number(len(group["rows"]))
    numeric = [bool(body) and all(row[at]["num"] for row in body) for at in range(len(columns))]
    heads = [{"text": name, "num": num} for name, num in zip(columns, numeric, strict=True)]
    return {
        **{"caption": caption, "columns": heads, "rows": body, "groups": groups},
        **{"grouped": by, "fold": fold},
        "stack": is_wordy(numeric),
    }


def source(event: Row, days: Mapping[str, str], *others: Row) -> Cell:
    """Return where a change is printed: the list version and the row, linked to the version.

    A row that is gone points to where it last stood, with `others` gone in the same step. `days`
    maps a version to its day in words.
    """
    version, rows = event["publication_id"], [event["row_number"]]
    if rows == [None]:
        version = event["previous_publication_id"]
        rows = [one["previous_row_number"] for one in (event, *others)]
    known = [number(row) for row in sorted(row for row in rows if row is not None)]
    where = f", row{'s' if len(known) > 1 else ''} {series(known)}" if known else ""
    text, href = f"{days.get(version, version)}{where}", f"#{anchor(version)}"
    return cell(text, href=href, tight=len(known) < 2)


def moa(event: Row, *others: Row) -> Cell:
    """Return the link to each signed agreement that the list or a later one has."""
    linked = [
        {"text": "MOA", "href": url, "label": moa_name(one["agency"], one["model"])}
        for one in (event, *others)
        if one["moa_url"] and (url := safe_url(one["moa_url"]))
    ]
    if not linked:
        return cell("\u2013")
    if len(linked) == 1:
        return cell(**linked[0])
    return cell("", links=linked)


def report(week: str, root: str) -> str:
    """Return the address of a week's report from a page `root` away from the site's own root."""
    return f"{root}reports/{week}/index.html"


def version(week: str, publication_id: str, root: str) -> str:
    """Return where a list version is described: in the report of the week it came in."""
    return f"{report(week, root)}#{anchor(publication_id)}"


def printed_at(row: Row, root: str) -> Cell:
    """Return the list version and row that printed an agreement last."""
    named = list_name(row["last_published_on"], row["last_part"])
    where = "" if row["row_number"] is None else f", row {number(row['row_number'])}"
    href = version(row["last_week"], row["last_publication_id"], root)
    return cell(f"{named}{where}", href=href, tight=True)


def standing(row: Row) -> str:
    """Return a count of agreements and of the agencies that hold them."""
    agencies = count(row["agencies"], "agency", "agencies")
    return f"{count(row['agreements'], 'agreement')} with {agencies}"


def state_page(code: str) -> str:
    """Return the file of a state's page, from the folder of states."""
    return f"{code.lower()}.html"
