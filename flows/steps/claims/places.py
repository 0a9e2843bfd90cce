# ruff: noqa: RUF001 (quotes and apostrophes are meant as printed)
"""Law-enforcement agencies and their places as an article names them, with the state it gives.

Reading stops at the name: whether exactly one agency of that state fits is for the warehouse,
which knows the agencies, to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from flows.steps.common.records import Article

from .claim_sentences import LONGEST
from .words import STATES, words


@dataclass(frozen=True, slots=True)
class Named:
    """A name in an article: as printed, its place, what body is meant, and the state given.

    `body` is `sheriff`, `police`, `patrol` or `any` (a county or town named as taking part);
    `state` is a two-letter code, None when the article gives none beside the name.
    """

    named_as: str
    place: str
    body: str
    state: str | None


_SHORT = dict(
    pair.split(":")
    for pair in words(
        "Ala.:AL Ariz.:AZ Ark.:AR Calif.:CA Colo.:CO Conn.:CT Del.:DE Fla.:FL Ga.:GA Ill.:IL "
        "Ind.:IN Kan.:KS Ky.:KY La.:LA Md.:MD Mass.:MA Mich.:MI Minn.:MN Miss.:MS Mo.:MO Mont.:MT "
        "Neb.:NE Nev.:NV N.H.:NH N.J.:NJ N.M.:NM N.Y.:NY N.C.:NC N.D.:ND Okla.:OK Ore.:OR "
        "Pa.:PA R.I.:RI S.C.:SC S.D.:SD Tenn.:TN Tex.:TX Vt.:VT Va.:VA Wash.:WA "
        "W.Va.:WV Wis.:WI Wyo.:WY"
    )
)
_CODES = {**STATES, **_SHORT, "Washington": "WA"}
_STATE = "|".join(re.escape(name) for name in sorted(_CODES, key=len, reverse=True))
_WORD = r"(?:(?:St|Ft|Mt)\.|[A-Z][a-zA-Z’'-]+)"
_PLACE = rf"{_WORD}(?:\s(?:(?:of|the|de|la|del|du)\s)?{_WORD}){{0,3}}?"
_IN = rf"(?:(?:,\s|\s\(|\sin\s|\sof\s)(?P<state>{_STATE})(?![\w’']))"
_COUNTY = rf"(?P<place>{_PLACE}\s(?:County|Parish))"
_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "sheriff",
        re.compile(
            rf"\b(?P<place>{_PLACE}(?:\s(?:County|Parish))?)\s(?:[Ss]heriff(?:['’]?s?)?(?:['’]s)?)"
            rf"(?:\s(?:Office|Department|office|department|deputies))?{_IN}?"
        ),
    ),
    (
        "police",
        re.compile(
            rf"\b(?:City\sof\s)?(?P<place>{_PLACE})\sPolice(?:\s(?:[Dd]epartment|[Cc]hief))?{_IN}?"
        ),
    ),
    ("patrol", re.compile(rf"\b(?P<place>{_STATE})(?:['’]s)?\s[Hh]ighway\s[Pp]atrol\b")),
    ("patrol", re.compile(rf"\b[Hh]ighway\s[Pp]atrol(?:\s\w+)?\s(?:in|of)\s(?P<place>{_STATE})\b")),
    ("any", re.compile(rf"\b{_COUNTY}{_IN}?")),
    ("any", re.compile(rf"\b(?P<place>{_PLACE}),\s(?P<state>{_STATE})(?![\w’'])")),
)
_TAKES_PART = re.compile(
    r"g{4,}|287\s?\(?g|sheriff|police|deput|partner|particip|agreement|agenc|places\snamed|names\b",
    re.IGNORECASE,
)
_LEADING = re.compile(
    r"^(?:The|In|From|And|But|As|At|Among|Former|Then|When|While|Since|After|For|With|Like|Even"
    r"|Local|State|Most|Some|Other|Many|Mayor|Chief|President|U\.S\.|By|A|An|On|Of|To)\s"
)
_NO_PLACE = frozenset(
    words(
        "How Why What Local State The Federal Native Military Border Capitol Secret School City "
        "Immigration"
    )
)


def find_names(article: Article) -> list[Named]:
    """Return the agencies and places named, each once, the most telling form of it first.

    A bare town counts only in a sentence about taking part; a state a name lacks is taken from
    another mention of the same place. Nothing is raised for odd text.
    """
    found: dict[tuple[str, str], Named] = {}
    for sentence in _sentences(article.text):
        taken: list[tuple[int, int, Named]] = []
        for body, pattern in _PATTERNS:
            for match in pattern.finditer(sentence):
                start, end = match.span()
                named = _named(match, body, sentence)
                if named and all(end <= other[0] or other[1] <= start for other in taken):
                    taken.append((start, end, named))
        for _, _, named in sorted(taken, key=lambda one: one[0]):
            found.setdefault((named.place, named.state or named.body), named)
    states = {named.place: named.state for named in found.values() if named.state}
    return [
        named if named.state else _with_state(named, states.get(named.place))
        for named in found.values()
        if named.state or (named.place not in states) or named.body != "any"
    ]


def _sentences(text: str) -> Iterator[str]:
    """Yield sentences, cut where they are longer than any in print: work grows with the square."""
    for sentence in re.split(r"(?<=[.!?])\s+(?=[A-Z“\"])|\n+", text):
        for start in range(0, len(sentence), LONGEST):
            yield sentence[start : start + LONGEST]


def _with_state(named: Named, state: str | None) -> Named:
    return Named(named.named_as, named.place, named.body, state)


def _named(match: re.Match[str], body: str, sentence: str) -> Named | None:
    """Return the name a pattern found, None for what is no local agency."""
    groups = match.groupdict()
    place, state = groups["place"], groups.get("state")
    while _LEADING.match(place):
        place = _LEADING.sub("", place)
    is_town = body == "any" and not re.search(r"\b(?:County|Parish)$", place)
    if not _NO_PLACE.isdisjoint(place.split()) or (is_town and not _TAKES_PART.search(sentence)):
        return None
    if body == "patrol":
        return Named(match[0], place, body, _CODES[place])
    if place in _CODES or (is_town and place.split()[-1] in _CODES):
        return None
    return Named(match[0][match[0].index(place) :], place, body, _CODES[state] if state else None)
