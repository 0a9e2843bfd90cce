"""When ICE published a list: by its name, its saved time, the newest signing, the capture."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from flows.steps.common.records import Posting

EASTERN = ZoneInfo("America/New_York")
PART_ORDER = {"am": 0, "mid": 1, "pm": 2}
NAME_DATE = re.compile(r"(?<!\d)(\d{6,9})\s*(am|mid|pm)?_?([a-z]|\d{1,2})?(?=$|[\s._-])")
NAME_STAMP = re.compile(r"(?<!\d)(\d{14})(?!\d)")


@dataclass(frozen=True, slots=True)
class Dated:
    """A posting with the day ICE published it, the part of that day, and the rule that said so."""

    posting: Posting
    published_on: date | None
    part: str | None
    rule: str
    problem: str | None = None

    @property
    def order(self) -> tuple[date, datetime, int, str, datetime, str]:
        """Return the sort key within a list: day, then saved time, then label (am, mid, pm)."""
        posting = self.posting
        captured = posting.captured_at or stamp_of(posting.file_name) or datetime.max
        time = captured if posting.is_copy or posting.saved_at is None else posting.saved_at
        rank = PART_ORDER.get((self.part or "")[:3].rstrip("_"), 1)
        return (
            self.published_on or date.max,
            time,
            rank,
            self.part or "",
            captured,
            posting.sha256,
        )


def date_posting(posting: Posting, newest_signed: date | None, days_after_saving: int) -> Dated:
    """Return when ICE published a posting.

    Rules in order: the date in the file name, checked against the workbook's saved time and the
    newest signing it lists; that date with a slipped year or month repaired when one reading fits;
    Last-Modified, unless it is later than the capture; the capture time as a US Eastern date.
    `days_after_saving` is the most that a name's date may lie after the saved one.
    """
    stem = posting.file_name.rsplit(".", 1)[0].lower()
    saved = None if posting.is_copy or not posting.saved_at else _eastern(posting.saved_at)
    named = NAME_DATE.search(NAME_STAMP.sub("", stem))
    problem = None
    if named:
        part = _part(named[2], named[3])
        readings = _name_readings(named[1])
        for rule, days in readings:
            fitting = [day for day in days if _fits(day, saved, newest_signed, days_after_saving)]
            if len(fitting) == 1:
                return Dated(posting, fitting[0], part, rule)
        problem = "date_contradicted"
        as_named = next((day for _, days in readings for day in days), None)
        if as_named:
            return Dated(posting, as_named, part, "name", problem)
    captured = posting.captured_at or stamp_of(stem)
    modified = posting.last_modified
    if modified and captured and _eastern(modified) > _eastern(captured):
        modified = None  # a clock that runs ahead: what we hold was not changed after we got it
    for rule, time in (("last_modified", modified), ("capture", captured)):
        if time:
            day = _eastern(time)
            fits = saved is None or saved <= day
            return Dated(posting, day, None, rule, None if fits else "date_contradicted")
    return Dated(posting, None, None, "none", problem or "no_date")


def _fits(
    named: date, saved: date | None, newest_signed: date | None, days_after_saving: int
) -> bool:
    if saved and not 0 <= (named - saved).days <= days_after_saving:
        return False
    return not (newest_signed and named < newest_signed)


def _name_readings(digits: str) -> list[tuple[str, list[date]]]:
    """Return the dates a name's digits may mean, surest rule first: month, day, year as printed.

    A digit typed twice, then one slip in the year or the month. Slips need a saved time or a
    signing to pick one; several fitting dates settle nothing.
    """
    if len(digits) == 9:
        # A digit typed twice: drop one of each pair.
        fewer = {digits[:i] + digits[i + 1 :] for i in range(1, 9) if digits[i] == digits[i - 1]}
        return [("name_digit_repaired", sorted(filter(None, map(_mdy, fewer))))]
    if len(digits) not in (6, 8):
        return []
    month, day, year = digits[:2], digits[2:4], digits[4:].rjust(4, "0")
    year = f"20{digits[4:]}" if len(digits) == 6 else year
    as_named = _mdy(month + day + year)
    slips = {_mdy(f"{m:02d}{day}{year}") for m in range(1, 13)}
    near_years = {f"20{y:02d}" for y in range(24, 40)}
    slips |= {_mdy(month + day + y) for y in near_years}
    slips -= {as_named}
    return [
        ("name", [as_named] if as_named else []),
        ("name_slip_repaired", sorted(filter(None, slips))),
    ]


def _mdy(digits: str) -> date | None:
    try:
        return date(int(digits[4:]), int(digits[:2]), int(digits[2:4]))
    except ValueError:
        return None


def _part(label: str | None, suffix: str | None) -> str | None:
    if label and suffix:
        return f"{label}_{suffix}"
    return label or None


def stamp_of(text: str) -> datetime | None:
    """Return the 14-digit capture stamp (UTC) in a file name, if it has one."""
    found = NAME_STAMP.search(text)
    try:
        return datetime.strptime(found[1], "%Y%m%d%H%M%S") if found else None
    except ValueError:
        return None


def _eastern(moment: datetime) -> date:
    return moment.replace(tzinfo=UTC).astimezone(EASTERN).date()
