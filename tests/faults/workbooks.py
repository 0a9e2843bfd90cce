"""Hostile workbooks: what may stand in a zip, in its XML and in its cells, to break a reader."""

from __future__ import annotations

import io
import random
import struct
import zipfile
from collections.abc import Callable
from datetime import datetime
from functools import partial

from tests.faults import Trial
from tests.faults.reading import survives
from tests.workbooks import agreement, county_list, workbook

Parts = dict[str, bytes]
SHEET, STRINGS, BOOK = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml"
CORE, RELATIONS = "docProps/core.xml", "xl/worksheets/_rels/sheet1.xml.rels"
ENTITIES = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + b"".join(
    b'<!ENTITY %c "%s">' % (ord("b") + n, b"&%c;" % (ord("a") + n) * 10) for n in range(9)
)
LAUGHS = ENTITIES + b"]>"
OUTSIDE = b'<!DOCTYPE x [<!ENTITY j SYSTEM "file:///etc/hostname">]>'


def a_list() -> bytes:
    """Return a sound participating list, with links."""
    return county_list(8, 28, moa="https://www.ice.gov/doclib/287gMOA/287gWSO_Baker.pdf")


def parts() -> Parts:
    """Return the parts of a sound list."""
    with zipfile.ZipFile(io.BytesIO(a_list())) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: Parts, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return parts as a zip."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method, compresslevel=1) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def changed(name: str, change: Callable[[bytes], bytes]) -> bytes:
    """Return a sound list with one part changed."""
    known = parts()
    known[name] = change(known.get(name, b""))
    return packed(known)


def put(name: str, before: bytes, added: bytes) -> bytes:
    """Return a sound list with text put before the first of a part's places."""
    found = parts()[name]
    assert before in found, (name, before)
    return changed(name, lambda part: part.replace(before, added + before, 1))


def swapped(name: str, old: bytes, new: bytes) -> bytes:
    """Return a sound list with a part's first such text swapped."""
    assert old in parts()[name], (name, old)
    return changed(name, lambda part: part.replace(old, new, 1))


def cells() -> dict[str, Callable[[], bytes]]:
    """Return workbooks whose rows and cells stand where, or are what, none can be."""
    row = partial(put, SHEET, b"</sheetData>")
    cell = partial(put, SHEET, b"</row>")
    return {
        "last cell": lambda: row(b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
        "row past the last": lambda: row(b'<row r="1048577"><c r="A1048577"><v>1</v></c></row>'),
        "row of 20 digits": lambda: row(b'<row r="99999999999999999999"><c><v>1</v></c></row>'),
        "column past the last": lambda: cell(b'<c r="ZZZZ1"><v>1</v></c>'),
        "column of 40 letters": lambda: cell(b'<c r="%s1"><v>1</v></c>' % (b"Z" * 40)),
        "row 0": lambda: row(b'<row r="0"><c r="A0"><v>1</v></c></row>'),
        "row -1": lambda: row(b'<row r="-1"><c r="A-1"><v>1</v></c></row>'),
        "no reference": lambda: row(b'<row><c r=""><v>1</v></c><c r="!!"><v>2</v></c></row>'),
        "rows backwards": lambda: row(
            b"".join(b'<row r="%d"><c><v>1</v></c></row>' % n for n in range(9000, 1000, -1))
        ),
        "vast dimension": lambda: put(SHEET, b"<sheetData>", b'<dimension ref="A1:XFD1048576"/>'),
        "broken dimension": lambda: put(SHEET, b"<sheetData>", b'<dimension ref="A1:ZZZZZ9:B"/>'),
        "string past the last": lambda: cell(b'<c t="s"><v>4294967295</v></c>'),
        "string -1": lambda: cell(b'<c t="s"><v>-1</v></c>'),
        "style past the last": lambda: cell(b'<c s="99999999"><v>1</v></c>'),
        "number past all": lambda: cell(b"<c><v>1e999</v></c><c><v>NaN</v></c><c><v>-</v></c>"),
        "date past all": lambda: cell(b'<c s="1"><v>9e18</v></c><c t="d"><v>9999999-99</v></c>'),
        "odd types": lambda: cell(b'<c t="zzz"><v>1</v></c><c t="e"><v>#</v></c><c t="b"/>'),
        "million rows": lambda: row(b"<row><c><v>1</v></c></row>" * 1_040_000),
        "all columns": lambda: row((b"<row>" + b"<c><v>1</v></c>" * 16_384 + b"</row>") * 60),
        "endless cell": lambda: cell(b'<c t="str"><v>' + b"x" * 60_000_000 + b"</v></c>"),
        "endless reference": lambda: cell(b'<c r="' + b"A" * 9_000_000 + b'"><v>1</v></c>'),
        "million runs": lambda: cell(
            b'<c t="inlineStr"><is>' + b"<r><t>a</t></r>" * 1_000_000 + b"</is></c>"
        ),
    }


def xml() -> dict[str, Callable[[], bytes]]:
    """Return workbooks whose XML is false, endless, deep, or asks for what lies outside."""

    def with_type(kind: bytes, part: str, entity: bytes) -> bytes:
        def change(old: bytes) -> bytes:
            head, _, rest = old.partition(b"?>")
            place = rest.rfind(b"</")
            return head + b"?>" + kind + rest[:place] + entity + rest[place:]

        return changed(part, change)

    comment = b"<!--" + b'<c r="A1"><v>1</v></c>' * 900_000 + b"-->"
    return {
        "laughs in the sheet": lambda: with_type(LAUGHS, SHEET, b"<x>&j;</x>"),
        "laughs in the strings": lambda: with_type(LAUGHS, STRINGS, b"<si><t>&j;</t></si>"),
        "laughs in the book": lambda: with_type(LAUGHS, BOOK, b"<x>&j;</x>"),
        "laughs in the core": lambda: with_type(LAUGHS, CORE, b"<x>&j;</x>"),
        "a file as entity": lambda: with_type(OUTSIDE, STRINGS, b"<si><t>&j;</t></si>"),
        "endless comment of cells": lambda: put(SHEET, b"<sheetData>", comment),
        "endless comment, no end": lambda: put(SHEET, b"<sheetData>", comment[:-3]),
        "endless instruction": lambda: put(
            SHEET, b"<sheetData>", b"<?x " + b"a" * 20_000_000 + b"?>"
        ),
        "endless section": lambda: put(
            SHEET, b"<sheetData>", b"<x><![CDATA[" + b"<c>" * 6_000_000 + b"]]></x>"
        ),
        "elements 200,000 deep": lambda: put(SHEET, b"<sheetData>", b"<a>" * 200_000),
        "endless attribute": lambda: put(
            SHEET, b"<sheetData>", b'<x a="' + b"a" * 20_000_000 + b'"/>'
        ),
        "200,000 attributes": lambda: put(
            SHEET, b"<sheetData>", b"<x %s/>" % b" ".join(b'a%d="1"' % n for n in range(200_000))
        ),
        "no XML": lambda: changed(SHEET, lambda _: b"\0\xff<<<>>>" * 1000),
        "nothing": lambda: changed(SHEET, lambda _: b""),
        "UTF-16 said, UTF-8 meant": lambda: changed(
            SHEET, lambda part: part.replace(b"UTF-8", b"UTF-16", 1)
        ),
        "no strings": lambda: packed({k: v for k, v in parts().items() if k != STRINGS}),
        "false string count": lambda: changed(
            STRINGS, lambda part: part.replace(b'count="', b'count="9999999999', 1)
        ),
        "false unique count": lambda: changed(
            STRINGS, lambda part: part.replace(b'uniqueCount="', b'uniqueCount="99999999', 1)
        ),
        "long core": lambda: put(
            CORE, b"<dcterms:created", b"<x>" + b"<y/>" * 12_000_000 + b"</x>"
        ),
        "long date in the core": lambda: changed(
            CORE, lambda part: part.replace(b"2025-05-28T", b"2" * 9_000_000 + b"-05-28T")
        ),
        "long relations": lambda: changed(
            RELATIONS,
            lambda part: part.replace(
                b"</Relationships>",
                b'<Relationship Id="r" Target="https://a.gov/"/>' * 1_500_000 + b"</Relationships>",
            ),
        ),
        "100,000 sheets": lambda: put(
            BOOK,
            b"</sheets>",
            b"".join(b'<sheet name="s%d" sheetId="9" r:id="rId1"/>' % n for n in range(100_000)),
        ),
        "sheets without parts": lambda: put(
            BOOK, b"</sheets>", b'<sheet name="" sheetId="x" r:id="rId999"/><sheet/>'
        ),
    }


def links() -> dict[str, Callable[[], bytes]]:
    """Return workbooks with links, merged cells and formulas that cost time."""
    after = partial(put, SHEET, b"<pageMargins")
    wrapped = "https://nam02.safelinks.protection.outlook.com/?url="
    deep = wrapped * 100 + "https://www.ice.gov/a.pdf"
    odd = "https://a.gov/" + "%25" * 2500
    formula = b'<f t="shared" ref="G2:G60000" si="0">HYPERLINK(' + b"A1&amp;" * 1000 + b"A1)</f>"
    shared = b"".join(b'<row><c><f t="shared" si="0"/><v>1</v></c></row>' for _ in range(60_000))

    def linked(url: str, count: int) -> bytes:
        rows = [agreement(agency=f"Agency {n}", moa=f"{url}{n}") for n in range(count)]
        return workbook(rows, saved=datetime(2025, 5, 28, 10))

    return {
        "10,000 vast links": lambda: after(
            b"<hyperlinks>"
            + b'<hyperlink ref="A1:XFD1048576" r:id="rId1"/>' * 10_000
            + b"</hyperlinks>"
        ),
        "10,000 vast merges": lambda: after(
            b"<mergeCells>" + b'<mergeCell ref="A1:XFD1048576"/>' * 10_000 + b"</mergeCells>"
        ),
        "300,000 links": lambda: after(
            b"<hyperlinks>" + b'<hyperlink ref="G2" r:id="rId1"/>' * 300_000 + b"</hyperlinks>"
        ),
        "wrapped 100 deep": lambda: linked(deep[:2000], 500),
        "percent signs": lambda: linked(odd[:2000], 500),
        "shared formulas": lambda: put(
            SHEET, b"</sheetData>", b"<row><c>" + formula + b"<v>1</v></c></row>" + shared
        ),
    }


def zips(rng: random.Random) -> dict[str, Callable[[], bytes]]:
    """Return zips that lie about themselves, or expand without end."""
    sound = a_list()

    def bomb(name: str, size: int = 99_000_000) -> bytes:
        return packed({**parts(), name: b"<x>" + b" " * size + b"</x>"})

    def header(offset: int, form: str, value: int) -> bytes:
        """Return the list with a field of its first central directory entry overwritten."""
        at = sound.rfind(b"PK\x01\x02", 0, sound.find(b"PK\x01\x02") + 4)
        data = bytearray(sound)
        struct.pack_into(form, data, at + offset, value)
        return bytes(data)

    def flipped() -> bytes:
        data = bytearray(sound)
        for _ in range(12):
            data[rng.randrange(len(data))] = rng.randrange(256)
        return bytes(data)

    def twice() -> bytes:
        out = io.BytesIO(sound)
        with zipfile.ZipFile(out, "a") as archive:
            for _ in range(50):
                archive.writestr(SHEET, b"<worksheet/>")
        return out.getvalue()

    return {
        "bomb beside xl/": lambda: bomb("customXml/item1.xml"),
        "bomb in upper case": lambda: bomb("XL/WORKSHEETS/SHEET9.XML"),
        "larger bomb": lambda: bomb("XL/WORKSHEETS/SHEET9.XML", 900_000_000),
        "bomb in the sheet": lambda: put(SHEET, b"<sheetData>", b" " * 99_000_000),
        "false size": lambda: header(24, "<I", 5),
        "vast size": lambda: header(24, "<I", 0xFFFFFFFE),
        "false checksum": lambda: header(16, "<I", 1),
        "false place": lambda: header(42, "<I", 0x7FFFFFFF),
        "locked": lambda: header(8, "<H", 1),
        "unknown packing": lambda: header(10, "<H", 99),
        "40,000 parts": lambda: packed({**parts(), **{f"x/{n}.xml": b"" for n in range(40_000)}}),
        "a part 51 times": twice,
        "packed with LZMA": lambda: packed(parts(), zipfile.ZIP_LZMA),
        "paths out of it": lambda: packed({**parts(), "../../../../etc/passwd.xml": b"<a/>"}),
        "cut": lambda: sound[: rng.randrange(100, len(sound) - 100)],
        "cut at its end": lambda: sound[:-30],
        **{f"12 bytes turned, {n}": flipped for n in range(9)},
    }


def trials(seed: int) -> list[Trial]:
    """Return the trials with hostile workbooks."""
    made = {**cells(), **xml(), **links(), **zips(random.Random(seed))}
    return [
        Trial(f"workbook: {name}", lambda folder, m=make: survives(folder, "list.xlsx", m()))  # type: ignore[misc]
        for name, make in made.items()
    ]
