"""Find the two lists on the list page, by what anchors and file names say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from urllib.parse import unquote, urldefrag

from bs4 import BeautifulSoup, Tag

from flows.steps.common import wording
from flows.steps.common.block_pages import block_page_said, is_block_page
from flows.steps.common.nesting import MAX_DEPTH, depth_of
from flows.steps.common.records import LISTS, ListKind
from flows.steps.common.urls import joined, parts_of

# A list may be linked by its file name or through a download address whose text names it.
LINKS_TO_FILE = re.compile(r"\.(xlsx|xlsm|xls|csv)$|/(file-)?download(/|$)", re.I)
# A download address may end in the name of a file that is no list.
OTHER_FILE = re.compile(r"\.(pdf|docx?|pptx?|html?|jpe?g|png|mp4|mp3)$", re.I)
# ICE has linked a file with a quotation mark after its name.
TRAILING_QUOTE = re.compile(r"(?:[\"'\u201d\s]|%22|%27|%20)+(?=$|[?#])", re.I)
MEANING: dict[ListKind, re.Pattern[str]] = {
    "participating": re.compile(r"participating", re.I),
    "pending": re.compile(r"pending", re.I),
}
MOST_WORDS = 60
# ICE's page has a tenth of these bytes, and had a fiftieth of these tags when it held the list.
MAX_BYTES = 6_000_000
MAX_TAGS = 100_000
ROSTER_FIELDS = {"state", "agency", "model"}
HEADER_SEARCH_ROWS = 5


@dataclass(frozen=True, slots=True)
class Found:
    """What the page shows of the lists.

    `links` has the addresses of each list, in the order of the page. `missing` are lists that the
    page, otherwise in order, does not link. `problems` has a sentence for each list that cannot be
    told, or under None for a page that is no list page. `holds_roster` says that the page itself
    is the participating list. `others` are the links to files whose words name no list, with those
    words: one of them may be the participating list when nothing is called so. `is_whole` says
    that the page came to its end.
    """

    links: dict[ListKind, tuple[str, ...]]
    missing: tuple[ListKind, ...] = ()
    problems: Mapping[ListKind | None, str] = field(default_factory=dict)
    holds_roster: bool = False
    others: Mapping[str, str] = field(default_factory=dict)
    is_whole: bool = True


def find_links(page: bytes, address: str, headers: Mapping[str, str] | None = None) -> Found:
    """Return what the page at `address` shows: links, missing lists, problems in words.

    `headers` maps printed header to field, as seeds/lists.toml says, and finds a roster on the
    page itself. The participating list must be there; the pending list may be gone (ICE stopped
    it in 2026), which is a state and no error. A page that no parser should be given, nested or
    long beyond any page, is not looked into: it is a problem of the page.
    """
    if said := _beyond_any(page, address):
        return Found({}, problems={None: said}, is_whole=_is_whole(page))
    soup = BeautifulSoup(page, "lxml")
    links, others = _links(soup, address)
    is_whole = _is_whole(page)
    holds_roster = "participating" not in links and _holds_roster(soup, headers or {})
    missing = [kind for kind in LISTS if kind not in links]
    problems: dict[ListKind | None, str] = {}
    if holds_roster:
        missing.remove("participating")
    if not holds_roster and not links:
        missing = []
        if is_block_page(page):
            said, others = block_page_said(address, what="The list page"), {}
        else:
            said = _no_participating(address) if is_whole else _cut_off(address)
        problems = {None: said}
    elif missing and not is_whole:
        problems = dict.fromkeys(missing, _cut_off(address))
    elif "participating" in missing:
        problems = {"participating": _no_participating(address)}
    missing = [kind for kind in missing if kind not in problems]
    return Found(links, tuple(missing), problems, holds_roster, others, is_whole)


def _beyond_any(page: bytes, address: str) -> str | None:
    """Return the sentence for a page that nests deeper or is longer than any, else None."""
    is_long = len(page) > MAX_BYTES or page.replace(b"\0", b"").count(b"<") > MAX_TAGS
    if not is_long and depth_of(page) <= MAX_DEPTH:
        return None
    what = "is longer" if is_long else "nests deeper"
    return (
        f"The page at {address} {what} than any list page, so it was not read: open it in a"
        " browser, download the lists and run `pactwatch import FILE`."
    )


def none_is_one(address: str, tried: Mapping[str, str]) -> str:
    """Return the sentence for a page none of whose files is the participating list.

    `tried` says of each file, under its name and words, what it is.
    """
    named = "; ".join(f"{name}: {what}" for name, what in tried.items())
    return (
        f"The page at {address} links no participating list, and what it links is none"
        f" ({named}): open it in a browser; if the list moved, set its page in seeds/lists.toml."
    )


def _links(
    soup: BeautifulSoup, address: str
) -> tuple[dict[ListKind, tuple[str, ...]], dict[str, str]]:
    """Return the addresses that name each list, and the other links to files with their words."""
    base = soup.find("base", href=True)
    # A base that no browser could follow counts as none.
    root = (joined(address, str(base["href"]).strip()) if isinstance(base, Tag) else "") or address
    named: dict[ListKind, dict[str, None]] = {}
    others: dict[str, str] = {}
    for anchor in soup.find_all("a", href=True):
        href = TRAILING_QUOTE.sub("", str(anchor["href"]).strip().strip("\"'"))
        if (url := joined(root, href)) is None:
            continue
        url = urldefrag(url).url
        parts = parts_of(url)
        path = unquote(parts.path)
        is_file = any(map(LINKS_TO_FILE.search, (path, unquote(parts.query))))
        if not is_file and not anchor.has_attr("download"):
            continue
        text = " ".join(islice(anchor.stripped_strings, MOST_WORDS * 5))
        said = (text, anchor.get("title"), anchor.get("aria-label"))
        words = " ".join(" ".join(str(words) for words in said if words).split())
        name = path.rsplit("/", 1)[-1]
        kinds = _kinds(f"{name} {unquote(parts.query)}") or _kinds(words)
        for kind in kinds:
            named.setdefault(kind, {})[url] = None
        if not kinds and not OTHER_FILE.search(path):
            others.setdefault(url, wording.clean(words, MOST_WORDS))
    links = {kind: tuple(named[kind]) for kind in LISTS if kind in named}
    known = {url for urls in links.values() for url in urls}
    return links, {url: words for url, words in others.items() if url not in known}


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
                for cell in _children(row, "th", "td")
                if not cell.find("table")  # one that frames another table names no column
            }
            for row in islice(_rows(table), HEADER_SEARCH_ROWS)
        ]
        if any(cells >= ROSTER_FIELDS for cells in rows[:-1]):
            return True
    return False


def _rows(table: Tag) -> Iterator[Tag]:
    """Yield the rows of a table itself, and none of a table within it."""
    for child in _children(table, "tr", "thead", "tbody", "tfoot"):
        yield from [child] if child.name == "tr" else _children(child, "tr")


def _children(tag: Tag, *names: str) -> Iterator[Tag]:
    return (child for child in tag.children if isinstance(child, Tag) and child.name in names)


def _is_whole(page: bytes) -> bool:
    return b"</html" in page[-5_000:].lower() or b"</body" in page[-5_000:].lower()


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
