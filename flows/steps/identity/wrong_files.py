"""Find links whose file is named after another agency than that of the row."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import polars as pl

from .names import (
    ABBREVIATIONS,
    ARTICLES,
    BODIES,
    MARKS,
    Name,
    canonical,
    in_file,
    read,
    words_of_states,
)

WRONG_FILE = "moa_names_another"
# Words of a file's name that tell of the document, not of whose it is.
_OF_DOCUMENTS = frozenset(
    re.findall(r"\w+", "g jem tfm tfo wso moa mou add addendum signed final executed pdf")
)
_LINK = ["list", "state", "agency_id", "moa_url"]


@dataclass(frozen=True, slots=True)
class _File:
    """A file's name read: its words, written out as an agency's are, and its letters in a row."""

    words: tuple[str, ...]
    letters: str
    names_state: bool


@dataclass(frozen=True, slots=True)
class _Agency:
    """An agency with every name it was printed under, and the counties it was printed with."""

    agency: str
    names: tuple[Name, ...]
    counties: tuple[Name, ...]


def with_wrong_files(lines: pl.DataFrame, states: Mapping[str, str]) -> pl.DataFrame:
    """Add to lines `moa_names`: the agency that the linked file is named after, when another.

    These lines get the issue `moa_names_another` too. The file says the whole name of an agency
    that the same list has in the same state, and nothing of the row's own, or only what both names
    share; or that of an agency in another state, whose code it bears. `lines` has list, state,
    agency, agency_key, agency_id, county, moa_url and issues (a list of codes); `states` maps an
    upper-case state name to its code.
    """
    of_states = words_of_states(states)
    known = lines.drop_nulls(["state", "agency_key", "agency_id"])
    listed = _listed(known, of_states)
    wrong = [
        (*link, named)
        for link in known.drop_nulls("moa_url").select(_LINK).unique().sort(_LINK).iter_rows()
        if (named := _named_instead(link, listed, of_states))
    ]
    schema = dict.fromkeys([*_LINK, "moa_names"], pl.String)
    found = pl.DataFrame(wrong, schema=schema, orient="row")
    flagged = pl.col("issues").list.concat(pl.lit([WRONG_FILE]))
    return lines.join(found, on=_LINK, how="left", maintain_order="left").with_columns(
        issues=pl.when(pl.col("moa_names").is_null()).then("issues").otherwise(flagged)
    )


def _listed(
    known: pl.DataFrame, of_states: Mapping[str, list[str]]
) -> dict[tuple[str, str], dict[str, _Agency]]:
    """Return the agencies of each list and state by id."""
    each = pl.col("agency_key", "county").drop_nulls().unique(maintain_order=True)
    grouped = (
        known.sort("line")
        .group_by("list", "state", "agency_id", maintain_order=True)
        .agg(pl.col("agency").drop_nulls().first(), each)
    )
    found: dict[tuple[str, str], dict[str, _Agency]] = {}
    for of_list, state, agency_id, agency, keys, counties in grouped.iter_rows():
        found.setdefault((of_list, state), {})[agency_id] = _Agency(
            agency,
            tuple(read(canonical(key, state, of_states.get(state, []))) for key in keys),
            tuple(read(" ".join(re.findall(r"[a-z]+", county.lower()))) for county in counties),
        )
    return found


def _named_instead(
    link: Sequence[Any],
    listed: Mapping[tuple[str, str], Mapping[str, _Agency]],
    of_states: Mapping[str, list[str]],
) -> str | None:
    """Return the other agency that the file of a link names, when it does not name the row's."""
    of_list, state, agency_id, url = link
    own, file = listed[of_list, state][agency_id], _read_file(url, state, of_states.get(state, []))
    if _is_named(own.names, file):
        return None
    tells_of_own = any(_fits(name, file) for name in (*own.names, *own.counties))
    for other_id, other in sorted(listed[of_list, state].items()):
        if other_id == agency_id or not _is_named(other.names, file):
            continue
        if not tells_of_own or _differ_by_marks(own.names, other.names, file):
            return other.agency
    for code in _other_states(url, state, of_states):
        file = _read_file(url, code, of_states[code])
        for other_id, other in sorted(listed.get((of_list, code), {}).items()):
            if other_id != agency_id and _is_named(other.names, file):
                return f"{other.agency} ({code})"
    return None


def _other_states(url: str, state: str, of_states: Mapping[str, list[str]]) -> list[str]:
    """Return the other states whose codes end words of a file's name, where the row's does not."""
    codes = re.findall(r"(?<![A-Z])[A-Z]{2}(?![A-Za-z])", unquote(url).rpartition("/")[2])
    return [code for code in codes if code in of_states] if state not in codes else []


def _read_file(url: str, state: str, state_words: list[str]) -> _File:
    """Read the file's name in an address: camel case, underscores, a state's code at the end."""
    path = re.split(r"(?:\.pdf)?(?:[?#]|$)", url, maxsplit=1, flags=re.I)[0]
    name = unquote(path).rpartition("/")[2]
    words: list[str] = []
    for part in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name):
        word = part.lower()
        if part.isupper() and len(part) > 2:  # PDFL is the police department, in Florida
            word = word.removesuffix(state.lower())
        if word != state.lower() and word not in _OF_DOCUMENTS:
            words += ABBREVIATIONS.get(word, word).split()
    many = len(state_words)
    at = next((i for i in range(len(words)) if words[i : i + many] == state_words), None)
    if at is not None and many:
        words = words[:at] + words[at + many :]
    return _File(tuple(words), "".join(words), names_state=at is not None)


def _is_named(names: Iterable[Name], file: _File) -> bool:
    """Say whether a file has every telling word of a name and no word that is not in it."""
    return any(
        _marks(name.marks) == _marks(file.words)
        # A statewide body is named by the state's name, not by `public safety` alone.
        and (file.names_state or not name.telling <= BODIES)
        and all(_has(file, word) for word in name.telling)
        and all(word in name.text.replace(" ", "") for word in file.words if word not in ARTICLES)
        for name in names
    )


def _fits(name: Name, file: _File) -> bool:
    """Say whether a file has a telling word of a name, in short perhaps."""
    return in_file(name, file.letters) or any(
        word in file.words or _in_short(word, file) for word in name.telling
    )


def _has(file: _File, word: str) -> bool:
    return word in file.words or (len(word) > 3 and word in file.letters) or _in_short(word, file)


def _in_short(word: str, file: _File) -> bool:
    """Say whether a file has the beginning of a word, as `Environ` of `environmental`."""
    return any(len(part) > 3 and word.startswith(part) for part in file.words)


def _differ_by_marks(own: Iterable[Name], other: Iterable[Name], file: _File) -> bool:
    """Say whether names differ in words like Beach alone, of which the file has the other's."""
    told = {name.telling - MARKS for name in other}
    return all(
        name.telling - MARKS in told and _marks(name.marks) != _marks(file.words) for name in own
    )


def _marks(words: Iterable[str]) -> frozenset[str]:
    return MARKS.intersection(words)
