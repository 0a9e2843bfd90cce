"""Block and challenge pages of the guards in use, and ordinary pages that use their words."""

from __future__ import annotations

import pytest

from flows.steps.common.block_pages import block_page_said, is_block_page
from tests.conftest import SHARED
from tests.world.site import BLOCK_PAGE, page_of

BLOCKS = {
    "F5": "<title>Request Rejected</title>The requested URL was rejected. Please consult with your"
    " administrator.<br>Your support ID is: 1234<br>",
    "AWS": "<html><head><script>window.gokuProps = {};</script><script"
    ' src="https://x.token.awswaf.com/challenge.js"></script></head><body><div id="c"></div>'
    "<noscript><h1>JavaScript is disabled</h1>we need to verify that you're not a robot."
    "</noscript></body></html>",
    "Cloudflare challenge": "<title>Just a moment...</title><noscript>Enable JavaScript and cookies"
    " to continue</noscript><script>window._cf_chl_opt = {}</script>",
    "Cloudflare block": "<title>Attention Required! | Cloudflare</title><h1>Sorry, you have been"
    " blocked</h1>" + "<p>Why have I been blocked? This site guards itself.</p>" * 50,
    "Akamai refresh": '<meta http-equiv="refresh" content="5; URL=/?bm-verify=AAQ">',
    "Incapsula": '<iframe src="/_Incapsula_Resource?x=1">Request unsuccessful. Incapsula incident'
    " ID: 877</iframe>",
    "CloudFront": "<title>ERROR: The request could not be satisfied</title><h1>403 ERROR</h1>",
    "a script alone": '<html><head><script src="/x.js"></script></head><body></body></html>',
    "within the site's own frame": "<title>Access denied | ICE</title>"
    + "<a href=/x>A menu's line</a>" * 90
    + "<h1>Access denied</h1>You are not authorized to access this page.",
    "plain text": "Access denied",
    "JSON": '{"message": "Forbidden"}',
}
OTHERS = {
    "nothing": "",
    "a long text": "<h1>287(g)</h1>" + "<p>Smoking is forbidden here. Solve the captcha.</p>" * 60,
    "an article": "<title>Access denied: how lawyers were kept out - The Paper</title>"
    + "<p>They said that access was denied, and that it is forbidden to ask.</p>" * 60,
    "no such page": "<title>Page not found | ICE</title><h1>Page not found</h1>",
    "a page without lists": "<title>287(g)</title><p>The lists are published every weekday.</p>",
    "a list": "STATE,LAW ENFORCEMENT AGENCY,SUPPORT TYPE\nFLORIDA,Baker County,JEM\n",
}


@pytest.mark.parametrize("name", BLOCKS)
def test_a_block_page_is_one(name: str) -> None:
    assert is_block_page(BLOCKS[name].encode())


@pytest.mark.parametrize("name", OTHERS)
def test_an_ordinary_page_is_none(name: str) -> None:
    assert not is_block_page(OTHERS[name].encode())


def test_the_pages_of_the_world_are_told_apart() -> None:
    assert is_block_page(BLOCK_PAGE)
    assert not is_block_page(page_of(("/a.xlsx", "Participating")))
    assert not is_block_page(page_of()[:200])
    assert not is_block_page(b"PK\x03\x04 access denied")
    assert not is_block_page(b"\0 access denied")


def test_the_kept_case_is_one() -> None:
    if not (case := SHARED / "cases" / "F35-block-page-request-rejected.html").is_file():
        pytest.skip("the cases (../shared/cases) are not on this machine")
    assert is_block_page(case.read_bytes())


def test_the_sentence_says_what_to_do() -> None:
    assert block_page_said("https://www.ice.gov/x", 405) == (
        "www.ice.gov answered with a block page (405), which says nothing of the lists: open"
        " https://www.ice.gov/x in a browser, download the lists and run `pactwatch import FILE`."
    )


ENDLESS = {
    "comments": b"<!-- a " * 150_000,
    "tags": b"<a b" * 240_000,
    "quotation marks": b"<a b='<a b=\"" * 80_000,
    "quoted ends": b'<a ">" ' * 140_000,
    "headlines": b"<title>" + b"Error <b>" * 100_000,
    "numbers": b"&#" + b"1" * 900_000,
    "scripts": b"<script></scrip" * 60_000,
}


@pytest.mark.parametrize("what", ENDLESS)
def test_what_does_not_end_hides_the_rest_and_is_no_block_page(what: str) -> None:
    page = b"<p>The lists are published every weekday.</p>" + ENDLESS[what]
    assert not is_block_page(page)


@pytest.mark.parametrize(
    "page",
    [
        "<title>Access &#100;enied</title><p>Go away.</p>",
        "<TITLE>Access denied</TITLE><a title='a > b' href=/x>x</a>",
        "<h1>Access <em>denied</em></h1><!-- <a href=/>",
        "<style>p > a { }</style><script>if (a<b) '<h2>'</script><h2>Forbidden</h2>",
        "<title>Access denied</title><p>Ask here <a href=",
        "<![CDATA[x]]><?xml x?><h1>Request rejected</h1> 1 < 2",
    ],
)
def test_a_block_page_is_read_as_browsers_do(page: str) -> None:
    assert is_block_page(page.encode())
