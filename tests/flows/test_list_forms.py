"""Lists as they really come: no form of a list says anything that its plain form does not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from flows.steps import archive
from flows.steps.common.layout import Paths
from tests.cases import PLAIN, course_of, rows

APPLIED = [
    ("Kenedy County Sheriff's Office", "TX", "TFM", "waiting"),
    ("Loving County Sheriff's Office", "TX", "TFM", "waiting"),
    ("Vinton County Sheriff's Office", "OH", "TFM", "waiting"),
    ("Zapata County Sheriff's Office", "TX", "TFM", "waiting"),
]


def told(paths: Paths) -> list[tuple[Any, ...]]:
    """Return every event but those of other bytes with the same rows."""
    return rows(
        paths,
        "select list, published_on, kind, agreement_id, before, after from events"
        " where kind <> 'reissued' order by all",
    )


def linked(paths: Paths) -> list[tuple[Any, ...]]:
    return rows(
        paths,
        "select published_on, agreement_id, moa_url from list_rows"
        " inner join publications using (publication_id) where list = 'participating' order by all",
    )


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Paths:
    return course_of(tmp_path_factory.mktemp("plain"), PLAIN[1])


def test_the_plain_course_adds_three_agreements_and_links(plain: Paths) -> None:
    kinds = "select kind, count(*) from events where kind <> 'reissued' group by kind order by kind"
    assert rows(plain, kinds) == [("added", 3)]
    assert rows(plain, "select agreements from totals order by seq") == [(89,), (92,), (92,)]


@pytest.mark.parametrize(
    "case",
    [
        "F06-very-hidden-old-sheet",
        "F07-split-over-two-sheets",
        "F14-HYPERLINK-formula-3-cells",
        "F22-all-HYPERLINK-formulas",
        "F22-rel_other_id_prefix",
        "F22-x-prefix-sheet",
        "F25-csv_nul",
        "F25-csv_semicolon",
        "F25-csv_tab",
        "F25-csv_title",
        "F25-csv_utf16",
        "F27-footnote",
        "F27-header-again",
        "F27-totals-row",
        "F28-dimension-A0",
    ],
)
def test_a_form_of_the_list_says_what_its_plain_form_says(
    case: str, plain: Paths, tmp_path: Path
) -> None:
    paths = course_of(tmp_path, case)
    assert [capture.outcome for capture in archive.read_manifest(paths.layout)] == ["new"] * 3
    assert rows(paths, "select status, row_count from publications order by seq") == [
        ("accepted", 89),
        ("accepted", 92),
        ("accepted", 92),
    ]
    assert told(paths) == told(plain)
    assert linked(paths) == linked(plain)


def test_both_lists_of_one_workbook_count_each_as_its_own(plain: Paths, tmp_path: Path) -> None:
    paths = course_of(tmp_path, "F09-both-lists-one-workbook")
    assert [(one.list, one.outcome) for one in archive.read_manifest(paths.layout)] == [
        ("participating", "new"),
        ("participating", "new"),
        ("pending", "new"),
        ("participating", "new"),
    ]
    published = "select list, published_on, status, row_count from publications order by all"
    assert [(kind, str(day), *others) for kind, day, *others in rows(paths, published)] == [
        ("participating", "2025-09-26", "accepted", 89),
        ("participating", "2025-09-29", "accepted", 92),
        ("participating", "2025-09-30", "accepted", 92),
        ("pending", "2025-09-29", "accepted", 4),
    ]
    both = "select count(distinct sha256), count(distinct publication_id) from publications"
    assert rows(paths, both) == [(3, 4)]
    assert [one for one in told(paths) if one[0] == "participating"] == told(plain)
    assert linked(paths) == linked(plain)
    applied = (
        "select name, agencies.state, model, outcome from pending"
        " inner join agencies using (agency_id) order by all"
    )
    assert rows(paths, applied) == APPLIED


def test_what_is_no_row_of_the_list_is_told(tmp_path: Path) -> None:
    paths = course_of(tmp_path, "F27-footnote")
    said = "Left out, as they print no agreement: row 95 (* Source: ERO. List as of September 29,"
    said += " 2025. Subject to change.)."
    assert rows(paths, "select why from captures where why is not null") == [(said,)]
    assert [one.why for one in archive.read_manifest(paths.layout) if one.why] == [said]


def test_a_link_into_somebodys_disk_stays_in_the_archive(plain: Paths, tmp_path: Path) -> None:
    paths = course_of(tmp_path, "F15-file-path-link")
    [row] = [place for place in linked(plain) if place not in linked(paths)]
    assert str(row[0]) == "2025-09-29"
    assert [one.why for one in archive.read_manifest(paths.layout) if one.why] == [
        "Links that lead to no public web address were left out: row 22."
    ]
    published = paths.layout.database.read_bytes()
    assert b"Users" not in published
    assert b"file:/" not in published


def test_a_header_that_is_too_short_holds_the_list_by_name(tmp_path: Path) -> None:
    paths = course_of(tmp_path, "F25-csv_short_header")
    assert rows(paths, "select why_held from publications where status = 'held'") == [
        (["it has columns that seeds/lists.toml does not know: unnamed (column_8)"],)
    ]
    assert {kind for _, _, kind, *_ in told(paths)} == {"added"}


def test_bytes_before_the_zip_are_named(tmp_path: Path) -> None:
    paths = course_of(tmp_path, "F28-bytes-before-zip")
    rejected = [one for one in archive.read_manifest(paths.layout) if one.outcome == "rejected"]
    assert [one.why for one in rejected] == [
        f"{PLAIN[1]}.xlsx is a workbook with 2 bytes before it that do not belong to it, not a"
        " list that can be read: download it again from the list page."
    ]
