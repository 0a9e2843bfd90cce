"""Fill gaps in the record with the Internet Archive's captures of those days."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import pairwise

import polars as pl

from flows.steps import archive
from flows.steps.common import seeds, wording
from flows.steps.common.errors import PactwatchError
from flows.steps.common.layout import Paths
from flows.steps.common.records import LISTS, Capture, ListKind

from . import wayback, wayback_plan

# What one run takes, so that a long gap does not hold up the lists of today; the next goes on.
MOST_CAPTURES = 60
# Asking again is put off longer each time: a hole that the archive cannot fill stays one.
LONGEST_WAIT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Gap:
    """Days without a version of a list, between two that have one; `last` is None up to today."""

    list: ListKind
    first: date
    last: date | None

    @property
    def address(self) -> str:
        """Return the search that stands for the gap in the manifest."""
        until = f"&to={self.last:%Y%m%d}" if self.last else ""
        return f"{wayback.ARCHIVE}/cdx/search/cdx?from={self.first:%Y%m%d}{until}"


@dataclass(slots=True)
class Mended:
    """What asking brought: new versions, and the sentences that say so."""

    versions: list[Capture] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)


def gaps_of(kind: ListKind, days: Iterable[date], usual: int, today: date) -> list[Gap]:
    """Return the gaps longer than the list's usual one (days), the one up to today included."""
    ordered = sorted(set(days))
    found = [Gap(kind, *pair) for pair in pairwise(ordered) if (pair[1] - pair[0]).days > usual]
    if ordered and (today - ordered[-1]).days > usual:
        found.append(Gap(kind, ordered[-1], None))
    return found


def mend(paths: Paths, access: wayback.Access, now: datetime, known: pl.DataFrame) -> Mended:
    """Ask the Internet Archive for the days that the record has no versions of.

    `known` are the published warehouse's versions (list, published_on, sha256, status). Each gap is
    asked about at most once a day, and less often each time in vain; a manifest row says when. A
    failure is a sentence, never an exception.
    """
    config = seeds.read_lists_config(paths.seeds)["lists"]
    accepted = known.filter(status="accepted")
    looked = archive.read_manifest(paths.layout)
    due = [
        gap
        for kind in LISTS
        for gap in gaps_of(
            kind,
            accepted.filter(list=kind)["published_on"],
            config[kind]["usual_gap_days"],
            now.date(),
        )
        if _is_due(gap, looked, now)
    ]
    if not due:
        return Mended()
    windows = [(gap.first, gap.last or now.date()) for gap in due]
    try:
        # A gap can wait until tomorrow; the lists of today cannot wait long.
        with wayback.Archive(replace(access, retries=1)) as source:
            planned = wayback_plan.plan(paths, source, windows, now)
            filled = wayback_plan.fill(paths, source, planned, most=MOST_CAPTURES)
    except PactwatchError as problem:
        filled = wayback_plan.Filled(stopped=str(problem))
    mended = Mended(_versions(filled, set(known["sha256"])))
    mended.lines = _lines(due, mended.versions, filled)
    if filled.stopped or not filled.left:
        archive.append_manifest(paths.layout, [_asked(gap, mended, filled, now) for gap in due])
    return mended


def _is_due(gap: Gap, looked: Iterable[Capture], now: datetime) -> bool:
    # A time to come is that of a clock that was wrong: it counts as never asked.
    asked = [
        c.attempted_at
        for c in looked
        if c.url == gap.address and c.list == gap.list and c.attempted_at <= now
    ]
    wait = min(timedelta(days=2 ** min(len(asked) - 1, 9)), LONGEST_WAIT) if asked else timedelta()
    return not asked or now - max(asked) >= wait


def _versions(filled: wayback_plan.Filled, known: set[str]) -> list[Capture]:
    came = [c for c in filled.captures if c.outcome == "new" and c.list]
    return [capture for capture in came if capture.sha256 not in known]


def _asked(gap: Gap, mended: Mended, filled: wayback_plan.Filled, now: datetime) -> Capture:
    came = _came(gap, mended.versions)
    return Capture(
        attempted_at=now,
        source="wayback",
        outcome="failed" if filled.stopped else "unchanged",
        list=gap.list,
        url=gap.address,
        why=f"{came} {filled.stopped}" if filled.stopped else came,
    )


def _lines(due: list[Gap], versions: list[Capture], filled: wayback_plan.Filled) -> list[str]:
    lines = [
        f"Asked the Internet Archive about {wording.count(len(due), 'gap')} in the record:"
        f" {wording.count(len(versions), 'new version')} came in."
    ]
    lines += [_came(gap, versions) for gap in due if _of(gap, versions)]
    if filled.stopped:
        lines.append(filled.stopped)
    elif filled.left:
        lines.append(
            f"{wording.count(filled.left, 'capture')} of those days wait for the next run."
        )
    return lines


def _came(gap: Gap, versions: list[Capture]) -> str:
    days = f"since {wording.day(gap.first.isoformat())}"
    if gap.last:
        days = wording.span(gap.first.isoformat(), gap.last.isoformat())
    came = wording.count(len(_of(gap, versions)), "new version")
    return f"The {gap.list} list, {days}: {came} came in."


def _of(gap: Gap, versions: Iterable[Capture]) -> list[Capture]:
    return [
        capture
        for capture in versions
        if capture.list == gap.list
        and capture.captured_at
        and gap.first <= capture.captured_at.date() <= (gap.last or date.max)
    ]
