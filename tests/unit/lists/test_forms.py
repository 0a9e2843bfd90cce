"""Forms of files: CSV of every common kind and odd zips are read, other forms named."""

from __future__ import annotations

import gzip
import io
import tomllib
import zipfile
from collections.abc import Callable

import pytest

from flows.settings import ROOT
from flows.steps.common.errors import Unreadable
from flows.steps.lists import parse
from flows.steps.lists.rows import printed_rows
from tests.workbooks import HEADER, agreement, workbook

HEADERS = tomllib.loads((ROOT / "seeds" / "lists.toml").read_text())["columns"]
URL = "https://www.ice.gov/doclib/287gMOA/A.pdf"
ROWS = [
    ("FLORIDA", "Ca\u00f1on, City of", "Municipality", "", "Task Force Model", "5/28/2025", URL),
    ("TEXAS", 'The "Old"\nPolice', "County", "Bexar", "Jail Enforcement Model", "5/27/2025", ""),
]


def lines(delimiter: str = ",", rows: list[tuple[str, ...]] | None = None) -> str:
    quoted = (
        [f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in row]
        for row in [HEADER, *(rows or ROWS)]
    )
    return "".join(delimiter.join(row) + "\r\n" for row in quoted)


FORMS: dict[str, bytes] = {
    "utf-8": lines().encode(),
    "utf-8 with a mark": lines().encode("utf-8-sig"),
    "utf-16": lines().encode("utf-16"),
    "utf-16, little end first, no mark": lines().encode("utf-16-le"),
    "utf-16, big end first, no mark": lines().encode("utf-16-be"),
    "windows": lines().encode("cp1252"),
    "semicolons": lines(";").encode(),
    "tabs": lines("\t").encode(),
    "tabs in utf-16": lines("\t").encode("utf-16"),
    "bars": lines("|").encode(),
    "separator line": b"sep=;\r\n" + lines(";").encode(),
    "title and blank lines": b"287(g) agencies; as of 9/29, 2025\r\n\r\n" + lines().encode(),
    "zeros at the end": lines().encode() + b"\0" * 512,
    "no line end": lines().encode().rstrip(),
    "old line ends": lines().replace("\r\n", "\r").encode(),
    "commas at the line ends": lines().replace("\r\n", ",,,\r\n").encode(),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", ["list.csv", "list.xlsx"])
def test_every_common_kind_of_csv_gives_the_same_rows(form: str, name: str) -> None:
    [sheet] = parse.read_file("", name, FORMS[form], HEADERS)
    rows, left_out = printed_rows([sheet])
    printed = [tuple(cell or None for cell in row) for row in rows.select(pl_columns()).iter_rows()]
    assert printed == [tuple(cell or None for cell in row) for row in ROWS]
    assert (sheet.contents.unknown_columns, left_out) == ((), {})


def pl_columns() -> list[str]:
    names = ("state", "agency", "type", "county", "model", "signed")
    return [*(f"{name}_printed" for name in names), "moa_url"]


def test_a_formula_as_text_gives_its_address() -> None:
    row = (*ROWS[0][:6], f'=HYPERLINK("{URL}","MOA")')
    [sheet] = parse.read_file("", "list.csv", lines(rows=[row]).encode(), HEADERS)
    assert printed_rows([sheet])[0]["moa_url"].to_list() == [URL]


def test_cells_beyond_a_short_header_hold_the_list_by_name() -> None:
    data = lines(rows=[(*row, "https://www.ice.gov/addendum.pdf") for row in ROWS]).encode()
    [sheet] = parse.read_file("", "list.csv", data, HEADERS)
    assert sheet.contents.unknown_columns == ("unnamed (column_8)",)


def test_a_row_without_end_is_refused() -> None:
    with pytest.raises(Unreadable, match="a row of 5,003 columns"):
        parse.read_file("", "list.csv", lines().encode() + b",x" * 5000 + b",x,x", HEADERS)


def packed(rename: Callable[[str], str], tail: bytes = b"") -> bytes:
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook([agreement()]))) as old,
        zipfile.ZipFile(stream, "w") as new,
    ):
        for info in old.infolist():
            new.writestr(rename(info.filename), old.read(info))
    return stream.getvalue() + tail


ZIPS = {
    "stored": packed(str),
    "backslashes": packed(lambda name: name.replace("/", "\\")),
    "upper case": packed(lambda name: name.replace("xl/", "XL/").replace("sheet1", "Sheet1")),
    "leading slash": packed(lambda name: f"/{name}"),
    "zeros at the end": packed(str, b"\0" * 100),
    "text at the end": packed(str, b"\r\n<!-- served by x -->\r\n"),
}


@pytest.mark.parametrize("form", ZIPS)
def test_odd_zips_that_a_spreadsheet_opens_are_read(form: str) -> None:
    [sheet] = parse.read_file("", "list.xlsx", ZIPS[form], HEADERS)
    rows, _ = printed_rows([sheet])
    assert rows.select("agency_printed", "moa_url").rows() == [
        ("Baker County Sheriff's Office", agreement()[6][1])
    ]


def zip_of(*names: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        for name in names:
            made.writestr(name, "x")
    return stream.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
OTHERS = {
    "old workbook": (OLE + "Workbook".encode("utf-16-le"), "in the old .xls form"),
    "locked": (OLE + "EncryptedPackage".encode("utf-16-le"), "locked with a password"),
    "old document": (OLE + "WordDocument".encode("utf-16-le"), r"a text document \(\.doc\)"),
    "binary workbook": (zip_of("xl/workbook.bin"), r"a binary workbook \(\.xlsb\)"),
    "document": (zip_of("word/document.xml"), r"a text document \(\.docx\)"),
    "open document": (zip_of("mimetype", "content.xml"), r"an OpenDocument file \(\.ods\)"),
    "numbers": (zip_of("Index/Document.iwa"), "a Numbers document"),
    "zip of a workbook": (zip_of("list.xlsx"), "a zip file but not a workbook: unpack it"),
    "pdf": (b"%PDF-1.7\n", "a PDF document"),
    "gzip": (gzip.compress(b"x"), "packed with gzip"),
    "bytes before": (b"\r\n" + workbook([agreement()]), "a workbook with 2 bytes before it"),
    "xml of 2003": (
        b'<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n'
        b'<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
        "an XML spreadsheet of 2003",
    ),
    "mht": (b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n", "a saved web archive"),
    "json": (b'{"error": "denied"}', "JSON"),
    "pointer": (b"version https://git-lfs.github.com/spec/v1\n", "a Git LFS pointer"),
    "zeros": (b"\0" * 100, "empty"),
}


@pytest.mark.parametrize("form", OTHERS)
def test_other_forms_are_named_with_what_to_do(form: str) -> None:
    data, named = OTHERS[form]
    with pytest.raises(Unreadable, match=rf"^list\.xlsx is {named}") as refused:
        parse.read_file("", "list.xlsx", data, HEADERS)
    assert "renamed" not in str(refused.value)
    assert str(refused.value).endswith(".")
