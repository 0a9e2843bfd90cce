"""Links are found by what they say: every form the agency has used, and pages that mislead."""

from __future__ import annotations

import pytest

from flows.steps.sources.list_page import MAX_BYTES, MAX_TAGS, Found, find_links
from tests.world.site import page_of

ADDRESS = "https://www.ice.gov/identify-and-arrest/287g"
FOLDER = "https://www.ice.gov/doclib/about/offices/ero/287g"
HEADERS = {"STATE": "state", "LAW ENFORCEMENT AGENCY": "agency", "SUPPORT TYPE": "model"}


def found(*links: tuple[str, str], more: str = "") -> Found:
    return find_links(page_of(*links, more=more), ADDRESS, HEADERS)


@pytest.mark.parametrize(
    ("href", "text", "address"),
    [
        *(
            (f"/doclib/about/offices/ero/287g/{name}", "Download", f"{FOLDER}/{name}")
            for name in (
                "participatingAgencies05282025am.xlsx",
                "participatingAgencies06032025pm_b.xlsx",
                "participatingAgencies12042025pm2.xlsx",
                "participatingAgencies09292025mid.xlsx",
                "participatingAgencies04232026.xlsx",
                "participatingAgencies090022025am.xlsx",
                "ParticipatingAgency091826am.xlsx",
                "287gParticipatingAgencies091526pm.xlsx",
                "participatingAgencies04212026am 12.15.07 AM.xlsx",
                "participatingAgencies04212026am%2012.15.07%20AM.xlsx",
                "PARTICIPATINGAGENCIES04232026.XLSX",
                "participatingAgencies04232026.xlsx?v=2",
            )
        ),
        ("participating.xlsx", "", "https://www.ice.gov/identify-and-arrest/participating.xlsx"),
        ("../doclib/participating.xlsx", "", "https://www.ice.gov/doclib/participating.xlsx"),
        ("//www.ice.gov/participating.xlsx", "", "https://www.ice.gov/participating.xlsx"),
        ("https://ice.gov/participating.xlsx", "", "https://ice.gov/participating.xlsx"),
        ("/a.xlsx&quot;", "Participating", "https://www.ice.gov/a.xlsx"),
        ("/participating.xlsx%22", "", "https://www.ice.gov/participating.xlsx"),
        (" /participating.xlsx\n", "", "https://www.ice.gov/participating.xlsx"),
        ("/participating.xlsx#sheet", "", "https://www.ice.gov/participating.xlsx"),
        (
            "/a/list.xlsx",
            "List of <b>Participating</b> Agencies",
            "https://www.ice.gov/a/list.xlsx",
        ),
        (
            "/file-download/download/public/71234",
            *("Participating Agencies", "https://www.ice.gov/file-download/download/public/71234"),
        ),
    ],
)
def test_every_form_of_a_link_is_found(href: str, text: str, address: str) -> None:
    assert found((href, text)) == Found({"participating": (address,)}, ("pending",))


def test_links_are_told_apart_by_name_before_text() -> None:
    told = found(
        ("/doclib/pendingAgencies10022025am.xlsx", "Agencies not yet participating"),
        ("/doclib/participatingAgencies10022025am.xlsx", "Agencies no longer pending"),
    )
    assert told == Found(
        {
            "participating": ("https://www.ice.gov/doclib/participatingAgencies10022025am.xlsx",),
            "pending": ("https://www.ice.gov/doclib/pendingAgencies10022025am.xlsx",),
        }
    )


def test_a_title_tells_what_the_text_does_not() -> None:
    anchor = '<a href="/file-download/download/public/9" title="Participating agencies">XLSX</a>'
    assert found(more=anchor).links == {
        "participating": ("https://www.ice.gov/file-download/download/public/9",)
    }


def test_the_same_address_linked_twice_is_one_link() -> None:
    told = found(("/participating.xlsx", "Participating"), ("/participating.xlsx#b", "and again"))
    assert (dict(told.problems), list(told.links)) == ({}, ["participating"])


def test_relative_links_follow_the_base_of_the_page() -> None:
    told = found(more='<base href="/doclib/"><a href="participating.xlsx">list</a>')
    assert told.links == {"participating": ("https://www.ice.gov/doclib/participating.xlsx",)}


def test_a_base_that_no_browser_could_follow_counts_as_none() -> None:
    told = found(more='<base href="http://[::1"><a href="/participating.xlsx">list</a>')
    assert told.links == {"participating": ("https://www.ice.gov/participating.xlsx",)}


def test_all_links_of_a_list_are_found_in_their_order() -> None:
    told = found(("/participating2.xlsx", ""), ("/pending1.xlsx", ""), ("/participating1.xlsx", ""))
    assert told == Found(
        {
            "participating": (
                "https://www.ice.gov/participating2.xlsx",
                "https://www.ice.gov/participating1.xlsx",
            ),
            "pending": ("https://www.ice.gov/pending1.xlsx",),
        }
    )


def test_links_to_files_whose_words_name_no_list_are_kept_with_their_words() -> None:
    told = found(
        ("/file-download/download/public/5150", "View 287(g)"),
        ("/media/7/download?inline", "Roster"),
        ("/doclib/list.xlsx", ""),
        ("/doclib/moa.pdf", "MOA"),
        ("/file-download/download/public/moa.pdf", "MOA"),
        ("/about", "About"),
    )
    assert dict(told.others) == {
        "https://www.ice.gov/file-download/download/public/5150": "View 287(g)",
        "https://www.ice.gov/media/7/download?inline": "Roster",
        "https://www.ice.gov/doclib/list.xlsx": "",
    }
    assert list(told.problems) == [None]


def test_a_page_cut_short_does_not_say_that_the_pending_list_is_gone() -> None:
    page = page_of(("/participating.xlsx", ""), ("/pending.xlsx", ""))
    told = find_links(page[: page.index(b"/pending.xlsx")], ADDRESS, HEADERS)
    assert (list(told.links), told.missing) == (["participating"], ())
    assert "came without its end" in told.problems["pending"]


def test_a_list_page_that_speaks_of_robots_is_no_block_page() -> None:
    told = found(("/participating.xlsx", ""), more="<p>Solve the captcha. Access denied?</p>")
    assert (list(told.links), dict(told.problems)) == (["participating"], {})


@pytest.mark.parametrize(
    ("table", "holds"),
    [
        ("<tr><td>State</td><td>Law Enforcement Agency</td><td>Support Type</td></tr><tr></tr>", 1),
        ("<tr><th>State</th><th>Law Enforcement Agency</th><th>Support Type</th></tr>", 0),
        ("<tr><th>State</th><th>Office</th></tr><tr><td>Ohio</td><td>Detroit</td></tr>", 0),
    ],
    ids=["roster", "header only", "another table"],
)
def test_a_roster_is_told_from_other_tables(table: str, holds: int) -> None:
    told = found(("/pending.xlsx", ""), more=f"<table>{table}</table>")
    assert (told.holds_roster, None in told.problems) == (bool(holds), False)
    assert ("participating" in told.problems) != bool(holds)


def test_a_linked_workbook_goes_before_a_roster_on_the_page() -> None:
    table = "<tr><td>State</td><td>Law Enforcement Agency</td><td>Support Type</td></tr><tr></tr>"
    told = found(("/participating.xlsx", ""), more=f"<table>{table}</table>")
    assert (told.holds_roster, list(told.links)) == (False, ["participating"])


@pytest.mark.parametrize(
    ("page", "what"),
    [
        (b"<div>" * 99_000, "nests deeper"),
        (b"<font>" * 20_000 + b"<a href=/participating.xlsx>x</a>", "nests deeper"),
        (b"<table><tr><td>" * 2_000, "nests deeper"),
        (b"<div></b>" * 10_000, "nests deeper"),
        (b"<a href=/participating.xlsx>x</a>" * 200_000, "is longer"),
        (b"<p>x</p>" + b" " * MAX_BYTES, "is longer"),
        (b"<br>" * (MAX_TAGS + 1), "is longer"),
    ],
)
def test_a_page_beyond_any_is_refused_unread_with_its_sentence(page: bytes, what: str) -> None:
    shown = find_links(page + b"</html>", ADDRESS, HEADERS)
    said = (
        f"The page at {ADDRESS} {what} than any list page, so it was not read: open it in a"
        " browser, download the lists and run `pactwatch import FILE`."
    )
    assert shown == Found({}, problems={None: said})


def test_a_page_with_as_many_tags_as_may_be_is_read() -> None:
    page = b"<br>" * (MAX_TAGS - 4) + b"<a href=/participating.xlsx>x</a></body></html>"
    assert find_links(page, ADDRESS).links == {
        "participating": ("https://www.ice.gov/participating.xlsx",)
    }


def test_a_roster_is_found_within_a_table_that_frames_the_page() -> None:
    roster = (
        "<table><caption>x</caption><thead><tr><th>State<th>Law Enforcement Agency<th>Support Type"
        "</thead><tbody><tr><td>FLORIDA<td>Baker County<td>JEM</tbody></table>"
    )
    page = f"<body><table><tr><td>Menu</td><td>{roster}</td></tr></table></body>"
    assert find_links(page.encode(), ADDRESS, HEADERS).holds_roster
    without = page.replace("Law Enforcement Agency", "Name")
    assert not find_links(without.encode(), ADDRESS, HEADERS).holds_roster
