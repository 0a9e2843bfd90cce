"""What a page states about its article in JSON-LD, also inside lists and @graph."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from .text import DatePrecision, names_in, parse_date, words


@dataclass(frozen=True, slots=True)
class Facts:
    """What the markup of a page says about the article."""

    title: str | None = None
    publisher: str | None = None
    authors: tuple[str, ...] = ()
    published_on: date | None = None
    precision: DatePrecision = "unknown"
    body: str | None = None


_SAYS = words("datePublished dateCreated publisher headline name articleBody author")
_ARTICLE_TYPE = re.compile(r"article|blogposting|report|claimreview|webpage", re.IGNORECASE)


def read_linked_data(scripts: list[str]) -> Facts:
    """Return the facts of a page's JSON-LD scripts; empty when they say nothing of an article."""
    best: dict[str, Any] = {}
    for script in scripts:
        try:
            data = json.loads(script or "null", strict=False)
        except (ValueError, RecursionError):
            continue
        for node in _nodes(data):
            kind = node.get("@type")
            kinds = " ".join(map(str, kind)) if isinstance(kind, list) else str(kind)
            if not _ARTICLE_TYPE.search(kinds):
                continue
            said = {key: node[key] for key in _SAYS if key in node}
            # A web page's node fills the gaps of its article's node, never the reverse.
            best = {**best, **said} if "page" not in kinds.lower() else {**said, **best}
    return _from_node(best)


def _from_node(node: dict[str, Any]) -> Facts:
    """Return the facts of one JSON-LD node."""
    parsed = parse_date(str(node.get("datePublished") or node.get("dateCreated") or ""))
    publisher = _names(node.get("publisher"))
    title = node.get("headline") or node.get("name")
    body = node.get("articleBody")
    authors = tuple(
        person for name in _names(node.get("author")) for person in (names_in(name) or (name,))
    )
    return Facts(
        title=title if isinstance(title, str) else None,
        publisher=publisher[0] if publisher else None,
        authors=tuple(dict.fromkeys(authors)),
        published_on=parsed[0] if parsed else None,
        precision=parsed[1] if parsed else "unknown",
        body=body if isinstance(body, str) else None,
    )


def _nodes(data: Any) -> Iterator[dict[str, Any]]:
    """Yield the objects of a JSON-LD document, those inside lists and @graph as well."""
    waiting = deque([data])
    while waiting:
        item = waiting.popleft()
        if isinstance(item, list):
            waiting.extend(item)
        elif isinstance(item, dict):
            yield item
            waiting.extend(
                item[key] for key in ("@graph", "mainEntity", "itemReviewed") if key in item
            )


def _names(value: Any) -> list[str]:
    """Return the names of a JSON-LD person or organisation, or of a list of them."""
    values = value if isinstance(value, list) else [value]
    names = [item.get("name") if isinstance(item, dict) else item for item in values]
    return [name.strip() for name in names if isinstance(name, str) and "://" not in name]
