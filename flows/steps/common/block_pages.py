"""Tell block and challenge pages, which say nothing of what was asked for, from other pages."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from .entities import unescaped

LARGEST = 1_000_000
"""No block page is larger (bytes); longer ones are not looked into."""
# What is no text: workbooks (zip and OLE), gzip and PDF.
BINARY = (b"PK", b"\xd0\xcf\x11\xe0", b"\x1f\x8b", b"%PDF")

# A page with this for its title or headline is one, unless it goes on like an article.
HEADLINE_LENGTH = 6_000
HEADLINE = re.compile(
    r"(?:error|http|status|code|\d{3}|sorry|oops|[\s:#!.,()-])*"
    r"(?:(?:your |the |this )?(?:web |page )?(?:access|request)(?: to (?:this|the) \w+)?"
    r"(?: (?:is|was|has been|could not be))? ?(?:denied|rejected|blocked|unsuccessful|forbidden"
    r"|refused|satisfied|not allowed)"
    r"|forbidden|not authorized|unauthorized|not acceptable|blocked"
    r"|(?:sorry,? )?you (?:have been|are|were) (?:blocked|not authorized|denied)\b.*"
    r"|attention required|just a moment|one moment,? please|please wait"
    r"|pardon our interruption|checking your browser\b.*|ddos protection\b.*"
    r"|(?:human|bot|robot|browser|security|captcha|ddos|site)"
    r" (?:verification|check|challenge|protection|validation)"
    r"|challenge(?: validation| page)?|captcha|(?:are you|you are not) an? (?:ro)?(?:bot|human)"
    r"|(?:please )?(?:verify|confirm)(?:ing)? (?:that )?you(?:'re| are) (?:a )?(?:human|not a .*)"
    r"|web application firewall|security violation|too many requests)"
    r"(?:error|page|\d{3}|[\s:#!?.,\u2026()-])*",
    re.I,
)
HEADLINE_TAGS = ("title", "h1", "h2")
UNSEEN_TAGS = ("script", "style", "template")
RAW_TAGS = ("script", "style")
_OPENS = re.compile(r"<(?:!--|(?=[a-z/!?]))", re.I)
_COMMENT_END = re.compile(r"-->")
_TAG = re.compile(
    r"""<(?:(?P<close>/?)(?P<name>[a-z][^\s/>]*+)(?:[^>=]++|=\s*+(?:"[^"]*+"|'[^']*+')?+)*+"""
    r"|[/!?][^>]*+)>",
    re.I,
)
_HREF = re.compile(r"[\s/\"']href(?![\w-])", re.I)
HEADLINE_PARTS = re.compile(r"\s[|\u2013\u2014-]\s|\|")

# These words anywhere on a short page.
SHORT = 2_000
SENTENCES = re.compile(
    r"\b(?:request(?:ed url)? (?:was|has been|is|could not be) (?:rejected|blocked|denied"
    r"|unsuccessful|satisfied)|request (?:rejected|blocked|unsuccessful)"
    r"|you (?:have been|are|were) (?:blocked|rate limited)|(?:has|have) been (?:blocked|denied)"
    r"|you (?:do not|don.t) have (?:permission|access)|permission to (?:access|view)"
    r"|(?:not authorized|unauthorized) to|(?:are|not) a ro?bot\b|you are (?:a )?human"
    r"|(?:verify|verifies|verifying|confirm|prove) (?:that )?(?:you|your|if you)"
    r"(?:'re| are|r)? ?(?:a |not a )?(?:human|ro?bot|browser|identity|connection)"
    r"|checking (?:your browser|if the site|the site connection)"
    r"|enable (?:javascript|cookies)|(?:java ?script|cookies) (?:is|are) (?:disabled|required)"
    r"|(?:unusual|suspicious|automated|malicious) (?:traffic|activity|requests?|access|queries)"
    r"|security (?:service|solution|policy|check|rule)|web application firewall"
    r"|your support id|incident id|ray id|pardon our interruption"
    r"|(?:bot|ddos) (?:protection|detection|management)|complete the (?:captcha|challenge))",
    re.I,
)
# Single words, and the scripts of those who sell such pages, where there is hardly any text.
BARE = 400
WORDS = re.compile(
    r"\b(?:access (?:is |was )?denied|forbidden|captcha|not authorized|unauthorized"
    r"|just a moment|one moment|request blocked|blocked)\b",
    re.I,
)
SCRIPTS = re.compile(
    rb"awswaf|gokuprops|_cf_chl|challenge-platform|cf-turnstile|_incapsula_resource|/_sec/cp_"
    rb"|sec-cpt|bm-verify|akam-sw|edgesuite\.net|bobcmn|/tspd/|px-captcha|perimeterx|datadome"
    rb"|captcha-delivery|sucuri_cloudproxy|distil_|kpsdk|g-recaptcha|recaptcha/api|h-captcha"
    rb"|hcaptcha\.com|window\._px|reese84",
    re.I,
)


def is_block_page(data: bytes) -> bool:
    """Say whether bytes are a page that firewalls and bot guards send in place of what was asked.

    Counted are titles and headlines that say so, such words on a short page, and the guards' own
    scripts on a page that hardly has a text. A page with a text of its own may use all these words.
    """
    if not data.strip() or len(data) > LARGEST or data.startswith(BINARY) or b"\0" in data[:512]:
        return False
    page = _Page(data.decode("utf-8", errors="replace"))
    text = " ".join(" ".join(page.text).split())
    if len(text) < HEADLINE_LENGTH and any(map(_says_so, page.headlines)):
        return True
    if len(text) < SHORT and SENTENCES.search(text):
        return True
    if len(text) < BARE and (WORDS.search(text) or SCRIPTS.search(data)):
        return True
    # A script that a browser has to run before there is anything to read.
    return page.has_script and not page.has_link and not text


def block_page_said(address: str, status: int | None = None, what: str = "") -> str:
    """Return the sentence for an address that gave a block page, and what a person can do.

    `what` is what it should have been; the address's host when left out.
    """
    code = f" ({status})" if status not in (None, 200) else ""
    return (
        f"{what or urlsplit(address).hostname} answered with a block page{code}, which says nothing"
        f" of the lists: open {address} in a browser, download the lists and run `pactwatch import"
        " FILE`."
    )


class _Page:
    """What a reader sees of a page, its title and headlines, and whether it has scripts, links.

    It is read as browsers do, in one go: a comment or tag that does not end hides the rest.
    """

    def __init__(self, page: str) -> None:
        self.text: list[str] = []
        self.has_script = self.has_link = False
        self._headlines: list[list[str]] = []
        self._within = ""
        at = 0
        while opened := _OPENS.search(page, at):
            self._say(page[at : opened.start()])
            end = _COMMENT_END if opened[0] == "<!--" else _TAG
            found = (
                end.match(page, opened.start()) if end is _TAG else end.search(page, opened.end())
            )
            if not found:
                return
            at = found.end()
            if end is _TAG and found["name"]:
                at = self._tag(page, found)
        self._say(page[at:])

    @property
    def headlines(self) -> list[str]:
        return ["".join(parts) for parts in self._headlines]

    def _tag(self, page: str, found: re.Match[str]) -> int:
        """Take in a tag; return where reading goes on."""
        name = found["name"].lower()
        if found["close"]:
            self._within = "" if name == self._within else self._within
            return found.end()
        self.has_script |= name == "script"
        self.has_link |= name == "a" and _HREF.search(found[0]) is not None
        if name in (*HEADLINE_TAGS, *UNSEEN_TAGS):
            self._within = name
        if name in HEADLINE_TAGS:
            self._headlines.append([])
        if name in RAW_TAGS:  # nothing in it is a tag but its end
            closed = re.compile(rf"</{name}\b", re.I).search(page, found.end())
            return closed.start() if closed else len(page)
        return found.end()

    def _say(self, data: str) -> None:
        data = unescaped(data)
        if self._within in HEADLINE_TAGS:
            self._headlines[-1].append(data)
        if self._within not in (*UNSEEN_TAGS, "title"):
            self.text.append(data)


def _says_so(headline: str) -> bool:
    parts = HEADLINE_PARTS.split(" ".join(headline.split()))
    return any(HEADLINE.fullmatch(part.strip()) for part in parts)
