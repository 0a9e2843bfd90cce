# ruff: noqa: RUF001 (dashes, quotes and apostrophes are meant as printed)
"""The words of the field: what a figure can count, where it holds, and what is never a figure."""

from __future__ import annotations

import re
from functools import lru_cache


def words(line: str) -> list[str]:
    """Return the words of a line: long lists of names read better that way."""
    return line.split()


HOLE = "~"
"""Stands in a masked text for what no later rule may look into."""

LONGEST_NAME = 80
"""Characters before a place that can be one name, or the words that lead to a figure."""

_LAW = re.compile(r"(?:\bsection\s|§\s?)?\b287\s?\(\s?g\s?\)s?|\b287g\b", re.IGNORECASE)
_FOOTNOTE = re.compile(r"\[\s?\d{1,3}(?:\s?[,–-]\s?\d{1,3})*\s?\]|[¹²³⁰⁴-⁹]+")
_NEVER_FIGURES = re.compile(
    r"""
      (?:\+?1[-.\s])?\(?\b\d{3}\)?[-.\s]\d{3}[-.\s]\d{4}\b           # telephone numbers
    | \b\d{3}-[A-Z]{3}-\d-[A-Z]{3}\b | \b\d{3}-\d{4}\b
    | \b\d{1,2}:\d{2}\b(?:\s?[ap]\.?m\b\.?)?|\b\d{1,2}\s?[ap]\.?m\b\.?  # times of day
    | (?m:^)[ \t]*(?:[•*–-][ \t]*)?(?:step[ ])?\(?\d{1,2}[.):]\s      # list ordinals
    | \b(?:section|title|article|chapter|page|district|precinct|route|highway|interstate|order|bill
         |act|rule|amendment|proposition|step|phase|table|room|suite|channel|zone|grade|unit|area
         |h\.?b|s\.?b|h\.?r|h\.?f|s\.?f|a\.?b|i)(?:\.\s?|\s|-|\s?\#)\d[\d.:-]*\b
      (?!\s(?:new\s|signed\s)?(?:agreements|departments|agencies|states))
    | (?m:^)\d{1,3}\s(?=(?:[A-Z][\w.&’'-]*,?\s){1,6}["“]|Ibid|Id\.|See\s)  # notes
    | \bno\.\s?\d[\d-]*\b | \#\d+\b
    | \b\d+\s(?:U\.?S\.?C\b|C\.?F\.?R\b|U\.S\.\s\d|F\.\dd)           # law citations
    | \b\d+(?:st|nd|rd|th)\b(?!\samendment)                          # ranks
    | \bage[ds]?\s(?:of\s)?\d{1,3}\b | (?<=[a-z]),\s\d{2},(?=\s(?!of\b))  # ages
    | \b[\w-]{1,40}-year-olds?\b | \b[\w-]{1,40}\syears?[\s-]old\b
    | \bhttps?://\S+ | \bwww\.\S+ | (?<![^\s@])[^\s@]++@\S{1,254}\.\w+
    | \b9/11\b | \b24/7\b | \b\d{1,2}-\d{1,2}\s(?=vote|to\s|in\sfavor)
    """,
    re.IGNORECASE | re.VERBOSE,
)
_RANK = re.compile(
    r"(?:january|february|march|april|may|june|july|august|september|october"
    r"|november|december|jan\.?|feb\.?|aug\.?|sept?\.?|oct\.?|nov\.?|dec\.?"
    r"|possibly|the)\s$",
    re.IGNORECASE,
)

AGREEMENT_NOUNS = r"agreements|m\.?o\.?a\.?s|mous|memoranda|memorandums"
LOOSE_AGREEMENT_NOUNS = (
    r"partnerships|pacts|deals|accords|contracts|programs|arrangements|sign-ups|signups"
)
AGENCY_NOUNS = (
    r"agencies|departments|offices|sheriffs|forces|partners|jurisdictions|entities|participants"
)
LOCALITY_NOUNS = r"counties|cities|towns|municipalities|localities|parishes|communities"
PEOPLE_NOUNS = (
    r"people|persons|individuals|immigrants|migrants|folks|noncitizens|non-citizens|workers|men"
    r"|women|children|residents|nationals|aliens|citizens|inmates|mexicans|latinos|employees|others"
    r"|suspects|criminals|offenders|foreigners|families|undocumented"
)
_NOUNS: tuple[tuple[str, str], ...] = (
    (AGREEMENT_NOUNS, "agreements"),
    (LOOSE_AGREEMENT_NOUNS, "loose_agreements"),
    (AGENCY_NOUNS, "agencies"),
    (LOCALITY_NOUNS, "localities"),
    (r"applications|requests", "applications"),
    (r"states", "states"),
    (r"models|forms|types|versions|kinds", "models"),
    (r"arrests|apprehensions", "arrests"),
    (r"removals", "removals"),
    (r"deportations|expulsions|repatriations", "deportations"),
    (r"detainees|detentions", "detained_people"),
    (r"detainers", "detainers"),
    (r"officers|deputies|troopers|constables|agents", "officers"),
    (PEOPLE_NOUNS, "people"),
    (
        r"seconds|minutes|hours|days|weeks|months|years|decades|miles|feet|percent|times|min"
        r"|centuries|terms",
        "measure",
    ),
)
NOUN = re.compile("|".join(f"(?P<n{place}>{words})" for place, (words, _) in enumerate(_NOUNS)))
_SINGULAR = {"agreement": "agreements", "agency": "agencies", "state": "states"}
_SINGULAR |= {"department": "agencies", "moa": "agreements"}

UNITS = {
    "agreements": "agreements",
    "agreements_new": "agreements",
    "agreements_pending": "agreements",
    "agreements_signed_or_pending": "agreements",
    "agencies": "agencies",
    "states": "states",
    "localities": "localities",
    "models": "models",
    "officers": "officers",
    "arrests": "arrests",
    "removals": "removals",
    "deportations": "deportations",
    "detainers": "detainers",
    "detained_people": "people",
    "encounters": "people",
    "growth_ratio": "ratio",
    "growth_percent": "percent",
    "share_percent": "percent",
    "fines_usd": "usd",
}
"""The metrics of this grammar and the unit of each; `other` keeps the unit it was printed with."""

PROGRAM = frozenset(
    [
        "agreements",
        "agreements_new",
        "agreements_pending",
        "agreements_signed_or_pending",
        "agencies",
        "states",
        "localities",
        "growth_ratio",
        "growth_percent",
    ]
)
"""The metrics that describe the 287(g) program: one of them can lend its date to another."""

IN_PROGRAM = re.compile(
    r"\bg{4,}\b|\bICE\b|\bICE['’]s|immigration|agreements?\b|memorand|\bMOAs?\b|partner|particip"
    r"|deputi[sz]|\bsign|\bjoin|enrol|approv|appl[iy]|took\spart|tak(?:e|ing)\spart|\btask\sforce|warrant\sservice|jail\senforcement",
    re.IGNORECASE,
)
OTHER_STATES = re.compile(
    r"\b(?:bans?|banned|banning|prohibit\w*|outlaw\w*|forbid\w*|forbade|bars?|barr(?:ed|ing)|restrict\w*"
    r"|lawmakers?|legislat\w+|attorneys?\sgeneral|governors?|lawsuits?|sued|suing|mandat\w+"
    r"|requir\w+|laws?\b(?!\senforcement)|bills?)\b",
    re.IGNORECASE,
)
PEOPLE_VERBS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\bidentif\w+|\bencounter\w*|\bscreened\b|\binterviewed\b", re.I), "encounters"),
    (re.compile(r"\b(?:re-?)?arrest\w*|\bapprehen\w+|\brounded\sup\b", re.I), "arrests"),
    (re.compile(r"\bremov(?:e[ds]?|als?|ing)\b", re.I), "removals"),
    (re.compile(r"\bdeport\w*|\bexpel\w*|\brepatriat\w*|\bsent\sback\b", re.I), "deportations"),
    (
        re.compile(
            r"\bdetain(?!er)\w*|\bdetention\b|\bcustody\b|\bheld\b|\bholding\b|\bholds\b|\bjailed\b",
            re.I,
        ),
        "detained_people",
    ),
)

STATES = dict(
    pair.split(":")
    for pair in words(
        "Alabama:AL Alaska:AK Arizona:AZ Arkansas:AR California:CA Colorado:CO Connecticut:CT "
        "Delaware:DE Florida:FL Georgia:GA Hawaii:HI Idaho:ID Illinois:IL Indiana:IN Iowa:IA "
        "Kansas:KS Kentucky:KY Louisiana:LA Maine:ME Maryland:MD Massachusetts:MA Michigan:MI "
        "Minnesota:MN Mississippi:MS Missouri:MO Montana:MT Nebraska:NE Nevada:NV "
        "New_Hampshire:NH New_Jersey:NJ New_Mexico:NM New_York:NY North_Carolina:NC "
        "North_Dakota:ND Ohio:OH Oklahoma:OK Oregon:OR Pennsylvania:PA Rhode_Island:RI "
        "South_Carolina:SC South_Dakota:SD Tennessee:TN Texas:TX Utah:UT Vermont:VT Virginia:VA "
        "West_Virginia:WV Wisconsin:WI Wyoming:WY Washington_state:WA Washington_State:WA "
        "Puerto_Rico:PR Guam:GU American_Samoa:AS Northern_Mariana_Islands:MP"
    )
)
STATES = {name.replace("_", " "): code for name, code in STATES.items()}
# The bare name is the capital's too: it is the state where it has or counts agreements.
_WASHINGTON = r"(?<!in )(?<!from )Washington(?=,?\s(?:has|had|counts|lists|added|with)\s)"
STATE_NAME = re.compile(
    r"(?<!University of )\b(?:"
    + "|".join([*sorted(STATES, key=len, reverse=True), _WASHINGTON])
    + r")\b(?!\sCity|\sCounty|\sNational|\sState\sUniversity|,\s(?:which|where)\sis)"
)
STATES["Washington"] = "WA"
MODELS: tuple[tuple[re.Pattern[str], str], ...] = (
    # Paraphrasing machines make "task force model" a "duty pressure mannequin".
    (
        re.compile(
            r"\btask[\s-]forces?\b|\bTFM\b|\bstreet-level\smodel\b"
            r"|\b(?:task|job|duty|process|activity)\s(?:pressure|drive|power)\b",
            re.I,
        ),
        "TFM",
    ),
    (
        re.compile(
            r"\bjail[\s-](?:enforcement|based|model|agreements|mannequin)\b|\bJEM\b|^\s*jails?\s*$",
            re.I,
        ),
        "JEM",
    ),
    (re.compile(r"\bwarrant[\s-]service(?:s)?\b|\bWSO\b", re.I), "WSO"),
)


_TOWN = re.compile(r"(?P<word>[A-Z][\w.'’-]*),\s$")
_NO_TOWN = re.compile(
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|Today|Now|Meanwhile|Nationally|However|Overall"
    r"|Currently|Yet|Still|Elsewhere|ICE|U\.S\.)"
)


def find_states(text: str, start: int, end: int) -> list[re.Match[str]]:
    """Return where states are named, but not as the state of a town ("Frederick County, Maryland").

    A state after a comma is one of its own in a list of states and after a time or an adverb.
    """
    kept: list[re.Match[str]] = []
    for found in STATE_NAME.finditer(text, start, end):
        town = _TOWN.search(text[max(0, found.start() - 30) : found.start()])
        is_list = bool(kept and text[kept[-1].end() : found.start()] == ", ")
        if not town or is_list or _NO_TOWN.fullmatch(town["word"]):
            kept.append(found)
    return kept


def mask(text: str) -> str:
    """Return `text` with what is never a figure blanked out, at the same length.

    `287(g)` becomes a plain word, so that it can stand between a figure and its noun; footnote
    marks become blanks; telephone numbers, ranks, ages, times and the like become holes.
    """
    text = re.sub(r"[\u00a0\u2007\u202f\u2009]", " ", text)
    text = _LAW.sub(lambda found: "g" * len(found[0]), text)
    text = _FOOTNOTE.sub(lambda found: " " * len(found[0]), text)
    return _NEVER_FIGURES.sub(_blank, text)


def _blank(found: re.Match[str]) -> str:
    """Return holes for a match, but the day of "May 28th" stays: it is part of a date."""
    before = found.string[max(0, found.start() - LONGEST_NAME) : found.start()]
    is_age = re.fullmatch(r",\s\d{2},", found[0])
    if is_age and before.endswith(tuple(STATES)):
        return found[0]  # "and Alabama, 29, ...": a state has no age
    if is_age and not re.search(r"[A-Z][\w'’.-]*$", before):
        return found[0]  # "Texas added the most agreements, 20, ..."
    if re.fullmatch(r"\d{1,2}(?:st|nd|rd|th)", found[0]) and _RANK.search(before[-12:]):
        return found[0]
    return re.sub(r"\S", HOLE, found[0])


def noun_kinds(text: str) -> list[str | None]:
    """Return what each word in lower case counts, None for those that count nothing known."""
    return [noun_kind(word) for word in re.findall(r"[a-z]+", text)]


@lru_cache(1 << 12)
def noun_kind(word: str, *, is_one: bool = False) -> str | None:
    """Return what a plural noun counts ("agencies", "people", "measure"), None when unknown."""
    found = NOUN.fullmatch(word.lower())
    if found and found.lastgroup:
        return _NOUNS[int(found.lastgroup[1:])][1]
    return _SINGULAR.get(word.lower()) if is_one else None
