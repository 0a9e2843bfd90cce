# ruff: noqa: RUF001 (dashes, quotes and apostrophes are meant as printed)
"""What a page states about its article: title, publisher, authors and date, wherever they stand."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from .linked import Facts, read_linked_data
from .text import DatePrecision, names_in, parse_date, read_head, words

if TYPE_CHECKING:
    from bs4 import BeautifulSoup

# The line that Drupal writes over an article.
_SUBMITTED = re.compile(
    r"^[ \t]*(?:Submitted|Posted)\sby\s(?P<name>[^\n]{3,60}?)\son\s[^\n]*\d{4}", re.MULTILINE
)
_DATE_KEYS = words(
    "article:published_time og:article:published_time og:published_time datepublished "
    "date pubdate publishdate publish-date publication_date parsely-pub-date "
    "sailthru.date dc.date dc.date.issued dcterms.created dcterms.date "
    "citation_publication_date release_date"
)


def page_facts(soup: BeautifulSoup) -> Facts:
    """Return what the page's markup states: JSON-LD first, then meta tags, then visible marks."""
    scripts = soup.find_all("script", type=re.compile(r"ld\+json", re.IGNORECASE))
    linked = read_linked_data([script.get_text() for script in scripts])
    metas = _metas(soup)
    heading = soup.find("h1") or soup.find(itemprop="headline") or soup.find(class_="headline")
    headline = re.sub(r"\s+", " ", heading.get_text(" ", strip=True)) if heading else ""
    window = re.sub(r"\s+", " ", soup.title.get_text(" ", strip=True)) if soup.title else ""
    publisher = linked.publisher or metas.get("og:site_name") or metas.get("application-name")
    publisher = publisher or _after_headline(window, headline)
    title = linked.title or metas.get("og:title") or metas.get("twitter:title")
    title = title or headline or window
    if title and publisher:
        title = re.sub(rf"(?<!\s)\s+[|–—-]\s+{re.escape(publisher)}\s*$", "", title)
    dated: tuple[date, DatePrecision] | None = None
    if linked.published_on:
        dated = linked.published_on, linked.precision
    stated = (parse_date(metas[key]) for key in _DATE_KEYS if key in metas)
    dated = dated or next((found for found in stated if found), None) or _visible_date(soup)
    authors = linked.authors or _meta_authors(metas) or _visible_authors(soup)
    return Facts(
        title=re.sub(r"\s+", " ", title).strip() if title else None,
        publisher=publisher.strip() if publisher else None,
        authors=authors,
        published_on=dated[0] if dated else None,
        precision=dated[1] if dated else "unknown",
        body=linked.body,
    )


def _after_headline(window: str, headline: str) -> str | None:
    """Return the publisher that a window's title puts after the headline ("… | The Courier")."""
    if not headline or not window.startswith(headline):
        return None
    found = re.fullmatch(r"\s+[|–—·•-]\s+(?P<name>[^|]{3,60})", window[len(headline) :])
    return found["name"].strip() if found else None


def _metas(soup: BeautifulSoup) -> dict[str, str]:
    """Return the page's meta tags by lower-case key, the first of each."""
    metas: dict[str, str] = {}
    for tag in soup.find_all("meta"):
        key = str(tag.get("property") or tag.get("name") or tag.get("itemprop") or "").lower()
        content = str(tag.get("content") or "").strip()
        if key and content:
            metas.setdefault(key, content)
    return metas


def _meta_authors(metas: dict[str, str]) -> tuple[str, ...]:
    """Return the authors that meta tags name; addresses of profiles are no names."""
    for key in (
        "author",
        "article:author",
        "parsely-author",
        "dc.creator",
        "byl",
        "sailthru.author",
    ):
        if key in metas and "://" not in metas[key]:
            return names_in(metas[key]) or (metas[key],)
    return ()


def _visible_authors(soup: BeautifulSoup) -> tuple[str, ...]:
    """Return the authors of a visible byline."""
    marked = (
        name
        for tag in soup.find_all(itemprop="author")
        for name in names_in(tag.get_text(" ")[:200])
    )
    if several := tuple(dict.fromkeys(marked)):
        return several
    found = soup.select('[rel~=author], [class*=byline], [class*="author-name"]')
    for tag in found:
        names = names_in(tag.get_text(" ", strip=True)[:200])
        if names:
            return names
    for paragraph in soup.find_all("p", limit=12):
        text = paragraph.get_text(" ", strip=True)
        if re.match(r"By\s[A-Z]", text) and len(text.split()) <= 15:
            return names_in(text)
    submitted = _SUBMITTED.search(soup.get_text("\n"))
    return names_in(submitted["name"]) if submitted else ()


def _visible_date(soup: BeautifulSoup) -> tuple[date, DatePrecision] | None:
    """Return the date of a time element or of a line such as "Published 9 June 2025"."""
    times = soup.select(
        "time[itemprop=datePublished], time[pubdate], article time, main time, time"
    )
    for tag in times:
        found = parse_date(str(tag.get("datetime") or "")) or parse_date(tag.get_text(" "))
        if found:
            return found
    for tag in soup.select(
        "[itemprop=datePublished], [class*=date], [class*=byline], [class*=published]"
    ):
        found = parse_date(str(tag.get("content") or "") or tag.get_text(" ")[:120])
        if found:
            return found
    head = read_head(soup.get_text("\n"))
    return (head.published_on, head.precision) if head.published_on else None
