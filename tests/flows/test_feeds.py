"""Feeds and corrections: valid Atom, the same bytes twice, and departures taken back in public."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from flows.settings import paths_at
from flows.steps.common.layout import Paths
from flows.steps.reports import feeds, index_pages, write
from flows.steps.reports.corrections import FIGURES, append, compare, read
from flows.steps.sources.intake import import_path
from flows.steps.warehouse.build import build
from tests.conftest import NOW, Site, published_copy
from tests.few_lists import BAKER, FILLERS, record, row
from tests.workbooks import workbook

ATOM = "{http://www.w3.org/2005/Atom}"
TAG = re.compile(r"tag:[a-z.]+,\d{4}-\d\d-\d\d:[!-~]+")


def parse(body: bytes) -> ET.Element:
    return ET.fromstring(body)  # noqa: S314 - our own feeds


def text(element: ET.Element, path: str) -> str:
    found = element.find(ATOM + path)
    assert found is not None
    assert found.text
    return found.text


def entries(body: bytes) -> dict[str, ET.Element]:
    """Return a feed's entries by title, after checking what RFC 4287 asks of feed and entries."""
    feed = parse(body)
    assert feed.tag == ATOM + "feed"
    assert text(feed, "author/" + ATOM + "name") == "Pactwatch"
    found = feed.findall(ATOM + "entry")
    for one in (feed, *found):
        assert TAG.fullmatch(text(one, "id"))
        assert datetime.fromisoformat(text(one, "updated")).utcoffset() is not None
        assert text(one, "title")
    for one in found:
        [link] = one.findall(ATOM + "link")
        assert link.get("rel", "alternate") == "alternate"
        [content] = one.findall(ATOM + "content")
        assert content.get("type") == "html"
    [own] = [link for link in feed.findall(ATOM + "link") if link.get("rel") == "self"]
    assert own.get("href")
    ids = [text(one, "id") for one in found]
    assert len(ids) == len(set(ids))
    times = [text(one, "updated") for one in found]
    assert text(feed, "updated") == max(times, default=text(feed, "updated"))
    return {text(one, "title"): one for one in found}


def test_every_feed_is_valid_atom_with_ids_of_its_own(site: Site) -> None:
    paths = sorted(site.folder.rglob("*.xml"))
    ids: set[str] = set()
    for path in paths:
        entries(path.read_bytes())
        ids.add(text(parse(path.read_bytes()), "id"))
    assert len(ids) == len(paths)
    states = {path.stem for path in (site.folder / "feeds").iterdir()}
    assert {"additions", "removals", "fl", "tx", "gu"} <= states
    assert len(paths) == 4 + 56
    # California has no agreement yet, and can be followed all the same.
    assert entries((site.folder / "feeds" / "ca.xml").read_bytes()) == {}


@pytest.fixture(scope="module")
def whole(seed_places: Paths, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data folder with four weeks reported from the whole record."""
    paths = paths_at(published_copy(seed_places, tmp_path_factory.mktemp("whole")))
    write.write_reports(paths, ["2025-W22", "2025-W29", "2025-W30", "2025-W31"])
    index_pages.write(paths)
    return paths.layout.data


def test_an_entry_names_who_joined_by_state_with_figures_and_the_weeks_page(
    seed_places: Paths,
) -> None:
    """On the changes up to 30 September 2025, as a feed keeps the newest only."""
    changes = index_pages.read_changes(seed_places)
    changes = [row for row in changes if row["published_on"] <= "2025-09-30"]
    made = feeds.make(changes, [])
    found = entries(made["feed.xml"])
    assert len(found) == 84
    title = "List of 24 September 2025 am: 38 joined, 3 agreements gone, 1 agency left"
    assert next(iter(found)) == title
    entry = found[title]
    content = text(entry, "content")
    standing = "1,035 agreements with 858 agencies in 41 states and territories"
    assert f"{standing} (+35 since the list before)" in content
    assert "<h3>Joined (38 agreements)</h3><p>Alabama</p><ul><li>Autauga County" in content
    assert content.count("(not yet confirmed)") == 0
    [link] = entry.findall(ATOM + "link")
    assert link.get("href") == "reports/2025-W39/index.html"
    assert text(entry, "published") == "2025-09-24T00:00:00+00:00"
    additions = entries(made["feeds/additions.xml"])
    assert "List of 24 September 2025 am: 38 joined" in additions
    assert not [title for title in additions if "left" in title or "taken back" in title]
    removals = entries(made["feeds/removals.xml"])
    gone = removals["List of 24 September 2025 am: 3 agreements gone, 1 agency left"]
    assert text(gone, "content").split("</p>", 1)[1] == (
        "<h3>Left the list (1 agency, 1 agreement)</h3><p>Oklahoma</p>"
        "<ul><li>Fletcher Police Department, Task Force Model, signed 8 May 2025</li></ul>"
        "<h3>Dropped an agreement, still listed (1 agency, 2 agreements)</h3><p>Virginia</p>"
        "<ul><li>Hopewell County Sheriff&#x27;s Office dropped its jail enforcement and warrant"
        " service models, still listed with the task force model</li></ul>"
    )
    assert not [title for title in removals if "joined" in title]


def test_a_departure_not_yet_confirmed_says_so_in_a_feed(site: Site) -> None:
    found = entries((site.folder / "feed.xml").read_bytes())
    assert len(found) == 11
    content = text(
        found["List of 5 June 2025 pm: 1 agreement gone, 1 agency left (not yet confirmed)"],
        "content",
    )
    assert "signed 22 May 2025 (not yet confirmed)" in content
    removals = entries((site.folder / "feeds" / "removals.xml").read_bytes())
    assert "List of 5 June 2025 pm: 1 agreement gone, 1 agency left (not yet confirmed)" in removals


def test_a_feed_leads_to_no_report_that_is_not_written(whole: Path) -> None:
    hrefs = [
        link.get("href")
        for path in whole.rglob("*.xml")
        for link in parse(path.read_bytes()).iter(ATOM + "link")
    ]
    weeks = {href.split("reports/")[1].split("/")[0] for href in hrefs if href and "-W" in href}
    assert weeks == {"2025-W22", "2025-W29", "2025-W30", "2025-W31"}
    page = (whole / "reports" / "index.html").read_text()
    assert set(re.findall(r"reports/(2[^/]+)/", page)) == weeks


def test_a_departure_taken_back_is_an_entry_of_its_own_and_a_correction(whole: Path) -> None:
    found = entries((whole / "feeds" / "wy.xml").read_bytes())
    left = found[
        "Wyoming, list of 24 July 2025 pm B: 1 agreement gone, 1 agency left (taken back later)"
    ]
    back = found["Wyoming, list of 30 July 2025 am: 1 departure taken back"]
    assert text(left, "published") < text(left, "updated")
    assert text(left, "updated")[:10] == text(back, "updated")[:10] == "2025-07-30"
    assert "Wyoming State Highway Patrol, Task Force Model" in text(left, "content")
    assert "was missing since the list of 24 July 2025" in text(back, "content")
    corrections = entries((whole / "errata.xml").read_bytes())
    assert list(corrections) == [
        "Correction to the report for 2025-W49",
        "Correction to the report for 2025-W31",
        "Correction to the report for 2025-W30",
        "Correction to the report for 2025-W29",
    ]
    told = json.loads((whole / "errata.json").read_bytes())["corrections"]
    assert [(one["week"], one["on"]) for one in told] == [
        ("2025-W49", "2025-12-12"),
        ("2025-W31", "2025-08-04"),
        ("2025-W30", "2025-07-30"),
        ("2025-W30", "2025-07-29"),
        ("2025-W29", "2025-07-23"),
    ]
    page = (whole / "reports" / "2025-W30" / "index.html").read_text()
    assert "Corrections to this report" in page
    for one in told[2:4]:
        assert one["text"] in page
        assert one["text"] in (whole / "reports" / "index.html").read_text()
    markdown = (whole / "reports" / "2025-W30" / "report.md").read_text()
    assert "## Corrections to this report" in markdown
    assert "Corrections" not in (whole / "reports" / "2025-W22" / "report.md").read_text()


def test_feeds_are_the_same_bytes_again_and_absolute_where_the_site_stands(site: Site) -> None:
    changes = index_pages.read_changes(site.paths)
    again = index_pages.corrections_and_feeds(site.paths, changes, "")
    for name, body in again.items():
        assert (site.folder / name).read_bytes() == body, name
    there = index_pages.corrections_and_feeds(site.paths, changes, "https://example.test/pact/")
    feed = parse(there["feeds/fl.xml"])
    links = {link.get("rel"): link.get("href") for link in feed.findall(ATOM + "link")}
    assert links == {
        "self": "https://example.test/pact/feeds/fl.xml",
        "alternate": "https://example.test/pact/reports/index.html",
    }
    here = parse(again["feeds/fl.xml"])
    assert text(here, "id") == text(feed, "id")
    first = here.find(f"{ATOM}entry/{ATOM}link")
    assert first is not None
    assert first.get("href") == "../reports/2025-W23/index.html"


def test_a_feed_keeps_the_newest_entries_only(seed_places: Paths) -> None:
    changes = index_pages.read_changes(seed_places)
    assert len({row["publication_id"] for row in changes}) > feeds.LONGEST_FEED
    ids = [
        text(one, "id")
        for one in parse(feeds.make(changes, [])["feed.xml"]).findall(ATOM + "entry")
    ]
    assert len(ids) == feeds.LONGEST_FEED
    assert ids[0].endswith("participating-2026-05-18am-f2d0629e")
    days = [one.split("/participating-")[1][:10] for one in ids]
    assert days == sorted(days, reverse=True)


MONDAY = datetime(2026, 11, 23, 12, 0)


def late_list(paths: Paths, base: Path) -> None:
    """Import, after the reports were written, a list of 12 June with another agency on it."""
    name = base / "late" / "participatingAgencies06122025pm.xlsx"
    name.parent.mkdir()
    rows = [
        *FILLERS,
        BAKER,
        row("Levy County Sheriff's Office"),
        row("Leon County Sheriff's Office"),
    ]
    name.write_bytes(workbook(rows, saved=datetime(2025, 6, 12, 15)))
    import_path(paths, name, NOW)
    build(paths)


def test_a_list_that_comes_late_is_a_correction_on_the_report(tmp_path: Path) -> None:
    lists = [
        [BAKER],
        [BAKER],
        [BAKER],
        [BAKER],
        [BAKER],
        [BAKER, row("Levy County Sheriff's Office")],
    ]
    paths = record(tmp_path, lists)
    assert [one.week for one in write.write_missing(paths, now=NOW)] == ["2025-W23", "2025-W24"]
    assert not paths.layout.errata.exists()
    late_list(paths, tmp_path)
    written = write.write_missing(paths, now=MONDAY)
    [logged] = read(paths.layout.errata.read_bytes())
    assert logged["week"] == "2025-W24"
    assert logged["corrected_at"] == "2026-11-23T12:00:00"
    assert logged["as_of"] == "2025-06-12"
    assert logged["figures"] == {"agreements": [42, 43], "agencies": [42, 43], "wso": [42, 43]}
    assert [(one["group"], one["agency"]) for one in logged["came"]] == [
        ("joined", "Leon County Sheriff's Office")
    ]
    assert logged["went"] == []
    [told] = json.loads((paths.layout.data / "errata.json").read_bytes())["corrections"]
    assert told["text"] == (
        "A list came in after this report was written: that of 12 June 2025 pm. Agreements 42, now"
        " 43; agencies 42, now 43; warrant service agreements 42, now 43. Now reported as"
        " joined: Leon County Sheriff's Office (FL, WSO)."
    )
    page = paths.layout.reports / "2025-W24" / "index.html"
    shown = told["text"].replace("'", "&#39;")
    assert f'<time datetime="2026-11-23">23 November 2026</time>: {shown}' in page.read_text()
    kept = reports(paths)
    assert [one.is_new for one in written] == [False, True]
    (paths.layout.reports / ".up-to-date").unlink()
    write.write_missing(paths, now=MONDAY)
    assert reports(paths) == kept
    (paths.layout.reports / ".up-to-date").unlink()
    # The log is data: from record and log alone the same bytes come again.
    for path in paths.layout.reports.glob("*-W*/**/*"):
        if path.is_file():
            path.unlink()
    write.write_missing(paths, now=MONDAY)
    assert reports(paths) == kept
    # A year later nothing but the age of the newest list is told otherwise.
    write.write_missing(paths, now=datetime(2027, 1, 1))
    changed = {Path(name).name for name, body in reports(paths).items() if body != kept[name]}
    assert changed == {"index.html", "report.md"}


def reports(paths: Paths) -> dict[str, bytes]:
    """Return every file of reports, feeds and corrections, but the marks of what made them."""
    found = [*paths.layout.reports.rglob("*"), *paths.layout.data.glob("errata.*")]
    return {
        str(path): path.read_bytes()
        for path in [*found, paths.layout.data / "feed.xml"]
        if path.is_file() and not path.name.startswith(".")
    }


def facts(**changes: list[dict[str, Any]]) -> dict[str, Any]:
    """Return facts with what `errata.compare` looks at."""
    return {
        "week": {"id": "2025-W24"},
        "figures": {name: {"value": 40} for name in FIGURES},
        "changes": changes,
        "versions": [
            {"publication_id": "p", "published_on": "2025-06-12", "part": "am", "status": "held"}
        ],
    }


LEFT = {
    "event_id": "p:removed:a",
    "agreement_id": "a",
    "agency": "A",
    "state": "FL",
    "model": "WSO",
}


def test_a_confirmed_departure_or_a_new_page_is_no_correction() -> None:
    open_ = facts(left=[{**LEFT, "is_provisional": True}])
    settled = facts(left=[{**LEFT, "is_provisional": False, "rule": "confirmed"}])
    assert compare(open_, settled) is None
    gone = compare(open_, facts())
    assert gone is not None
    assert [one["agreement_id"] for one in gone["went"]] == ["a"]
    assert gone["why"] == "Rows of the same lists are now read or joined otherwise."


def test_a_decision_on_a_held_list_is_named_as_the_reason() -> None:
    after = facts(left=[LEFT])
    after["versions"] = [{**after["versions"][0], "status": "accepted"}]
    found = compare(facts(), after)
    assert found is not None
    assert found["why"] == "A decision on the list of 12 June 2025 am changed what counts."


FIRST, LATER = "2026-11-23T12:00:00", "2026-11-23T12:05:00"


def test_a_correction_is_logged_once_though_the_run_broke_off_after_it() -> None:
    before, after = facts(), facts(left=[LEFT])
    log = append(b"", before, after, FIRST, "2025-06-12")
    assert append(log, before, after, LATER, "2025-06-12") == log
    assert read(log + b'{"week": "2025-W2') == read(log)
    assert append(log, after, after, LATER, "2025-06-12") == log


def test_a_line_whose_report_never_came_goes_with_what_it_said() -> None:
    """A run broke off after the line, and another list came before the next: that one counts."""
    before, after = facts(), facts(left=[LEFT])
    first = append(b"", facts(returned=[LEFT]), facts(), FIRST, "2025-06-12")
    log = append(first, before, after, FIRST, "2025-06-12")
    other = facts(joined=[{**LEFT, "event_id": "p:added:b", "agreement_id": "b"}])
    assert append(log, before, before, LATER, "2025-06-13") == first
    mended = append(log, before, other, LATER, "2025-06-13")
    assert mended == append(first, before, other, LATER, "2025-06-13")
    assert len(read(mended)) == 2


def test_a_line_stands_whose_report_says_so_or_names_it() -> None:
    before, after = facts(), facts(left=[LEFT])
    log = append(b"", before, after, FIRST, "2025-06-12")
    back = append(log, after, before, LATER, "2025-06-13")
    assert [len(row["went"]) for row in read(back)] == [0, 1]
    known = {**before, "corrections": [{"id": "errata/2025-W24/log-1"}]}
    assert append(log, known, before, LATER, "2025-06-13") == log
    elsewhere = facts()
    elsewhere["week"] = {"id": "2025-W30"}
    assert append(log, elsewhere, elsewhere, LATER, "2025-07-30") == log
