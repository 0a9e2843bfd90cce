"""Read an agency's name: what it says once written out, and which words tell it from others.

Sources of the vocabularies: the names on the published lists of December 2024 to September 2025.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl
from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

ABBREVIATIONS = {
    "pd": "police department",
    "so": "sheriffs office",
    "sd": "sheriffs department",
    "dept": "department",
    "dep": "department",
    "depart": "department",
    "dps": "department of public safety",
    "doc": "department of corrections",
    "doj": "department of justice",
    "da": "district attorney",
    "bocc": "board of county commissioners",
    "comm": "commission",
    "auth": "authority",
    "ctr": "center",
    "det": "detention",
    "div": "division",
    "enf": "enforcement",
    "ft": "fort",
    "st": "saint",
    "mt": "mount",
    "co": "county",
    "cnty": "county",
    "twp": "township",
    "boro": "borough",
    "pct": "precinct",
    "prec": "precinct",
    "intl": "international",
    "univ": "university",
    "natl": "national",
    "dist": "district",
    "sherriff": "sheriffs",
    "sherriffs": "sheriffs",
    "sheriff": "sheriffs",
    "constables": "constable",
    "correctional": "corrections",
    "correction": "corrections",
}
ARTICLES = frozenset({"the", "of", "and", "for", "in"})
# Words that do not tell one body of a place from another.
GENERIC = ARTICLES | frozenset(
    re.findall(
        r"\w+",
        "a office department agency bureau division unit county parish city town village borough"
        " township state municipal",
    )
)
# The kinds of body that a place has, and the words that say which.
KINDS_OF_BODY = {
    "attorney": ("attorneys", "attorney"),
    "board": ("board", "commissioners", "commission", "trustees", "council", "government"),
    "constable": ("constable",),
    "jail": ("jail", "prison", "detention", "corrections", "rehabilitation"),
    "marshal": ("marshal",),
    "police": ("police", "public", "safety"),
    "sheriff": ("sheriffs",),
}
KIND_OF = {word: kind for kind, words in KINDS_OF_BODY.items() for word in words}
BODIES = frozenset(KIND_OF) | frozenset(
    re.findall(r"\w+", "center facility authority law enforcement precinct district")
)
# Words that, like digits, make another place or body of an otherwise equal name.
MARKS = frozenset(
    re.findall(
        r"\w+",
        "north south east west northeast northwest southeast southwest northern southern eastern"
        " western upper lower new old first second third fourth fifth sixth seventh eighth ninth"
        " tenth beach airport school schools college university campus",
    )
)
MAX_EDITS = 3  # between two spellings of a name
_PREFIXES = (["city", "of"], ["town", "of"], ["village", "of"], ["county", "of"], ["borough", "of"])


@dataclass(frozen=True, slots=True)
class Name:
    """A name read: `text` written out, `telling` its own words, `marks` its digits and the like.

    `place` is the county in the name (None when it names none), `body` the words for its kind.
    """

    text: str
    telling: frozenset[str]
    body: frozenset[str]
    marks: tuple[str, ...]
    place: str | None


def with_names(variants: pl.DataFrame, states: Mapping[str, str]) -> pl.DataFrame:
    """Add to variants `canonical`, the agency's name written out, and its `telling` words.

    `body` are the words for the kind of body it is, `bodies` the kinds they say, `marks` its digits
    and the like.

    `states` maps an upper-case state name to its code. What cannot be read tells nothing.
    """
    of_code = words_of_states(states)
    distinct = variants.select("state", "agency_key").unique()
    written = [
        canonical(key or "", state or "", of_code.get(state, []))
        for state, key in distinct.iter_rows()
    ]
    names = [read(text) for text in written]
    distinct = distinct.with_columns(
        pl.Series("canonical", written, pl.String),
        pl.Series("telling", [sorted(name.telling) for name in names], pl.List(pl.String)),
        pl.Series("body", [sorted(name.body) for name in names], pl.List(pl.String)),
        pl.Series("bodies", [kinds_of_body(name) for name in names], pl.List(pl.String)),
        pl.Series("marks", [name.marks for name in names], pl.List(pl.String)),
    )
    return variants.join(
        distinct, on=["state", "agency_key"], how="left", maintain_order="left", nulls_equal=True
    )


def words_of_states(states: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the words of each state's name by its code; `states` maps the name to it."""
    return {code: re.findall(r"[a-z]+", name.lower()) for name, code in states.items()}


def canonical(key: str, state: str, state_words: list[str]) -> str:
    """Return an agency key as words, abbreviations written out.

    The state's name or code in front or behind, "City of" and the like, and the article are
    dropped: lists print an agency with and without them.
    """
    parts = key.split("-")
    if len(parts) > 1 and parts[0] == state.lower():
        parts = parts[1:]
    words = [word for part in parts for word in ABBREVIATIONS.get(part, part).split()]
    if _is_state(words[: len(state_words)], state_words) and len(words) > len(state_words):
        words = words[len(state_words) :]
    if words[:2] in _PREFIXES and len(words) > 2:
        words = words[2:]
    if words[-1:] == [state.lower()] and len(words) > 2:  # ", PA" at the end
        words = words[:-1]
    return " ".join(word for word in words if word != "the")


def _is_state(words: list[str], state_words: list[str]) -> bool:
    """Say whether words are a state's name, a letter or two of it misprinted."""
    if words == state_words or not state_words:
        return bool(state_words)
    told, name = " ".join(words), " ".join(state_words)
    return len(name) > 5 and told[:1] == name[0] and OSA.distance(told, name) <= 2


def read(text: str) -> Name:
    """Return what a canonical name says."""
    words = text.split()
    telling = frozenset(words) - GENERIC - BODIES
    place = re.match(r"(?:office of )?(.+?) (?:county|parish)\b", text)
    return Name(
        text,
        # A statewide body has no place: its kind is what tells it.
        telling or frozenset(words) - GENERIC,
        frozenset(words) & BODIES,
        tuple(sorted([*re.findall(r"\d+", text), *(word for word in words if word in MARKS)])),
        place[1] if place else None,
    )


def kinds_of_body(name: Name) -> list[str]:
    """Return the kinds of body that a name says: a sheriff, a board and its jail."""
    return sorted({KIND_OF[word] for word in name.body if word in KIND_OF})


def edits(a: Name, b: Name, most: int) -> int | None:
    """Return the edits between two names when they are few, also for the words that differ.

    Two in five letters of those may: `freedom` and `freeborn` pass, `leon` and `levy`, `hill` and
    `milam` do not.
    """
    if not (a.marks == b.marks or _misprints_mark(a, b) or _misprints_mark(b, a)):
        return None
    whole = OSA.distance(a.text, b.text, score_cutoff=most)
    if whole > most:
        return None
    left, right = (
        " ".join(word for word in name.text.split() if word not in other.text.split())
        for name, other in ((a, b), (b, a))
    )
    changed = OSA.distance(left, right)
    return whole if changed <= 0.4 * max(len(left), len(right)) else None


def _misprints_mark(a: Name, b: Name) -> bool:
    """Say whether a name has all the marks of the other, but for misprinted words (`Beahc`)."""
    missing = [mark for mark in b.marks if mark not in a.marks]
    own = set(a.text.split()) - set(b.text.split()) - MARKS
    return set(a.marks) <= set(b.marks) and all(
        len(mark) > 3 and any(len(word) > 3 and OSA.distance(word, mark) <= 2 for word in own)
        for mark in missing
    )


def is_same_place(a: Name, b: Name, enough: int = 3) -> bool:
    """Say whether two names tell of the same place or subject, whatever the body is called.

    All telling words are the same, or most are and `enough` of them.
    """
    if a.marks != b.marks or not a.telling or not b.telling:
        return False
    common = a.telling & b.telling
    if a.telling == b.telling:
        return bool(a.place) == bool(b.place) or bool(a.body & b.body)
    return len(common) >= enough and len(common) >= 0.6 * len(a.telling | b.telling)


def contains(a: Name, b: Name) -> bool:
    """Say whether one name has all the telling words of the other, two of them at least."""
    small, large = sorted((a.telling, b.telling), key=len)
    return len(small) >= 2 and small <= large


def is_akin(a: Name, b: Name) -> bool:
    """Say whether the names share a longer telling word, or nearly."""
    return any(
        fuzz.ratio(one, other) >= 80
        for one in a.telling
        for other in b.telling
        if min(len(one), len(other)) > 4
    )


def is_like(a: Name, b: Name) -> bool:
    """Say whether two names are so near that a row which agrees otherwise is one agency's."""
    return edits(a, b, MAX_EDITS) is not None or (
        a.marks == b.marks and (is_same_place(a, b) or contains(a, b) or is_akin(a, b))
    )


def bears_first(a: Name, b: Name, file: str) -> bool:
    """Say whether a file's name bears the first of two names: all its telling words.

    One of them must be longer, and it must not be the second name alone that the file bears.
    """
    letters = re.sub(r"[^a-z0-9]", "", file.lower())
    one, other = (all(word in letters for word in name.telling) for name in (a, b))
    is_told = max(map(len, a.telling), default=0) > 3
    return one and is_told and not (other and a.telling <= b.telling)


def in_file(name: Name, file: str) -> bool:
    """Say whether a file's name has a telling word of the agency."""
    letters = re.sub(r"[^a-z0-9]", "", file.lower())
    return any(word in letters for word in name.telling if len(word) > 3 or word == name.place)
