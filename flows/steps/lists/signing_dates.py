"""Read a printed signing date: what Excel, browsers and people write, and their slips."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta

from .name_dates import MONTH_WORDS, month_of

FIRST_AGREEMENT_YEAR = 2002  # Florida signed the first 287(g) agreement that year.
LAST_YEAR = 2039
SERIAL_DAY_ZERO = date(1899, 12, 30)  # how spreadsheets count days

Settled = tuple[str | None, str | None]
"""A value and the code of its issue, either of them None."""

_WEEKDAY = re.compile(
    r"^(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?[.,]*\s+(?:the\s+)?", re.I
)
_TIME = re.compile(
    r"""(?:[T\s,]+(?:at\s+)?|(?<=\d)T)
    (?: (?:[01]?\d|2[0-4]) (?::[0-5]\d){1,2} (?:[.,]\d+)? (?:\s*[ap]\.?m\.?)?
      | (?:0?\d|1[0-2]) \s* [ap]\.?m\.? )
    (?: \s* (?:Z|UTC|GMT|[ECMP][SD]?T|[+-]\d\d:?\d\d) )? $""",
    re.X | re.I,
)
_GAP = r"[\s,./-]"
_YEAR = r"'?(?P<year>\d{4,5}|\d\d)"
_NTH = r"(?P<day>\d\d?)(?:st|nd|rd|th)?"
_MONTH = rf"(?P<word>{MONTH_WORDS})\.?"
_IN_ORDER = tuple(
    re.compile(form, re.I)
    for form in (
        r"(?P<year>\d{4,5})(?P<gap>[-/.])(?P<month>\d\d?)(?P=gap)(?P<day>\d\d?)",
        r"(?P<year>20\d\d)(?P<month>\d\d)(?P<day>\d\d)",
        rf"{_MONTH}{_GAP}*{_NTH}{_GAP}+{_YEAR}",
        rf"{_NTH}{_GAP}*(?:(?:day\s+)?of\s+)?{_MONTH}{_GAP}*{_YEAR}",
        rf"(?P<year>\d{{4}}){_GAP}*{_MONTH}{_GAP}*{_NTH}",
    )
)
_US = re.compile(
    r"(?P<month>\d\d?)(?P<gap>[/.\-\s]+)(?P<day>\d\d?)"
    r"(?:(?P<gap_2>[/.\-\s]+)(?P<year>\d{4,5}|\d\d)|(?P<close>\d{4,5}))"
)
_EIGHT_DIGITS = r"(?P<month>\d\d)(?P<day>\d\d)(?P<year>20\d\d)"


def clean_date(printed: str | None) -> Settled:
    """Return (ISO date, issue) for a printed signing date.

    Reads dates in digits, year or month first, spreadsheet day numbers and written months, with a
    weekday before them or a time of day after them. Repaired are a separator missing or doubled,
    a year with one digit wrong or doubled, and a day before the month, when one reading fits.
    """
    text = _plain(printed or "")
    if not text:
        return None, "signed_missing"
    if re.fullmatch(r"\d{5}(\.\d+)?", text):
        day = SERIAL_DAY_ZERO + timedelta(days=int(float(text)))
        is_known = _is_plausible(str(day.year))
        return (day.isoformat(), None) if is_known else (None, "signed_unreadable")
    found = _parts(_TIME.sub("", _WEEKDAY.sub("", text)).strip(" ,.;"))
    return _dated(*found) if found else (None, "signed_unreadable")


def _parts(text: str) -> tuple[str, int, int, bool] | None:
    """Return year, month and day of a date, and whether something had to be put right."""
    for form in _IN_ORDER:
        if found := form.fullmatch(text):
            got = found.groupdict()
            month = month_of(got["word"]) if "word" in got else int(got["month"])
            return got["year"], month, int(got["day"]), False
    found = _US.fullmatch(text) or re.fullmatch(_EIGHT_DIGITS, text)
    if not found:
        return None
    got = found.groupdict()
    month, day = int(got["month"]), int(got["day"])
    is_usual = all(len((got.get(gap) or "").strip()) == 1 for gap in ("gap", "gap_2"))
    if month > 12 >= day:  # day first, for it can be nothing else
        return got["year"] or got["close"], day, month, True
    return got["year"] or got["close"], month, day, not is_usual


def _plain(text: str) -> str:
    """Return text in one form of blanks and dashes, with the digits of any script as ours."""
    text = re.sub(r"[\u2010-\u2015\u2212]", "-", unicodedata.normalize("NFKC", text)).strip()
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)


def _dated(year: str, month: int, day: int, is_slipped: bool) -> Settled:
    year = f"20{year}" if len(year) == 2 else year
    years = [int(year)] if _is_plausible(year) else _year_readings(year)
    if len(years) != 1:
        return None, "signed_unreadable"
    try:
        value = date(years[0], month, day).isoformat()
    except ValueError:
        return None, "signed_unreadable"
    return value, "signed_repaired" if is_slipped or str(years[0]) != year else None


def _is_plausible(year: str) -> bool:
    return len(year) == 4 and FIRST_AGREEMENT_YEAR <= int(year) <= LAST_YEAR


def _year_readings(year: str) -> list[int]:
    """Return the plausible years one slip away: a digit typed twice, wrong, or two swapped."""
    spots = range(len(year))
    if len(year) == 5:
        near = {year[:i] + year[i + 1 :] for i in spots[1:] if year[i] == year[i - 1]}
    else:
        near = {year[:i] + digit + year[i + 1 :] for i in spots for digit in "0123456789"}
        near |= {year[:i] + year[i + 1] + year[i] + year[i + 2 :] for i in spots[:-1]}
    return sorted({int(y) for y in near if _is_plausible(y)})
