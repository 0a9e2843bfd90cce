"""Pages that hold the list as a table: read row by row like the workbooks of the same days."""

from __future__ import annotations

import html
import re
import tomllib
from datetime import datetime
from pathlib import Path

import fastexcel
import polars as pl
import pytest

from flows.settings import ROOT, paths_at
from flows.steps.common.errors import Unreadable
from flows.steps.common.layout import Paths
from flows.steps.common.records import Capture
from flows.steps.lists import parse
from flows.steps.lists.rows import printed_rows
from flows.steps.sources import intake
from flows.steps.warehouse import database
from flows.steps.warehouse.build import build
from tests.conftest import NOW, seeds_without_record
from tests.pages import page, rendered, table

HEADERS = tomllib.loads((ROOT / "seeds" / "lists.toml").read_text())["columns"]
MOA = "https://www.ice.gov/doclib/287gMOA/287gWSO_BakerCoFl2019-10-15.pdf"
BAKER = ("FLORIDA", "Baker County Sheriff's Office", "Warrant Service Officer", "10/15/2019", MOA)
LEON = ("FLORIDA", "Leon County Sheriff's Office", "Warrant Service Officer", "2/21/2025", None)
COUNTIES = ("Baker", "Escambia", "Hernando", "Okaloosa", "Walton")
WHOLE = {
    "sha256": "",
    "list": "participating",
    "row_number": 2,
    "state_printed": "FLORIDA",
    "agency_printed": "Baker County Sheriff's Office",
    "type_printed": None,
    "county_printed": None,
    "model_printed": "Warrant Service Officer",
    "signed_printed": "10/15/2019",
    "moa_url": MOA,
    "addendum_url": None,
}


def read(data: bytes) -> pl.DataFrame:
    return printed_rows(parse.read_file("", "287g.html", data, HEADERS))[0]


def workbook_rows(path: Path) -> tuple[pl.DataFrame, dict[int, str]]:
    """Return the rows of a workbook, and the addresses its cells hold as they are."""
    rows = printed_rows(parse.read_file("", path.name, path.read_bytes(), HEADERS))[0]
    cells = fastexcel.read_excel(path.read_bytes()).load_sheet(0, header_row=None, dtypes="string")
    raw = cells.to_polars().with_row_index("row", offset=1).select("row", "__UNNAMED__4")
    return rows, {row: url for row, url in raw.rows() if url}


def test_a_row_comes_back_whole() -> None:
    assert read(page(table([BAKER]))).to_dicts() == [WHOLE]


@pytest.mark.parametrize("stamp", ["20241204075359", "20250113000300", "20250219163339"])
def test_the_rows_of_a_published_table_equal_those_of_its_workbook(
    shared_record: Path, stamp: str
) -> None:
    path = shared_record / "participating" / f"ParticipatingEntities-{stamp}.xlsx"
    rows, raw = workbook_rows(path)
    archived = rendered(rows, raw)
    assert f"https://web.archive.org/web/{stamp}/https://www.ice.gov/".encode() in archived
    assert read(archived).rows() == rows.rows()
    assert not read(archived)["moa_url"].str.contains("archive.org").any()


@pytest.mark.parametrize(
    "href",
    [
        MOA,
        "/doclib/287gMOA/287gWSO_BakerCoFl2019-10-15.pdf",
        "//www.ice.gov/doclib/287gMOA/287gWSO_BakerCoFl2019-10-15.pdf",
        "https:/www.ice.gov/doclib/287gMOA/287gWSO_BakerCoFl2019-10-15.pdf",
        f"/web/20241204075359/{MOA}",
        f"/web/20241204075359mp_/{MOA}",
        f"//web.archive.org/web/20241204075359/{MOA}",
        f"https://web.archive.org/web/20241204075359id_/{MOA}",
    ],
)
def test_every_form_of_a_link_gives_the_published_address(href: str) -> None:
    assert read(page(table([(*BAKER[:4], href)])))["moa_url"].to_list() == [MOA]


def test_a_base_address_counts_without_the_archive_in_front_of_it() -> None:
    base = '<base href="https://web.archive.org/web/20241204075359/https://www.ice.gov/287g/">'
    data = page(table([(*BAKER[:4], "moa/a.pdf?a=1&b=2")])).replace(
        b"<head>", f"<head>{base}".encode()
    )
    assert read(data)["moa_url"].to_list() == ["https://www.ice.gov/287g/moa/a.pdf?a=1&b=2"]


def test_a_base_and_a_link_that_no_browser_could_follow_count_as_none() -> None:
    rows = [(*BAKER[:4], "moa/a.pdf"), (*BAKER[:4], "//[::1/a.pdf")]
    data = page(table(rows)).replace(b"<head>", b'<head><base href="http://[::1">')
    assert read(data)["moa_url"].to_list() == ["https://www.ice.gov/moa/a.pdf", None]


def test_links_that_lead_nowhere_are_none() -> None:
    rows = [(*BAKER[:4], href) for href in ("#top", "javascript:void(0)", "mailto:a@example.org")]
    assert read(page(table(rows)))["moa_url"].to_list() == [None, None, None]


def test_nested_markup_entities_and_blanks_are_the_text_a_browser_shows() -> None:
    cells = (
        "<td><strong>FLORIDA</strong>&nbsp;</td>",
        "<td>\n  <p>Baker&#32;County</p><p>Sheriff&rsquo;s <em>Off</em>ice</p><!-- x --></td>",
        "<td>Warrant<br>Service <span>Officer</span></td>",
        "<td> 10/15/2019 </td>",
        f'<td><span><a class="ext" href="{html.escape(MOA)}"></a></span></td>',
    )
    data = page(table([BAKER]).replace("</tbody>", f"<tr>{''.join(cells)}</tr></tbody>"))
    assert read(data).to_dicts()[1] == WHOLE | {
        "row_number": 3,
        "state_printed": "FLORIDA\u00a0",
        "agency_printed": "Baker County Sheriff\u2019s Office",
    }


def test_the_table_with_the_columns_is_read_however_it_is_wrapped() -> None:
    """A table script splits head and body, and repeats the header at the foot."""
    head = table([], 'class="dataTable"')
    foot = "<tfoot><tr><th>State</th><th>Law Enforcement&nbsp;Agency</th><th>Support Type</th>"
    body = table([BAKER, LEON]).replace(
        "</table>", foot + "<th>Signed</th><th>MOA</th></tr></tfoot></table>"
    )
    layout = f"<table><tr><td><h2>Agreements</h2>{head}<div>{body}</div></td></tr></table>"
    other = "<table><tr><th>State</th><th>Total</th></tr>" + "<tr><td>FL</td><td>1</td></tr>" * 9
    [sheet] = parse.read_file("", "287g.html", page(f"{other}</table>{layout}"), HEADERS)
    rows, left_out = printed_rows([sheet])
    assert rows.select("row_number", "agency_printed", "moa_url").rows() == [
        (2, "Baker County Sheriff's Office", MOA),
        (3, "Leon County Sheriff's Office", None),
    ]
    assert sheet.contents.notes == ("table 3 has no rows: it was left out.",)
    assert left_out == {
        ("", "participating"): "Left out, as they print no agreement: row 4 (State | Law"
        " Enforcement\u00a0Agency | Support Type | Signed | MOA)."
    }
    assert sheet.contents.is_copy
    assert sheet.contents.saved_at is None


def test_a_caption_row_no_head_and_cells_over_several_rows() -> None:
    row = "<td rowspan=2>FLORIDA</td>" + "".join(f"<td>{cell}</td>" for cell in BAKER[1:4])
    second = "".join(f"<td>{cell}</td>" for cell in LEON[1:4])
    header = "".join(f"<td>{name}</td>" for name in ("State", "Law Enforcement Agency"))
    header += "<td>Support Type</td><td>Signed</td><td>MOA</td>"
    data = page(
        "<table><caption>All of them</caption><tr><th colspan='5'>Participating Entities</th></tr>"
        f"<tr>{header}</tr><tr>{row}<td><a href='{MOA}'>MOA</a></td></tr>"
        f"<tr>{second}<td>-</td></tr>"
        "<tr><td colspan=999999999 rowspan='many'>&nbsp;</td></tr></table>"
    )
    rows = read(data)
    assert rows.row(0, named=True) == WHOLE | {"row_number": 3}
    assert rows.select("row_number", "state_printed", "agency_printed", "moa_url").rows()[1:] == [
        (4, "FLORIDA", "Leon County Sheriff's Office", None)
    ]


@pytest.mark.parametrize(
    "body",
    ["<h1>Programs</h1>", "<table><tr><th>State</th><th>Total</th></tr></table>", "<table>"],
)
def test_a_page_without_the_table_stays_refused(body: str) -> None:
    with pytest.raises(Unreadable) as refused:
        parse.read_file("", "287g.html", page(body), HEADERS)
    assert str(refused.value) == (
        "287g.html is a web page without a table of agreements, not a workbook:"
        " open the address in a browser and save the list again."
    )


def test_the_same_table_on_another_page_is_a_reissue_and_changes_nothing(tmp_path: Path) -> None:
    paths = paths_at(tmp_path / "data", seeds=seeds_without_record(tmp_path / "seeds"))
    rows = [(BAKER[0], f"{name} County Sheriff's Office", *BAKER[2:]) for name in COUNTIES]
    pages = [
        ("20241204075359", page(table(rows[:-1]), "a")),
        ("20241208023839", page(table(rows[:-1]), "b")),
        ("20241211140551", page(table(rows), "c")),
    ]
    files = [
        (
            "287g.html",
            data,
            Capture(
                attempted_at=NOW,
                source="wayback",
                outcome="new",
                file_name=f"287g-{stamp}.html",
                captured_at=datetime.strptime(stamp, "%Y%m%d%H%M%S"),
            ),
        )
        for stamp, data in pages
    ]
    with intake.opened(paths) as desk:
        taken = desk.take(files, len(files))
    assert [(c.outcome, c.list) for c in taken] == [("new", "participating")] * 3
    build(paths)
    known = database.query(
        paths.layout.database,
        """
        select cast(published_on as varchar), status, date_rule, row_count from publications
        order by seq
        """,
    )
    assert known.rows() == [
        ("2024-12-04", "accepted", "capture", 4),
        ("2024-12-07", "accepted", "capture", 4),
        ("2024-12-11", "accepted", "capture", 5),
    ]
    events = "select kind, cast(published_on as varchar), agreement_id from events order by all"
    assert database.query(paths.layout.database, events).rows() == [
        ("added", "2024-12-11", "fl-walton-county-sheriffs-office/wso/2019-10-15"),
        ("reissued", "2024-12-07", None),
    ]


def test_real_pages_among_the_record_are_reissues_however_their_links_are_written(
    seed_places: Paths, shared_record: Path, tmp_path: Path
) -> None:
    """The page of December as captured, as saved with the archive's prefix, and with escapes."""
    path = shared_record / "participating" / "ParticipatingEntities-20241204075359.xlsx"
    rows, raw = workbook_rows(path)
    relative = {row: url.partition("https://www.ice.gov")[2] for row, url in raw.items()}
    escaped = {row: url.replace(" ", "%20") for row, url in relative.items()}
    forms = {"20241205120000": relative, "20241206120000": escaped, "20250110120000": raw}
    paths = paths_at(tmp_path / "data")
    for stamp, hrefs in forms.items():
        capture = Capture(
            attempted_at=NOW,
            source="wayback",
            outcome="new",
            file_name=f"287g-{stamp}.html",
            captured_at=datetime.strptime(stamp, "%Y%m%d%H%M%S"),
        )
        data = rendered(rows, hrefs, token=stamp)
        with intake.opened(paths) as desk:
            desk.take([("287g.html", data, capture)])
    build(paths)
    events = "select kind, cast(published_on as varchar), agreement_id, before, after from events"
    before, after = (
        set(database.query(one.layout.database, events).rows()) for one in (seed_places, paths)
    )
    new = sorted((kind, day) for kind, day, *_ in after - before)
    assert [one for one in new if one[1] in ("2024-12-05", "2024-12-06", "2025-01-10")] == [
        ("reissued", "2024-12-05"),
        ("reissued", "2024-12-06"),
        ("reissued", "2025-01-10"),
    ]
    assert {kind for kind, _ in new} == {"reissued"}
    assert {kind for kind, *_ in before - after} <= {"reissued"}
    aliases = "(select * from id_aliases where event_id is null)"  # the new lists have their own
    for name in ("agreements", "agencies", "pending", "baselines", aliases):
        ours, theirs = (
            database.query(one.layout.database, f"select * from {name} order by all")
            for one in (paths, seed_places)
        )
        assert ours.equals(theirs), name


def test_labels_for_phones_inside_cells_are_no_part_of_what_they_print() -> None:
    """Scripts that fold a table for small screens write the column's name into each cell."""
    plain = table([BAKER, LEON])
    names = ("State", "Law Enforcement Agency", "Support Type", "Signed", "MOA")
    folded = re.sub(r"<tr>(<td>.*?)</tr>", lambda row: _labeled(row[1], names), plain, flags=re.S)
    assert folded.count("cell-label") == 10
    assert read(page(folded)).rows() == read(page(plain)).rows()


def _labeled(row: str, names: tuple[str, ...]) -> str:
    cells = iter(names)
    return (
        "<tr>"
        + re.sub("<td>", lambda _: f'<td><b class="cell-label">{next(cells)}:</b> ', row)
        + "</tr>"
    )


def test_a_name_that_begins_like_its_column_is_kept() -> None:
    rows = [("FLORIDA", "Signed Oaks Police", *BAKER[2:]), BAKER]
    assert read(page(table(rows)))["agency_printed"].to_list() == ["Signed Oaks Police", BAKER[1]]


def test_sort_marks_in_the_header_do_not_hide_the_table() -> None:
    data = page(
        table([BAKER])
        .replace(
            "<th>STATE</th>", '<th aria-sort="ascending"><a href="?o=1">State <i>▲</i></a></th>'
        )
        .replace(
            "<th>SIGNED</th>", "<th>Signed<span>: activate to sort column descending</span></th>"
        )
        .replace("<th>SUPPORT TYPE</th>", "<th>Support Type \u21c5</th>")
    )
    assert (data.count(b"activate"), data.count(b"\xe2\x96\xb2")) == (1, 1)
    assert read(data).to_dicts() == [WHOLE]


def test_a_list_in_two_tables_is_the_rows_of_both() -> None:
    [sheet] = parse.read_file("", "287g.html", page(table([BAKER]) + table([LEON])), HEADERS)
    rows, _ = printed_rows([sheet])
    assert rows.select("row_number", "agency_printed", "moa_url").rows() == [
        (2, "Baker County Sheriff's Office", MOA),
        (4, "Leon County Sheriff's Office", None),
    ]
    assert sheet.contents.notes == (
        "The list stands on 2 sheets, numbered on: table 1 is rows 1 to 2, table 2 is rows 3 to 4.",
    )


def test_a_block_page_is_called_one() -> None:
    data = b"<html><head><title>Request Rejected</title></head><body>The requested URL was rejected"
    with pytest.raises(Unreadable, match="is a block page, which says nothing of the list"):
        parse.read_file("", "list.xlsx", data, HEADERS)


def test_a_header_kept_in_sight_is_that_of_the_table_below_it() -> None:
    body = table([BAKER, LEON])
    head, rest = body.split("</thead>")
    data = page(f"{head}</thead></table><table>{rest}<table><tr><td>1</td><td>2</td></tr></table>")
    assert read(data).select("row_number", "agency_printed", "moa_url").rows() == [
        (1, "Baker County Sheriff's Office", MOA),
        (2, "Leon County Sheriff's Office", None),
    ]
