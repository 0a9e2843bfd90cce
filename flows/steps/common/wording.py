"""How numbers, dates and names are put into words: the same on pages, charts, feeds and in mails.

Text from lists is made safe to print here as well, since every step that writes prints some of it.

Imports nothing of ours, so that every step that writes for readers may use it.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Any
from urllib.parse import quote, urlsplit

Row = Mapping[str, Any]

MODELS = {
    "JEM": "Jail Enforcement Model",
    "TFM": "Task Force Model",
    "WSO": "Warrant Service Officer",
}
SHORT_MODELS = {"JEM": "Jail enforcement", "TFM": "Task force", "WSO": "Warrant service"}

# The names of seeds/states.csv; a test holds them equal.
STATES = {
    "AL": "Alabama",
    "AK": "Alaska",
    "AZ": "Arizona",
    "AR": "Arkansas",
    "CA": "California",
    "CO": "Colorado",
    "CT": "Connecticut",
    "DE": "Delaware",
    "DC": "District of Columbia",
    "FL": "Florida",
    "GA": "Georgia",
    "HI": "Hawaii",
    "ID": "Idaho",
    "IL": "Illinois",
    "IN": "Indiana",
    "IA": "Iowa",
    "KS": "Kansas",
    "KY": "Kentucky",
    "LA": "Louisiana",
    "ME": "Maine",
    "MD": "Maryland",
    "MA": "Massachusetts",
    "MI": "Michigan",
    "MN": "Minnesota",
    "MS": "Mississippi",
    "MO": "Missouri",
    "MT": "Montana",
    "NE": "Nebraska",
    "NV": "Nevada",
    "NH": "New Hampshire",
    "NJ": "New Jersey",
    "NM": "New Mexico",
    "NY": "New York",
    "NC": "North Carolina",
    "ND": "North Dakota",
    "OH": "Ohio",
    "OK": "Oklahoma",
    "OR": "Oregon",
    "PA": "Pennsylvania",
    "RI": "Rhode Island",
    "SC": "South Carolina",
    "SD": "South Dakota",
    "TN": "Tennessee",
    "TX": "Texas",
    "UT": "Utah",
    "VT": "Vermont",
    "VA": "Virginia",
    "WA": "Washington",
    "WV": "West Virginia",
    "WI": "Wisconsin",
    "WY": "Wyoming",
    "AS": "American Samoa",
    "GU": "Guam",
    "MP": "Northern Mariana Islands",
    "PR": "Puerto Rico",
    "VI": "U.S. Virgin Islands",
}
NO_STATES = frozenset({"AS", "DC", "GU", "MP", "PR", "VI"})
"""The territories and the capital's district: a report that counts states does not count them."""

WITH_ARTICLE = frozenset({"DC", "MP", "VI"})
"""Names that take "the" in a sentence."""

LONGEST = 160
"""Characters of a text from a list that a page shows; the files for programs have it whole."""

_HIDDEN = ("Cc", "Cf", "Cs", "Co")
_ANCHOR = re.compile(r"[^A-Za-z0-9_-]+")
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def number(value: float, digits: int = 0) -> str:
    """Return a number with thousands separators and a true minus sign."""
    return f"{value:,.{digits}f}".replace("-", "\u2212")


def signed(value: int | None) -> str:
    """Return a change with its sign, or `no change`; a dash when there is nothing to compare."""
    if value is None:
        return "\u2013"
    return "no change" if value == 0 else ("+" if value > 0 else "") + number(value)


def count(value: int, one: str, many: str | None = None) -> str:
    """Return a count with its noun: `no agreements`, `1 agreement`, `1,035 agreements`."""
    noun = one if value == 1 else many or one + "s"
    return f"{'no' if value == 0 else number(value)} {noun}"


def capital(text: str) -> str:
    """Return a sentence with its first letter in upper case."""
    return text[:1].upper() + text[1:]


def day(value: str) -> str:
    """Return an ISO date as `28 May 2025`."""
    known = date.fromisoformat(value)
    return f"{known.day} {MONTHS[known.month - 1]} {known.year}"


def moment(value: str) -> str:
    """Return an ISO time to the minute: `2025-05-28 15:04`."""
    return value[:16].replace("T", " ")


def short_day(value: str) -> str:
    """Return an ISO date without its year: `28 May`."""
    return day(value).rsplit(" ", 1)[0]


def brief_day(value: str) -> str:
    """Return an ISO date where there is little room: `26 Sep`."""
    number, month = short_day(value).split(" ")
    return f"{number} {month[:3]}"


def day_or_text(value: str | None) -> str:
    """Return a date in words when the text is one, and the text as printed when not."""
    try:
        return day(value) if value else "no date"
    except ValueError:
        return str(value)


def span(first: str, last: str) -> str:
    """Return a stretch of days as `26 May` to `1 June 2025`, joined by a dash."""
    begin, end = date.fromisoformat(first), date.fromisoformat(last)
    opening = day(first) if begin.year != end.year else short_day(first)
    return f"{opening} \u2013 {day(last)}"


def series(parts: Sequence[str]) -> str:
    """Return parts as a list in a sentence: `a, b and c`."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def times(ratio: float) -> str:
    """Return a ratio as `4.70 times`, with fewer digits the larger it is."""
    return f"{number(ratio, 2 if ratio < 10 else 1)} times"


def percent(value: float, digits: int = 1) -> str:
    """Return a percentage, given in percent, as `370.4%`."""
    return f"{number(value, digits)}%"


def places(codes: Iterable[str]) -> str:
    """Return where agreements stand, as `40 states and Guam`: what is no state goes by its name."""
    known = set(codes)
    named = [
        f"the {state(code)}" if code in WITH_ARTICLE else state(code)
        for code in sorted(known & NO_STATES, key=state)
    ]
    states = len(known - NO_STATES)
    counted = [count(states, "state")] if states or not named else []
    return series([*counted, *named])


def state(code: str | None) -> str:
    """Return a state's name; the code itself when it is not one of ours."""
    return STATES.get(code or "", code or "State unknown")


def model(code: str | None) -> str:
    """Return a model's full name; the code itself when it is not one of ours."""
    return MODELS.get(code or "", code or "Model unknown")


def by_agency(events: Iterable[Row]) -> list[list[Row]]:
    """Return agreements gone by list and agency, to tell once what one drops in one step.

    An event has `publication_id`, `agency_id`, `agreement_id` and `still_listed`; order is kept.
    """
    found: dict[tuple[Any, ...], list[Row]] = {}
    for event in events:
        owner = event["agency_id"] or event["agreement_id"]
        key = event["publication_id"], owner, *(event["still_listed"] or ())
        found.setdefault(key, []).append(event)
    return list(found.values())


def together(events: Iterable[Row]) -> Iterator[list[Row]]:
    """Return events one by one, but what an agency drops in one step together (`by_agency`)."""
    for is_gone, some in groupby(events, lambda event: event["kind"] == "removed"):
        own = list(some)
        yield from by_agency(own) if is_gone else [[event] for event in own]


def gone(agreements: int, agencies: int) -> str:
    """Return both counts of what is gone: `3 agreements gone, 1 agency left`."""
    left = count(agencies, "agency", "agencies") if agencies else "no agency"
    return f"{count(agreements, 'agreement')} gone, {left} left"


def departure(events: Sequence[Row]) -> str:
    """Return what one agency did (`model`, `still_listed`), of agreements gone in one step.

    `dropped its jail enforcement model, still listed with the task force model`, also one of
    several agreements on one model; with nothing still listed, `... and left the list`.
    """
    still = Counter(events[0]["still_listed"] or ())
    dropped = Counter(event["model"] for event in events)
    whole = [code for code in dropped if code not in still]
    parts = [f"its {_models(whole)}"] if whole else []
    for code in sorted(dropped.keys() & still.keys()):
        had = dropped[code] + still[code]
        parts.append(f"{_few(dropped[code])} of its {_few(had)} {_short(code)} agreements")
    end = f", {still_listed(still)}" if still else " and left the list"
    return f"dropped {series(parts)}{end}"


def replacement(row: Row) -> str:
    """Return the agreement that took over: its agency and state where they are others, the rest.

    `row` has agency and before_state, and after_agency, after_state, after_model, after_signed_on.
    """
    parts = []
    if clean(row["after_agency"]) != clean(row["agency"]):
        parts.append(clean(row["after_agency"]))
    if row["after_state"] != row["before_state"]:
        parts.append(state(row["after_state"]))
    parts.append(model(row["after_model"]))
    if row["after_signed_on"]:
        parts.append(f"signed {day(row['after_signed_on'])}")
    return ", ".join(parts)


def still_listed(codes: Iterable[str]) -> str:
    """Return on which models an agency stays: `still listed with the task force model`."""
    return f"still listed with the {_models(codes)}"


def _models(codes: Iterable[str | None]) -> str:
    """Return models in a sentence, each once: `jail enforcement and task force models`."""
    named = [_short(code) for code in sorted(set(codes), key=str)]
    return f"{series(named)} model{'' if len(named) == 1 else 's'}"


def _few(value: int) -> str:
    """Return a count in words, as a sentence has it, up to nine."""
    words = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    return words[value] if value < len(words) else number(value)


def _short(code: str | None) -> str:
    return SHORT_MODELS.get(code or "", code or "unknown").lower()


def clean(text: object, longest: int | None = LONGEST) -> str:
    """Return a text on one line, without control and direction marks, cut when very long."""
    shown = " ".join("".join(map(_shown, str(text))).split())
    if longest and len(shown) > longest:
        return shown[:longest].rstrip() + "\u2026"
    return shown


def is_wordy(numeric: Sequence[bool]) -> bool:
    """Say whether a table, of which each column is numeric or not, reads as a list on a phone.

    It does when some column after the first holds words; figures are compared down a column.
    """
    return len(numeric) > 2 and not all(numeric[1:])


def safe_url(url: object) -> str | None:
    """Return an http(s) address with nothing in it that could end a link early; else `None`."""
    try:
        parts = urlsplit(str(url))
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        return None
    if len(str(url)) > 2000:
        return None
    return quote(str(url), safe=":/?#&=%+,;~._-!$@")


def anchor(publication_id: object) -> str:
    """Return the page anchor of a list version."""
    return "v-" + _ANCHOR.sub("-", str(publication_id))


def moa_name(agency: object, code: str | None) -> str:
    """Return what a link to a signed agreement leads to: whose, and on which model."""
    return f"MOA of {clean(agency or 'an agency not named')}, {model(code)}"


def why_held(version: Mapping[str, Any]) -> str:
    """Return the figures that hold a version, and what would let it pass, in sentences.

    A version that an earlier release held has codes alone.
    """
    because = version.get("why_held") or version["reasons"]
    said = [f"{'; '.join(because)}."] if because else []
    return " ".join([*said, *filter(None, [version.get("passes_when")])])


def how_to_settle(publication_id: object) -> str:
    """Return the commands that settle a held version."""
    return f"pactwatch review accept {publication_id} --reason ... (or reject)"


def age(listed_on: date, today: date, silent_days: int) -> dict[str, Any]:
    """Return how old the newest list is, as pages and the terminal tell it.

    `is_old` says that it is older than `silent_days`: newer ones are most likely missing.
    """
    days = max((today - listed_on).days, 0)
    return {
        "listed_on": listed_on.isoformat(),
        "silent_days": silent_days,
        "days": days,
        "is_old": days > silent_days,
        "listed": day(listed_on.isoformat()),
        "ago": "today" if days == 0 else f"{count(days, 'day')} ago",
        "before": f"{count(days, 'day')} before this page was made, on {day(today.isoformat())}",
        "warning": "ICE publishes new lists most weeks: newer ones are most likely missing here.",
    }


def list_name(published_on: str, part: str | None) -> str:
    """Return when a list came: its day, and the part of the day when its name says so.

    A second list of the same part is told apart as ICE's file name does it: `24 July 2025 pm B`.
    """
    half, _, second = (part or "").partition("_")
    return " ".join(filter(None, (day(published_on), half, second.upper())))


def _shown(mark: str) -> str:
    """Return a character as pages and feeds may hold it; noncharacters are not valid XML."""
    if mark in "\t\r\n\v\f":
        return " "
    is_noncharacter = ord(mark) & 0xFFFE == 0xFFFE
    return "" if is_noncharacter or unicodedata.category(mark) in _HIDDEN else mark
