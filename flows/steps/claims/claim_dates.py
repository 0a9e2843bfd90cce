# ruff: noqa: RUF001 (dashes, quotes and apostrophes are meant as printed)
"""Date phrases in running English, resolved to first and last day.

A year that a phrase leaves out comes from the article's date (the latest such day that is not
after it), and without one from the nearest year in the text. Times that have a name instead of a
date (a presidency, "the first 100 days") are in `claims_eras`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from .calendar import Precision, month_days, other_days

Role = Literal["as_of", "since", "during"]


@dataclass(frozen=True, slots=True)
class When:
    """A date phrase: its span, its days (`first` = `last` for one day) and its role.

    `as_of` is a state on a day ("as of", "by"), `during` an extent ("in May", "throughout"),
    `since` a beginning. `named` marks a time that has a name instead of a date: it gives way to a
    dated phrase in the same sentence. `ends` are the two dates a period was joined from.
    """

    start: int
    end: int
    first: date
    last: date
    precision: Precision
    role: Role = "during"
    named: bool = False
    ends: tuple[When, When] | None = None


_MONTHS = "january february march april may june july august september october november december"
# Paraphrasing machines take the month May for the verb: these are the words they put for it.
SPUN_MAY = r"would\spossibly|may\spossibly|might(?:\spossibly)?|could"
_MONTH = (
    rf"(?:{_MONTHS.replace(' ', '|')}|(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b\.?"
    rf"|(?:{SPUN_MAY})(?=\s\d))"
)
_YEAR = r"(?:19|20)\d\d"
_DAY = r"(?:3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?"
_NO_DAY = r"(?!\d|%|,\d{3}|\.\d|\s(?:percent|(?:new\s)?(?:agreements|states|agencies)))"
_PART = r"(?:the\s)?(?:early|mid|late|start\sof|beginning\sof|end\sof|close\sof|middle\sof"
_PART += r"|(?:first|last)\sday\sof)"

_PHRASE = re.compile(
    rf"""
      \b(?P<iso>{_YEAR}-\d\d-\d\d)\b
    | \b(?P<slash>\d{{1,2}}/\d{{1,2}}/(?:{_YEAR}|\d\d))\b
    | \b(?P<day_first>{_DAY})\s(?:of\s)?(?P<month_second>{_MONTH})(?:,?\s(?P<year1>{_YEAR}))?\b
    | \b(?:(?P<part>{_PART})[-\s])?(?P<month>{_MONTH})(?!\w)
        (?:\s(?P<day>{_DAY})\b{_NO_DAY}
          (?:\s?(?:to|through|[-–])\s?(?P<last_day>{_DAY})\b{_NO_DAY}(?!\s[A-Z]))?)?(?:,?\s(?:of\s)?(?P<year2>{_YEAR})\b)?
    | \b(?P<years>{_YEAR}\s?[-–]\s?(?:{_YEAR}|\d\d))\b(?!-\d)
    | \b(?:the\s)?(?:early\s|late\s)?(?P<decade>(?:19|20)\d0)['’]?s\b
    | \b(?:the\s)?(?:early\s|late\s)?nineteen\s(?P<ties>twent|thirt|fort|fift|sixt|sevent|eight
        |ninet)ies\b
    | \b(?:fiscal\s(?:year\s)?|FY\s?)(?P<fiscal>{_YEAR}|\d\d)\b
    | \b(?P<half>first|second)\shalf\sof\s(?P<half_year>{_YEAR})\b
    | \b(?P<quarter>first|second|third|fourth|last)\squarter\sof\s(?P<quarter_year>{_YEAR})\b
    | \b(?:(?P<year_part>{_PART})[-\s])?(?P<year>{_YEAR})\b(?!,\d|-year)
    """,
    re.IGNORECASE | re.VERBOSE,
)
_LEADS_MAY = re.compile(
    r"(?:\b(?:in|by|since|as\sof|of|until|till|through|during|last|this|late|early|mid|from|to|and"
    r"|before|after|on|next)[-\s]|[(|]\s?)$",
    re.IGNORECASE,
)
_DOCUMENT = re.compile(
    r"(?:['’]s)?\s(?:[\w'’-]+\s){0,3}?(?:study|learn\sabout|analysis|report|investigation|audit"
    r"|law|act|statute|op-ed|memo|election|survey|review|paper|lawsuit|ruling|bill|census)\b",
    re.IGNORECASE,
)
_FOUNDING = re.compile(
    r"\b(?:created|established|enacted|passed|founded|authori[sz]ed|abandoned|discontinued|launched"
    r"|ended|introduced|scrapped|suspended|shelved|revived|began|begun|dating|born|elected"
    r"|amended|adopted|written|terminated|phased\sout)\s(?:[A-Za-z'’-]+\s){0,4}?"
    r"(?:in|back\sto|on|from)\s(?:the\s)?$",
    re.IGNORECASE,
)
_COUNT_BEFORE = re.compile(
    r"\b(?:at\sleast|more\sthan|over|nearly|almost|about|has|have|had|were|are|reached|signed|with"
    r"|total\sof|lists?|listed|counts?|shows?|made|arrested|deported|detained)\s$",
    re.IGNORECASE,
)
_COUNT_AFTER = re.compile(
    r"\s(?:[\w()-]+\s){0,3}?(?:agreements|agencies|departments|moas|people|immigrants|arrests"
    r"|removals|deportations|officers)\b",
    re.IGNORECASE,
)
_SINCE = re.compile(
    r"\b(?:since|after|following|starting|beginning)\b[^,;:~\d|]{0,80}$", re.IGNORECASE
)
_ONWARD = re.compile(r"\s(?:on|onwards?|forward)\b", re.IGNORECASE)
_AS_OF = re.compile(r"\b(?:as\sof|as\sat|by|until|till|through|before|to)\s(?:the\s)?$", re.I)
_CLOSED = re.compile(
    r"\b(?:close[sd]?(?:\sout)?|end(?:s|ed)|finish(?:es|ed)|wrapped\sup|(?:end|close)\sof)\s(?:the\smonth\sof\s)?$",
    re.IGNORECASE,
)
_BEFORE = re.compile(r"\b(?:before|prior\sto)\s(?:the\s)?$", re.IGNORECASE)
_JOIN = re.compile(r"\s?(?:\b(?P<word>to|and|through|until)\b|[-–])\s?", re.IGNORECASE)
_OPENS = re.compile(r"\b(?:from|between)\s(?:the\s)?$", re.IGNORECASE)


def find_dates(text: str, published: date | None) -> list[When]:
    """Return the dated phrases of a text in reading order, left-out years filled in."""
    years = [(found.start(), int(found[0])) for found in re.finditer(rf"\b{_YEAR}\b", text)]
    dates: list[When] = []
    for found in _PHRASE.finditer(text):
        when = None if _is_no_date(text, found) else _resolve(found, published, years)
        if when:
            when = _after_its_from(text, when, dates, is_dated=published is not None)
            dates.append(with_role(text, when))
    return list(_merge_periods(text, dates))


def is_aside(text: str, when: When) -> bool:
    """Return whether the date belongs to something else: "a 2018 study", "created in 1996"."""
    before = text[max(0, when.start - 90) : when.start]
    return bool(
        (when.precision == "year" and _DOCUMENT.match(text, when.end)) or _FOUNDING.search(before)
    )


def _is_no_date(text: str, found: re.Match[str]) -> bool:
    """Return whether a match is a verb ("may"), or a plain count that looks like a year."""
    before = text[max(0, found.start() - 20) : found.start()]
    month = (found["month"] or "").lower()
    has_more = found["day"] or found["year2"] or found["part"]
    if month in ("may", "march") and not has_more:
        return not (found["month"][0].isupper() and (month == "march" or _LEADS_MAY.search(before)))
    if month and not month[0].isdigit() and not found["month"][0].isupper():
        return True
    return bool(found["year"] and _COUNT_BEFORE.search(before)) and bool(
        _COUNT_AFTER.match(text, found.end())
    )


def _resolve(
    found: re.Match[str], published: date | None, years: list[tuple[int, int]]
) -> When | None:
    """Return the days of a matched phrase, or None when it names no day that exists."""
    try:
        if found["month"] or found["month_second"]:
            days = month_days(found, published, years)
        else:
            days = other_days(found)
    except ValueError:
        return None
    return When(found.start(), found.end(), *days)


def _after_its_from(text: str, when: When, earlier: list[When], *, is_dated: bool) -> When:
    """Return a date of an undated article moved on a year when its "from" date is later.

    "From 135 in December 2024 to 628 as of May 28": the nearest year would put May before it.
    """
    if is_dated or not earlier or re.search(_YEAR, text[when.start : when.end]):
        return when
    gap = text[earlier[-1].end : when.start]
    before = earlier[-1].first
    if when.last >= before or not re.search(r"\bto\b", gap) or re.search(r"[.\n]", gap):
        return when
    years = before.year + (when.first.replace(year=before.year) < before) - when.first.year
    return replace(
        when,
        first=when.first.replace(year=when.first.year + years),
        last=when.last.replace(year=when.last.year + years),
    )


def with_role(text: str, when: When) -> When:
    """Return the date with the role that the words before it give."""
    before = re.split(
        r"\n|[!?]\s|(?<=[a-z]{4})[.]\s+(?=[A-Z])", text[max(0, when.start - 100) : when.start]
    )[-1]
    if _BEFORE.search(before):
        eve = when.first - timedelta(days=1)
        return replace(when, first=eve, last=eve, precision="day", role="as_of")
    if _CLOSED.search(before) and when.precision != "day":
        first = when.last if when.precision == "month" else when.last.replace(day=1)
        precision: Precision = "day" if when.precision == "month" else "month"
        return replace(when, first=first, precision=precision, role="as_of")
    if _SINCE.search(before):
        return replace(when, role="since")
    if _OPENS.search(before) and _ONWARD.match(text, when.end):
        return replace(when, role="since")
    return replace(when, role="as_of") if _AS_OF.search(before) else when


def _two_months(text: str, when: When, after: When) -> bool:
    """Return whether "in March and April" names one stretch: a month and the next."""
    is_in = re.search(r"\b(?:in|during|over)\s$", text[max(0, when.start - 8) : when.start])
    is_next = when.last + timedelta(days=1) == after.first
    return bool(is_in and is_next and when.precision == after.precision == "month")


def _merge_periods(text: str, dates: list[When]) -> Iterator[When]:
    """Yield the dates with "between December 2024 and May 2025" made one period."""
    place = 0
    while place < len(dates):
        when = dates[place]
        after = dates[place + 1] if place + 1 < len(dates) else None
        join = _JOIN.fullmatch(text[when.end : after.start]) if after else None
        opens = _OPENS.search(text[max(0, when.start - 14) : when.start])
        if (
            after
            and join
            and (opens or _two_months(text, when, after) or join["word"] not in ("to", "and"))
        ):
            first = when.first
            if first > after.last:
                first = first.replace(year=after.last.year)
            opening = replace(when, first=first, last=when.last.replace(year=first.year))
            yield replace(
                when,
                end=after.end,
                first=first,
                last=after.last,
                precision="period",
                ends=(opening, after),
            )
            place += 2
        else:
            yield when
            place += 1
