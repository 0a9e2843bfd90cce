# ruff: noqa: RUF001 (dashes, quotes and apostrophes are meant as printed)
"""The first and last day that a matched date phrase means."""

from __future__ import annotations

import calendar
import re
from bisect import bisect_left
from datetime import date
from typing import Literal

Precision = Literal["day", "month", "year", "period", "unknown"]

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec"
_NUMBERS = {name: place + 1 for place, name in enumerate(_MONTHS.split())}


def month_days(
    found: re.Match[str], published: date | None, years: list[tuple[int, int]]
) -> tuple[date, date, Precision]:
    """Return first day, last day and precision of "late May", "May 28", "28 May 2025"."""
    name = (found["month"] or found["month_second"]).lower()
    month = _NUMBERS.get(name[:3], 5)
    digits = found["day"] or found["day_first"]
    day = _digits(digits) if digits else None
    written = found["year1"] or found["year2"]
    year = int(written) if written else _year_for(month, day or 1, published, years, found.start())
    if found["last_day"]:
        return date(year, month, day or 1), date(year, month, _digits(found["last_day"])), "period"
    if day:
        return date(year, month, day), date(year, month, day), "day"
    last = calendar.monthrange(year, month)[1]
    part = (found["part"] or "").lower().removeprefix("the ").split(" ")[0]
    first_day, last_day = {
        "early": (1, 10),
        "start": (1, 10),
        "beginning": (1, 10),
        "mid": (11, 20),
        "middle": (11, 20),
        "late": (21, last),
        "end": (last, last),
        "close": (last, last),
        "last": (last, last),
        "first": (1, 1),
    }.get(part, (1, last))
    precision: Precision = "period" if part else "month"
    if part in ("end", "close", "last", "first"):
        precision = "day"
    return date(year, month, first_day), date(year, month, last_day), precision


def _digits(text: str) -> int:
    """Return the number in "28th"."""
    return int(re.sub(r"\D", "", text))


def _year_for(
    month: int, day: int, published: date | None, years: list[tuple[int, int]], at: int
) -> int:
    """Return the year a phrase without one means; ValueError when nothing tells it."""
    if published:
        candidate = date(published.year, month, min(day, calendar.monthrange(2025, month)[1]))
        return published.year if candidate <= published else published.year - 1
    if not years:
        raise ValueError("no year in sight")
    after = bisect_left(years, (at, 0))
    return min(years[max(0, after - 1) : after + 1], key=lambda known: abs(known[0] - at))[1]


def other_days(found: re.Match[str]) -> tuple[date, date, Precision]:
    """Return first day, last day and precision of the phrases that name no month."""
    if found["iso"]:
        day = date.fromisoformat(found["iso"])
        return day, day, "day"
    if found["slash"]:
        month, number, year = (int(part) for part in found["slash"].split("/"))
        day = date(year if year > 99 else 2000 + year, month, number)
        return day, day, "day"
    if found["years"]:
        low, high = re.split(r"\s?[-–]\s?", found["years"])
        return date(int(low), 1, 1), date(int(low[: 4 - len(high)] + high), 12, 31), "period"
    if found["decade"] or found["ties"]:
        tens = ("twent", "thirt", "fort", "fift", "sixt", "sevent", "eight", "ninet")
        start = int(found["decade"] or 1920 + 10 * tens.index(found["ties"].lower()))
        return date(start, 1, 1), date(start + 9, 12, 31), "period"
    if found["fiscal"]:
        year = int(found["fiscal"]) % 100 + 2000
        return date(year - 1, 10, 1), date(year, 9, 30), "period"
    return _parts_of_a_year(found)


def _parts_of_a_year(found: re.Match[str]) -> tuple[date, date, Precision]:
    """Return the days of a year, its halves and quarters, and of "early", "mid" and "late"."""
    if found["half"] or found["quarter"]:
        length = 6 if found["half"] else 3
        word = (found["half"] or found["quarter"]).lower().replace("last", "fourth")
        place = ("first", "second", "third", "fourth").index(word)
        year = int(found["half_year"] or found["quarter_year"])
        months = 1 + length * place, length * (place + 1)
        precision: Precision = "period"
    else:
        year = int(found["year"])
        part = (found["year_part"] or "").lower().removeprefix("the ").split(" ")[0]
        parts: dict[str, tuple[tuple[int, int], Precision]] = {
            "early": ((1, 4), "period"),
            "start": ((1, 1), "month"),
            "beginning": ((1, 1), "month"),
            "mid": ((5, 8), "period"),
            "middle": ((5, 8), "period"),
            "late": ((9, 12), "period"),
            "end": ((12, 12), "month"),
            "close": ((12, 12), "month"),
            "last": ((12, 12), "month"),
            "first": ((1, 1), "month"),
        }
        months, precision = parts.get(part, ((1, 12), "year"))
    last = date(year, months[1], calendar.monthrange(year, months[1])[1])
    return date(year, months[0], 1), last, precision
