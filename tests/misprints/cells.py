"""The ways in which a cell of a list is printed otherwise than it should be."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

FIELDS = ("state", "agency", "type", "county", "model", "signed", "moa")
Cell = str | None
Kind = Callable[[random.Random, str, Cell, Cell], Cell]
"""Takes a cell, the one beside it and one of anywhere in its column; returns what is printed."""


def blank(rng: random.Random, value: str, beside: Cell, anywhere: Cell) -> Cell:
    return None


def cut_short(rng: random.Random, value: str, beside: Cell, anywhere: Cell) -> Cell:
    """Keep the beginning, as a narrow cell or an abbreviation does: FLORIDA, FLA."""
    kept = value[: rng.randint(2, max(2, len(value) // 2))]
    return kept + rng.choice(("", "."))


def misspelt(rng: random.Random, value: str, beside: Cell, anywhere: Cell) -> Cell:
    """Change one to four letters: one dropped, doubled, swapped with the next, or another."""
    letters = list(value)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(letters))
        how = rng.randrange(4)
        if how == 0 and len(letters) > 1:
            del letters[at]
        elif how == 1:
            letters.insert(at, letters[at])
        elif how == 2 and at + 1 < len(letters):
            letters[at], letters[at + 1] = letters[at + 1], letters[at]
        else:
            letters[at] = rng.choice("abcdefghijklmnopqrstuvwxyz0123456789")
    return "".join(letters)


def from_beside(rng: random.Random, value: str, beside: Cell, anywhere: Cell) -> Cell:
    return beside


def from_anywhere(rng: random.Random, value: str, beside: Cell, anywhere: Cell) -> Cell:
    return anywhere


def word_lost(rng: random.Random, value: str, beside: Cell, anywhere: Cell) -> Cell:
    words = value.split()
    del words[rng.randrange(len(words))]
    return " ".join(words) or None


def words_turned(rng: random.Random, value: str, beside: Cell, anywhere: Cell) -> Cell:
    words = value.split()
    rng.shuffle(words)
    return " ".join(words)


def placeholder(rng: random.Random, value: str, beside: Cell, anywhere: Cell) -> Cell:
    return rng.choice(("TBD", "N/A", "#REF!", "#N/A", "see MOA", "-", "?", "0"))


def doubled(rng: random.Random, value: str, beside: Cell, anywhere: Cell) -> Cell:
    return f"{value} {value}"


def digits_moved(rng: random.Random, value: str, beside: Cell, anywhere: Cell) -> Cell:
    """Print another digit for one, which moves a date by days, months, years or centuries."""
    spots = [at for at, letter in enumerate(value) if letter.isdigit()]
    if not spots:
        return value
    at = rng.choice(spots)
    return f"{value[:at]}{rng.choice('0123456789')}{value[at + 1 :]}"


KINDS: tuple[Kind, ...] = (
    blank,
    cut_short,
    misspelt,
    from_beside,
    from_anywhere,
    word_lost,
    words_turned,
    placeholder,
    doubled,
    digits_moved,
)


def printed_otherwise(
    row: dict[str, Any], near: dict[str, Any], far: dict[str, Any], rng: random.Random
) -> tuple[str, str, Cell]:
    """Return a column, the kind of misprint, and what it prints in that cell of a row.

    `near` is the row above or below, `far` any row of the list.
    """
    while True:
        field = rng.choice(FIELDS)
        name = f"{field}_url" if field == "moa" else f"{field}_printed"
        if not row[name]:
            continue
        how = rng.choice(KINDS)
        after = how(rng, row[name], near[name], far[name])
        if after != row[name]:
            return name, how.__name__, after
