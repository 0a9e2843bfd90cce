"""Read the address in a HYPERLINK formula, from its own words and the cells it names."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .references import place_of

MAX_LENGTH = 8_192  # as long as a spreadsheet lets a formula be
_TOKEN = re.compile(
    r"""\s*(?:
    (?P<text>"(?:[^"]|"")*")
    | (?P<cell>\$?[A-Za-z]{1,3}\$?[0-9]{1,7})(?![A-Za-z0-9_(!])
    | (?P<name>[A-Za-z_][A-Za-z0-9_.]*)(?=\s*\()
    | (?P<mark>[&(),;])
    )""",
    re.X,
)
_CALL = re.compile(r"(?<![A-Za-z0-9_])HYPERLINK\s*\(", re.I)
_JOINS = {"CONCATENATE", "CONCAT", "_XLFN.CONCAT"}
_KEEPS = {"TRIM", "CLEAN", "T"}


def address_of(formula: str, values: Sequence[Sequence[str | None]]) -> str | None:
    """Return the address a formula's first HYPERLINK gives, None when it is not written out.

    Its first argument may be texts and cells, joined by `&` or CONCATENATE; `values` has the text
    of the cells, row by row. Anything else would have to be computed, which is not done.
    """
    begun = _CALL.search(formula, 0, MAX_LENGTH)
    if not begun:
        return None
    depth = 0
    said: list[str] = []
    place = begun.end()
    while token := _TOKEN.match(formula, place, MAX_LENGTH):
        place = token.end()
        mark = token["mark"]
        if token["text"]:
            said.append(token["text"][1:-1].replace('""', '"'))
        elif token["cell"]:
            said.append(_value(token["cell"], values))
        elif token["name"]:
            if token["name"].upper() not in _JOINS | _KEEPS:
                return None
        elif mark == "(":
            depth += 1
        elif mark in (",", ";", ")") and not depth:
            return "".join(said).strip() or None
        elif mark == ")":
            depth -= 1
    return None


def _value(cell: str, values: Sequence[Sequence[str | None]]) -> str:
    row, column = place_of(cell) or (-1, -1)
    if not 0 <= row < len(values) or column >= len(values[row]):
        return ""
    return values[row][column] or ""
