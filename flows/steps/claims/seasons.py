# ruff: noqa: RUF001 (quotes and apostrophes are meant as printed)
"""Seasons, holidays and "a year earlier": times that a calendar or another date gives their days.

A season is its three whole months, as the weather services count them; "early", "mid" and "late"
are its first, second and third month.
"""

from __future__ import annotations

import calendar
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from .calendar import Precision
from .claim_dates import When, with_role

_SEASONS = {"spring": 3, "summer": 6, "fall": 9, "autumn": 9, "winter": 12}
_SEASON = re.compile(
    rf"\b(?:(?P<part>early|mid|late|(?:the\s)?(?:start|beginning|middle|end)\sof|(?:started|began|ended)(?=\sthe))[-\s](?:the\s|this\s)?"
    rf"(?P<name>{'|'.join(_SEASONS)})(?:\sof|,)?(?:\s(?P<year>(?:19|20)\d\d))?"
    rf"|(?P<name2>{'|'.join(_SEASONS)})(?:\sof|,)?\s(?P<year2>(?:19|20)\d\d)"
    rf"|(?<=\bthis\s)(?P<name3>{'|'.join(_SEASONS)})|(?<=\blast\s)(?P<name4>{'|'.join(_SEASONS)})"
    rf"|(?<=\bsince\s)(?P<name5>{'|'.join(_SEASONS)}))\b",
    re.IGNORECASE,
)
_PARTS = {
    "started": 0,
    "began": 0,
    "ended": 2,
    "early": 0,
    "start": 0,
    "beginning": 0,
    "mid": 1,
    "middle": 1,
    "late": 2,
    "end": 2,
}
_HOLIDAY = re.compile(
    r"\b(?P<name>Inauguration\sDay|Memorial\sDay|Labor\sDay|Election\sDay|Independence\sDay"
    r"|(?:the\s)?Fourth\sof\sJuly|Thanksgiving|Christmas(?:\sDay)?|New\sYear['’]s(?:\sDay)?)"
    r"(?:(?:\sof|,)?\s(?P<year>20\d\d))?\b"
)
_OFFSET = re.compile(
    r"\b(?P<size>a|one|two|three|four|five|six|seven|eight|nine|ten|\d{1,2})\s"
    r"(?P<unit>year|month|week|day)s?\s(?:(?P<way>earlier|ago|later|before(?!\s(?:the|his|he)\b))\b"
    r"|(?P<hinge>after|before)\s(?=(?:(?:the|his|he|president|donald|trump)\s){0,3}))",
    re.IGNORECASE,
)
_THAT_YEAR = re.compile(r"\b(?:that|the\ssame)\s(?P<unit>year|month)\b", re.IGNORECASE)
_SPAN = re.compile(
    r"\b(?:(?:the|these|those)\s)?(?P<past>(?:past|last|previous|latest)\s)?"
    r"(?P<size>two|three|four|five|six|seven|eight|nine|ten|\d{1,2})\s(?P<unit>month|week|day)s"
    r"(?P<ending>\s(?:ending|ended|up\sto|to|through)\s(?:on\s)?)?",
    re.IGNORECASE,
)
_SIZES = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7}
_SIZES |= {"eight": 8, "nine": 9, "ten": 10}


def find_seasons(text: str, published: date | None) -> list[When]:
    """Return the seasons and holidays of a text, in reading order."""
    found = []
    newest = published.year if published else _newest_year(text)
    for match in _SEASON.finditer(text):
        groups = [match[name] for name in ("name", "name2", "name3", "name4", "name5")]
        name = next(group for group in groups if group).lower()
        year = int(match["year"] or match["year2"] or newest)
        part = (match["part"] or "").lower().removeprefix("the ").split(" ")[0]
        first = date(year, _SEASONS[name], 1)
        if published and not (match["year"] or match["year2"]) and first > published:
            first = first.replace(year=year - 1)
        month = _shifted(first, _PARTS.get(part, 0))
        last = _shifted(first, (_PARTS[part] if part else 2) + 1) - timedelta(days=1)
        start = month if part else first
        found.append(with_role(text, When(*match.span(), start, last, "period")))
    for match in _HOLIDAY.finditer(text):
        year = int(match["year"] or newest)
        day = _holiday(match["name"], year)
        if published and not match["year"] and day > published:
            day = _holiday(match["name"], year - 1)
        role = with_role(text, When(*match.span(), day, day, "day"))
        is_since = role.role == "since"
        found.append(role if is_since else replace(role, role="as_of"))
    return sorted(found, key=lambda when: when.start)


def find_spans(text: str, dates: list[When], published: date | None) -> Iterator[When]:
    """Yield "the four weeks ending Aug. 29" and, before the article, "the past three months"."""
    starts = {when.start: when for when in dates}
    for match in _SPAN.finditer(text):
        hinge = starts.get(match.end())
        is_dated = match["ending"] and hinge and hinge.precision == "day"
        last = hinge.last if is_dated and hinge else published if match["past"] else None
        if last is None or re.search(
            r"\bfirst\s$", text[max(0, match.start() - 8) : match.start()], re.IGNORECASE
        ):
            continue
        size = _SIZES.get(match["size"].lower()) or int(match["size"])
        end = hinge.end if is_dated and hinge else match.end("unit") + 1
        yield When(match.start(), end, _moved(last, -size, match["unit"]), last, "period")


def find_offsets(text: str, dates: list[When], published: date | None) -> Iterator[When]:
    """Yield "a year earlier", counted from the date before it in its sentence, and "a year ago"."""
    starts = [when.start for when in dates]
    for match in _OFFSET.finditer(text):
        size = _SIZES.get(match["size"].lower()) or int(match["size"])
        if match["hinge"]:
            near = dates[bisect_left(starts, match.end()) :][:1]
            hinge = next((when for when in near if when.start - match.end() <= 24), None)
            # "In the two months after the inauguration" is a stretch that begins with it.
            before = text[max(0, match.start() - 8) : match.start()]
            if re.search(r"\b(?:the|first)\s$", before, re.IGNORECASE):
                continue
            if (
                hinge
                and hinge.precision == "day"
                and not text[match.end() : hinge.start].count(".")
            ):
                sign = 1 if match["hinge"].lower() == "after" else -1
                day = _moved(hinge.first, sign * size, match["unit"])
                yield When(match.start(), hinge.end, day, day, "day", "as_of")
            continue
        is_ago = match["way"].lower() == "ago"
        anchor = None if is_ago else _last_before(dates, match.start(), 149)
        if anchor and re.search(r"[.!?\n]\s", text[anchor.end : match.start()]):
            anchor = None
        if anchor is None and not (is_ago and published):
            continue
        sign = 1 if match["way"].lower() == "later" else -1
        if anchor:
            first, last = (_moved(day, sign * size, match["unit"]) for day in _ends(anchor))
            yield When(*match.span(), first, last, anchor.precision)
        elif published and match["unit"].lower() == "year":
            day = _moved(published, sign * size, match["unit"])
            first = day.replace(day=1)
            yield When(*match.span(), first, _shifted(first, 1) - timedelta(days=1), "month")


def find_that_year(text: str, dates: list[When]) -> Iterator[When]:
    """Yield "that year" and "that month" as the year or month of the date before it."""
    for match in _THAT_YEAR.finditer(text):
        last_told = _last_before(dates, match.start(), 300)
        if last_told is None:
            continue
        day = last_told.last
        is_year = match["unit"].lower() == "year"
        first = day.replace(month=1, day=1) if is_year else day.replace(day=1)
        last = day.replace(month=12, day=31) if is_year else _shifted(first, 1) - timedelta(days=1)
        precision: Precision = "year" if is_year else "month"
        yield with_role(text, When(*match.span(), first, last, precision))


def _last_before(dates: list[When], at: int, reach: int) -> When | None:
    """Return the last date that ends up to `reach` characters before a place; none overlap."""
    place = bisect_right(dates, at, key=lambda when: when.end)
    return dates[place - 1] if place and at - dates[place - 1].end <= reach else None


def _ends(when: When) -> tuple[date, date]:
    return when.first, when.last


def _moved(day: date, size: int, unit: str) -> date:
    """Return a day moved by years, months or weeks, at most to the end of the month it falls in."""
    if unit.lower() in ("week", "day"):
        return day + timedelta(days=size * (7 if unit.lower() == "week" else 1))
    months = size * (12 if unit.lower() == "year" else 1)
    first = _shifted(day.replace(day=1), months)
    length = calendar.monthrange(first.year, first.month)[1]
    is_last = day.day == calendar.monthrange(day.year, day.month)[1]
    return first.replace(day=length if is_last else min(day.day, length))


def _shifted(first: date, months: int) -> date:
    """Return the first day of a month some months on."""
    place = first.month - 1 + months
    return date(first.year + place // 12, place % 12 + 1, 1)


def _newest_year(text: str) -> int:
    """Return the newest year in a text, which a phrase without one means."""
    return max((int(year) for year in re.findall(r"\b20\d\d\b", text)), default=2025)


def _holiday(name: str, year: int) -> date:
    """Return the day of an American holiday."""
    key = name.lower().removeprefix("the ").split(" ")[0]
    fixed = {"independence": (7, 4), "fourth": (7, 4), "christmas": (12, 25), "new": (1, 1)}
    if key in fixed:
        return date(year, *fixed[key])
    if key == "inauguration":
        return date(year - (year - 1) % 4, 1, 20)
    if key == "memorial":
        return max(date(year, 5, day) for day in range(25, 32) if date(year, 5, day).weekday() == 0)
    if key == "labor":
        return next(date(year, 9, n) for n in range(1, 8) if date(year, 9, n).weekday() == 0)
    if key == "election":
        return next(date(year, 11, n) for n in range(2, 9) if date(year, 11, n).weekday() == 1)
    return next(date(year, 11, n) for n in range(22, 29) if date(year, 11, n).weekday() == 3)
