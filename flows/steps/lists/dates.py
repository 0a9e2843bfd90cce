"""When ICE published a list: by its name, its saved time, the newest signing, the capture."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from flows.steps.common.records import Posting

from .name_dates import LAST_YEAR, dates_in, moment_in

EASTERN = ZoneInfo("America/New_York")
FIRST_WORKBOOKS = 1985
PART_ORDER = {"am": 0, "mid": 1, "pm": 2}


@dataclass(frozen=True, slots=True)
class Dated:
    """A posting with the day ICE published it, the part of that day, and the rule that said so.

    `problem` is `no_date`, `date_contradicted`, or `saved_long_before` where it was saved long
    before the only other sign of when it was published.
    """

    posting: Posting
    published_on: date | None
    part: str | None
    rule: str
    problem: str | None = None

    @property
    def saved_on(self) -> date | None:
        """Return the US Eastern day on which ICE saved the workbook; a copy's says nothing."""
        posting = self.posting
        return None if posting.is_copy or not posting.saved_at else _eastern(posting.saved_at)

    @property
    def seen_on(self) -> date | None:
        """Return the day of what bears its date out: of a saved time, when it was captured."""
        seen = self.posting.captured_at if self.rule == "saved" else None
        return _eastern(seen) if seen else self.published_on

    @property
    def is_loose(self) -> bool:
        """Say whether nothing of the posting itself, its name or its address, gives a date.

        The saved time is that of the bytes, and a commit may come long after the list.
        """
        is_commit = self.posting.source == "git" and not self.posting.is_stamped
        return (
            self.published_on is None
            or self.rule == "saved"
            or (self.rule == "capture" and is_commit and moment_in(self.posting.file_name) is None)
        )

    @property
    def order(self) -> tuple[date, datetime, int, str, datetime, str]:
        """Return the sort key within a list: day, then saved time, then label (am, mid, pm)."""
        posting = self.posting
        captured = posting.captured_at or moment_in(posting.file_name) or datetime.max
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

    Rules in order: the last date in the file name, checked against the workbook's saved time and
    the newest signing it lists; that date with a slipped year or month, or a digit too many,
    repaired when one reading fits; the stamp in the name, or what its folders say; Last-Modified,
    unless it is later than the capture; the saved time; the capture time as a US Eastern date.
    `days_after_saving` is the most that any of them may lie after the saved time of a workbook
    that nobody saved again.
    """
    undated = Dated(posting, None, None, "none", "no_date")
    saved = undated.saved_on

    def fits(day: date) -> bool:
        if saved and not 0 <= (day - saved).days <= days_after_saving:
            return False
        return not (newest_signed and day < newest_signed)

    if named := _by_name(posting, saved, fits):
        return named
    rule, day = _by_time(posting, saved)
    if not day:
        return undated
    found = Dated(posting, day, None, rule)
    if fits(day) and (not found.seen_on or fits(found.seen_on)):
        return found
    is_older = saved and found.seen_on and (found.seen_on - saved).days > days_after_saving
    is_signed_later = newest_signed and day < newest_signed
    problem = "saved_long_before" if is_older and not is_signed_later else "date_contradicted"
    return replace(found, problem=problem)


def _by_name(posting: Posting, saved: date | None, fits: Callable[[date], bool]) -> Dated | None:
    """Return the posting dated by its name, None when that has no date.

    The last date counts; an earlier one where it alone fits the saved time.
    """
    written = [one for one in dates_in(_stem(posting), _last_year(posting)) if one.readings]
    if not written:
        return None
    sure = [one for one in written if one.day] or written
    last = sure[-1]
    tried = [(one, one.readings[:1]) for one in reversed(sure if saved else sure[-1:])]
    for one, readings in (*tried, (last, last.readings)):
        for rule, days in readings:
            fitting = [day for day in days if fits(day)]
            if len(fitting) == 1:
                return Dated(posting, fitting[0], one.part, rule)
    if not last.day:
        return None
    return Dated(posting, last.day, last.part, "name", "date_contradicted")


def _by_time(posting: Posting, saved: date | None) -> tuple[str, date | None]:
    """Return the day, and the rule that says it, of a posting whose name has no date."""
    stamp = moment_in(posting.file_name, _last_year(posting))
    if not stamp and posting.is_stamped:
        stamp = posting.captured_at
    if stamp:
        return "capture", _eastern(stamp)
    modified, captured = posting.last_modified, posting.captured_at
    # A clock that runs ahead: what we hold was not changed after we got it.
    if modified and not (captured and _eastern(modified) > _eastern(captured)):
        return "last_modified", _eastern(modified)
    if saved:
        return "saved", saved
    return "capture", _eastern(captured) if captured else None


def _last_year(posting: Posting) -> int:
    """Return the last year that its name may give: the one after the newest time known of it."""
    known = (posting.saved_at, posting.captured_at, posting.last_modified, posting.looked_at)
    years = [time.year for time in (*known, moment_in(_stem(posting))) if time]
    return max(years, default=LAST_YEAR - 1) + 1


def _stem(posting: Posting) -> str:
    """Return the file name without the ending that says its form."""
    return re.sub(r"(?i)\.(xls[xmb]?|csv|html?)[\"'\s]*$", "", posting.file_name)


def utc_time(text: str) -> datetime | None:
    """Return a time as files write it, with an offset or in UTC, as UTC without one.

    None stands for what is no time, and for the years before there were workbooks, which programs
    write when they know none.
    """
    try:
        moment = datetime.fromisoformat(text.strip())
        moment = moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
    except (ValueError, OverflowError):
        return None
    return moment if moment.year >= FIRST_WORKBOOKS else None


def _eastern(moment: datetime) -> date:
    return moment.replace(tzinfo=UTC).astimezone(EASTERN).date()
