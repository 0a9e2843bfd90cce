"""Find the two lists' links on the list page, by what anchors and file names say."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote, urljoin, urlsplit

from bs4 import BeautifulSoup

from .records import LISTS, ListKind, PactwatchError

# A list may be linked by its file name or through a download address whose text names it.
LINKS_TO_FILE = re.compile(r"\.(xlsx|xlsm|csv)[\"']?(?:$|[?#])|/file-download/download/", re.I)
MEANING: dict[ListKind, re.Pattern[str]] = {
    "participating": re.compile(r"participating", re.I),
    "pending": re.compile(r"pending", re.I),
}


class PageChanged(PactwatchError):
    """The list page does not show exactly one link for a list that should be there."""


@dataclass(frozen=True, slots=True)
class Found:
    """The links of the page: one address a list, and the lists the page no longer links."""

    links: dict[ListKind, str]
    missing: tuple[ListKind, ...]


def find_links(page: bytes, address: str) -> Found:
    """Return the lists' absolute addresses on the page at `address`.

    The participating list must be there once; the pending list may be gone (ICE stopped it in
    2026), which is a state and no error. Raises `PageChanged` naming what was found otherwise.
    """
    soup = BeautifulSoup(page, "lxml")
    candidates: dict[ListKind, dict[str, str]] = {kind: {} for kind in LISTS}
    for anchor in soup.find_all("a", href=True):
        href = str(anchor["href"]).strip().strip("\"'")
        if not LINKS_TO_FILE.search(href):
            continue
        url = urljoin(address, href)
        name = unquote(urlsplit(url).path.rsplit("/", 1)[-1])
        kinds = _kinds(name) or _kinds(anchor.get_text(" ", strip=True))
        for kind in kinds:
            candidates[kind][url] = anchor.get_text(" ", strip=True)
    for kind, found in candidates.items():
        if len(found) > 1:
            raise PageChanged(
                f"The page links {len(found)} files for the {kind} list"
                f" ({', '.join(sorted(found))}): look at {address}, and import the right one."
            )
    links = {kind: next(iter(found)) for kind, found in candidates.items() if found}
    if "participating" not in links:
        raise PageChanged(
            f"The page at {address} links no participating list: open it in a browser; if the"
            " list moved, set its page in seeds/lists.toml."
        )
    return Found(links, tuple(kind for kind in LISTS if kind not in links))


def looks_blocked(page: bytes) -> bool:
    """Say whether a page served in place of a file or of the list page is a block page."""
    text = page[:20_000].decode("utf-8", "replace").lower()
    signs = ("access denied", "request blocked", "are you a robot", "captcha", "forbidden")
    return any(sign in text for sign in signs)


def _kinds(text: str) -> list[ListKind]:
    # "participating" wins when a text names both, as in "participating (not pending) agencies".
    found = [kind for kind in LISTS if MEANING[kind].search(text)]
    return found[:1]
