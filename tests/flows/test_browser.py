"""The site as people see it: real headless Chromium over the pages, served on 127.0.0.1.

The browser is Debian's `chromium`: without it these tests fail and name the package.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from tests.conftest import Site

KINDS = {
    "home": "index.html",
    "report": "reports/2025-W22/index.html",
    "week without a list": "reports/2025-W19/index.html",
    "latest": "latest/index.html",
    "all weeks": "reports/index.html",
    "state": "states/fl.html",
    "state without agreements": "states/de.html",
    "states": "states/index.html",
    "agencies": "agencies/index.html",
    "data": "data/index.html",
    "feeds": "feeds/index.html",
}
JOINED = "reports/2025-W20/index.html"
PHONE: ViewportSize = {"width": 360, "height": 740}
DESK: ViewportSize = {"width": 1200, "height": 900}


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Return a running Chromium."""
    program = shutil.which("chromium")
    if not program:
        pytest.fail("There is no browser to test with: install Debian's package `chromium`.")
    with sync_playwright() as play:
        started = play.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="module")
def address(site: Site) -> Iterator[str]:
    """Return where the site is served."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site.folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
    server.server_close()


class Visit:
    """A page in a browser context of its own, with what went wrong while it was open."""

    def __init__(self, browser: Browser, address: str, size: ViewportSize, **more: Any) -> None:
        self.context = browser.new_context(viewport=size, **more)
        self.page: Page = self.context.new_page()
        self.address = address
        self.wrong: list[str] = []
        self.page.on("console", lambda said: self.wrong.append(f"console: {said.text}"))
        self.page.on("pageerror", lambda error: self.wrong.append(f"error: {error}"))
        self.page.on("requestfailed", lambda request: self.wrong.append(f"failed: {request.url}"))
        self.page.on("request", lambda request: self._ask(request.url))

    def _ask(self, url: str) -> None:
        if not url.startswith((self.address, "data:")):
            self.wrong.append(f"outside: {url}")

    def open(self, path: str) -> Page:
        answer = self.page.goto(self.address + path)
        if self.address.startswith("http"):
            assert answer is not None
            assert answer.status == 200, path
        return self.page


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Any]:
    """Return a function that opens a browser window on the site."""
    opened: list[Visit] = []

    def make(size: ViewportSize = DESK, base: str = address, **more: Any) -> Visit:
        opened.append(Visit(browser, base, size, **more))
        return opened[-1]

    yield make
    for one in opened:
        one.context.close()


def grave(page: Page) -> list[str]:
    """Return what axe-core calls serious or critical, with the first place of each."""
    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {one['nodes'][0]['target']} {one['nodes'][0].get('failureSummary', '')}"
        for one in found
        if one["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_kind_of_page_is_accessible_and_asks_nobody_else(visit: Any, scheme: str) -> None:
    window = visit(color_scheme=scheme)
    for kind, path in KINDS.items():
        page = window.open(path)
        assert page.title().endswith("| Pactwatch"), kind
        assert page.locator("h1").count() == 1, kind
        assert page.locator("main").count() == 1, kind
        assert grave(page) == [], kind
        paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert paper == ("rgb(253, 253, 251)" if scheme == "light" else "rgb(21, 24, 27)"), kind
    assert window.wrong == []


def test_no_page_scrolls_sideways_on_a_phone(visit: Any) -> None:
    window = visit(PHONE)
    for kind, path in KINDS.items():
        page = window.open(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, kind
    assert window.wrong == []


def test_print_leaves_out_what_only_a_screen_needs(visit: Any) -> None:
    window = visit()
    for kind in ("report", "state", "agencies"):
        page = window.open(KINDS[kind])
        page.emulate_media(media="print")
        assert page.locator("nav").first.is_hidden(), kind
        assert page.locator("h1").is_visible(), kind
        assert not page.locator("figure details").first.is_visible(), kind
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == (
            "rgb(255, 255, 255)"
        )
        assert len(page.pdf()) > 10_000


def visible(page: Page) -> list[str]:
    return page.locator("li[data-find]:not([hidden]) > a").all_inner_texts()


def test_search_finds_a_county_a_spelling_and_an_old_id(visit: Any) -> None:
    page = visit().open("agencies/index.html")
    status = page.locator("[role=status]")
    assert status.inner_text() == "604 agencies in all."
    box = page.get_by_role("searchbox", name="Find an agency, county, state or id")
    box.fill("Duval County")
    assert visible(page) == ["Jacksonville Sheriff's Office"]
    box.fill("Miami-Dade County")
    assert "Miami Dade Corrections and Rehabilitation" in visible(page)
    assert status.inner_text() == f"{len(visible(page))} agencies found."
    box.fill("baker county sheriffs")
    assert visible(page) == ["Baker County Sheriff's Office"]
    assert status.inner_text() == "1 agency found."
    box.fill("no such place at all")
    assert visible(page) == []
    assert status.inner_text() == "No agency found: try fewer words or another spelling."
    page.keyboard.press("Escape")
    assert len(visible(page)) == 604


def test_an_old_id_leads_to_the_agency_on_its_states_page(visit: Any, site_db: Any) -> None:
    alias, agency_id = site_db.execute(
        "select alias_id, agreements.agency_id from id_aliases"
        " inner join agreements using (agreement_id)"
        " where agreements.status = 'active' order by alias_id limit 1"
    ).fetchall()[0]
    window = visit()
    page = window.open(f"agencies/index.html?q={alias}")
    [name] = visible(page)
    page.get_by_role("searchbox").focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.textContent") == name
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/states/*.html#{agency_id}")
    row = page.locator(f"[id='{agency_id}']")
    assert name in row.inner_text()
    assert row.is_visible()
    assert window.wrong == []


def test_the_keyboard_reaches_the_content_the_search_and_the_tables(visit: Any) -> None:
    page = visit().open("agencies/index.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "find"
    page = visit(PHONE).open(KINDS["report"])
    page.locator("#growth > .scroll").focus()
    before = page.locator("#growth > .scroll").evaluate("box => box.scrollLeft")
    page.keyboard.press("ArrowRight")
    page.wait_for_function(
        "before => document.querySelector('#growth > .scroll').scrollLeft > before", arg=before
    )


def test_a_table_of_words_is_read_whole_on_a_phone(visit: Any) -> None:
    window = visit(PHONE)
    for path, name in (("states/fl.html", "Florida: every"), (JOINED, "Joined the list")):
        page = window.open(path)
        box = page.get_by_role("region", name=name)
        assert box.evaluate("box => box.scrollWidth - box.clientWidth") == 0, path
        # It is a table still to those who hear it, and each value is told with its column.
        table = box.get_by_role("table")
        assert table.get_by_role("columnheader", name="Model").count() == 1, path
        cell = table.locator("td[data-label=Signed]").first
        label = cell.evaluate("one => getComputedStyle(one, '::before').content")
        assert label == '"Signed " / ""', path  # seen, and not read out twice
        moa = table.get_by_role("link", name="MOA of ").first
        assert moa.is_visible(), path
    desk = visit().open("states/fl.html")
    assert desk.locator("#agreements thead").is_visible()


def test_the_site_works_from_a_folder_and_without_scripts(visit: Any, site: Site) -> None:
    window = visit(base=Path(site.folder).as_uri() + "/")
    page = window.open("index.html")
    page.get_by_role("link", name="Find an agency or county").click()
    page.get_by_role("searchbox").fill("jacksonville sheriff")
    assert visible(page) == ["Jacksonville Sheriff's Office"]
    assert window.wrong == []
    plain = visit(java_script_enabled=False).open("agencies/index.html")
    assert plain.locator("li[data-find]").count() == 604
    assert plain.locator("#search").is_hidden()


def test_every_link_of_a_page_of_each_kind_answers(visit: Any, address: str) -> None:
    window = visit()
    links: set[str] = set()
    for path in KINDS.values():
        page = window.open(path)
        found = page.eval_on_selector_all("a[href]", "all => all.map(one => one.href)")
        links |= {link.split("#")[0] for link in found if link.startswith(address)}
    assert len(links) > 200
    for link in sorted(links):
        assert window.context.request.head(link).status == 200, link
