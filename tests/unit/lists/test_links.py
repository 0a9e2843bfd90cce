"""The addresses behind cells: read as XML whatever its form, from ranges and from formulas."""

from __future__ import annotations

import io
import re
import tomllib
import zipfile
from collections.abc import Callable

import polars as pl
import pytest
import xlsxwriter

from flows.settings import ROOT
from flows.steps.lists import parse
from flows.steps.lists.formula import address_of
from flows.steps.lists.rows import printed_rows
from tests.workbooks import HEADER, agreement, workbook

HEADERS = tomllib.loads((ROOT / "seeds" / "lists.toml").read_text())["columns"]
SHEET = "xl/worksheets/sheet1.xml"
RELATIONS = "xl/worksheets/_rels/sheet1.xml.rels"
URLS = [f"https://www.ice.gov/doclib/287gMOA/{name}.pdf?a=1&b=2" for name in "ABCD"]
LISTED = [agreement(agency=f"{url[-13]} Police", moa=url) for url in URLS]


def read(data: bytes) -> pl.DataFrame:
    return printed_rows(parse.read_file("", "list.xlsx", data, HEADERS))[0]


def changed(data: bytes, changes: dict[str, Callable[[str], str]]) -> bytes:
    """Return a workbook with parts of its zip changed."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w") as new:
        for info in old.infolist():
            text = old.read(info)
            if info.filename in changes:
                text = changes[info.filename](text.decode()).encode()
            new.writestr(info.filename, text)
    return stream.getvalue()


def prefixed(xml: str) -> str:
    """Return the XML with a prefix on every element of the sheet."""
    xml = re.sub(r"<(/?)(?=[a-zA-Z])", r"<\1x:", xml)
    return xml.replace("xmlns=", "xmlns:x=")


FORMS: dict[str, dict[str, Callable[[str], str]]] = {
    "prefix": {SHEET: prefixed, RELATIONS: prefixed},
    "other prefix of the relation": {
        SHEET: lambda xml: xml.replace("xmlns:r=", "xmlns:rel=").replace("r:id=", "rel:id=")
    },
    "single quotes and line breaks": {
        SHEET: lambda xml: re.sub(
            r'<hyperlink ref="(\w+)" r:id="(\w+)"/>',
            r"<hyperlink\n  r:id = '\2'\n\tref='$\1'\n></hyperlink >".replace("$", ""),
            xml,
        ).replace("</hyperlink >", "</hyperlink>"),
        RELATIONS: lambda xml: xml.replace('"', "'").replace(" Target=", "\n\tTarget = "),
    },
    "the strict namespace": {
        SHEET: lambda xml: xml.replace(
            "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
            "http://purl.oclc.org/ooxml/officeDocument/relationships",
        )
    },
    "comments and CDATA that look like links": {
        SHEET: lambda xml: xml.replace(
            "</sheetData>", '</sheetData><!-- </sheetData><hyperlink ref="G2" r:id="rId4"/> -->'
        )
    },
    "absolute references": {
        SHEET: lambda xml: re.sub(r'hyperlink ref="([A-Z])(\d)"', r'hyperlink ref="$\1$\2"', xml)
    },
}


@pytest.mark.parametrize("form", FORMS)
def test_links_are_read_whatever_the_form_of_their_xml(form: str) -> None:
    data = changed(workbook(LISTED), FORMS[form])
    assert read(data)["moa_url"].to_list() == URLS


def test_a_link_over_a_range_counts_for_the_cells_that_print_something() -> None:
    header = [*HEADER, "ADDENDUM"]
    rows = [(*row[:6], "MOA" if at < 3 else None, None) for at, row in enumerate(LISTED)]

    def over_a_range(xml: str) -> str:
        links = '<hyperlinks><hyperlink ref="G2:H5" r:id="rId1"/></hyperlinks>'
        return xml.replace("<pageMargins", f"{links}<pageMargins")

    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Target="{URLS[0].replace("&", "&amp;")}" TargetMode="External"'
        ' Type="t"/></Relationships>'
    )
    with_links = changed(workbook(LISTED[:1]), {RELATIONS: lambda _: relations})
    with zipfile.ZipFile(io.BytesIO(with_links)) as one:
        made = one.read(RELATIONS)
    data = changed(workbook(rows, header), {SHEET: over_a_range})
    data = with_part(data, RELATIONS, made)
    read_rows = read(data)
    assert read_rows["moa_url"].to_list() == [URLS[0]] * 3 + [None]
    assert read_rows["addendum_url"].to_list() == [None] * 4


def with_part(data: bytes, name: str, part: bytes) -> bytes:
    stream = io.BytesIO(data)
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr(name, part)
    return stream.getvalue()


def test_formulas_give_their_address_alone_and_shared() -> None:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, [*HEADER, "ADDRESS OF THE FILE"])
    for number, row in enumerate(LISTED, start=1):
        sheet.write_row(number, 0, [str(cell) for cell in row[:6]])
        sheet.write_string(number, 7, URLS[number - 1])
    sheet.write_formula(1, 6, f'=HYPERLINK("{URLS[0]}","MOA")', None, "MOA")
    sheet.write_formula(
        2, 6, '=IF(1=1,hyperlink("https://www.ice.gov/"&"b "".pdf","x"),"")', None, "x"
    )
    sheet.write_formula(3, 6, "=HYPERLINK(H4)", None, "MOA")
    sheet.write_formula(4, 6, "=HYPERLINK(UPPER(H5))", None, "MOA")
    book.close()
    assert read(stream.getvalue())["moa_url"].to_list() == [
        URLS[0],
        'https://www.ice.gov/b ".pdf',
        URLS[2],
        None,
    ]
    shared = changed(
        stream.getvalue(),
        {
            SHEET: lambda xml: re.sub(
                r'(<c r="G2"[^>]*>)<f>.*?</f>',
                r'\1<f t="shared" si="0" ref="G2:G5">HYPERLINK(H2,"MOA")</f>',
                re.sub(r'(<c r="G[3-5]"[^>]*>)<f>.*?</f>', r'\1<f t="shared" si="0"/>', xml),
            )
        },
    )
    assert read(shared)["moa_url"].to_list() == URLS


CELLS = [("A1", "https://a.example/x.pdf"), (None, "y")]


@pytest.mark.parametrize(
    ("formula", "address"),
    [
        ('HYPERLINK("https://a.example/1.pdf")', "https://a.example/1.pdf"),
        ('HYPERLINK( "https://a.example/1.pdf" ; "x" )', "https://a.example/1.pdf"),
        ("HYPERLINK($B$1,A1)", "https://a.example/x.pdf"),
        ('HYPERLINK(CONCATENATE("https://a.example/",B2,".pdf"),"x")', "https://a.example/y.pdf"),
        ('HYPERLINK(TRIM(B1)&"#page=2","x")', "https://a.example/x.pdf#page=2"),
        ("HYPERLINK(B9)", None),
        ("HYPERLINK(Other!B1)", None),
        ("HYPERLINK(VLOOKUP(A1,B1:B2,1))", None),
        ('HYPERLINK("https://a.example/1.pdf', None),
        ("SUM(A1:A2)", None),
        ("HYPERLINK(" + "(" * 9000, None),
    ],
)
def test_a_formulas_address_is_read_where_it_is_written_out(
    formula: str, address: str | None
) -> None:
    assert address_of(formula, CELLS) == address


def test_many_links_over_everything_are_read_within_bounds() -> None:
    links = '<hyperlink ref="A1:XFD1048576" r:id="rId1"/>' * 20_000
    data = changed(
        workbook(LISTED),
        {SHEET: lambda xml: xml.replace("<hyperlinks>", f"<hyperlinks>{links}")},
    )
    assert read(data)["moa_url"].to_list() == URLS  # a cell's own link goes before a range's
