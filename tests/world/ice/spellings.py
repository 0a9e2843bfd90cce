"""The ways in which lists print an agency's name otherwise, and formats that say the same."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence

from .agencies import Agency

SHORT = (
    ("Police Department", "PD"),
    ("Police Department", "Police Dept."),
    ("Department of Public Safety", "DPS"),
    ("Department of", "Dept. of"),
    ("Board of County Commissioners", "BOCC"),
    ("Township", "Twp."),
    ("Saint ", "St. "),
    ("Fort ", "Ft. "),
    ("County", "Co."),
)
BODIES = ("Jail", "Detention Center", "Board of County Commissioners", "Corrections", "Prison")
NO_CITY = re.compile(r"Universi|College|School|Airport|Township|Borough|Town|Village|Parish|County")
ENDS = (" / Department of Corrections", ", Division of Law Enforcement", " and Jail")
Wording = Callable[[random.Random, str, Agency], str]


def abbreviated(rng: random.Random, name: str, agency: Agency) -> str:
    """Print a word short, or written out."""
    ways = [(one, other) for pair in SHORT for one, other in (pair, pair[::-1]) if one in name]
    one, other = rng.choice(ways or [("", "")])
    return name.replace(one, other, 1) if one else name


def misspelt(rng: random.Random, name: str, agency: Agency) -> str:
    """Print one letter of a longer word otherwise, twice, not at all, or after the next."""
    words = [match for match in re.finditer(r"[A-Za-z]{5,}", name)]
    if not words:
        return name
    # The first word is the place, which is misspelt more often than Sheriff or Police.
    word = words[0] if rng.random() < 0.6 else rng.choice(words)
    at = rng.randrange(word.start() + 1, word.end() - 1)
    letter = name[at]
    printed = rng.choice(
        (
            name[at + 1] + letter,
            letter * 2 + name[at + 1],
            name[at + 1],
            rng.choice("aeiou" if letter in "aeiou" else "bcdfglmnrst") + name[at + 1],
        )
    )
    return name[:at] + printed + name[at + 2 :]


def office(rng: random.Random, name: str, agency: Agency) -> str:
    """Print a sheriff's office as a department, or the other way round."""
    if "Sheriff's Office" in name:
        return name.replace("Sheriff's Office", "Sheriff's Department")
    return name.replace("Sheriff's Department", "Sheriff's Office")


def place(rng: random.Random, name: str, agency: Agency) -> str:
    """Print the county, state or kind of place that a name lacks, or leave it out."""
    state = agency.state.title()
    if name.startswith(f"{state} ") and agency.type == "State Agency":
        return name.removeprefix(f"{state} ")
    if agency.type == "State Agency":
        return f"{state} {name}"
    if " County Sheriff" in name:
        return name.replace(" County Sheriff", " Sheriff")
    if found := re.match(r"(City|Town|Village|Borough) of (.+)", name):
        return found[2]
    is_city = name.endswith("Police Department") and not NO_CITY.search(name)
    return f"City of {name}" if is_city else name


def body(rng: random.Random, name: str, agency: Agency) -> str:
    """Print another body of the same county."""
    found = re.match(r"(.+ (?:County|Parish)) (Sheriff|Jail|Detention|Board|Prison)", name)
    if not found:
        return name
    bodies = BODIES if found[2] == "Sheriff" else ("Sheriff's Office",)
    return f"{found[1]} {rng.choice(bodies)}"


def reworded(rng: random.Random, name: str, agency: Agency) -> str:
    """Print the same body in other words, or one of its divisions with it."""
    if found := re.match(r"(.+ (?:County|Parish)) Sheriff's (?:Office|Department)$", name):
        return rng.choice((f"Office of the {found[1]} Sheriff", f"{found[1]} Sheriff"))
    if name.endswith(" Police Department"):
        short = name.removesuffix(" Police Department")
        return rng.choice((f"{short} Police", f"{short} Department of Police"))
    if name.endswith(" Police"):
        return f"{name} Department"
    for end in ENDS:
        if name.endswith(end):
            return name.removesuffix(end)
    return name + rng.choice(ENDS[:2])


WORDINGS: dict[str, Wording] = {
    "abbreviated": abbreviated,
    "misspelt": misspelt,
    "office": office,
    "place": place,
    "body": body,
    "reworded": reworded,
}


def otherwise(
    rng: random.Random, name: str, agency: Agency, shares: dict[str, float]
) -> tuple[str, str]:
    """Return another printed name of an agency and how it came about; `shares` are by kind.

    It is the same name where none of a few kinds tried applies.
    """
    for _ in range(8):
        kind = rng.choices(list(shares), list(shares.values()))[0]
        other = WORDINGS[kind](rng, name, agency)
        if other.lower() != name.lower():
            return kind, other
    return "none", name


def formatted(rng: random.Random, cell: str) -> str:
    """Print a cell with other blanks, apostrophes or cases, which says the same."""
    ways: Sequence[str] = (
        f"{cell} ",
        cell.replace(" ", "  ", 1),
        cell.replace("'", "’"),
        cell.replace(" Of ", " of ").replace(" of ", " Of "),
        cell.replace("St. ", "St "),
    )
    return rng.choice([way for way in ways if way != cell] or [f"{cell} "])
