"""Date each version and decide whether it counts: accepted, held for a person, or rejected."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from .records import Posting, Review, Status

EASTERN = ZoneInfo("America/New_York")
# On every good file of the record the name's date is the saved date or up to 8 days later.
MAX_DAYS_AFTER_SAVING = 8
PART_ORDER = {"am": 0, "mid": 1, "pm": 2}
NAME_DATE = re.compile(r"(?<!\d)(\d{6,9})\s*(am|mid|pm)?_?([a-z]|\d{1,2})?(?=$|[\s._-])")
NAME_STAMP = re.compile(r"(?<!\d)(\d{14})(?!\d)")

MAX_ROWS_DOWN = 0.05
MAX_ROWS_UP = 0.60
MAX_AGREEMENTS_GONE = 0.05
MIN_LINKS_KEPT = 0.5
MAX_DAYS_SINCE_SIGNING = 30
MAX_UNSETTLED = 0.02


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
        captured = posting.captured_at or datetime.max
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


@dataclass(frozen=True, slots=True)
class Measures:
    """What the gate weighs of one version's rows. `keys` are its agreements without their dates."""

    row_count: int
    link_count: int
    unsettled_count: int
    newest_signed: date | None
    keys: frozenset[int]
    unknown_columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Version:
    """A distinct list version: where it stands in its list's order, and whether it counts."""

    dated: Dated
    status: Status
    reasons: tuple[str, ...] = ()
    seq: int = 0


def date_posting(posting: Posting, newest_signed: date | None) -> Dated:
    """Return when ICE published a posting.

    Rules in order: the date in the file name, checked against the workbook's saved time and the
    newest signing it lists; that date with a slipped year or month repaired when one reading fits;
    Last-Modified, unless it is later than the capture; the capture time as a US Eastern date.
    """
    stem = posting.file_name.rsplit(".", 1)[0].lower()
    saved = None if posting.is_copy or not posting.saved_at else _eastern(posting.saved_at)
    named = NAME_DATE.search(NAME_STAMP.sub("", stem))
    problem = None
    if named:
        part = _part(named[2], named[3])
        readings = _name_readings(named[1])
        for rule, days in readings:
            fitting = [day for day in days if _fits(day, saved, newest_signed)]
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


def gate_list(
    postings: Iterable[Dated],
    measures: Mapping[str, Measures],
    reviews: Sequence[Review],
    count_gone: Callable[[str, str], int],
) -> list[Version]:
    """Return the versions of one list in published order, each accepted, held or rejected.

    Postings of the same bytes in a row are one version, named by the first; the same bytes again
    after another accepted version are a stale re-post, held. Each version is weighed against the
    accepted one before it; `count_gone` counts the agreements of one sha256 that are gone from
    another after identity, and is asked only when their keys say that many are. A review (list,
    sha256, published_on) settles a version either way.
    """
    decided = {(r.sha256, r.published_on): r for r in reviews}
    versions: list[Version] = []
    seen: set[str] = set()
    current: Version | None = None
    for dated in sorted(postings, key=lambda d: d.order):
        sha = dated.posting.sha256
        last = versions[-1:] + ([current] if current else [])
        if sha in {version.dated.posting.sha256 for version in last}:
            continue
        before = measures[current.dated.posting.sha256] if current else None
        reasons = _reasons(dated, measures[sha], before, is_repost=sha in seen)
        if current and "agreements_gone" in reasons:
            most = MAX_AGREEMENTS_GONE * len(measures[current.dated.posting.sha256].keys)
            if count_gone(current.dated.posting.sha256, sha) <= most:
                reasons.remove("agreements_gone")
        review = decided.get((sha, dated.published_on or date.max))
        status: Status = "held" if reasons else "accepted"
        if review:
            status = "accepted" if review.decision == "accept" else "rejected"
            reasons = [*reasons, f"reviewed_{review.decision}"]
        version = Version(dated, status, tuple(reasons), len(versions) + 1)
        versions.append(version)
        seen.add(sha)
        if status == "accepted":
            current = version
    return versions


def _reasons(dated: Dated, now: Measures, before: Measures | None, *, is_repost: bool) -> list[str]:
    reasons = [dated.problem] if dated.problem else []
    if is_repost:
        return ["stale_repost", *reasons]
    if now.unknown_columns:
        reasons.append("unknown_columns")
    if now.unsettled_count > MAX_UNSETTLED * now.row_count:
        reasons.append("unsettled_rows")
    if dated.posting.list == "pending":  # a pending list may shrink to nothing
        return reasons
    is_workbook = not dated.posting.is_copy
    if is_workbook and now.newest_signed and dated.published_on:
        limit = dated.published_on - timedelta(days=MAX_DAYS_SINCE_SIGNING)
        if now.newest_signed < limit:
            reasons.append("signing_stale")
    if before:
        reasons += _reasons_against(now, before)
    return reasons


def _reasons_against(now: Measures, before: Measures) -> list[str]:
    gone = len(before.keys - now.keys)
    rules = {
        "rows_down": now.row_count < (1 - MAX_ROWS_DOWN) * before.row_count,
        "rows_up": now.row_count > (1 + MAX_ROWS_UP) * before.row_count,
        "agreements_gone": gone > MAX_AGREEMENTS_GONE * len(before.keys),
        "links_halved": now.link_count < MIN_LINKS_KEPT * before.link_count,
    }
    return [reason for reason, holds in rules.items() if holds]


def _fits(day: date, saved: date | None, newest_signed: date | None) -> bool:
    if saved and not 0 <= (day - saved).days <= MAX_DAYS_AFTER_SAVING:
        return False
    return not (newest_signed and day < newest_signed)


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
