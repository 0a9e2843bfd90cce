"""Cell references as spreadsheets write them: G2, $G$2, G2:G5."""

from __future__ import annotations

import re
from functools import lru_cache

Place = tuple[int, int]
"""A cell: row and column, both from 0."""

CELL = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")
RELATIVE = re.compile(r"(?<![A-Za-z0-9_.$])(\$?)([A-Z]{1,3})(\$?)([0-9]{1,7})(?![A-Za-z0-9_(])")
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384


def place_of(reference: str) -> Place | None:
    """Return the cell of a reference such as G2 or $G$2, None when a sheet has no such cell."""
    found = CELL.fullmatch(reference.strip())
    if not found:
        return None
    place = int(found[2]) - 1, _index(found[1])
    return place if 0 <= place[0] < LAST_ROW and place[1] < LAST_COLUMN else None


@lru_cache(1 << 16)  # lists have the same cells linked
def span_of(reference: str) -> tuple[Place, Place] | None:
    """Return the first and last cell of a reference such as G2 or G2:G5."""
    first, _, last = reference.partition(":")
    one = place_of(first)
    other = place_of(last) if last else one
    if one is None or other is None:
        return None
    (top, bottom), (left, right) = (sorted(pair) for pair in zip(one, other, strict=True))
    return (top, left), (bottom, right)


def moved(formula: str, down: int, right: int) -> str:
    """Return a formula as it stands so many cells further; texts in it stay."""

    def shifted(found: re.Match[str]) -> str:
        is_fixed_column, letters, is_fixed_row, number = found.groups()
        column = _index(letters) + (0 if is_fixed_column else right)
        return f"{_letters(max(column, 0))}{max(int(number) + (0 if is_fixed_row else down), 1)}"

    pieces = formula.split('"')
    pieces[::2] = [RELATIVE.sub(shifted, piece) for piece in pieces[::2]]
    return '"'.join(pieces)


def _index(letters: str) -> int:
    number = 0
    for char in letters.upper():
        number = number * 26 + ord(char) - ord("A") + 1
    return number - 1


def _letters(column: int) -> str:
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
