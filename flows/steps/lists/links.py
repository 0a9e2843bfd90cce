"""Find the addresses behind the cells of a worksheet, and its merged cells, in its XML.

A hyperlink names its cells and a relation, the relation an address; a cell may hold its address in
a HYPERLINK formula instead. Nothing is computed: an address is read from a formula's own words and
from the cells it names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from io import BytesIO

from lxml import etree

from .formula import address_of
from .references import Place, moved, place_of, span_of

Link = tuple[int, int, str]
"""A cell and an address."""

NO_MARKUP = (b"<!--", b"<![CDATA[", b"<!DOCTYPE")
RELATION_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
SMALL = 8_000_000  # up to this length (bytes) a part is held as a tree
CHUNK = 4_096
MOST_SPANNED = 200_000
"""How many cells links over ranges are read for; a sheet names far fewer."""


@dataclass(slots=True)
class Marks:
    """What a worksheet says of its cells beside their values.

    `links` are of single cells, `spanned` of the cells of a range; `merged` has (column, first row,
    last row) of the cells merged over several rows.
    """

    links: list[Link] = field(default_factory=list)
    spanned: list[Link] = field(default_factory=list)
    merged: list[tuple[int, int, int]] = field(default_factory=list)


def read_marks(
    sheet: bytes, relations: bytes, values: Sequence[Sequence[str | None]], size: Place
) -> Marks:
    """Return links and merged cells of a worksheet's XML, in time that grows with its length.

    `relations` is the XML of its relations, which may be empty, and `size` the rows and columns it
    uses: links over more than those are cut. `values` has the text of its cells, from which an
    address that a formula names is read; without any, formulas are not looked for. Raises
    `etree.XMLSyntaxError` for what is no XML.
    """
    marks = Marks()
    targets = targets_of(relations)
    rows, columns = size
    for (row, column), formula in (_formulas(sheet) if values else {}).items():
        if address := address_of(formula, values):
            marks.links.append((row, column, address))
    for tag in _tags(_without_rows(sheet), ("hyperlink", "mergeCell")):
        span = span_of(tag.get("ref") or "")
        if span is None:
            continue
        (top, left), (bottom, right) = span
        if _name(tag) == "mergeCell":
            if top < bottom:
                marks.merged.append((left, top, min(bottom, rows)))
        elif not (url := targets.get(_relation(tag)) or _web_place(tag)):
            continue
        elif top == bottom and left == right:
            marks.links.append((top, left, url))
        elif len(marks.spanned) < MOST_SPANNED:
            marks.spanned += [
                (row, column, url)
                for row in range(top, min(bottom + 1, rows))
                for column in range(left, min(right + 1, columns))
            ]
    return marks


def first_cell_column(sheet: bytes, row: int) -> int:
    """Return the column (from 0) of the first cell with a value in a row (from 0) of a worksheet.

    Cells may lack their place: they then stand beside the one before.
    """
    return next(
        (
            column
            for (at, column), tag in _cells(sheet)
            if at == row and any(len(part) or part.text for part in tag)
        ),
        0,
    )


def _without_rows(sheet: bytes) -> bytes:
    """Return the XML without the rows, which are most of it, where that is plainly still XML."""
    start, end = sheet.find(b"sheetData"), sheet.rfind(b"sheetData")
    opened, closed = sheet.find(b">", start) + 1, sheet.rfind(b"<", 0, end)
    is_plain = 0 < start < end and 0 < opened <= closed and sheet[closed : closed + 2] == b"</"
    if not is_plain or sheet[opened - 2 : opened] == b"/>":
        return sheet
    # What looks like markup may then be a comment's text.
    if any(mark in sheet for mark in NO_MARKUP):
        return sheet
    return sheet[:opened] + sheet[closed:]


_SAFE: dict[str, bool] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "huge_tree": False,
}
"""How XML from the web is read: no entities, no network, no document type."""


def _tags(xml: bytes, names: Sequence[str]) -> Iterator[etree._Element]:
    """Give the elements with these names, whatever their namespace's prefix."""
    wanted = [f"{{*}}{name}" for name in names]
    if len(xml) < SMALL:
        yield from etree.fromstring(xml, etree.XMLParser(**_SAFE)).iter(*wanted)
        return
    for _, tag in etree.iterparse(BytesIO(xml), events=("end",), tag=wanted, **_SAFE):
        yield tag
        tag.clear()


def _cells(sheet: bytes) -> Iterator[tuple[Place, etree._Element]]:
    """Give the cells of a worksheet in order, with their places, as far as they are asked for.

    A cell that does not say where it is stands beside the one before, a row below the one before.
    """
    parser = etree.XMLPullParser(("start", "end"), tag=("{*}row", "{*}c"), **_SAFE)
    row, column = -1, -1
    for start in range(0, len(sheet), CHUNK):
        parser.feed(sheet[start : start + CHUNK])
        for event, tag in parser.read_events():
            if _name(tag) == "row":
                if event == "start":
                    number = tag.get("r") or ""
                    row, column = (int(number) - 1 if number.isdecimal() else row + 1), -1
                else:
                    tag.clear()
            elif event == "end":
                place = place_of(tag.get("r") or "")
                column = place[1] if place else column + 1
                yield (row, column), tag


def _name(tag: etree._Element) -> str:
    return str(tag.tag).rpartition("}")[2]


def elements(xml: bytes, name: str) -> list[dict[str, str]]:
    """Return the attributes of the elements with this name, by their names without a prefix."""
    return [
        {str(key).rpartition("}")[2]: str(value) for key, value in tag.attrib.items()}
        for tag in _tags(xml, (name,))
    ]


def texts(xml: bytes, names: Sequence[str]) -> dict[str, str]:
    """Return the texts of the elements with these names; the first of each counts."""
    found: dict[str, str] = {}
    for tag in _tags(xml, names):
        found.setdefault(_name(tag), (tag.text or "").strip())
    return found


def targets_of(relations: bytes) -> dict[str, str]:
    """Return what a part's relations lead to, by their ids; `relations` may be empty."""
    if not relations:
        return {}
    tags = _tags(relations, ("Relationship",))
    return {tag.get("Id") or "": tag.get("Target") or "" for tag in tags}


def _relation(tag: etree._Element) -> str:
    """Return the relation a tag names: its `id` in whatever namespace the workbook's flavor has."""
    known = tag.get(RELATION_ID)
    if known is not None:
        return str(known)
    return next((str(v) for k, v in tag.attrib.items() if str(k).endswith("}id")), "")


def _web_place(tag: etree._Element) -> str:
    """Return the address that some programs write where a place in the workbook stands."""
    place = tag.get("location") or ""
    return place if re.match(r"https?:/", place, re.I) else ""


def _formulas(sheet: bytes) -> dict[Place, str]:
    """Return the HYPERLINK formulas by cell; a shared one moves along with its cells."""
    found: dict[Place, str] = {}
    shared: dict[str, tuple[Place, str]] = {}
    for (at, column), tag in _cells(sheet):
        if (formula := tag.find("{*}f")) is None:
            continue
        text, group = formula.text or "", formula.get("si")
        if group and text:
            shared[group] = (at, column), text
        elif group in shared:
            (row, first), text = shared[group]
            text = moved(text, at - row, column - first)
        if "HYPERLINK" in text.upper():
            found[at, column] = text
    return found
