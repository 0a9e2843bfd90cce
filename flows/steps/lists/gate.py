"""Decide which versions of a list count: accepted, held for a person, or rejected."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

from flows.steps.common.records import GateBounds, Review, Status
from flows.steps.common.wording import day

from .dates import Dated
from .faults import (
    Compared,
    Faults,
    Measures,
    Weighed,
    faults_against,
    own_faults,
    passes_when,
    unsettled_rows,
)


@dataclass(frozen=True, slots=True)
class Version:
    """A distinct list version: where it stands in its list's order, and whether it counts.

    `reasons` are codes; `why_held` has a sentence for each, with the figures that hold the list,
    and `passes_when` says what would let it pass.
    """

    dated: Dated
    status: Status
    reasons: tuple[str, ...] = ()
    why_held: tuple[str, ...] = ()
    passes_when: str | None = None
    seq: int = 0


def gate_list(
    postings: Iterable[Dated],
    measures: Mapping[str, Measures],
    reviews: Sequence[Review],
    compare: Callable[[str, str], Compared],
    bounds: GateBounds,
) -> list[Version]:
    """Return the versions of one list in published order, each accepted, held or rejected.

    Each is weighed against the accepted one before it, within bounds that widen with the days
    between them. A list held for its growth alone passes, with those before it, once the next one
    of another day has as many rows; one held for what went never passes by itself. `compare` says
    what identity makes of the lists of two sha256. A review (list, sha256, published_on) settles a
    version either way.
    """
    decided = {(r.sha256, r.published_on): r for r in reviews}
    versions: list[Version] = []
    current: Weighed | None = None
    for dated in _appearances(postings):
        sha = dated.posting.sha256
        first = _accepted_with(versions, sha)
        if _is_no_version(dated, versions, current, first):
            continue
        now = Weighed(dated, measures[sha])
        if first:
            faults = {"stale_repost": _reposted(first), **_date_faults(dated, bounds)}
        else:
            faults = _date_faults(dated, bounds) | _content_faults(now, current, compare, bounds)
        version = _version(now, faults, bounds, len(versions) + 1)
        if review := decided.get((sha, dated.published_on or date.max)):
            version = _reviewed(version, review)
        elif begun := _confirmed(versions, version, measures, bounds):
            versions[-begun:] = [_passed(one) for one in versions[-begun:]]
            version = _passed(version)
        versions.append(version)
        if version.status == "accepted":
            current = now
    return versions


def _accepted_with(versions: Sequence[Version], sha256: str) -> Version | None:
    """Return the first accepted version of these bytes."""
    for version in versions:
        if version.dated.posting.sha256 == sha256 and version.status == "accepted":
            return version
    return None


def _is_no_version(
    dated: Dated, versions: Sequence[Version], current: Weighed | None, first: Version | None
) -> bool:
    """Return whether a posting is but another look at a version that is there already."""
    seen = [version.dated for version in versions[-1:]] + ([current.dated] if current else [])
    if dated.posting.sha256 in {one.posting.sha256 for one in seen}:
        return True
    return first is not None and (dated.is_loose or first.dated.published_on == dated.published_on)


def _version(now: Weighed, faults: Faults, bounds: GateBounds, seq: int) -> Version:
    reasons = tuple(faults)
    return Version(
        now.dated,
        "held" if faults else "accepted",
        reasons,
        tuple(faults.values()),
        passes_when(reasons, now.measures, bounds),
        seq,
    )


def _appearances(postings: Iterable[Dated]) -> list[Dated]:
    """Return postings in published order, without those that another of the same bytes explains.

    One that is loosely dated says nothing beside one that is dated well or beside another loose
    one, and a date that nothing bears out is no older version of bytes that are dated well.
    """
    ordered = sorted(postings, key=lambda dated: dated.order)
    sound: dict[str, date] = {}
    best: dict[str, Dated] = {}
    for one in ordered:
        if one.published_on and not one.problem:
            sound.setdefault(one.posting.sha256, one.published_on)
    for one in sorted(ordered, key=_weakness):
        best.setdefault(one.posting.sha256, one)

    def is_explained(one: Dated) -> bool:
        sha = one.posting.sha256
        if one.is_loose:
            return one is not best[sha]
        day = one.published_on or date.max
        return bool(one.problem) and day <= sound.get(sha, date.min)

    return [one for one in ordered if not is_explained(one)]


def _weakness(dated: Dated) -> tuple[bool, bool, bool]:
    return dated.published_on is None, bool(dated.problem), dated.is_loose


def _content_faults(
    now: Weighed,
    before: Weighed | None,
    compare: Callable[[str, str], Compared],
    bounds: GateBounds,
) -> Faults:
    @cache
    def compared() -> Compared:
        return compare(before.dated.posting.sha256 if before else "", now.dated.posting.sha256)

    unsettled = unsettled_rows(now.measures, compared if before else None, bounds)
    return own_faults(now.measures, unsettled, bounds) | faults_against(
        now, before, compared, bounds
    )


def _date_faults(dated: Dated, bounds: GateBounds) -> Faults:
    if dated.problem == "no_date":
        return {"no_date": "neither its name nor its folder says when it was published"}
    if dated.problem == "saved_long_before":
        return {
            dated.problem: f"its name has no date, and it was saved on {day(str(dated.saved_on))},"
            f" more than {bounds.days_after_saving} days before the only other sign of when it was"
            f" published, of {day(str(dated.seen_on))}"
        }
    if dated.problem:
        return {dated.problem: "its date fits neither the time it was saved nor what it lists"}
    return {}


def _reposted(first: Version) -> str:
    listed = day(str(first.dated.published_on))
    return f"its bytes are those of the list of {listed}, under a newer date"


def _confirmed(
    versions: Sequence[Version],
    now: Version,
    measures: Mapping[str, Measures],
    bounds: GateBounds,
) -> int:
    """Return how many of the last versions a list, held for its growth alone, confirms in theirs.

    They are those held for the same with as many rows as it has, and at least one of them is of
    another day: a broken export comes twice within hours.
    """
    if now.status != "held" or now.reasons != ("rows_up",):
        return 0
    rows = measures[now.dated.posting.sha256].row_count
    confirmed: list[Version] = []
    for one in reversed(versions):
        before = measures[one.dated.posting.sha256].row_count
        is_as_large = abs(rows - before) <= bounds.confirmed_share * before
        if one.status != "held" or one.reasons != ("rows_up",) or not is_as_large:
            break
        confirmed.append(one)
    is_another_day = any(one.dated.published_on != now.dated.published_on for one in confirmed)
    return len(confirmed) if is_another_day else 0


def _passed(version: Version) -> Version:
    """Return a version held for its growth as accepted, since the next list confirmed it."""
    return replace(
        version,
        status="accepted",
        reasons=("rows_up", "confirmed_by_next"),
        why_held=(),
        passes_when=None,
    )


def _reviewed(version: Version, review: Review) -> Version:
    """Return a version as a person settled it."""
    code = f"reviewed_{review.decision}"
    if review.decision == "accept":
        return replace(
            version,
            status="accepted",
            reasons=(*version.reasons, code),
            why_held=(),
            passes_when=None,
        )
    return replace(
        version,
        status="rejected",
        reasons=(*version.reasons, code),
        why_held=(*version.why_held, f"a person rejected it: {review.reason}"),
        passes_when=None,
    )
