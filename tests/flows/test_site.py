"""The published site as files: every link leads somewhere, and nobody else's file is touched."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import time
import urllib.request
import xml.etree.ElementTree as ET
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import duckdb
import polars as pl
import pytest

from flows.steps.common.errors import PactwatchError, UsageError
from flows.steps.common.layout import Paths
from flows.steps.common.wording import state
from flows.steps.reports import site as site_step
from flows.steps.reports.publish_site import publish
from flows.steps.reports.site_folder import MANIFEST, STATE, publish_files, write_site
from flows.steps.reports.templates import script_hash
from flows.steps.warehouse import database as warehouse_step
from tests.conftest import COMMAND, NOW, Site, environment, program
from tests.few_lists import BAKER, record, row
from tests.workbooks import Row

Db = duckdb.DuckDBPyConnection
BASE = "https://site.test/below/a/path/"


class Page(HTMLParser):
    """What a page links to and which anchors it has, and its tags and text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags.append((tag, found))
        self.ids += [value for value in [found.get("id")] if value]
        self.links += [value for value in [found.get("href"), found.get("src")] if value]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def pages(folder: Path) -> dict[str, Page]:
    return {
        path.relative_to(folder).as_posix(): Page(path.read_text())
        for path in sorted(folder.rglob("*.html"))
    }


def broken(folder: Path, found: dict[str, Page]) -> list[str]:
    """Return every internal link that leads to no file or no anchor."""
    bad = []
    for name, page in found.items():
        for link in set(page.links):
            if urlsplit(link).scheme:
                continue
            target = urljoin(BASE + name, link)
            path = unquote(urlsplit(target).path).removeprefix(urlsplit(BASE).path)
            anchor = unquote(urlsplit(target).fragment)
            there = (folder / path).is_file()
            known = not anchor or (path in found and anchor in found[path].ids)
            if link.startswith("/") or not target.startswith(BASE) or not there or not known:
                bad.append(f"{name}: {link}")
    return bad


def test_every_internal_link_and_anchor_leads_somewhere(site: Site) -> None:
    found = pages(site.folder)
    assert len(found) == 6 + 1 + 1 + 41 + 5  # weeks, latest, all weeks, states, the others
    assert broken(site.folder, found) == []
    for name, page in found.items():
        assert len(page.ids) == len(set(page.ids)), name


def test_feeds_lead_to_pages_of_the_site(site: Site) -> None:
    for path in site.folder.rglob("*.xml"):
        name = path.relative_to(site.folder).as_posix()
        feed = ET.fromstring(path.read_bytes())  # noqa: S314 - our own feeds
        for link in feed.iter("{http://www.w3.org/2005/Atom}link"):
            target = urlsplit(urljoin(BASE + name, link.get("href") or "")).path
            assert (site.folder / target.removeprefix(urlsplit(BASE).path)).is_file()


def test_what_run_leaves_in_the_data_folder_has_no_broken_link_either(site: Site) -> None:
    data = site.paths.layout.data
    names = ["reports/index.html", "latest/index.html"]
    names += [f"reports/2025-W{week}/index.html" for week in range(18, 24)]
    everything = pages(data)
    assert broken(data, {**everything, **{name: everything[name] for name in names}}) == []
    latest = (data / "latest" / "facts.json").read_bytes()
    assert latest == (data / "reports" / "2025-W23" / "facts.json").read_bytes()


def test_a_state_page_has_the_states_facts(site: Site, site_db: Db) -> None:
    page = (site.folder / "states" / "fl.html").read_text()
    assert (
        "<h1>Florida has 277 agreements with 214 agencies on the list of 6 June 2025.</h1>" in page
    )
    assert "Since 28 May 2025: +6, from 271 to 277, 1.02 times as many; rank 1" in page
    active = site_db.execute(
        "select distinct agency_id from agreements where state = 'FL' and status = 'active'"
    ).fetchall()
    ids = set(Page(page).ids)
    assert {agency_id for (agency_id,) in active} <= ids
    listed = page.split('id="agreements"')[1].split('id="changes"')[0]
    assert listed.count("<tr") == 1 + 277
    assert "No agreement of this state is gone from the list." in page
    [(code, left)] = site_db.execute(
        "select state, count(*) from agreements where status <> 'active'"
        " group by state order by count(*) desc, state limit 1"
    ).fetchall()
    other = (site.folder / "states" / f"{code.lower()}.html").read_text()
    gone = other.split('id="left"')[1].split('id="pending"')[0]
    assert gone.count("<tr") == 1 + left


def test_a_row_of_a_state_page_gives_list_row_and_document(site: Site) -> None:
    page = (site.folder / "states" / "ia.html").read_text()
    listed = page.split('id="agreements"')[1].split('id="changes"')[0]
    [line] = listed.split("<tr")[2:]
    assert "<bdi>Iowa Department of Public Safety</bdi>" in line
    assert "Task Force Model" in line
    assert "26 March 2025" in line
    assert "../reports/2025-W18/index.html#v-participating-2025-04-29pm-e39acea2" in line
    assert "../reports/2025-W23/index.html#v-participating-2025-06-06am-707e31fb" in line
    assert "6 June 2025 am, row 344" in line
    assert "IowaDeptPublicSafety_TFM_MOA_03.24.2025.pdf" in line


def test_every_state_that_ever_stood_on_a_list_has_a_page(site: Site, site_db: Db) -> None:
    states = {code.lower() for (code,) in site_db.execute("select state from agencies").fetchall()}
    there = {path.stem for path in (site.folder / "states").iterdir()} - {"index"}
    assert there == states
    delaware = (site.folder / "states" / "de.html").read_text()
    assert "Delaware has no agreement on the list of 6 June 2025." in delaware
    assert "There was no agreement at either baseline, and there is none now." in delaware
    provisional = site_db.execute(
        "select state, count(*) from agreements where status = 'provisional' group by all"
    ).fetchall()
    assert provisional == [("PA", 1)]
    for code, _ in provisional:
        page = (site.folder / "states" / f"{code.lower()}.html").read_text()
        assert "not yet confirmed" in page.split('id="left"')[1]


def test_the_state_counts_are_those_of_the_list_and_of_the_weekly_report(site: Site) -> None:
    facts = json.loads((site.folder / "latest" / "facts.json").read_bytes())
    found = Page((site.folder / "states" / "index.html").read_text())
    text = " ".join(" ".join(found.texts).split())
    for one in facts["states"]["all"]:
        name = state(one["state"])
        assert f"{name} {one['agreements']:,} " in text


def test_all_weeks_are_listed_newest_first_with_every_form(site: Site) -> None:
    page = Page((site.folder / "reports" / "index.html").read_text())
    weeks = [
        link.split("/")[2] for link in page.links if link.endswith("/index.html") and "-W" in link
    ]
    assert weeks == [f"2025-W{week}" for week in range(23, 17, -1)]
    for name in ("report.md", "changes.csv", "facts.json"):
        assert f"../reports/2025-W22/{name}" in page.links
    assert "ICE's list of 287(g) agreements grew by 7 in the week to 1 June 2025" in " ".join(
        page.texts
    )


def test_the_data_page_describes_what_lies_beside_it(site: Site, site_db: Db) -> None:
    data = site.folder / "data"
    page = (data / "index.html").read_text()
    package = json.loads((data / "datapackage.json").read_bytes())
    # The profiles of the Frictionless specification, version 1, by which programs validate it.
    assert package["profile"] == "tabular-data-package"
    assert package["version"] == "2025-06-06"
    for resource in package["resources"]:
        assert resource["profile"] == "tabular-data-resource"
        assert {field["type"] for field in resource["schema"]["fields"]} <= {
            *("string", "integer", "number", "boolean", "date", "datetime")
        }
        rows = pl.read_csv(data / resource["path"], infer_schema=False)
        assert rows.height == resource["rows"]
        assert f'id="{resource["name"]}"' in page
    for path in data.iterdir():
        if path.name != "index.html":
            assert hashlib.sha256(path.read_bytes()).hexdigest() in page, path.name
    pointer = json.loads((data / "latest.json").read_bytes())
    database = data / pointer["file"]
    assert hashlib.sha256(database.read_bytes()).hexdigest() == pointer["sha256"]
    found = warehouse_step.query(database, "select count(*) as n from agreements")
    assert found.rows() == site_db.execute("select count(*) from agreements").fetchall()


def test_the_search_knows_every_id_that_ever_meant_an_agency(site: Site, site_db: Db) -> None:
    page = Page((site.folder / "agencies" / "index.html").read_text())
    lines = {}
    at = iter(page.tags)
    for tag, attributes in at:
        if tag == "li" and "data-find" in attributes:
            lines[next(at)[1]["href"]] = f" {attributes['data-find']} "
    agencies = site_db.execute("select agency_id, state from agencies").fetchall()
    assert len(lines) == len(agencies)
    for agency_id, code in agencies:
        assert f"../states/{code.lower()}.html#{agency_id}" in lines
    aliases = site_db.execute(
        "select alias_id, agency_id, agencies.state from id_aliases inner join agencies"
        " using (agency_id)"
    ).fetchall()
    assert aliases
    for alias, agency_id, code in aliases:
        known = lines[f"../states/{code.lower()}.html#{agency_id}"]
        assert f" {site_step.fold(alias)} " in known


def test_text_is_folded_for_the_search() -> None:
    assert site_step.fold("Doña Ana  Sheriff's Office/TFM_2025-05-28") == (
        "dona ana sheriffs office tfm 2025 05 28"
    )


def policy(page: Page) -> dict[str, list[str]]:
    """Return the directives of a page's Content-Security-Policy, which is said before any rule."""
    [at] = [
        at
        for at, (tag, found) in enumerate(page.tags)
        if tag == "meta" and found.get("http-equiv") == "Content-Security-Policy"
    ]
    assert {tag for tag, _ in page.tags[:at]} == {"html", "head", "meta"}
    parts = [part.split() for part in (page.tags[at][1]["content"] or "").split(";")]
    return {name: values for name, *values in parts}


def test_every_page_allows_nothing_but_its_own_styles_and_scripts(site: Site) -> None:
    for root in (site.folder, site.paths.layout.data):
        for name, page in pages(root).items():
            text = (root / name).read_text()
            scripts = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
            allowed = [f"'{script_hash(script)}'" for script in scripts]
            assert policy(page) == {
                "default-src": ["'none'"],
                "style-src": ["'unsafe-inline'"],
                **({"script-src": allowed} if allowed else {}),
                "img-src": ["data:"],
                "base-uri": ["'none'"],
                "form-action": ["'none'"],
            }, name


def test_a_link_to_another_host_tells_it_nothing(site: Site) -> None:
    seen = 0
    for root in (site.folder, site.paths.layout.data):
        for name, page in pages(root).items():
            for tag, found in page.tags:
                if tag == "a" and urlsplit(found.get("href") or "").netloc:
                    assert found.get("rel") == "noopener noreferrer", (name, found)
                    seen += 1
        for path in root.rglob("report.md"):
            assert "noopener" not in path.read_text()
    assert seen > 500


# --- Publishing into a folder ----------------------------------------------------------------


def stamps(folder: Path) -> dict[str, int]:
    return {
        path.relative_to(folder).as_posix(): path.stat().st_mtime_ns
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_publishing_again_writes_nothing(site: Site) -> None:
    before = stamps(site.folder)
    done = publish(site.paths, site.folder, now=NOW)
    assert (done.written, done.removed) == (0, 0)
    assert done.files == len(before) - 2  # what says that it is whole is no page of the site
    assert stamps(site.folder) == before


def test_only_files_that_it_made_are_removed(tmp_path: Path) -> None:
    target = tmp_path / "site"
    first = publish_files(
        target, {"index.html": b"a", "states/xx.html": b"x", "feed.xml": b"f"}, {}
    )
    assert (first.written, first.removed) == (3, 0)
    (target / "CNAME").write_text("record.example")
    second = publish_files(target, {"index.html": b"b", "feed.xml": b"f"}, {})
    assert (second.written, second.removed) == (1, 1)
    ours = {MANIFEST, STATE, "feed.xml", "index.html"}
    assert {path.name for path in target.iterdir()} == {*ours, "CNAME"}
    with pytest.raises(UsageError, match="CNAME is there already and pactwatch did not write it"):
        publish_files(target, {"index.html": b"c", "CNAME": b"ours"}, {})
    assert (target / "CNAME").read_text() == "record.example"
    assert (target / "index.html").read_bytes() == b"b"


def test_a_publication_that_broke_off_is_done_again_and_leaves_nothing(tmp_path: Path) -> None:
    target = tmp_path / "site"
    missing = tmp_path / "not-there.csv"
    with pytest.raises(PactwatchError, match="could not be written"):
        write_site(target, set(), {"a.csv": b"1", "b.csv": missing, "index.html": b"page"}, {})
    assert not (target / "index.html").exists()
    assert json.loads((target / STATE).read_bytes())["is_whole"] is False
    before = set(json.loads((target / MANIFEST).read_bytes())["files"])
    assert before == {"a.csv", "b.csv", "index.html", STATE}
    write_site(target, before, {"index.html": b"page"}, {})
    assert {path.name for path in target.iterdir()} == {MANIFEST, STATE, "index.html"}
    assert json.loads((target / STATE).read_bytes())["is_whole"] is True


def test_a_folder_with_files_of_others_is_refused(site: Site, tmp_path: Path) -> None:
    (tmp_path / "thesis.doc").write_text("mine")
    with pytest.raises(UsageError, match="holds files that pactwatch did not write"):
        publish(site.paths, tmp_path, now=NOW)
    with pytest.raises(UsageError, match="is a file: say --to with a folder"):
        publish(site.paths, tmp_path / "thesis.doc", now=NOW)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.doc"]
    (tmp_path / "thesis.doc").unlink()
    (tmp_path / MANIFEST).write_text("{}")
    with pytest.raises(PactwatchError, match="is damaged"):
        publish(site.paths, tmp_path, now=NOW)


def test_publish_serves_what_it_wrote_until_it_is_stopped(site: Site, tmp_path: Path) -> None:
    """The newest report and the home page tell their age, so five files are of the day."""
    folder, data = tmp_path / "public", tmp_path / "data"
    shutil.copytree(site.folder, folder)
    shutil.copytree(site.paths.layout.data, data)
    clone = program(tmp_path / "clone")
    shutil.copytree(site.paths.seeds, clone / "seeds")
    arguments = ["publish", "--to", str(folder), "--serve", "--port", "0"]
    process = subprocess.Popen(
        [*COMMAND, *arguments],
        env=environment(data, PYTHONPATH=str(clone), PYTHONUNBUFFERED="1"),
        cwd=clone,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert process.stdout
        lines: list[str] = []
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline and not any("Serving" in line for line in lines):
            line = process.stdout.readline()
            assert line, "".join(lines)
            lines.append(line)
        [address] = [word for word in lines[-1].split() if word.startswith("http://127.0.0.1:")]
        with urllib.request.urlopen(f"{address}states/fl.html", timeout=10) as answer:  # noqa: S310
            assert answer.read() == (folder / "states" / "fl.html").read_bytes()
        assert "5 written, 0 removed" in "".join(lines)
    finally:
        process.terminate()
        process.wait(timeout=30)
        assert process.stdout is not None
        process.stdout.close()


# --- Hostile text ----------------------------------------------------------------------------

SCRIPT = "</script><script>alert(1)</script>"
HOSTILE = {
    "a script": f"{SCRIPT} Police Department",
    "an attribute": "\"><img src=x onerror=alert(1)> ' onfocus='alert(1) Police",
    "a formula": "@SUM(1+1)*cmd|' /C calc'!A0 Police Department",
    "right to left": "\u202eeciloP\u202c \u200fCounty\u2066 Sheriff",
    "very long": "Z" * 10_000 + " Police",
    "template code": "{{ 7 * 7 }} {% raw %} Marshal",
    "an end of data": "]]> --> <!-- site links --> Constable",
}


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Return a site of lists with planted markup: each stands there, leaves, or is pending."""
    base = tmp_path_factory.mktemp("hostile")
    planted = [row(name, county=name[:200]) for name in HOSTILE.values()]
    planted.append(row("Bad Link Police", moa="javascript:alert(1)//https://www.ice.gov/a.pdf"))
    pending: list[Row] = [
        ("FLORIDA", f"{name} Pending", "County", name[:100], "Task Force Model")
        for name in HOSTILE.values()
    ]
    lists = [[BAKER], [BAKER, *planted], [BAKER, *planted], [BAKER, *planted[2:]]]
    paths: Paths = record(base, lists, pending=[pending])
    publish(paths, base / "public", now=datetime(2026, 1, 1))
    return Site(base / "public", paths)


def test_planted_text_is_inert_on_every_page(hostile: Site) -> None:
    found = pages(hostile.folder)
    assert broken(hostile.folder, found) == []
    newest = max(name for name in found if name.startswith("reports/2"))
    for name, page in found.items():
        scripts = [attributes for tag, attributes in page.tags if tag == "script"]
        ours = name in ("agencies/index.html", "index.html", "latest/index.html", newest)
        assert len(scripts) == (1 if ours else 0), name
        for tag, attributes in page.tags:
            assert tag != "img", name
            assert not [key for key in attributes if key.startswith("on")], name
        assert not [link for link in page.links if link.startswith("javascript")], name
        text = (hostile.folder / name).read_text()
        assert "Z" * 500 not in text, name
        assert not any(mark in text for mark in "\u202e\u200f\u2066"), name
        assert "<!-- site links -->" not in text, name
    shown = "".join(found["states/fl.html"].texts)
    assert SCRIPT in shown
    assert "{{ 7 * 7 }}" in shown


def test_planted_text_is_inert_in_feeds_and_data(hostile: Site) -> None:
    atom = "{http://www.w3.org/2005/Atom}"
    for path in hostile.folder.rglob("*.xml"):
        feed = ET.fromstring(path.read_bytes())  # noqa: S314 - our own feeds
        for content in feed.iter(f"{atom}content"):
            inner = Page(content.text or "")
            assert {tag for tag, _ in inner.tags} <= {"p", "h3", "ul", "li"}
            assert "Z" * 500 not in (content.text or "")
    feed = ET.fromstring((hostile.folder / "feeds" / "fl.xml").read_bytes())  # noqa: S314
    read = "".join("".join(Page(one.text or "").texts) for one in feed.iter(f"{atom}content"))
    assert SCRIPT in read
    agencies = pl.read_csv(hostile.folder / "data" / "agencies.csv", infer_schema=False)
    names: list[Any] = agencies["name"].to_list()
    assert "'" + HOSTILE["a formula"] in names
    assert not [name for name in names if name.startswith(("=", "+", "-", "@"))]
