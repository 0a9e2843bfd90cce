# ruff: noqa: RUF001 (dashes, quotes and apostrophes are meant as printed)
"""Times that have a name instead of a date: presidencies, terms, "the first 100 days", "today".

Terms are the constitutional ones: they begin on 20 January after the election.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from .calendar import Precision
from .claim_dates import Role, When

_TERMS: dict[str, tuple[int, ...]] = {
    "eisenhower": (1953, 1957),
    "clinton": (1993, 1997),
    "bush": (2001, 2005),
    "obama": (2009, 2013),
    "trump": (2017, 2025),
    "biden": (2021,),
}
_OPEN_TERM = date(2025, 1, 20)
"""The term that was still running while the record was kept: it is a beginning, not a period."""

_NAME = re.compile(rf"\b(?:{'|'.join(_TERMS)})\b", re.IGNORECASE)
_STOP = re.compile(r"[.!?]\s|\n")
# "2d time period", "phrase" and "management" are what paraphrasing machines put for a second
# term and an administration.
_TERM = r"(?:term|time\speriod|phrase|administration|management|presidency|tenure)"
_WHOSE = (
    r"(?:his|the\spresident['’]s|(?:(?:then-)?president\s)?(?:(?:donald|barack|joe|bill|george|dwight"
    rf"|[a-z]\.)\s){{0,3}}(?:{'|'.join(_TERMS)})['’]s?)"
)
_START = re.compile(
    rf"""
      \b(?:(?:took|taking|returned\sto|returning\sto|return\sto|retook|back\sin)\s(?:the\s)?
        (?:office|workplace|white\shouse|power|presidency)|inaugurat(?:ion|ed)(?:\sday)?
        |sworn\sin)\b
    | \binherited\sfrom\s(?:the\s)?(?:president\s)?(?:joe\s)?(?:biden|previous)\b
    | \b(?:start|beginning|onset|opening)\sof\s(?:{_WHOSE}|the)\s(?:[\w]+\s)?(?:second|2d|2nd)
        \s{_TERM}\b
    | \b(?:second|2d|2nd)\s{_TERM}\s(?:began|started|opened)\b
    | \b(?:began|started)\s(?:his|a)\s(?:second|2d|2nd)\s{_TERM}\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_LEFT = re.compile(
    rf"\b(?P<name>{'|'.join(_TERMS)}|he)\sleft\s(?:office|the\swhite\shouse)\b", re.IGNORECASE
)
_REIGN = re.compile(
    rf"""
      \b(?P<end>(?:end|close|final\s(?:days|weeks))\sof\s)?(?:{_WHOSE}|the)\s(?:(?P<order>first|second|2d|2nd|last|final)\s)?
        (?:(?:{"|".join(_TERMS)})\s)?{_TERM}\b
    | \b(?P<both>his\s(?:two|both)\s(?:term|phrase|time\speriod)s)\b
    | \b(?P<bare>under\s(?:then-)?(?:president\s)?(?:[A-Z][\w.]+\s){{0,3}}
        (?:{"|".join(_TERMS)})\b(?!['’]s|\s(?:administration|management))
      | (?:{"|".join(_TERMS)})(?=\s(?:deported|removed|expelled)\b)
      | (?:{"|".join(_TERMS)})[\s-](?:years|era)\b)
    """,
    re.IGNORECASE | re.VERBOSE,
)
_LEADS = re.compile(
    r"\b(?:under|during|throughout|since|in|of|by|at|through|until|after|before)\s(?:the\s)?$",
    re.IGNORECASE,
)
_BEFORE = re.compile(r"\b(?:before|until|prior\sto)\s(?:the\s)?$", re.IGNORECASE)
_DEPRESSION = re.compile(r"\b(?:great\sdepression|(?:nice|great)\sdespair)\b", re.IGNORECASE)
_FIRST_DAYS = re.compile(
    r"\bfirst\s(?P<days>\d{1,3}|hundred|one\shundred|two|three|four|five|six|seven|eight|nine|ten)\s(?P<unit>days|months)\b"
    r"(?:\sof\s(?P<year>20\d\d)|\s(?P<this>of\s(?:the|this)\syear))?(?P<rest>\sof\s(?:\w+\s){0,4}(?:term|administration|presidency))?",
    re.IGNORECASE,
)
_COUNTED = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8}
_COUNTED |= {"nine": 9, "ten": 10}
_SAME = re.compile(r"\b(?:the|that)\ssame\s(?:period|span|stretch|time(?:frame)?)\b", re.IGNORECASE)
_WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_RELATIVE = re.compile(
    rf"\b(?:(?P<weekday>{'|'.join(_WEEKDAYS)})(?=[\s.,;)])|(?P<day>yesterday)"
    r"|(?P<began>(?:started|began|opened|entered)\sthe\syear)(?=\swith\b)"
    r"|(?P<edge>start|beginning|end)\sof\s(?P<of>the|this|last)\syear"
    r"|(?P<which>last|this)\s(?P<unit>month|year))\b",
    re.IGNORECASE,
)


def find_eras(text: str, published: date | None) -> list[When]:
    """Return the named and relative times of a text, in reading order."""
    names = [(name.end(), name[0].lower()) for name in _NAME.finditer(text)]
    found = [*_starts(text, names), *_reigns(text, names), *_first_days(text, published)]
    for era in _DEPRESSION.finditer(text):
        days = date(1929, 1, 1), date(1939, 12, 31)
        found.append(When(era.start(), era.end(), *days, "period", named=True))
    if published:
        found.extend(_relative(text, published))
    return sorted(found, key=lambda when: when.start)


def same_period(text: str) -> list[tuple[int, int]]:
    """Return the spans of "the same period", which point back to the figure before."""
    return [found.span() for found in _SAME.finditer(text)]


def _last_named(names: list[tuple[int, str]], at: int) -> str | None:
    """Return the president named last before a place; `names` are ends and names, in order."""
    place = bisect_right(names, at, key=lambda name: name[0])
    return names[place - 1][1] if place else None


def _starts(text: str, names: list[tuple[int, str]]) -> Iterator[When]:
    """Yield the beginnings of the running term, and the ends of others ("left office")."""
    for found in _LEFT.finditer(text):
        name = found["name"].lower()
        if name == "he":
            name = _last_named(names, found.start()) or name
        if name not in _TERMS:
            continue
        day = date(_TERMS[name][-1] + 4, 1, 20)
        if day > _OPEN_TERM:
            continue
        yield When(found.start(), found.end(), day, day, "day", "as_of", named=True)
    for found in _START.finditer(text):
        before = text[max(0, found.start() - 82) : found.start()]
        sentence = re.split(r"[.\n]\s", before)[-1][-80:] + found[0]
        role: Role = "since"
        first = _OPEN_TERM
        if re.search(
            r"\b(?:before|prior\sto|ahead\sof|when|until|the\sday|the\stime|inherited\sfrom)\b",
            sentence,
            re.IGNORECASE,
        ):
            role = "as_of"
        yield When(found.start(), found.end(), first, first, "day", role, named=True)


def _reigns(text: str, names: list[tuple[int, str]]) -> Iterator[When]:
    """Yield presidencies and single terms of the president who is meant."""
    for found in _REIGN.finditer(text):
        name = _president(text, found, names)
        leads = _LEADS.search(text[max(0, found.start() - 24) : found.start()])
        opens = found["order"] and re.search(
            r"(?:^|[.!?]\s|\n)$", text[max(0, found.start() - 3) : found.start()]
        )
        if not name or not (leads or opens or found["both"] or found["bare"]):
            continue
        years = _TERMS[name]
        order = (found["order"] or "").lower()
        if order:
            last = order != "first"
            years = years[-1:] if last else years[:1]
        elif name == "trump":
            years = years[-1:]
        first, last_day = date(years[0], 1, 20), date(years[-1] + 4, 1, 20)
        role: Role = "during"
        if first == _OPEN_TERM:
            before = text[max(0, found.start() - 24) : found.start()]
            last_day, role = first, "as_of" if _BEFORE.search(before) else "since"
        elif found["end"]:
            first, role = date(last_day.year, 1, 1), "as_of"
        precision: Precision = "day" if first == last_day else "period"
        yield When(found.start(), found.end(), first, last_day, precision, role, named=True)


def _president(text: str, found: re.Match[str], names: list[tuple[int, str]]) -> str | None:
    """Return whose term it is: named in the phrase, else next in line, else last before.

    "Throughout his two terms, President Obama ..." points ahead, "his first term" back.
    """
    inside = _NAME.search(found[0])
    if inside:
        return inside[0].lower()
    opening = re.split(r"[.!?\n]\s|\n", text[max(0, found.start() - 60) : found.start()])[-1]
    if len(opening) < 40 and not _NAME.search(opening):
        stop = _STOP.search(text, found.end())
        ahead = _NAME.search(text, found.end(), stop.start() if stop else len(text))
        if ahead:
            return ahead[0].lower()
    return _last_named(names, found.start())


def _first_days(text: str, published: date | None) -> Iterator[When]:
    """Yield "the first 100 days": of a year, or of the term when nothing else was said."""
    told: dict[str, date] = {}
    for found in _FIRST_DAYS.finditer(text):
        size = found["days"].lower()
        days = int(size) if size.isdigit() else _COUNTED.get(size, 100)
        if found["year"]:
            told[size] = date(int(found["year"]), 1, 1)
        if published and found["this"]:
            told[size] = date(published.year, 1, 1)
        first = _OPEN_TERM if found["rest"] else told.get(size, _OPEN_TERM)
        last = first + timedelta(days=days - 1)
        if found["unit"].lower() == "months":
            months = first.month - 1 + days
            after = first.replace(year=first.year + months // 12, month=months % 12 + 1)
            last = after - timedelta(days=1)
        yield When(found.start(), found.end(), first, last, "period")


def _relative(text: str, published: date) -> Iterator[When]:
    """Yield "on Friday", "yesterday", "last month" counted from the article's own date."""
    for found in _RELATIVE.finditer(text):
        precision: Precision = "day"
        if found["weekday"]:
            back = (published.weekday() - _WEEKDAYS.index(found["weekday"].lower())) % 7
            first = last = published - timedelta(days=back)
        elif found["day"]:
            first = last = published - timedelta(days=1)
        elif found["began"]:
            first = date(published.year, 1, 1)
            last, precision = first.replace(day=31), "month"
        elif found["edge"]:
            year = published.year - (found["of"].lower() == "last")
            is_end = found["edge"].lower() == "end"
            if is_end and year == published.year:
                year = _year_told(text, found.start()) or published.year
                if year >= published.year:
                    continue
            first = date(year, 12 if is_end else 1, 1)
            last, precision = first.replace(day=31), "month"
        elif found["unit"].lower() == "year":
            year = published.year - (found["which"].lower() == "last")
            first, last, precision = date(year, 1, 1), date(year, 12, 31), "year"
        else:
            first = published.replace(day=1)
            if found["which"].lower() == "last":
                first = (first - timedelta(days=1)).replace(day=1)
            last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
            precision = "month"
        yield _with_role(text, When(found.start(), found.end(), first, last, precision))


def _year_told(text: str, end: int) -> int | None:
    """Return the year last named before "the end of the year", None without one nearby."""
    told = re.findall(r"\b20\d\d\b", text[max(0, end - 200) : end])
    return int(told[-1]) if told else None


def _with_role(text: str, when: When) -> When:
    """Return a relative date with its role; "before this year" is the day before it."""
    before = text[max(0, when.start - 14) : when.start]
    if not _BEFORE.search(before):
        return replace(when, role=_relative_role(before))
    eve = when.first - timedelta(days=1)
    return replace(when, first=eve, last=eve, precision="day", role="as_of")


def _relative_role(before: str) -> Role:
    """Return the role of a relative date from the words before it."""
    if re.search(r"\bsince\s(?:the\s)?$", before, re.IGNORECASE):
        return "since"
    return "as_of" if re.search(r"\b(?:as\sof|by|until)\s$", before, re.IGNORECASE) else "during"
