"""What the site's tables are made of, and where its pages stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..words import anchor, clean, count, is_wordy, list_name, moa_name, number, safe_url

Row = Mapping[str, Any]
Cell = dict[str, Any]
Table = dict[str, Any]

_EMPTY: Cell = dict.fromkeys(
    ("about", "code", "href", "label", "links", "long", "num", "mark", "id", "foreign", "tight")
)


def cell(text: object, **more: Any) -> Cell:
    """Return a cell: `foreign` text is ICE's, `tight` is not wrapped, `id` is the row's anchor."""
    return {**_EMPTY, "text": clean(text), **more}


def num(value: float) -> Cell:
    """Return a cell with a figure."""
    return {**_EMPTY, "text": number(value), "num": True}


def table(caption: str, columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Table:
    """Return a table; a column of figures is set to the right."""
    body = [list(row) for row in rows]
    numeric = [bool(body) and all(row[at]["num"] for row in body) for at in range(len(columns))]
    heads = [{"text": name, "num": num} for name, num in zip(columns, numeric, strict=True)]
    return {"caption": caption, "columns": heads, "rows": body, "stack": is_wordy(numeric)}


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


def moa(row: Row) -> Cell:
    """Return the link to a signed agreement, when a list gave one."""
    url = safe_url(row["moa_url"]) if row["moa_url"] else None
    if not url:
        return cell("\u2013")
    return cell("MOA", href=url, label=moa_name(row["agency"], row["model"]))


def standing(row: Row) -> str:
    """Return a count of agreements and of the agencies that hold them."""
    agencies = count(row["agencies"], "agency", "agencies")
    return f"{count(row['agreements'], 'agreement')} with {agencies}"


def state_page(code: str) -> str:
    """Return the file of a state's page, from the folder of states."""
    return f"{code.lower()}.html"
