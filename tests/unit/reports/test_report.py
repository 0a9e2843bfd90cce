"""The weekly report: facts, words, charts and pages, on the record and on rows made by hand."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import date, datetime
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import pytest

from flows.settings import ROOT, paths_at
from flows.steps import archive
from flows.steps.common import wording
from flows.steps.common.errors import UsageError
from flows.steps.common.records import Capture
from flows.steps.common.wording import clean, safe_url
from flows.steps.reports import charts, facts, write
from flows.steps.reports import pages as pages_
from flows.steps.reports.pages import asides
from flows.steps.reports.pages import sentences as render_words
from flows.steps.reports.pages.view import view
from flows.steps.sources.intake import import_path
from flows.steps.warehouse.build import build
from tests.conftest import NOW, seeds_without_record
from tests.workbooks import agreement, workbook

GOLDEN = ROOT / "tests" / "golden" / "report-2025-W22.json"

SCRIPT = "<script>alert(1)</script>"
MARKDOWN = "](http://x.test) `a` **b** | c <img src=x> [y] http://auto.test @team"
FORMULA = '=HYPERLINK("http://x.test")'
LONG = "Z" * 10_000
RTL = "\u202eSheriff\u202c \u200fPolice\u2066"


# --- Rows made by hand -----------------------------------------------------------------------


def listed(day: str, agreements: int, seq: int, **more: Any) -> dict[str, Any]:
    """Return a participating version, with every agreement on the task force model."""
    return {
        "publication_id": f"participating-{day}-aaaa{seq:04d}",
        "list": "participating",
        "published_on": date.fromisoformat(day),
        "part": "am",
        "seq": seq,
        "date_rule": "name",
        "file_name": "list.xlsx",
        "sha256": f"{seq:064d}",
        "url": None,
        "saved_at": None,
        "captured_at": None,
        "status": "accepted",
        "reasons": [],
        "why_held": [],
        "first_published_on": None,
        "is_of_seeds": True,
        "row_count": agreements,
        "agreements": agreements,
        "agencies": agreements,
        "states": min(agreements, 1),
        "jem": 0,
        "tfm": agreements,
        "wso": 0,
        "roles": [],
        **more,
    }


def event(kind: str, agency: str, **more: Any) -> dict[str, Any]:
    """Return one change on the list of 6 May 2025."""
    names = (
        "before after still_listed before_state before_model after_agency after_state after_model"
        " after_signed_on days_waited previous_row_number field evidence standing"
        " moa_url state_now type_now signed_now"
        " state_before agency_before type_before signed_before"
    )
    return {
        **dict.fromkeys(names.split()),
        "event_id": f"{kind}:{agency[:20]}",
        "list": "participating",
        "kind": kind,
        "rule": "first_listed",
        "is_provisional": False,
        "published_on": date(2025, 5, 6),
        "state": "FL",
        "model": "TFM",
        "agreement_id": "fl-x/tfm/2025-05-01",
        "agency_id": "fl-x",
        "agency": agency,
        "agency_now": agency,
        "signed_on": date(2025, 5, 1),
        "publication_id": "participating-2025-05-06-aaaa0002",
        "row_number": 7,
        "previous_publication_id": "participating-2025-04-28-aaaa0001",
        **more,
    }


def results(
    before: int = 10, now: int | None = 11, events: tuple[dict[str, Any], ...] = ()
) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of every query for week 2025-W19; `now=None` is a week without a list."""
    old = listed("2025-04-28", before, 1, roles=["previous"] if now is not None else [])
    versions = [old]
    if now is None:
        old["roles"] = ["current", "previous"]
    else:
        versions.append(listed("2025-05-06", now, 2, roles=["current", "week"]))
    current = versions[-1]
    net = current["agreements"] - 5
    growth = {
        "baseline_id": "start",
        "label": "28 April 2025",
        "as_of": date(2025, 4, 28),
        "as_of_precision": "day",
        "said_agreements": 5,
        "said_states": 1,
        "article_id": "a",
        "observed_agreements": before,
        "observed_agencies": before,
        "observed_states": 1,
        "observed_publication_id": old["publication_id"],
        "verdict": "confirmed",
        "observed_jem": 0,
        "observed_tfm": before,
        "observed_wso": 0,
        "publication_id": current["publication_id"],
        "agreements": current["agreements"],
        "net": net,
        "ratio": current["agreements"] / 5,
        "percent": net * 20.0,
        "days": 8,
        "per_week": net * 7 / 8,
        "weekly_rate": 0.1 if net > 0 else -0.1,
        "doubling_days": 30.0 if net > 0 else None,
        "trend": "growing" if net > 0 else "shrinking" if net < 0 else "unchanged",
    }
    weeks = [
        {
            "week": facts.week_of(monday),
            "monday": monday,
            "lists": 1,
            "joined": 0,
            "departed": 0,
            "agencies_left": 0,
        }
        for monday in (date(2025, 4, 28), date(2025, 5, 5))
    ]
    return {
        "record": [
            {
                "list": "participating",
                "first_listed": old["published_on"],
                "seen_until": date(2025, 5, 12),
            }
        ],
        "versions": versions,
        "series": versions,
        "weeks": weeks,
        "events": list(events),
        "growth": [growth],
        "states": [
            {"point": "now", "state": "FL", "agreements": current["agreements"], "agencies": 1},
            {"point": "before", "state": "FL", "agreements": before, "agencies": 1},
        ],
        "state_series": [
            {"published_on": row["published_on"], "state": "FL", "agreements": row["agreements"]}
            for row in versions
        ],
        "pending": [],
        "issues": [],
        "plain": [{"gone": 0, "come": 0}],
        "unchanged": [{"since": current["published_on"], "days": 0}],
        "unlinked": [],
        "candidates": [],
        "doubts": [],
        "unplaced": [{"unplaced": 0}],
        "articles": [],
    }


def assembled(*args: Any, **more: Any) -> dict[str, Any]:
    return facts.assemble("2025-W19", results(*args, **more))


def pages(found: dict[str, Any], drawn: dict[str, bytes] | None = None) -> dict[str, str]:
    """Render without drawing, unless charts are handed in."""
    names = ("totals", "weekly", "models", "states", "fastest")
    blank = {f"{name}{form}.svg": b"<svg/>" for name in names for form in ("-page", "-phone")}
    files = pages_.render(found, drawn or blank)
    return {name: body.decode() for name, body in files.items() if not name.endswith(".png")}


class Markup(HTMLParser):
    """The tags of a page with their attributes, and the text of each heading."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


# --- Weeks -----------------------------------------------------------------------------------


def test_a_week_runs_from_monday_to_sunday() -> None:
    assert facts.week_bounds("2025-W22") == (date(2025, 5, 26), date(2025, 6, 1))
    assert facts.week_bounds("2024-W01")[0] == date(2024, 1, 1)
    assert facts.week_of(date(2024, 12, 30)) == "2025-W01"


@pytest.mark.parametrize(
    "week", ["", "2025-22", "2025-W54", "2025-W00", "0000-W01", "2025-W22 ", "last", "x" * 999]
)
def test_a_malformed_week_is_named_in_a_sentence(week: str) -> None:
    with pytest.raises(UsageError, match="2025-W22"):
        facts.week_bounds(week)


def test_a_week_before_the_record_is_refused() -> None:
    with pytest.raises(UsageError, match="2025-W18"):
        facts.assemble("2025-W10", results())


# --- Facts and words -------------------------------------------------------------------------


def test_a_normal_week() -> None:
    found = assembled(10, 11, events=(event("added", "Leon County Sheriff's Office"),))
    assert found["figures"]["agreements"]["change"] == 1
    assert pages_.finding(found) == (
        "ICE's list of 287(g) agreements grew by 1 in the week to 11 May 2025,"
        " to 11 agreements with 11 agencies in 1 state."
    )
    page = pages(found)
    assert "1 agreement joined the list and none are gone." in page["index.html"]
    assert "No agency left the list." in page["index.html"]
    assert "6 May 2025 am, row 7" in page["index.html"]
    assert 'href="#v-participating-2025-05-06-aaaa0002"' in page["index.html"]


def test_a_week_without_a_list_still_stands_on_the_last_one() -> None:
    found = assembled(10, None)
    assert found["has_list"] is False
    assert pages_.finding(found) == (
        "The record has no accepted list of this week; the figures are those of the list of"
        " 28 April 2025: 10 agreements with 10 agencies in 1 state."
    )
    page = pages(found)["index.html"]
    assert "no change is counted this week" in page
    assert "No agency left the list" not in page


@pytest.mark.parametrize(
    ("before", "now", "says"),
    [
        (10, 10, "did not change in the week to 11 May 2025, at 10 agreements"),
        (10, 8, "shrank by 2 in the week"),
        (2, 1, "to 1 agreement with 1 agency in 1 state."),
        (1, 0, "to no agreements with no agencies in no states."),
        (900, 1900, "grew by 1,000 in the week to 11 May 2025, to 1,900 agreements"),
    ],
)
def test_the_finding_reads_well(before: int, now: int, says: str) -> None:
    assert says in pages_.finding(assembled(before, now))


@pytest.mark.parametrize(
    ("codes", "says"),
    [
        ("", "no states"),
        ("FL", "1 state"),
        ("FL GA GU", "2 states and Guam"),
        ("FL PR DC GU", "1 state, the District of Columbia, Guam and Puerto Rico"),
        ("GU", "Guam"),
    ],
)
def test_a_territory_is_named_and_not_counted_as_a_state(codes: str, says: str) -> None:
    assert wording.places(codes.split()) == says


def test_an_agreement_that_ended_for_another_shows_in_the_sum() -> None:
    beside = event(
        "duplicate_dropped",
        "City of Levy Police",
        rule="stood_beside",
        **{"after_agency": "Levy Police", "after_state": "FL", "after_model": "TFM"},
        **{"before_state": "FL", "before_model": "TFM", "after_signed_on": date(2025, 5, 2)},
    )
    left = event("removed", "Leon", rule="confirmed", row_number=None)
    found = assembled(10, 8, events=(beside, left | {"previous_row_number": 4}))
    assert pages_.lede(found).startswith(
        "No agreements joined the list, 1 is gone and 1 ended in favour of another already on it;"
        " 1 agency left the list."
    )
    [line] = [line for line in pages(found)["report.md"].splitlines() if "City of Levy" in line]
    assert [cell.strip() for cell in line.split("|")][2:7] == [
        *("City of Levy Police", "Task Force Model", "1 May 2025"),
        *(
            "Second row of one agreement dropped",
            "Levy Police, Task Force Model, signed 2 May 2025",
        ),
    ]


def test_a_provisional_departure_says_so() -> None:
    gone = event("removed", "Levy", rule="awaiting", is_provisional=True, row_number=None)
    found = assembled(10, 9, events=(gone | {"previous_row_number": 4},))
    assert found["ledger"]["left_provisional"]["value"] == 1
    page = pages(found)
    assert "1 is gone; 1 agency left the list (not yet confirmed)" in page["index.html"]
    assert '<span class="badge">not yet confirmed</span>' in page["index.html"]
    assert "28 April 2025 am, row 4" in page["report.md"]


def test_departures_of_which_none_is_confirmed_say_so() -> None:
    gone = {"rule": "awaiting", "is_provisional": True, "row_number": None}
    left = [event("removed", name, agency_id=name, **gone) for name in ("Bay", "Lee")]
    found = assembled(10, 8, events=tuple(left))
    said = "2 are gone; 2 agencies left the list (none of the 2 yet confirmed)"
    assert said in pages_.lede(found)
    sure = event("removed", "Polk", rule="confirmed", row_number=None, still_listed=["JEM"])
    found = assembled(10, 7, events=(*left, sure))
    said = "3 are gone; 2 agencies left the list (2 of the 3 not yet confirmed)"
    assert said in pages_.lede(found)


def test_a_row_missing_from_a_list_or_two_never_left() -> None:
    gap = event("removed", "Leon", rule="gap", is_provisional=True)
    found = assembled(10, 10, events=(gap, event("returned", "Leon", rule="gap")))
    assert found["ledger"]["left"]["value"] == 0
    assert found["changes"]["left"] == []
    assert len(found["changes"]["gaps"]) == 2
    page = pages(found)
    assert "No agency left the list." in page["index.html"]
    assert '<span class="badge">' not in page["index.html"]
    rows = list(csv.DictReader(io.StringIO(page["changes.csv"])))
    assert {row["change"] for row in rows} == {"gaps"}


def test_renamings_are_folded_away_but_there() -> None:
    renamed = event(
        "renamed",
        "St Cloud PD",
        rule="abbreviated",
        evidence="the same state, model, date; both names written out: saint cloud",
        agency_before="St. Cloud",
    )
    page = pages(assembled(10, 10, events=(renamed,)))["index.html"]
    folded = page[page.index("Renamed, redated or corrected: 1 entry") :]
    assert page.index("<details>") < page.index("Renamed, redated or corrected: 1 entry")
    assert "St. Cloud" in folded
    assert "the same state, model, date; both names written out: saint cloud" in folded


def test_a_replaced_link_shows_both_documents() -> None:
    old, new = "https://x.test/old.pdf", "https://x.test/new.pdf"
    replaced = event("moa_replaced", "Lake County Sheriff", rule="moa_link", before=old, after=new)
    page = pages(assembled(10, 10, events=(replaced,)))
    assert "Signed agreements (MOA) linked, replaced or unlinked: 1 agreement" in page["index.html"]
    [line] = [line for line in page["report.md"].splitlines() if "Lake County Sheriff" in line]
    cells = [cell.strip() for cell in line.split("|")]
    assert cells[4] == "Link replaced"
    assert cells[6:8] == [f"[MOA](<{old}>)", f"[MOA](<{new}>)"]
    [told] = csv.DictReader(io.StringIO(page["changes.csv"]))
    assert (told["kind"], told["before"], told["after"]) == ("moa_replaced", old, new)


@pytest.mark.parametrize(
    ("field", "after", "what", "before_now"),
    [
        ("state", "KS", "Corrected state", ("TEXAS", "KANSAS")),
        ("agency_type", "County", "Corrected type", ("Municipality", "County")),
        ("model", "TFM", "Corrected model", ("Warrant Service", "Task Force")),
    ],
)
def test_a_correction_says_of_which_cell_it_is(
    field: str, after: str, what: str, before_now: tuple[str, str]
) -> None:
    printed = dict(
        zip((f"{what.split()[1]}_before", f"{what.split()[1]}_now"), before_now, strict=True)
    )
    restated = event("restated", "Lake County Sheriff", field=field, after=after, **printed)
    page = pages(assembled(10, 10, events=(restated,)))["report.md"]
    [line] = [line for line in page.splitlines() if "Lake County Sheriff" in line]
    assert [cell.strip() for cell in line.split("|")][3:6] == [what, *before_now]


@pytest.mark.parametrize(
    ("case", "change", "says"),
    [
        ("growing", {}, "doubling every 30 days"),
        ("shrinking", {"net": -2, "percent": -40.0, "ratio": 0.6}, "no doubling time"),
        ("unchanged", {"net": 0}, "unchanged"),
        ("same_day", {"net": 0}, "baseline's own day"),
        ("before_baseline", {}, "nothing to measure yet"),
        ("from_zero", {"ratio": None, "percent": None}, "growth from none has no rate"),
        ("to_zero", {"ratio": 0.0}, "have gone from the list"),
    ],
)
def test_growth_without_a_rate_is_said_in_words(
    case: str, change: dict[str, Any], says: str
) -> None:
    row = assembled(10, 11)["growth"][0] | change | {"trend": case}
    if case not in ("growing", "shrinking"):
        row |= {"per_week": None, "weekly_rate": None, "doubling_days": None}
    text = render_words.growth(row)
    assert says in text
    assert "nan" not in text.lower()
    assert "None" not in text


@pytest.mark.parametrize(
    ("part", "says"),
    [(None, "24 July 2025"), ("pm", "24 July 2025 pm"), ("pm_b", "24 July 2025 pm B")],
)
def test_a_second_list_of_a_half_day_is_told_apart(part: str | None, says: str) -> None:
    assert wording.list_name("2025-07-24", part) == says


def test_numbers_dates_and_changes() -> None:
    assert wording.signed(13) == "+13"
    assert wording.signed(-2) == "\u22122"
    assert wording.signed(0) == "no change"
    assert wording.count(1, "agency", "agencies") == "1 agency"
    assert wording.count(0, "agreement") == "no agreements"
    assert wording.number(1035) == "1,035"
    assert wording.day("2025-05-28") == "28 May 2025"
    assert wording.span("2024-12-30", "2025-01-05") == "30 December 2024 \u2013 5 January 2025"


def test_moments_and_short_dates() -> None:
    assert wording.moment("2025-05-28T20:10:59") == "2025-05-28 20:10"
    assert wording.brief_day("2025-09-26") == "26 Sep"


@pytest.mark.parametrize(
    ("before", "now", "says"),
    [
        (10, 10, "no change since 28 Apr"),
        (10, 11, "+1 since 28 Apr"),
        (10, 7, "\u22123 since 28 Apr"),
        (10, None, "no new list"),
    ],
)
def test_a_key_figure_says_what_it_changed_by(before: int, now: int | None, says: str) -> None:
    card = view(assembled(before, now))["cards"][0]
    assert card == {"label": "Agreements", "value": str(now or before), "change": says}


@pytest.mark.parametrize(
    ("net", "earlier", "says"),
    [
        (1, 0, "gained 1 agreement, 0.2 a week; in the four weeks before it kept its number of"),
        (118, 73, "gained 118 agreements, 29.5 a week; in the four weeks before it gained 73"),
        (-3, -1, "lost 3 agreements, 0.8 a week; in the four weeks before it lost 1 agreement."),
        (0, None, "1 June 2025 kept its number of agreements."),
    ],
)
def test_the_pace_reads_well(net: int, earlier: int | None, says: str) -> None:
    found = {"first_day": "2025-05-05", "net": {"value": net}, "per_week": net / 4}
    found |= {"before_net": earlier, "doubling_days": None}
    text = render_words.pace({"pace": found, "week": {"sunday": "2025-06-01"}})
    assert text.startswith("Over the four weeks 5 May \u2013 1 June 2025")
    assert says.removeprefix("1 June 2025 ") in text


@pytest.mark.parametrize(
    ("days", "says"),
    [
        (6, []),
        (
            7,
            [
                "No change to the list is known for 7 days: its rows are those of the list of"
                " 4 May 2025."
            ],
        ),
    ],
)
def test_a_list_that_stands_still_is_told_after_a_week(days: int, says: list[str]) -> None:
    found = {"notes": {"unchanged": {"since": "2025-05-04", "days": days}}}
    assert asides.unchanged(found) == says


@pytest.mark.parametrize(
    ("verdicts", "says"),
    [
        (["confirmed"], "1 figure quoted in articles can be held against the record: 1 confirmed."),
        (
            ["confirmed", "contradicted", "outdated", "confirmed"],
            "4 figures quoted in articles can be held against the record: 2 confirmed, 1 right at"
            " an earlier time and 1 contradicted.",
        ),
    ],
)
def test_claims_are_summed_up(verdicts: list[str], says: str) -> None:
    assert asides.checked({"claims": [{"verdict": one} for one in verdicts]}) == says


@pytest.mark.parametrize(
    ("gone", "come", "says"),
    [
        (3, 4, "3 rows gone and 4 new; of the agreements, none are gone and 1 joined."),
        (0, 1, "no rows gone and 1 new, the same as this report."),
    ],
)
def test_what_a_plain_comparison_would_have_claimed(gone: int, come: int, says: str) -> None:
    rows = results(10, 11, events=(event("added", "Leon County"),))
    rows["plain"] = [{"gone": gone, "come": come}]
    assert says in pages(facts.assemble("2025-W19", rows))["report.md"]


def test_states_are_those_of_the_seeds() -> None:
    with (ROOT / "seeds" / "states.csv").open(encoding="utf-8") as file:
        assert {row["code"]: row["name"] for row in csv.DictReader(file)} == wording.STATES


# --- Hostile strings -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def hostile() -> dict[str, str]:
    texts = (SCRIPT, MARKDOWN, FORMULA, LONG, RTL, "\t=1+1", "\ud800 lone", "@SUM(A1)", "-1", "+1")
    bad = "javascript:alert(1)"
    events = [
        event("added", text, moa_url=bad, event_id=str(at), row_number=at)
        for at, text in enumerate(texts)
    ]
    events.append(
        event("renamed", SCRIPT, rule=f"renamed: {SCRIPT}", agency_before=MARKDOWN, event_id="r")
    )
    events.append(event("added", "Good", moa_url="https://x.test/a b|`.pdf", event_id="g"))
    rows = results(10, 21, events=tuple(events))
    rows["versions"][1]["file_name"] = f"{SCRIPT}|`x`.xlsx"
    rows["versions"][1]["url"] = bad
    rows["issues"] = [
        {
            "list": "participating",
            "code": SCRIPT,
            "severity": "repaired",
            "printed": SCRIPT,
            "settled": RTL,
            "agency_printed": FORMULA,
            "lists": 1,
            "publication_id": "participating-2025-05-06-aaaa0002",
            "row_number": 3,
        }
    ]
    rows["claims"] = [{"article": SCRIPT, "url": bad, "claim": MARKDOWN, "verdict": LONG}]
    found = facts.assemble("2025-W19", rows)
    assert facts.to_json(found).endswith(b"}\n")
    return pages(found)


def test_hostile_strings_are_inert_in_html(hostile: dict[str, str]) -> None:
    page = Markup(hostile["index.html"])
    assert not [tag for tag, _ in page.tags if tag in ("script", "img", "iframe", "object")]
    for _, attributes in page.tags:
        assert not [name for name in attributes if name.startswith("on")]
        assert not str(attributes.get("href", "")).startswith("javascript")
    assert LONG not in hostile["index.html"]
    assert not re.search("[\u200e\u200f\u202a-\u202e\u2066-\u2069]", hostile["index.html"])


def test_hostile_strings_are_inert_in_markdown(hostile: dict[str, str]) -> None:
    # What stands between backticks is code: it is printed as it is, and is checked apart.
    text = re.sub(r"(`+)(?!`).+?(?<!`)\1(?!`)", "code", hostile["report.md"])
    assert "`" not in text
    assert not re.search(r"<(?!https://)", text)
    assert "](http://x.test)" not in text
    assert "http://auto.test" not in text
    assert "javascript:" not in text
    assert "@" not in text
    assert "code" in text
    for block in text.split("\n\n"):
        widths = {
            len(re.findall(r"(?<!\\)\|", line))
            for line in block.strip().splitlines()
            if line.startswith("|")
        }
        assert len(widths) <= 1, block[:300]
    assert "[MOA](<https://x.test/a%20b%7C%60.pdf>)" in text


def test_hostile_strings_are_inert_in_csv(hostile: dict[str, str]) -> None:
    for row in csv.reader(io.StringIO(hostile["changes.csv"])):
        assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert f"'{FORMULA}" in {
        row["agency"] for row in csv.DictReader(io.StringIO(hostile["changes.csv"]))
    }
    assert LONG in hostile["changes.csv"]


def test_the_json_of_changes_has_the_exact_text_and_names_its_fields(
    hostile: dict[str, str],
) -> None:
    found = json.loads(hostile["changes.json"])
    assert (found["schema"], found["week"]) == ("pactwatch-changes/1", "2025-W19")
    names = [field["name"] for field in found["fields"]]
    assert all(field["description"] for field in found["fields"])
    assert all(list(row) == names for row in found["changes"])
    agencies = [row["agency"] for row in found["changes"]]
    assert {SCRIPT, MARKDOWN, FORMULA, LONG, RTL, "\t=1+1", "@SUM(A1)", "-1", "+1"} < {*agencies}
    assert hostile["changes.json"].isascii()
    rows = list(csv.DictReader(io.StringIO(hostile["changes.csv"])))
    assert list(rows[0]) == names
    assert [(row["change"], row["row_number"]) for row in rows] == [
        (row["change"], str(row["row_number"])) for row in found["changes"]
    ]


def test_only_web_addresses_become_links() -> None:
    assert safe_url("https://www.ice.gov/x.pdf") == "https://www.ice.gov/x.pdf"
    for bad in ("javascript:alert(1)", "data:text/html,x", "//x.test", "ftp://x", "http://", "x"):
        assert safe_url(bad) is None
    assert safe_url('https://x.test/">') == "https://x.test/%22%3E"
    assert clean("a\u202eb\nc\x00") == "ab c"


# --- A record of hostile and odd lists -------------------------------------------------------

PLANTED = (
    SCRIPT,
    MARKDOWN.replace("@", ""),
    " " + FORMULA,  # without the blank the workbook would hold a formula and its result
    "Z" * 10_000,
    RTL,
    "zero\u200bwidth\u200d Police",
    "@SUM(A1)",
    "-1+1 PD",
)


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    """Return the reports of two weeks: of a hostile list that was replaced, and of a silent week.

    The second list comes again with one row more under the same name, its rows come again in
    other bytes, the first list comes again under a new name, and the page links no pending list.
    """
    base = tmp_path_factory.mktemp("odd")
    paths = paths_at(base / "data", seeds=seeds_without_record(base / "seeds"))
    signed = date(2025, 5, 28)
    # Forty rows that stay keep every list through the gate.
    names = [*wording.STATES.values()][:40]
    stay = [agreement("TEXAS", f"{name} County Sheriff's Office", signed=signed) for name in names]
    planted = [agreement(agency=name, signed=signed, moa="") for name in PLANTED]
    late = agreement(agency="Late Town Police", signed=signed)
    first = workbook(stay, saved=datetime(2025, 5, 30, 9))
    for folder, day, data in (
        ("a", "0530", first),
        ("b", "0604", workbook([*stay, *planted], saved=datetime(2025, 6, 4, 9))),
        ("c", "0604", workbook([*stay, *planted, late], saved=datetime(2025, 6, 4, 11))),
        ("d", "0606", workbook([*stay, *planted, late], saved=datetime(2025, 6, 6, 9))),
        ("e", "0610", first),
    ):
        path = base / folder / f"participatingAgencies{day}2025am.xlsx"
        path.parent.mkdir()
        path.write_bytes(data)
        import_path(paths, path, NOW)
    looked = [
        Capture(datetime(2025, 6, day, 12), "ice", "unchanged", list="pending") for day in (12, 14)
    ]
    archive.append_manifest(paths.layout, looked)
    build(paths)
    written = write.write_reports(paths, ["2025-W23", "2025-W24"])
    return {
        one.week: {
            path.name: path.read_text() for path in one.folder.iterdir() if path.suffix in SUFFIXES
        }
        for one in written
    }


SUFFIXES = (".html", ".md", ".csv", ".json")


def test_a_planted_list_is_inert_in_every_form(odd: dict[str, dict[str, str]]) -> None:
    files = odd["2025-W23"]
    page = Markup(files["index.html"])
    assert not [tag for tag, _ in page.tags if tag in ("script", "img", "iframe", "object")]
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in files["index.html"]
    assert "&#60;script&#62;alert&#40;" not in files["index.html"]
    assert "<script" not in files["report.md"]
    assert "&#60;script&#62;" in files["report.md"]
    for text in (files["index.html"], files["report.md"], files["changes.csv"]):
        assert not re.search("[\u200b-\u200f\u202a-\u202e\u2066-\u2069]", text)
    for text in (files["index.html"], files["report.md"]):
        assert "Z" * 160 + "\u2026" in text
        assert "Z" * 161 not in text
    cells = [cell for row in csv.reader(io.StringIO(files["changes.csv"])) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    assert {f"'{FORMULA}", "'@SUM(A1)", "'-1+1 PD", "Z" * 10_000} < {*cells}
    named = {row["agency"] for row in json.loads(files["changes.json"])["changes"]}
    assert {SCRIPT, FORMULA, "Z" * 10_000, "@SUM(A1)", "-1+1 PD"} < named


def test_a_file_replaced_in_place_is_told(odd: dict[str, dict[str, str]]) -> None:
    assert (
        "- The participating list of 4 June 2025 am came under the file name of an earlier one"
        " (participatingAgencies06042025am.xlsx), with other contents: ICE replaced the file in"
        " place.\n"
    ) in odd["2025-W23"]["report.md"]
    assert (
        "- 1 list repeated the rows of the one before in a new file.\n"
        in odd["2025-W23"]["report.md"]
    )


def test_a_silent_week_tells_what_stands_and_what_is_gone(odd: dict[str, dict[str, str]]) -> None:
    text = odd["2025-W24"]["report.md"]
    for line in (
        "The record has no accepted list of any day of the week; the last one is 9 days old at its"
        " end.",
        "No change to the list is known for 11 days: its rows are those of the list of"
        " 4 June 2025.",
        "ICE's page linked no pending list at our first look, on 12 June 2025: the record has"
        " none.",
        "The participating list of 10 June 2025 (participatingAgencies06102025am.xlsx) was held"
        " back for a person to decide and changes no figure: its bytes are those of the list of"
        " 30 May 2025, under a newer date",
    ):
        assert f"- {line}" in text


@pytest.mark.parametrize(
    ("was_linked", "line"),
    [
        (True, "ICE's page has linked no pending list since 9 May 2025: the record has none."),
        (
            False,
            "ICE's page linked no pending list at our first look, on 9 May 2025: the record has"
            " none.",
        ),
    ],
)
def test_only_a_look_that_found_a_list_says_that_its_link_is_gone(
    was_linked: bool, line: str
) -> None:
    found = assembled(10, 11)
    row = {"list": "pending", "since": "2025-05-09", "was_linked": was_linked}
    found["notes"]["unlinked"] = [row]
    assert line in pages(found)["report.md"]


@pytest.mark.parametrize(
    ("open_", "line"),
    [
        (1, "1 possible match between entries waits for a person to decide."),
        (2, "2 possible matches between entries wait for a person to decide."),
    ],
)
def test_matches_that_wait_are_counted_in_words(open_: int, line: str) -> None:
    found = assembled(10, 11)
    found["notes"]["candidates"] = [{"list": "participating"}] * open_
    assert line in pages(found)["report.md"]


# --- Pages and charts ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def drawn() -> dict[str, bytes]:
    return charts.draw(charts.chart_specs(assembled(10, 11)))


def test_the_page_is_sound_and_asks_no_other_host(drawn: dict[str, bytes]) -> None:
    found = assembled(10, 11, events=(event("added", "Leon County"),))
    text = pages(found, drawn)["index.html"]
    page = Markup(text)
    tags = [tag for tag, _ in page.tags]
    assert tags.count("nav") == 2  # of the site and of the report, each with its label
    for landmark in ("header", "main", "footer", "h1"):
        assert tags.count(landmark) == 1
    levels = [int(tag[1]) for tag in tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert tags.count("table") == tags.count("caption")
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    links = [str(attributes["href"]) for tag, attributes in page.tags if tag == "a"]
    assert all(link[1:] in ids for link in links if link.startswith("#"))
    assert not [tag for tag in tags if tag in ("script", "img", "iframe")]
    assert "url(" not in text
    assert all(
        attributes.get("aria-label")
        for _, attributes in page.tags
        if "role" in attributes and attributes["role"] == "img"
    )


# --- The record ------------------------------------------------------------------------------


def queried(warehouse: Path, week: str) -> dict[str, list[dict[str, Any]]]:
    monday, sunday = facts.week_bounds(week)
    found = {}
    with duckdb.connect(str(warehouse), read_only=True) as db:
        for name, query in facts.QUERIES.items():
            cursor = db.execute(query, {"monday": str(monday), "sunday": str(sunday)})
            columns = [column[0] for column in cursor.description]
            found[name] = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    return found


@pytest.fixture(scope="module")
def w22(warehouse: Path) -> dict[str, Any]:
    return facts.assemble("2025-W22", queried(warehouse, "2025-W22"))


def holds(golden: Any, found: Any, at: str = "facts") -> None:
    """Hold facts to golden ones: every fact named there, and no more rows in a list."""
    if isinstance(golden, dict):
        for key, value in golden.items():
            holds(value, found[key], f"{at}.{key}")
    elif isinstance(golden, list):
        assert len(golden) == len(found), at
        for number, (want, have) in enumerate(zip(golden, found, strict=True)):
            holds(want, have, f"{at}[{number}]")
    else:
        assert golden == found, at


def test_the_week_of_the_second_baseline_is_as_counted_by_hand(w22: dict[str, Any]) -> None:
    holds(json.loads(GOLDEN.read_text(encoding="utf-8")), w22)
    joined = {(row["agency_id"], row["model"]) for row in w22["changes"]["joined"]}
    assert ("tx-fort-bend-county-sheriffs-office", "JEM") in joined
    assert len(joined) == 7


def test_every_query_in_the_facts_gives_its_value(warehouse: Path, w22: dict[str, Any]) -> None:
    checked = 0
    with duckdb.connect(str(warehouse), read_only=True) as db:
        for step in [*w22["figures"].values(), *w22["ledger"].values(), w22["pace"]["net"]]:
            assert db.execute(step["query"]).fetchall() == [(step["value"],)]
            checked += 1
        for figure in w22["figures"].values():
            assert db.execute(figure["change_query"]).fetchall() == [(figure["change"],)]
        for row in w22["growth"]:
            [(net, ratio, *_)] = db.execute(row["query"]).fetchall()
            assert (net, ratio) == (row["net"], row["ratio"])
            db.execute(row["observed_query"]).fetchone()
        states = db.execute(w22["states"]["query"]).fetchmany(10)
        assert states == [(row["state"], row["agreements"]) for row in w22["states"]["top"]]
        recent = w22["states"]["recent"]
        assert db.execute(recent["query"]).fetchall() == [
            (row["state"], row["agreements"], row["then"], row["net"]) for row in recent["states"]
        ]
        for key, name in (("waiting", "query"), ("signed", "signed")):
            value = w22["pending"][key]
            query = w22["pending"][name] if name == "query" else value["query"]
            want = value if name == "query" else value["value"]
            assert db.execute(query).fetchall() == [(want,)]
    assert checked > 10


def test_the_same_week_gives_the_same_bytes(warehouse: Path, w22: dict[str, Any]) -> None:
    again = facts.assemble("2025-W22", queried(warehouse, "2025-W22"))
    assert facts.to_json(again) == facts.to_json(w22)
    once = pages_.render(w22, charts.draw(charts.chart_specs(w22)))
    twice = pages_.render(again, charts.draw(charts.chart_specs(again)))
    assert once == twice
    assert json.loads(facts.to_json(w22))["figures"]["agreements"]["value"] == 635


def test_the_facts_file_renders_to_the_same_page(w22: dict[str, Any]) -> None:
    read = json.loads(facts.to_json(w22))
    assert pages(read) == pages(w22)
