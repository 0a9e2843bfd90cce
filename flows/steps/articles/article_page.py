"""The main text of a parsed page: its lines, without what stands around an article."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from .text import words

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

_DROPPED = words(
    "script style noscript template svg iframe form button nav footer aside select object "
    "embed canvas audio video dialog head menu input textarea math"
)
_CLUTTER_WORDS = frozenset(
    words(
        "share sharing sharebar social advert advertisement ad ads adslot advertising promo "
        "promotion newsletter subscribe subscription signup comment comments disqus related "
        "recommended recirc recirculation trending popular sidebar breadcrumb breadcrumbs "
        "cookie consent paywall footer masthead menu nav navigation navbar outbrain taboola "
        "sponsor sponsored donate donation tags toolbar modal popup overlay byline dateline "
        "timestamp readmore skip pagination bio"
    )
)
# Names run together: "relatedposts", "commentlist", "newslettersignup".
_CLUTTER_STEM = re.compile(
    r"related|comment(?!ar)|newsletter|subscri|recommend|advert|sharing|sharebar|cookie|promo"
    r"|mostread|mostpopular|signup|donat"
)
_TERM = ("dt", "dd")
_IS_MARK = re.compile(r"\[?\d{1,3}\]?(?:,\s?\d{1,3})*")
_FOOTNOTE = re.compile(r"^#(?:_?fn|foot|note|ref|cite)", re.IGNORECASE)
_BLOCKS = frozenset(
    words(
        "p h2 h3 h4 h5 h6 li blockquote pre tr figcaption caption dt dd div section article "
        "main body ul ol table header td th figure center details summary address"
    )
)


def main_lines(soup: BeautifulSoup) -> list[str]:
    """Return the lines of the main text: paragraphs, headings, list items and table rows."""
    total = max(1, sum(len(tag.get_text()) for tag in soup.find_all("p")))
    _drop(soup.find_all(_DROPPED))
    _drop(
        soup.find_all("a", href=_FOOTNOTE),
        lambda tag: bool(_IS_MARK.fullmatch(tag.get_text(strip=True))),
    )
    _drop(
        soup.find_all(True),
        lambda tag: tag.name not in ("html", "body") and _is_clutter(tag, total),
    )
    _drop(soup.find_all("h1"))
    return list(_lines(_container(soup)))


def _drop(tags: Iterable[Tag], is_dropped: Callable[[Tag], bool] = lambda _: True) -> None:
    """Take elements out of their page, each once."""
    gone: set[int] = set()  # a tag asked whether it was taken out searches all that is in it
    for tag in tags:
        if id(tag) not in gone and is_dropped(tag):
            gone.update(map(id, tag.descendants))
            tag.decompose()


def _is_clutter(tag: Tag, total: int) -> bool:
    """Return whether an element is hidden, a footnote mark, or named as something around the text.

    An element that holds most of the page's paragraphs is kept whatever its name says.
    """
    if tag.name == "sup":
        return bool(_IS_MARK.fullmatch(tag.get_text(strip=True)))
    if tag.has_attr("hidden") or tag.get("aria-hidden") == "true":
        return True
    if re.search(r"display\s?:\s?none", str(tag.get("style") or ""), re.IGNORECASE):
        return True
    names = [tag.get("class"), tag.get("id"), tag.get("role"), tag.get("aria-label")]
    label = " ".join(
        " ".join(name) if isinstance(name, list) else str(name or "") for name in names
    )
    spaced = re.sub(r"([a-z])([A-Z])", r"\1 \2", label)
    parts = re.split(r"[^a-z]+", spaced.lower())
    if not any(part in _CLUTTER_WORDS or _CLUTTER_STEM.match(part) for part in parts):
        return False
    return sum(len(child.get_text()) for child in tag.find_all("p")) < total / 2


def _container(soup: BeautifulSoup) -> Tag:
    """Return the element that holds the article: the fullest of the marked ones, else the body."""
    marked = soup.select(
        "article, [itemprop=articleBody], [class*=article-body], [class*=entry-content],"
        "[class*=post-content], [class*=story-body], [class*=article-content], main, [role=main]"
    )
    sized = [(_weight(tag), -place, tag) for place, tag in enumerate(marked)]
    best = max(sized, default=None, key=lambda entry: entry[:2])
    body: Tag = soup.body or soup
    if best and best[0] * 2 >= _weight(body) and best[0] > 0:
        return best[2]
    return body


def _weight(tag: Tag) -> int:
    """Return how much running text an element holds, links not counted."""
    linked = sum(len(link.get_text()) for link in tag.find_all("a"))
    return len(tag.get_text(" ", strip=True)) - linked


def _lines(container: Tag) -> Iterator[str]:
    """Yield the lines of an element in reading order; a table row is one line."""
    from bs4 import Comment, Tag

    frames = _frames(container)
    row: list[str] = []
    current: Tag | None = None
    for node in container.descendants:
        if isinstance(node, Tag):
            if node.name == "tr" and id(node) not in frames:
                yield from _flush(row, current)
                row, current = [], node
                yield _row(node)
                continue
            if node.name == "br" or node.name in ("td", "th"):
                row.append("\x00" if node.name == "br" else " | ")
            continue
        if isinstance(node, Comment) or not str(node).strip():
            row.append(" ")
            continue
        block = _block_of(node.parent, container, frames)
        if block.name == "tr" and id(block) not in frames:
            continue  # told already, cell by cell
        if block is not current and current is not None and (current.name, block.name) == _TERM:
            row.append(": ")  # a term and what it stands for are one line
            current = block
        if block is not current:
            yield from _flush(row, current)
            row = [" | "] if node.parent and node.parent.name in ("td", "th") else []
            current = block
        row.append(str(node))
    yield from _flush(row, current)


def _frames(container: Tag) -> set[int]:
    """Return the table rows (by `id`) that frame a page instead of holding cells of data."""
    frames: set[int] = set()
    nested: set[int] = set()
    for table in container.find_all("table"):
        rows = []
        for above in table.parents:
            if above.name == "tr":
                rows.append(id(above))
            elif above.name == "table":
                nested.add(id(table))
                if id(above) in nested:
                    break  # the rows around that one are known
        frames.update(rows if id(table) in nested else ())
    paragraphs = Counter(
        id(row)
        for tag in container.find_all("p")
        if (row := next((above for above in tag.parents if above.name == "tr"), None))
    )
    for row in container.find_all("tr") if paragraphs else ():
        if paragraphs[id(row)] > len(_cells(row)):
            frames.add(id(row))
    return frames


def _cells(row: Tag) -> list[Tag]:
    """Return the cells of a table row."""
    from bs4 import Tag

    return [cell for cell in row.children if isinstance(cell, Tag) and cell.name in ("td", "th")]


def _row(tag: Tag) -> str:
    """Return the cells of a row as one line; an empty cell keeps its place."""
    cells = [cell.get_text(" ", strip=True) for cell in _cells(tag)]
    return " | ".join(re.sub(r"\s+", " ", cell) or "-" for cell in cells)


def _block_of(tag: Tag | None, container: Tag, frames: set[int]) -> Tag:
    """Return the block a piece of text belongs to: its row, list item or paragraph."""
    nearest: Tag | None = None
    while tag is not None and tag is not container:
        if tag.name == "tr" and id(tag) not in frames:
            return tag
        if nearest is None and tag.name in _BLOCKS and tag.name not in ("td", "th"):
            nearest = tag
        if tag.name in ("table", "li"):
            return tag if tag.name == "li" else (nearest or tag)
        tag = tag.parent
    return nearest or container


def _unbroken(blanks: re.Match[str]) -> str:
    """Return blanks that hold a line's end as one blank, others as they are."""
    return " " if "\n" in blanks[0] else blanks[0]


def _flush(row: list[str], block: Tag | None) -> Iterator[str]:
    """Yield the collected pieces of a block as lines."""
    for piece in re.sub(r"\s+", _unbroken, "".join(row)).split("\x00"):
        line = re.sub(r"[ \t\u00a0\u200b]+", " ", piece).strip(" |")
        line = re.sub(r"(?:\s\|)+\s", " | ", line)
        if line:
            is_item = block is not None and block.name == "li"
            yield f"• {line}" if is_item else line
