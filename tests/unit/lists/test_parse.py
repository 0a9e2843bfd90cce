"""Lists as bytes, read back whole: header generations, links, hidden rows, cells of every kind."""

from __future__ import annotations

import io
import tomllib
import zipfile
from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest

from flows.settings import ROOT
from flows.steps.common.errors import Unreadable
from flows.steps.lists import parse
from flows.steps.lists.package import MAX_EXPANDED
from flows.steps.lists.rows import printed_rows
from tests.workbooks import HEADER, PENDING, agreement, workbook

HEADERS = tomllib.loads((ROOT / "seeds" / "lists.toml").read_text())["columns"]


def read(data: bytes, name: str = "list.xlsx") -> pl.DataFrame:
    return printed_rows(parse.read_file("", name, data, HEADERS))[0]


def test_a_row_comes_back_whole_with_its_link_and_sheet_row() -> None:
    [row] = read(workbook([agreement()])).to_dicts()
    assert row == {
        "sha256": "",
        "list": "participating",
        "row_number": 2,
        "state_printed": "FLORIDA",
        "agency_printed": "Baker County Sheriff's Office",
        "type_printed": "County",
        "county_printed": "Baker County",
        "model_printed": "Warrant Service Officer",
        "signed_printed": "2019-10-15",
        "moa_url": "https://www.ice.gov/doclib/287gMOA/287gWSO_BakerCoFl2019-10-15.pdf",
        "addendum_url": None,
    }


def test_blank_rows_are_skipped_and_hidden_rows_kept_with_their_numbers() -> None:
    rows = [agreement(agency=name) for name in ("A Police", "B Police", "C Police")]
    data = workbook([rows[0], None, rows[1], None, rows[2], None, None], hidden=[3, 5])
    assert read(data).select("row_number", "agency_printed").rows() == [
        (2, "A Police"),
        (4, "B Police"),
        (6, "C Police"),
    ]


def test_the_sheet_whose_header_matches_is_read_not_the_first() -> None:
    data = workbook([agreement()], sheets={"Tally": [["State", "Total"], ["Florida", 300]]})
    [sheet] = parse.read_file("", "list.xlsx", data, HEADERS)
    assert sheet.contents.notes == ("The sheet Tally has no columns of a list: it was not read.",)
    assert printed_rows([sheet])[0]["moa_url"].to_list() == [agreement()[6][1]]


def test_a_list_that_starts_below_and_right_of_the_corner_keeps_rows_and_links() -> None:
    [row] = read(workbook([agreement()], at=(2, 1))).to_dicts()
    assert (row["row_number"], row["state_printed"], row["moa_url"]) == (
        4,
        "FLORIDA",
        agreement()[6][1],
    )


def test_a_merged_cell_says_the_same_of_all_its_rows_that_are_not_blank() -> None:
    rows = [agreement(agency=f"{name} Police") for name in "ABCDE"]
    printed = [(None, *row[1:]) if at in (1, 2) else row for at, row in enumerate(rows)]
    data = workbook([*printed, None, None], merged=["A2:A4", "E5:E8"])
    read_rows = read(data)
    assert read_rows.height == 5
    assert read_rows["state_printed"].to_list() == ["FLORIDA"] * 5
    assert read_rows["model_printed"].to_list() == ["Warrant Service Officer"] * 5
    shifted = read(workbook(printed, at=(2, 1), merged=["B4:B6"]))
    assert shifted.select("row_number", "state_printed").rows() == [
        (number, "FLORIDA") for number in range(4, 9)
    ]


def test_cells_of_every_kind_come_as_text() -> None:
    values = [("2019-10-15",), (45799,), ("05/082025",), (True,), (1.5,), (date(5025, 7, 7),)]
    rows = [(*agreement()[:5], *value) for value in values]
    assert read(workbook(rows, HEADER[:6]))["signed_printed"].to_list() == [
        "2019-10-15",
        "45799",
        "05/082025",
        "true",
        "1.5",
        "5025-07-07",
    ]


def test_the_content_says_which_list_it_is_not_the_name() -> None:
    [pending] = parse.read_file(
        "", "participatingAgencies09222025pm.xlsx", workbook([agreement()[:5]], PENDING), HEADERS
    )
    [signed] = parse.read_file(
        "", "pendingAgencies09222025pm.xlsx", workbook([agreement()]), HEADERS
    )
    assert (pending.contents.list, signed.contents.list) == ("pending", "participating")


def test_a_header_only_pending_list_is_a_list_without_rows() -> None:
    [sheet] = parse.read_file("", "pendingAgencies.xlsx", workbook([], PENDING), HEADERS)
    assert (sheet.contents.list, printed_rows([sheet])[0].height) == ("pending", 0)


def test_unknown_columns_with_values_are_named_and_empty_ones_dropped() -> None:
    data = workbook([(*agreement(), "x", "")], [*HEADER, "NOTE", "EMPTY"])
    [sheet] = parse.read_file("", "l.xlsx", data, HEADERS)
    assert sheet.contents.unknown_columns == ("NOTE",)


def test_headers_may_differ_in_case_and_blanks() -> None:
    header = [" state ", "Law\nEnforcement  Agency", *HEADER[2:]]
    assert read(workbook([agreement()], header))["state_printed"].to_list() == ["FLORIDA"]


def test_csv_with_quotes_and_old_encoding() -> None:
    text = (
        'STATE,LAW ENFORCEMENT AGENCY,SUPPORT TYPE\r\nTEXAS,"Smith, Sheriff\u2019s",Task Force\r\n'
    )
    rows = read(text.encode("cp1252"), "pending.csv")
    assert rows.select("row_number", "agency_printed", "model_printed").rows() == [
        (2, "Smith, Sheriff\u2019s", "Task Force")
    ]


def truncated() -> bytes:
    return workbook([agreement()])[:3000]


def zip_bomb() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (MAX_EXPANDED + 1))
    return stream.getvalue()


def other_zip() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("hello.txt", "hello")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"just some text", "is not a workbook"),
        (b"<!DOCTYPE html><html><body>Access Denied</body></html>", "is a block page"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 600, "is in the old .xls form"),
        (truncated(), "is a broken or truncated workbook"),
        (zip_bomb(), "expands past"),
        (other_zip(), "is a zip file but not a workbook"),
        (workbook([("a", "b")], ("NAME", "COUNT")), "has no sheet with the columns"),
        (b"", "is empty"),
    ],
    ids=["text", "html", "encrypted", "truncated", "bomb", "zip", "columns", "empty"],
)
def test_bytes_that_are_no_list_are_refused_in_one_sentence(data: bytes, says: str) -> None:
    with pytest.raises(Unreadable, match=says) as refused:
        parse.read_file("", "list.xlsx", data, HEADERS)
    sentence = str(refused.value)
    assert sentence.startswith("list.xlsx ")
    assert ": " in sentence  # what is wrong, then what to do
    assert "\n" not in sentence


def test_a_file_over_the_size_limit_is_refused() -> None:
    with pytest.raises(Unreadable, match="more than a list can have"):
        parse.read_file("", "list.xlsx", b"0" * (parse.MAX_BYTES + 1), HEADERS)


def test_staff_names_are_not_read(shared_record: Path) -> None:
    path = shared_record / "participating" / "participatingAgencies05282025am.xlsx"
    [sheet] = parse.read_file("", path.name, path.read_bytes(), HEADERS)
    contents = sheet.contents
    assert contents.saved_at == datetime(2025, 5, 28, 12, 50, 18)
    assert "Spina" not in repr(contents)


def test_hidden_rows_of_a_real_list_are_read(shared_record: Path) -> None:
    path = shared_record / "participating" / "participatingAgencies06202025am.xlsx"
    assert read(path.read_bytes(), path.name).height == 719  # 371 of them hidden by a filter


def test_a_real_blank_row_inside_the_list_keeps_the_numbers_after_it(shared_record: Path) -> None:
    path = shared_record / "participating" / "participatingAgencies09242025am.xlsx"
    rows = read(path.read_bytes(), path.name)
    assert rows.height == 1035
    assert 558 not in rows["row_number"].to_list()
    assert rows["row_number"].max() == 1037


def test_a_real_row_whole(shared_record: Path) -> None:
    path = shared_record / "participating" / "participatingAgencies05282025am.xlsx"
    assert read(path.read_bytes(), path.name).drop("sha256", "list").row(2, named=True) == {
        "row_number": 4,
        "state_printed": "ALABAMA",
        "agency_printed": "Crenshaw County Sheriff's Office",
        "type_printed": "County",
        "county_printed": "Crenshaw County",
        "model_printed": "Warrant Service Officer",
        "signed_printed": "2025-04-16",
        "moa_url": "https://www.ice.gov/doclib/287gMOA/CrenshawCoAL_WSO_MOA_04.16.2025.pdf",
        "addendum_url": None,
    }
