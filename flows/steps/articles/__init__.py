"""Reading articles: saved pages and plain text exports become `Article` records.

A page is hostile until read: it is parsed as HTML (no document types, no entities beyond HTML's
own), nothing in it is run or fetched, and it is bounded in size before anything looks inside.
"""

from __future__ import annotations

import re
from dataclasses import replace

from flows.steps.claims.reach import end_of_reading
from flows.steps.common.errors import Unreadable
from flows.steps.common.nesting import MAX_DEPTH, depth_of
from flows.steps.common.records import Article

from .article_page import main_lines
from .bytes import decode
from .facts import page_facts
from .text import clean_lines, publisher_in, read_head

MAX_BYTES = 6_000_000
"""Larger than any article page with its scripts; a bigger file is refused unread."""

MAX_TEXT = 200_000
"""Characters of main text kept: about a short book."""

MAX_TITLE = 1_000
"""Characters of the title kept: more than any headline has."""

_HTML = re.compile(r"<(?:!doctype|html|head|body|article|main|div|p|meta|section)\b", re.IGNORECASE)
_DOCTYPE = re.compile(r"<!doctype[^>\[]{0,500}(?:\[[^\]]{0,5000}\]\s*)?>", re.IGNORECASE)
_BLOCKED = re.compile(
    r"\b(?:access\sdenied|just\sa\smoment|attention\srequired|enable\sjavascript|verify\syou\sare"
    r"\s(?:a\s)?human|are\syou\sa\srobot|403\sforbidden|404\snot\sfound|page\snot\sfound)\b",
    re.IGNORECASE,
)
_SPUN = re.compile(
    r"\b(?:would\spossibly|might)\s\d{1,2}\b|\b2d\stime\speriod\b|\bin\sworkplace\b", re.I
)


def read_article(data: bytes, *, name: str, url: str | None = None) -> Article:
    """Read the bytes of a saved page or a plain text export.

    `name` is the file's name or the last part of its address; without its ending it becomes the
    article's id. Raises `Unreadable` with one sentence for what is no article: empty or binary
    input, a block page, a page without text, a file over `MAX_BYTES`.
    """
    if len(data) > MAX_BYTES:
        raise Unreadable(
            f"{name} has {len(data) / 1e6:.0f} MB, more than any article: save only the article's "
            f"text (at most {MAX_BYTES / 1e6:.0f} MB) and ingest that."
        )
    text, notes = decode(data, name=name)
    article_id = re.sub(r"\.(?:html?|xhtml|txt|text|md)$", "", name, flags=re.IGNORECASE)
    if re.match(r"\s*[{\[]\s*[\"{\[]", text):
        raise Unreadable(f"{name} is JSON, not an article: save the article as HTML or plain text.")
    if _HTML.search(text[:5000]) or re.search(r"\.x?html?$", name, re.IGNORECASE):
        article = _read_page(text, article_id, name)
    else:
        article = _read_text(text, article_id, name)
    if len(article.text) > MAX_TEXT:
        notes = (*notes, f"text cut after {MAX_TEXT} characters")
        article = replace(article, text=article.text[:MAX_TEXT])
    if len(article.title) > MAX_TITLE:
        notes = (*notes, f"title cut after {MAX_TITLE} characters")
        article = replace(article, title=article.title[:MAX_TITLE])
    if (end := end_of_reading(article.text)) < len(article.text):
        notes = (*notes, f"figures read in the first {end:,} characters only: too many numbers")
    if _SPUN.search(article.text):
        notes = (
            *notes,
            'machine-paraphrased: months and terms read as meant ("Would possibly" is May)',
        )
    return replace(article, url=url or article.url, notes=(*article.notes, *notes))


def _read_text(text: str, article_id: str, name: str) -> Article:
    """Return the article of a plain text export."""
    head = read_head(text)
    body = "\n".join(head.lines).strip()
    if len(re.findall(r"[^\W\d_]{2,}", body)) < 5:
        raise Unreadable(f"{name} has no article text: save the article's page or its full text.")
    notes: tuple[str, ...] = ()
    title = head.title
    if not title:
        title = " ".join(body.split()[:6]) + " …"
        notes = ("no title: the first words stand for it",)
    return Article(
        article_id=article_id,
        title=title,
        text=body,
        publisher=head.publisher,
        authors=head.authors,
        published_on=head.published_on,
        published_precision=head.precision,
        notes=notes,
    )


def _read_page(text: str, article_id: str, name: str) -> Article:
    """Return the article of an HTML page."""
    from bs4 import BeautifulSoup

    if depth_of(text) > MAX_DEPTH:
        raise Unreadable(f"{name} nests deeper than any page: save the article's plain text.")
    # A declaration of another encoding would mislead the parser: the text is decoded already.
    # Document types go too: nothing here needs one, and their entities are never wanted.
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text)
    text = _DOCTYPE.sub("", text, count=1)
    soup = BeautifulSoup(text, "lxml")
    facts = page_facts(soup)
    lines = clean_lines(main_lines(soup))
    body = "\n".join(lines).strip()
    if facts.body and len(facts.body.split()) > 2 * len(body.split()):
        body = facts.body
    size = len(re.findall(r"[^\W\d_]{2,}", body))
    if size < 80 and _BLOCKED.search(f"{facts.title} {body}"):
        raise Unreadable(f"{name} is a block or error page: open the article and save it again.")
    if size < 8:
        raise Unreadable(f"{name} has no article text: save the article's page or its full text.")
    html = soup.find("html")
    language = str(html.get("lang") or "en") if html else "en"
    link = soup.find("link", rel="canonical")
    address = str(link.get("href") or "") if link else ""
    return Article(
        article_id=article_id,
        title=facts.title or " ".join(body.split()[:6]) + " …",
        text=body,
        publisher=facts.publisher or publisher_in(body),
        authors=facts.authors,
        published_on=facts.published_on,
        published_precision=facts.precision,
        url=address if address.startswith("http") else None,
        language=language.split("-")[0].lower()[:8] or "en",
    )
