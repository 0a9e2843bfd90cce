# ruff: noqa: RUF001 (dashes, quotes and apostrophes are meant as printed)
"""Plain text exports: title, byline and date, and lines that are no article text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Literal

DatePrecision = Literal["day", "month", "year", "unknown"]


@dataclass(frozen=True, slots=True)
class Head:
    """What a text says about itself: title, publisher, authors, date; and its main lines."""

    title: str
    lines: tuple[str, ...]
    publisher: str | None = None
    authors: tuple[str, ...] = ()
    published_on: date | None = None
    precision: DatePrecision = "unknown"


def words(line: str) -> list[str]:
    """Return the words of a line: long lists of names read better that way."""
    return line.split()


_NAME = r"[A-Z][\w.'’-]+(?:\s(?:[A-Z][\w.'’-]*|de|la|van|von|del|bin)){1,3}"
_CLUTTER = re.compile(
    r"""(?:
      share(?:\sthis)?(?:\s(?:article|story|post|on\s\w+))?
    | leave\sa\s(?:comment|reply)|post\sa\scomment
    | (?:\d+|no|view\sall|add|show)\scomments?(?:\s\(\d+\))?
    | comments?(?:\s\(\d+\))?
    | inline\sfeedbacks|notify\sof|guest|follow(?:\sus)?:?|follow\s(?:us\s)?on\s\w+
    | subscribe(?:\snow|\sto\s.{0,60})?
    | sign\s(?:up|in)(?:\s.{0,60})?|log\s?in|register|menu|search|home
    | skip\sto\s.{0,30}|print|email
    | copy\slink|advertisement|advertising|sponsored(?:\scontent)?
    | story\scontinues\sbelow.{0,40}
    | facebook|twitter|x|whatsapp|linkedin|reddit|telegram|pinterest|instagram|youtube
    | threads|bluesky|"[^".!?]{5,90}"
    | (?:click\sto|tap\sto)\s.{0,60}|\d+[\s-]min(?:ute)?s?[\s-]read(?:ing\stime)?
    | reading\stime:?.{0,20}
    | (?:submitted|posted)\sby\s.{3,60}\son\s.{4,30}\d{4}.{0,12}
    | (?:loading|goal:).{0,60}|(?:found\s)?\d+\ssources(?:\sfound)?|searched\sfor:|donate.{0,40}
    | (?:read|see)\s(?:more|also|next)\b.{0,120}|also\sread\b.{0,120}|related:.{0,120}
    | related\s(?:articles|stories|posts|content|topics)|recommended(?:\sfor\syou)?
    | more\sfrom\s.{0,40}|most\s(?:read|popular|viewed)|trending(?:\snow)?
    | you\s(?:may|might)\salso\slike.{0,20}
    | your\semail\saddress\swill\snot\sbe\spublished.*|required\sfields\sare\smarked.*
    | (?:this\s(?:site|website)|we)\suses?\s(?:cookies|akismet).*|accept\s(?:all|cookies).{0,20}
    | (?:.{0,80}\s)?all\srights\sreserved\.?.{0,40}|(?:©|\(c\)|copyright)\s.{0,80}
    | terms\sof\s(?:use|service)|privacy\spolicy|back\sto\stop|previous|next|tags?:.{0,100}
    | disclaimer:.{0,160}\bmistakes\b.*|keep\s\w+\sindependent
    | (?:.{0,200}\s)?(?:(?:even\sa\s)?\$\d+\sdonation|become\sa\s(?:member|supporter)).{0,200}
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_TAIL = re.compile(
    r"(?:share\sthis\s(?:article|story|post)|leave\sa\s(?:comment|reply)|(?:\d+\s)?comments?"
    r"|related\s(?:articles|stories|posts)|you\smay\salso\slike.*|want\sto\sdive\sdeeper\??"
    r"|recommended\sfor\syou|most\sread|more\sfrom\s.{0,40}|about\sthe\sauthors?|trending\snow)",
    re.IGNORECASE,
)
_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?"
    r"|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.?"
)
_DATE = re.compile(
    rf"(?P<iso>\b(?:19|20)\d\d-\d\d-\d\d)|(?P<us>\b\d{{1,2}}/\d{{1,2}}/20\d\d\b)"
    rf"|\b(?P<month>{_MONTH})\s(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s(?P<year>20\d\d)\b"
    rf"|\b(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?\s(?P<month2>{_MONTH}),?\s(?P<year2>20\d\d)\b"
    rf"|\b(?P<month3>{_MONTH}),?\s(?P<year3>20\d\d)\b",
    re.IGNORECASE,
)
_STAMP = re.compile(r"^date\s\d{4}-\d\d-\d\d\s", re.IGNORECASE)
_DATED = re.compile(
    r"\s*+(?:[|•·–—-]\s*+)?(?P<word>date|published|posted|first\spublished|release\sdate|for\simmediate"
    r"\srelease|checked|reviewed|written|updated|last\s(?:updated|modified))?"
    r"[\s:,–—-]*+(?:on:?\s|at\s)?(?:\d{1,2}:\d\d\s?[ap]\.?m\.?,?\s(?:[A-Z]{2,4},?\s)?)?(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,?\s)?$",
    re.IGNORECASE,
)
_UPDATED = re.compile(r"\W{0,9}\b(?:last\s)?(?:updated|modified)\b", re.IGNORECASE)
_BEFORE_DATE = re.compile(
    r"^\s*(?:written\s)?by\s.{3,80}(?P<tail>\s[|•·–—]\s.{0,20})$|,\s(?:aired|broadcast|recorded)(?P<air>)\s$",
    re.IGNORECASE,
)
_BYLINE = re.compile(
    rf"(?:[—–-]\s*)?(?:written\s)?(?:by|authors?:)[:\s]\s*(?P<names>{_NAME}.*|[\w-]+\.(?:com|org|net|news).*)",
    re.IGNORECASE,
)
_PUBLISHERS = (
    re.compile(r"^[—–-]\s*By\s(?P<name>[\w-]+\.(?:com|org|net|news))\s*$", re.MULTILINE),
    re.compile(
        r"^(?:©|Copyright|\(c\))\s*(?:20\d\d\s)?(?P<name>[A-Z][\w&.' -]{2,40}?)(?:\.|,|$)", re.M
    ),
    re.compile(r"^Keep\s(?P<name>[A-Z]\w+)\sindependent\s*$", re.MULTILINE),
    re.compile(r"^Disclaimer:\s(?P<name>[A-Z]\w+)\scan\smake\smistakes", re.MULTILINE),
    re.compile(
        r"\boriginally\s(?:published|appeared)\s(?:by|in|on|at)\s(?:the\s)?"
        r"(?P<name>[A-Z][\w& ]{2,40})"
    ),
)
_MASTHEAD = re.compile(r"(?:The\s)?[A-Z][\w.’'-]+(?:\s(?:&|of|the|and|[A-Z][\w.’'-]+)){0,4}")
_MATTER = re.compile(r"\bICE\b|287|sheriff|police|agreement|immigra|deport", re.IGNORECASE)
_MENU = re.compile(r"\w\s[|>·»]\s\w")
_ROLE = re.compile(r"(?:.{0,40}\s)?(?:reporter|editor|correspondent|staff\swriter|columnist)", re.I)


def parse_date(text: str) -> tuple[date, DatePrecision] | None:
    """Return the first calendar date in a short text and its precision, None without one."""
    for found in _DATE.finditer(text):
        try:
            if found["iso"]:
                return date.fromisoformat(found["iso"]), "day"
            if found["us"]:
                month, day, year = (int(part) for part in found["us"].split("/"))
                return date(year, month, day), "day"
            name = found["month"] or found["month2"] or found["month3"]
            month = "janfebmaraprmayjunjulaugsepoctnovdec".index(name[:3].lower()) // 3 + 1
            year = int(found["year"] or found["year2"] or found["year3"])
            digits = found["day"] or found["day2"]
            return date(year, month, int(digits or 1)), "day" if digits else "month"
        except ValueError:
            continue
    return None


def names_in(text: str) -> tuple[str, ...]:
    """Return the people of a byline: "By A B and C D | June 9" gives A B and C D."""
    text = re.sub(
        r"^\s*(?:[—–-]\s*)?(?:written\s)?(?:by|authors?:)[:\s]\s*", "", text, flags=re.IGNORECASE
    )
    text = re.split(r"\s[|•·–—]\s|\bfor\s(?=[A-Z])|\d|\b(?:[Pp]ublish|[Uu]pdat|[Pp]ost)ed\b", text)[
        0
    ]
    parts = re.split(r",\s(?:and\s)?|\sand\s|\s&\s|;\s?", text)
    return tuple(
        dict.fromkeys(
            part.strip(" .,")
            for part in parts
            if re.fullmatch(_NAME, part.strip(" .,")) and not _ROLE.fullmatch(part.strip(" .,"))
        )
    )


def clean_lines(lines: list[str]) -> list[str]:
    """Return the lines without share bars, comments, adverts and what follows the article."""
    kept = [line for line in lines if not _is_clutter(line.strip())]
    # Markers of the end count only in the second half: a share bar may stand on top as well.
    for place, line in enumerate(lines):
        if place * 2 >= len(lines) and _TAIL.fullmatch(line.strip()):
            return [line for line in lines[:place] if not _is_clutter(line.strip())]
    return kept


def _is_clutter(line: str) -> bool:
    """Return whether a line is a share bar, a comment box, or only the date or the publisher."""
    if _CLUTTER.fullmatch(line) or _PUBLISHERS[0].fullmatch(line):
        return True
    found = _DATE.search(line)
    return bool(
        found
        and _DATED.fullmatch(line[: found.start()])
        and re.fullmatch(r"(?:,?\s(?:at\s)?\d{1,2}:\d\d.{0,20})?[.]?", line[found.end() :])
    )


def read_head(text: str) -> Head:
    """Read a plain text export: its title, what it says about itself, and its main lines."""
    lines = [re.sub(r"[ \t\u00a0]+", " ", line).strip() for line in text.split("\n")]
    filled = [line for line in lines if line]
    dated, precision, date_lines = _published(filled)
    authors, author_lines = _authors(filled)
    main = clean_lines(lines)
    drop = date_lines | author_lines
    main = [line for line in main if line not in drop]
    title, masthead, main = _title(main)
    main = [line for line in main if not line or line != title]
    return Head(
        title=title,
        lines=tuple(re.sub(r"\n{3,}", "\n\n", "\n".join(main)).strip().split("\n")),
        publisher=publisher_in(text) or masthead,
        authors=authors,
        published_on=dated,
        precision=precision,
    )


def _title(lines: list[str]) -> tuple[str, str | None, list[str]]:
    """Return the headline, the name of the paper over it if there is one, and what follows.

    A first line of up to five words is the paper's name where a longer headline comes before the
    first sentence; menus between the two go with it.
    """
    head: list[int] = []
    for place, line in enumerate(lines):
        if line and not _is_title(line):
            break
        if line and not _MENU.search(line):
            head.append(place)
        if len(head) == 6:
            break
    if not head:
        return "", None, lines
    first = lines[head[0]]
    longer = [place for place in head[1:] if len(lines[place].split()) >= 6]
    if not longer or _MATTER.search(first) or not _MASTHEAD.fullmatch(first):
        return _bare_title(first), None, lines[: head[0]] + lines[head[0] + 1 :]
    return _bare_title(lines[longer[0]]), first, lines[longer[0] + 1 :]


def publisher_in(text: str) -> str | None:
    """Return the publisher that a text names itself, None when it names none."""
    found = next((hit for rule in _PUBLISHERS if (hit := rule.search(text))), None)
    return found["name"].strip() if found else None


def _is_title(line: str) -> bool:
    """Return whether the first line is a headline and not the first sentence."""
    return len(line.split()) <= 32 and not re.search(r"[.:;,][\"'”’]?$", line)


def _bare_title(line: str) -> str:
    """Return a headline without an export's date stamp and without a kicker in capitals."""
    line = _STAMP.sub("", line)
    kicker = re.match(r"(?:[A-Z]{4,}\s)+(?=(?:[A-Z][a-z]+\s){2})", line)
    return line[kicker.end() :] if kicker else line


def _published(lines: list[str]) -> tuple[date | None, DatePrecision, set[str]]:
    """Return the date a text gives for itself, and the lines that only carry it."""
    best: tuple[int, date, DatePrecision] | None = None
    only: set[str] = set()
    for place, line in enumerate(lines):
        found = _DATE.search(line)
        lead = _DATED.fullmatch(line[: found.start()]) if found else None
        if found and not lead and (place < 15 or _BYLINE.fullmatch(line)):
            # "By Ann Lee | June 9, 2025 | 4 min read", "Statehouse Hour, aired June 9, 2025"
            bar = _BEFORE_DATE.search(line[: found.start()])
            lead = _DATED.fullmatch(line[bar.start("tail") : found.start()]) if bar else None
        if not found or not lead:
            continue
        rest = len(_UPDATED.split(line[found.end() :])[0].split())
        near = place < 15 or place >= len(lines) - 6
        if not (lead["word"] or (rest <= 6 and near)) or (rest > 6 and place > 2):
            continue
        parsed = parse_date(found[0])
        if not parsed or (parsed[1] == "month" and not lead["word"]):
            continue
        if rest <= 6 and not (rest and _STAMP.match(line)):
            only.add(line)
        rank = 2 if re.match(r"(?:last\s)?(?:updat|modif)", lead["word"] or "", re.I) else 1
        if best is None or rank < best[0]:
            best = (rank, *parsed)
    return (best[1], best[2], only) if best else (None, "unknown", only)


def _authors(lines: list[str]) -> tuple[tuple[str, ...], set[str]]:
    """Return the authors of a text: a byline, a name over a reading time, or an author box."""
    for line in lines:
        if _BYLINE.fullmatch(line) and len(line.split()) <= 20 and (names := names_in(line)):
            return names, {line}
    for line, following in pairwise(lines):
        if not re.fullmatch(_NAME, line):
            continue
        if re.fullmatch(r"\d+[\s-]min(?:ute)?s?[\s-]read", following, re.I) or _ROLE.fullmatch(
            following
        ):
            return (line,), {line, following}
    return (), set()
