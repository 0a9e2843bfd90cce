"""How deep a page nests: as its parser sees it, and in one pass."""

from __future__ import annotations

import pytest

from flows.steps.common.entities import unescaped
from flows.steps.common.nesting import MAX_DEPTH, depth_of

CASES = {
    "": 0,
    "<p>one<p>two<br><img>": 0,
    "<div><b>x</b></div><div></div>": 2,
    "<ul><li>1<li>2<ul><li>3</ul></ul>": 2,
    "<div><b><i></div><div><b><i></div>": 3,  # an end tag ends what is open within its element
    "<b><div></b><div></b>": 3,  # but no element of a higher rank
    "<div></b><div></b></i>": 2,  # and nothing where its element is not open
    "<table><tr><td><table><tr><td></table></table><table></table>": 2,
    "<svg><path d=\"a\" /><use href='#b'/><circle r=1 /></svg><svg></svg>": 1,
    "<div x=a\" y=\"/><div z='/>'></div>": 2,  # no tag that closes itself
    "<a <a <a": 3,
    "<3 << a < b </ div>": 0,
    "<DIV><Span></DIV>": 2,
}


@pytest.mark.parametrize("page", CASES)
def test_depth(page: str) -> None:
    assert depth_of(page) == CASES[page]
    assert depth_of(page.encode()) == CASES[page]


def test_utf_16_nests_like_any_other() -> None:
    assert depth_of("<div><div>é".encode("utf-16")) == 2


@pytest.mark.parametrize("tag", ["div", "font", "table><tr><td", "b></i", "b><div></b"])
def test_a_page_deeper_than_any_is_told_where_that_is_seen(tag: str) -> None:
    assert depth_of(f"<{tag}>" * 100_000) == MAX_DEPTH + 1


def test_entities_are_replaced_and_endless_numbers_left_out() -> None:
    assert unescaped("a&amp;b &#65;&#x42; &eacute;") == "a&b AB é"
    assert unescaped("a&#" + "1" * 9000 + ";b&#x" + "f" * 9000) == "ab"
