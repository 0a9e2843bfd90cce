"""Find the rows whose document, by its file name, is another agency's.

ICE now and then links the agreement of one agency in the row of another. The file's name tells:
it has the words of another agency and nothing like the row's own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import polars as pl
from rapidfuzz import fuzz

from .names import BODIES, Name, canonical, read

FITS = 80.0
"""From this likeness (percent) on a word of the agency's name stands in the file's."""
FAR = 62.0
"""Up to this likeness no word of its name does."""
SHORTEST = 5

Agency = tuple[str, str]
"""A state's code and an agency's key."""


def names_another(lines: pl.DataFrame, states: Mapping[str, str]) -> pl.Series:
    """Return for each line whether its document's file names another agency and not its own.

    `lines` has state, agency_key and moa_file; `states` maps an upper-case state name to its code.
    Another agency is one of the record: of the same state, or of the state that ends the file's
    name; or one that links the same file, whose name is like it.
    """
    known = lines.select("state", "agency_key", "moa_file").drop_nulls(("state", "agency_key"))
    of_code = {code: re.findall(r"[a-z]+", name.lower()) for name, code in states.items()}
    names: dict[Agency, Name] = {
        (state, key): read(canonical(key, state, of_code.get(state, [])))
        for state, key in known.select("state", "agency_key").unique().iter_rows()
    }
    linked = known.drop_nulls("moa_file").unique().sort("state", "agency_key", "moa_file")
    sharing: dict[str, list[Agency]] = {}
    for state, key, file in linked.iter_rows():
        sharing.setdefault(file, []).append((state, key))
    foreign = [
        (state, key, file)
        for state, key, file in linked.iter_rows()
        if _likeness(names[state, key], file) < FITS
        and (
            _is_of_another((state, key), file, names)
            or _is_shared((state, key), file, names, sharing[file])
        )
    ]
    flagged = pl.DataFrame(
        foreign,
        schema=["state", "agency_key", "moa_file"],
        orient="row",
        schema_overrides=dict.fromkeys(("state", "agency_key", "moa_file"), pl.String),
    ).with_columns(is_foreign=True)
    joined = lines.join(
        flagged, on=["state", "agency_key", "moa_file"], how="left", maintain_order="left"
    )
    return joined["is_foreign"].fill_null(value=False)


def _is_of_another(own: Agency, file: str, names: Mapping[Agency, Name]) -> bool:
    """Say whether a file has all the words of another agency's place or subject."""
    letters, ends = _letters(file), _ends(file)
    for (state, key), name in names.items():
        words = name.telling - BODIES
        if (state, key) == own or sum(map(len, words)) < SHORTEST:
            continue
        is_there = state == own[0] or (state.lower() in ends and own[0].lower() not in ends)
        if is_there and all(word in letters for word in words):
            return True
    return False


def _is_shared(
    own: Agency, file: str, names: Mapping[Agency, Name], others: Sequence[Agency]
) -> bool:
    """Say whether another agency links the file, whose name is like it where its own is not."""
    mine = _likeness(names[own], file)
    return mine <= FAR and any(
        _likeness(names[other], file) >= FITS for other in others if other != own
    )


def _likeness(name: Name, file: str) -> float:
    letters = _letters(file)
    return max((fuzz.partial_ratio(word, letters) for word in name.telling), default=100.0)


def _letters(file: str) -> str:
    return re.sub(r"[^a-z0-9]", "", file)


def _ends(file: str) -> set[str]:
    """Return the last two letters of each word of a file's name: many end with a state's code."""
    return {word[-2:] for word in re.findall(r"[a-z]{2,}", file)}
