"""The course of three lists whose middle one has an odd name, or columns of the other list."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cases import PLAIN, course_of, rows, totals
from tests.flows.test_doubt import ADDED


@pytest.mark.parametrize(
    ("case", "name", "part"),
    [
        ("F12-participatingAgencies_09-29-2025_pm", "participatingAgencies_09-29-2025_pm", "pm"),
        ("F29-participatingAgencies20250929", "participatingAgencies20250929", None),
        (PLAIN[1], "Participating Agencies Sept. 29, 2025 (1)", None),
        (PLAIN[1], "participatingAgencies", None),
    ],
)
def test_a_list_is_dated_however_its_name_is_written(
    case: str, name: str, part: str | None, tmp_path: Path
) -> None:
    paths = course_of(tmp_path, case, name)
    versions = "select cast(published_on as varchar), part, status from publications order by seq"
    assert rows(paths, versions) == [
        ("2025-09-26", "pm", "accepted"),
        ("2025-09-29", part, "accepted"),
        ("2025-09-30", "pm", "accepted"),
    ]
    told = "select kind, agreement_id, before, after from events where kind <> 'reissued'"
    assert rows(paths, f"{told} order by agreement_id") == ADDED
    assert totals(paths) == [(89, 89, 0), (92, 92, 0), (92, 92, 0)]


def test_a_stray_digit_is_dropped_where_the_saved_time_says_which(tmp_path: Path) -> None:
    case = "F29-participatingAgencies060920263pm"
    paths = course_of(tmp_path, case, case.removeprefix("F29-"))
    versions = "select cast(published_on as varchar), date_rule, status from publications"
    assert rows(paths, f"{versions} order by seq")[2] == (
        "2026-06-09",
        "name_digit_repaired",
        "accepted",
    )


def test_a_list_without_its_signings_is_no_pending_list(tmp_path: Path) -> None:
    paths = course_of(tmp_path, "F08-participating-without-SIGNED")
    held = "select list, file_name, reasons, why_held[1] from publications where status = 'held'"
    assert rows(paths, held) == [
        (
            "pending",
            f"{PLAIN[1]}.xlsx",
            ["kind_contradicted"],
            "its columns are those of the pending list, but its name says participating, and 89 of"
            " its 92 agreements stand on the participating list of 26 September 2025",
        )
    ]
    told = "select kind, agreement_id, before, after from events order by agreement_id"
    assert rows(paths, told) == ADDED
    assert rows(paths, "select count(*) from pending") == [(0,)]
    assert totals(paths) == [(89, 89, 0), (92, 92, 0)]
