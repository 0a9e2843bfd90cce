"""Read the dates and times that people write into the names of files and folders."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from urllib.parse import unquote

FIRST_YEAR = 2005
LAST_YEAR = 2039
"""The years that a name may give when nothing else is known of its file."""

Readings = tuple[tuple[str, tuple[date, ...]], ...]
"""The days that a written date may mean, by the rule that reads them so, surest first."""

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTH_WORDS = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    "|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
# A word begins after no letter, where small letters turn to a capital, and after those of a list.
_BEGINS = r"(?:(?<![A-Za-z])|(?<=[a-z])(?=[A-Z])|(?<=gencies)|(?<=gency)|(?<=cipating)|(?<=ending))"
_MONTH = _BEGINS + r"(?P<{}>(?i:" + MONTH_WORDS + r"))(?![A-Za-z])"
# A two-digit year that a four-digit one follows is a day.
_YEAR = r"(?P<{}>\d{{4}}|\d\d(?![\s_.,/-]{{1,3}}\d{{4}}(?!\d)))(?!\d)"
_WRITTEN = re.compile(
    rf"""(?<!\d)(?:
    (?P<moment> (20\d\d) [-_./]? (0\d|1[0-2]) [-_./]? ([0-2]\d|3[01])  # 2025-05-28, 2025/05/28
        [T_\ ./-]{{0,3}} ([01]\d|2[0-3]) [-_:.h]? ([0-5]\d)            # 14-03, 1403, 14h03
        (?: [-_:.m]? ([0-5]\d) (?:[.,]\d+)? )? s?                      # -11, 11.250
        \ ? ((?i:Z(?![a-z])|UTC|GMT) | [+-]\d\d:?\d\d(?!\d) )?         # UTC if it says nothing
        (?!\d) (?! (?:[-_:.]?\d\d)? \s*(?i:[ap]\.?m)(?![A-Za-z])) )
    | (?P<y_first> 20\d\d) (?P<s_first> [\s_./-]) (?P<m_first> \d\d?) (?P=s_first)
        (?P<d_first> \d\d?) (?!\d)
    | (?P<m_last> \d\d?) (?P<s_last> [\s_./-]) (?P<d_last> \d\d?) (?P=s_last)
        {_YEAR.format("y_last")}
    | (?P<d_word> \d\d?) (?i:st|nd|rd|th)? [\s_.,/-]* {_MONTH.format("word")} [\s_.,/-]*
        {_YEAR.format("y_word")}
    | (?P<y_month> 20\d\d) [\s_.,/-]* {_MONTH.format("month")} [\s_.,/-]* (?P<d_month> \d\d?) (?!\d)
    | (?P<digits> \d{{6,9}}) (?!\d)
    ) | {_MONTH.format("name")} [\s_.,/-]* (?P<d_name> \d\d?) (?i:st|nd|rd|th)?
        (?: [\s_.,/-]+ {_YEAR.format("y_name")} | (?P<y_close> \d{{4}}) (?!\d) )""",
    re.X,
)
_LABEL = r"(?P<label>(?i:a\.?m|p\.?m|mid(?:day)?))"
_LABEL_AFTER = re.compile(
    rf"""[\s_.,()-]*
    (?: (?:at\s+)? (?: \d\d? (?:[:._-]\d\d){{0,2}} | \d{{3,4}} ) [\s_.]? )?  # 3.45 PM
    {_LABEL}
    (?: (?: _? (?P<suffix> (?i:[a-z]) | \d\d? ) )? (?= $ | [\s._()'"-] )      # pm_b, pm2, pm
    | (?= (?i:v)\d | [^a-zA-Z] ) )
    """,
    re.X,
)
_LABEL_BEFORE = re.compile(rf"{_BEGINS}{_LABEL}[\s_.()-]*$")
_CLOCK = re.compile(r"[\s_T-]*(?:at\s)?(\d\d?)([.:_-])(\d\d)\2(\d\d)(\s*(?i:[ap]\.?m)\b)?")
# The hashes and ids that programs put into names are no dates, whatever digits they have.
_HASH = re.compile(
    r"(?i)(?<![0-9a-z])(?:[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"
    r"|(?=[0-9]*[a-f])(?=[a-f]*[0-9])[0-9a-f]{12,})(?![0-9a-z])"
)


@dataclass(frozen=True, slots=True)
class Written:
    """A date in a name: its readings and the part of the day, or a moment (UTC)."""

    readings: Readings = ()
    part: str | None = None
    moment: datetime | None = None

    @property
    def day(self) -> date | None:
        """Return the day as written; None where it says no day of the calendar, or two."""
        days = self.readings[0][1] if self.readings else ()
        return days[0] if len(days) == 1 else None


@lru_cache(4096)
def dates_in(name: str, last_year: int = LAST_YEAR) -> tuple[Written, ...]:
    """Return the dates and moments in a name, in order; none is of a year after `last_year`.

    Days in any usual form, in digits or with the month as a word: `09292025`, `092925`,
    `9.29.25`, `2025_09_29`, `Sept. 29, 2025`, `29Sep2025`; with am, mid or pm beside them. A date
    with a time of day after it, year first, is a moment: `20250929140311`, `2025-09-29T14-03-11Z`.
    A date that is none as written has but the readings a slip away.
    """
    text = unicodedata.normalize("NFKC", unquote(name))
    text = _HASH.sub("~", re.sub(r"[\u2010-\u2015]", "-", text))
    found: list[Written] = []
    at = after = 0
    while match := _WRITTEN.search(text, at):
        written = _written(match, last_year)
        if not written:
            at = match.start() + 1
            continue
        label = _LABEL_AFTER.match(text, match.end())
        at = label.end() if label else match.end()
        label = label or _LABEL_BEFORE.search(text[after : match.start()])
        found.append(Written(written.readings, _part(label), written.moment))
        at = after = _after_clock(text, at, written)
    return tuple(found)


def moment_in(name: str, last_year: int = LAST_YEAR) -> datetime | None:
    """Return the last moment (UTC) that a name gives, such as a 14-digit capture stamp."""
    moments = [one.moment for one in dates_in(name, last_year) if one.moment]
    return moments[-1] if moments else None


def month_of(word: str) -> int:
    """Return the number of a month written as a word, such as `Sept`."""
    return MONTHS.index(word[:3].lower()) + 1


def _written(match: re.Match[str], last_year: int) -> Written | None:
    """Return what a match says, None when it is nothing that could be a date."""
    got = match.groupdict()
    if got["moment"]:
        moment = _moment(match)
        is_known = moment and FIRST_YEAR <= moment.year <= last_year
        return Written(moment=moment) if is_known else None
    if digits := got["digits"]:
        readings = _of_digits(digits, last_year)
    else:
        year, month, day = _parts_of(got)
        readings = _readings([(year, month, day)], last_year)
        if day <= 12 < month:  # day first, where it can be nothing else
            readings = _readings([(year, day, month)], last_year)
        if not readings[0][1] and len(got["y_last"] or "") != 4:
            return None
    return Written(readings) if any(days for _, days in readings) else None


def _parts_of(got: dict[str, str | None]) -> tuple[int, int, int]:
    """Return year, month and day of a date whose parts are set apart."""
    year = next(filter(None, (got[f"y_{form}"] for form in _FORMS)))
    day = next(filter(None, (got[f"d_{form}"] for form in _FORMS if form != "close")))
    word = got["word"] or got["month"] or got["name"]
    month = month_of(word) if word else got["m_first"] or got["m_last"] or 0
    return int(year) + (2000 if len(year) == 2 else 0), int(month), int(day)


_FORMS = ("first", "last", "word", "month", "name", "close")


def _of_digits(digits: str, last_year: int) -> Readings:
    """Return the readings of 6 to 9 digits: month, day, year; else year, month, day."""
    if len(digits) in (6, 8):
        first = _mdy(digits)
        other = (int(digits[:-4]), int(digits[-4:-2]), int(digits[-2:]))
        year_first = (other[0] + 2000 if len(digits) == 6 else other[0], *other[1:])
        of_year_first = _readings([year_first], last_year)
        as_printed = _readings([first], last_year)
        return of_year_first if of_year_first[0][1] and not as_printed[0][1] else as_printed
    if len(digits) == 7:  # a zero left out
        either = (f"0{digits}", f"{digits[:2]}0{digits[2:]}")
        return _readings([_mdy(one) for one in either], last_year)[:1]
    # A digit too many: one typed twice, else any.
    spots = range(9)
    twice = {digits[:i] + digits[i + 1 :] for i in spots[1:] if digits[i] == digits[i - 1]}
    fewer = {digits[:i] + digits[i + 1 :] for i in spots}
    return tuple(
        ("name_digit_repaired", _days([_mdy(one) for one in some], last_year))
        for some in (twice, fewer)
    )


def _readings(printed: list[tuple[int, int, int]], last_year: int) -> Readings:
    """Return the days (year, month, day) as printed, then those with a slipped month or year."""
    as_named = _days(printed, last_year)
    slips = [(year, m, day) for year, _, day in printed for m in range(1, 13)]
    slips += [(y, m, day) for _, m, day in printed for y in range(FIRST_YEAR, last_year + 1)]
    slipped = set(_days(slips, last_year)) - set(as_named)
    return (("name", as_named), ("name_slip_repaired", tuple(sorted(slipped))))


def _days(printed: list[tuple[int, int, int]], last_year: int) -> tuple[date, ...]:
    days = set()
    for year, month, day in printed:
        try:
            days.add(date(year, month, day))
        except ValueError:
            continue
    return tuple(sorted(day for day in days if FIRST_YEAR <= day.year <= last_year))


def _mdy(digits: str) -> tuple[int, int, int]:
    year = digits[4:]
    return int(year) + (2000 if len(year) == 2 else 0), int(digits[:2]), int(digits[2:4])


def _moment(match: re.Match[str]) -> datetime | None:
    *parts, zone = match.groups()[1:8]
    year, month, day, hour, minute, second = (int(part or 0) for part in parts)
    try:
        moment = datetime(year, month, day, hour, minute, second)
        if zone and zone[0] in "+-":
            offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
            moment -= offset if zone[0] == "+" else -offset
    except (ValueError, OverflowError):
        return None
    return moment


def _part(label: re.Match[str] | None) -> str | None:
    if not label:
        return None
    part = label["label"].lower().replace(".", "")[:3]
    suffix = label.groupdict().get("suffix")
    return f"{part}_{suffix.lower()}" if suffix else part


def _after_clock(text: str, at: int, written: Written) -> int:
    """Return where a time of day after a date ends, which reads like a date of another age."""
    clock = _CLOCK.match(text, at)
    if not clock:
        return at
    is_near = written.day and abs(2000 + int(clock[4]) - written.day.year) <= 1
    return at if is_near and not clock[5] else clock.end()
