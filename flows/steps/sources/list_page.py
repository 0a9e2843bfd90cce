"""Find the two lists on the list page, by what anchors and file names say."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from bs4 import BeautifulSoup, Tag

from flows.steps.common.records import LISTS, ListKind

# A list may be linked by its file name or through a download address whose text names it.
LINKS_TO_FILE = re.compile(r"\.(xlsx|xlsm|xls|csv)$|/file-download/download/", re.I)
# ICE has linked a file with a quotation mark after its name.
TRAILING_QUOTE = re.compile(r"(?:[\"'\u201d\s]|%22|%27|%20)+(?=$|[?#])", re.I)
MEANING: dict[ListKind, re.Pattern[str]] = {
    "participating": re.compile(r"participating", re.I),
    "pending": re.compile(r"pending", re.I),
}
ROSTER_FIELDS = {"state", "agency", "model"}
HEADER_SEARCH_ROWS = 5
BLOCK_SIGNS = (
    *("access denied", "request blocked", "forbidden", "request unsuccessful", "not authorized"),
    *("are you a robot", "captcha", "verify you are human", "just a moment", "enable javascript"),
)


@dataclass(frozen=True, slots=True)
class Found:
    """What the page shows of the lists.

    `links` has one address a list. `missing` are lists that the page, otherwise in order, does not
    link. `problems` has a sentence for each list that cannot be told, or under None for a page
    that is no list page. `holds_roster` says that the page itself is the participating list.
    """

    links: dict[ListKind, str]
    missing: tuple[ListKind, ...] = ()
    problems: Mapping[ListKind | None, str] = field(default_factory=dict)
    holds_roster: bool = False


def find_links(page: bytes, address: str, headers: Mapping[str, str] | None = None) -> Found:
    """Return what the page at `address` shows: links, missing lists, problems in words.

    `headers` maps printed header to field, as seeds/lists.toml says, and finds a roster on the
    page itself. The participating list must be there once; the pending list may be gone (ICE
    stopped it in 2026), which is a state and no error.
    """
    soup = BeautifulSoup(page, "lxml")
    candidates = _candidates(soup, address)
    holds_roster = not candidates["participating"] and _holds_roster(soup, headers or {})
    if not holds_roster and not any(candidates.values()):
        return Found({}, problems={None: _no_list_page(soup, page, address)})
    problems: dict[ListKind | None, str] = {
        kind: f"The page links {len(found)} files for the {kind} list"
        f" ({', '.join(sorted(found))}): look at {address}, and import the right one."
        for kind, found in candidates.items()
        if len(found) > 1
    }
    missing = [kind for kind in LISTS if not candidates[kind]]
    if holds_roster:
        missing.remove("participating")
    if missing and not _is_whole(page):
        problems |= dict.fromkeys(missing, _cut_off(address))
    elif "participating" in missing:
        problems["participating"] = _no_participating(address)
    return Found(
        {kind: next(iter(found)) for kind, found in candidates.items() if len(found) == 1},
        tuple(kind for kind in missing if kind not in problems),
        problems,
        holds_roster,
    )


def _candidates(soup: BeautifulSoup, address: str) -> dict[ListKind, set[str]]:
    base = soup.find("base", href=True)
    root = urljoin(address, str(base["href"]).strip()) if isinstance(base, Tag) else address
    candidates: dict[ListKind, set[str]] = {kind: set() for kind in LISTS}
    for anchor in soup.find_all("a", href=True):
        href = TRAILING_QUOTE.sub("", str(anchor["href"]).strip().strip("\"'"))
        try:
            url = urldefrag(urljoin(root, href)).url
            path = unquote(urlsplit(url).path)
        except ValueError:
            continue  # no browser could follow it either
        if not LINKS_TO_FILE.search(path):
            continue
        said = (anchor.get_text(" ", strip=True), anchor.get("title"), anchor.get("aria-label"))
        name = path.rsplit("/", 1)[-1]
        for kind in _kinds(name) or _kinds(" ".join(str(text) for text in said if text)):
            candidates[kind].add(url)
    return candidates


def _kinds(text: str) -> list[ListKind]:
    # "participating" wins when a text names both, as in "participating (not pending) agencies".
    found = [kind for kind in LISTS if MEANING[kind].search(text)]
    return found[:1]


def _holds_roster(soup: BeautifulSoup, headers: Mapping[str, str]) -> bool:
    """Say whether a table of the page lists agencies, as the page did before February 2025."""
    for table in soup.find_all("table"):
        rows = [
            {
                headers.get(" ".join(cell.get_text(" ").upper().split()))
                for cell in row(("th", "td"))
            }
            for row in table.find_all("tr", limit=HEADER_SEARCH_ROWS)
        ]
        if any(cells >= ROSTER_FIELDS for cells in rows[:-1]):
            return True
    return False


def _is_whole(page: bytes) -> bool:
    return b"</html" in page[-5_000:].lower() or b"</body" in page[-5_000:].lower()


def _no_list_page(soup: BeautifulSoup, page: bytes, address: str) -> str:
    seen = soup.get_text(" ")[:20_000].lower()
    if any(sign in seen for sign in BLOCK_SIGNS):
        return (
            "The list page answered with a block page, which says nothing of the lists: open"
            f" {address} in a browser, download the lists and run `pactwatch import FILE`."
        )
    return _no_participating(address) if _is_whole(page) else _cut_off(address)


def _no_participating(address: str) -> str:
    return (
        f"The page at {address} links no participating list: open it in a browser; if the list"
        " moved, set its page in seeds/lists.toml."
    )


def _cut_off(address: str) -> str:
    return (
        f"The page at {address} came without its end, so a list may be missing from it: it is"
        " looked at again at the next run."
    )
