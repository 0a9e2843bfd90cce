"""What speaks against a list: its own faults, and what it lost or gained since the last one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil, floor

from flows.steps.common.records import GateBounds
from flows.steps.common.wording import clean, count, day, number

from .dates import Dated

BY_A_PERSON = "It counts only when a person accepts it."

Faults = dict[str, str]
"""Reasons to hold a list: a code, and a clause with the figures that hold it."""


@dataclass(frozen=True, slots=True)
class Measures:
    """What the gate weighs of one version's rows. `keys` are its agreements without their dates.

    `repeated_count` are the rows that repeat another row of the list in every cell, and
    `contradicted` is a clause on what says that it is the other list, if anything does.
    """

    row_count: int
    link_count: int
    unsettled_count: int
    repeated_count: int
    newest_signed: date | None
    keys: frozenset[int]
    unknown_columns: tuple[str, ...] = ()
    contradicted: str | None = None


@dataclass(frozen=True, slots=True)
class Weighed:
    """A version with what the gate weighs of it."""

    dated: Dated
    measures: Measures

    @property
    def day(self) -> str:
        """Return its day in words."""
        return day(str(self.dated.published_on))

    def days_since(self, before: Weighed) -> int:
        """Return the days from another version to this one; an undated one is of its day."""
        if not (self.dated.published_on and before.dated.published_on):
            return 0
        return (self.dated.published_on - before.dated.published_on).days


@dataclass(frozen=True, slots=True)
class Compared:
    """What identity says of two lists: how many agreements of the one are gone from the other.

    `unsettled` are the rows of the other with values that no rule settles, and that continue no
    agreement of the one either.
    """

    gone: int
    unsettled: int


def own_faults(now: Measures, unsettled: int, bounds: GateBounds) -> Faults:
    """Return what is wrong with a list itself, by code: a clause with the figures.

    `unsettled` are its rows with values that neither a rule nor the list before it settles.
    """
    faults: Faults = {}
    if now.contradicted:
        faults["kind_contradicted"] = now.contradicted
    if now.unknown_columns:
        named = clean(", ".join(now.unknown_columns))
        faults["unknown_columns"] = f"it has columns that seeds/lists.toml does not know: {named}"
    for code, found, bound, does in (
        ("unsettled_rows", unsettled, bounds.unsettled, "have values no rule settles"),
        ("rows_repeated", now.repeated_count, bounds.repeated, "repeat another row in every cell"),
    ):
        if bound.is_passed(found, now.row_count):
            faults[code] = f"{number(found)} of its {count(now.row_count, 'row')} {does}"
    return faults


def unsettled_rows(
    now: Measures, compare: Callable[[], Compared] | None, bounds: GateBounds
) -> int:
    """Return how many rows of a list nothing settles, by comparison when there are too many.

    A misprinted row that plainly continues an agreement of the last list is settled. Of more than
    a tenth of the rows that is not believed: then a column has changed its meaning.
    """
    found = now.unsettled_count
    if not compare or not bounds.unsettled.is_passed(found, now.row_count):
        return found
    return found if found > bounds.unsettled_most * now.row_count else compare().unsettled


def faults_against(
    now: Weighed, before: Weighed | None, compare: Callable[[], Compared], bounds: GateBounds
) -> Faults:
    """Return what holds a participating list beside the last accepted one, by code.

    `compare` says what identity makes of the two. A pending list may shrink to nothing, and a first
    list has nothing to be weighed against: it must have rows, or every list after it would be held
    for its growth.
    """
    if now.dated.posting.list == "pending":
        return {}
    if before is None:
        return {} if now.measures.row_count else {"rows_down": "it has no rows"}
    return {
        **_size_faults(now, before, bounds),
        **_gone_faults(now, before, compare, bounds),
        **_link_faults(now, before, bounds),
        **_signing_faults(now, before, bounds),
    }


def _size_faults(now: Weighed, before: Weighed, bounds: GateBounds) -> Faults:
    days, rows, stood = now.days_since(before), now.measures.row_count, before.measures.row_count
    most = floor(bounds.rows_up_times * stood + bounds.rows_up_per_day * days)
    kept = 1 - bounds.rows_down_share - bounds.rows_down_per_day * days
    least = ceil(max(kept, bounds.rows_down_most) * stood)
    said = f"it has {count(rows, 'row')}, {count(days, 'day')} after the {number(stood)} of"
    said += f" {before.day}"
    if rows > most:
        return {"rows_up": f"{said}: more than {number(most)} are held"}
    if rows < least:
        return {"rows_down": f"{said}: fewer than {number(least)} are held"}
    return {}


def _gone_faults(
    now: Weighed, before: Weighed, compare: Callable[[], Compared], bounds: GateBounds
) -> Faults:
    stood = len(before.measures.keys)
    share = bounds.gone_share + bounds.gone_per_day * now.days_since(before)
    most = floor(share * stood)
    if len(before.measures.keys - now.measures.keys) <= most or (gone := compare().gone) <= most:
        return {}
    return {
        "agreements_gone": f"{number(gone)} of the {count(stood, 'agreement')} of {before.day} are"
        f" gone from it: more than {number(most)} are held"
    }


def _link_faults(now: Weighed, before: Weighed, bounds: GateBounds) -> Faults:
    links, stood = now.measures.link_count, before.measures.link_count
    if links >= bounds.links_kept * stood:
        return {}
    return {
        "links_halved": f"it links {count(links, 'document')}, where the list of {before.day} links"
        f" {number(stood)}"
    }


def _signing_faults(now: Weighed, before: Weighed, bounds: GateBounds) -> Faults:
    """Return whether a workbook's newest signing says that its list is older than its date."""
    published, newest = now.dated.published_on, now.measures.newest_signed
    known = before.measures.newest_signed
    if now.dated.posting.is_copy or not (published and newest and known):
        return {}
    if newest >= min(known, published - timedelta(days=bounds.signing_days)):
        return {}
    return {
        "signing_stale": f"its newest signing, of {day(str(newest))}, is more than"
        f" {bounds.signing_days} days before its date and older than the newest of {before.day}"
    }


def passes_when(reasons: tuple[str, ...], now: Measures, bounds: GateBounds) -> str | None:
    """Return what would let a held list pass, as a sentence."""
    if not reasons:
        return None
    if reasons == ("rows_up",):
        least = ceil(now.row_count * (1 - bounds.confirmed_share))
        most = floor(now.row_count * (1 + bounds.confirmed_share))
        return (
            f"It passes when the next list, of another day, has {number(least)} to"
            f" {number(most)} rows, or when a person accepts it."
        )
    if reasons == ("unknown_columns",):
        return "It passes once seeds/lists.toml knows its columns, or when a person accepts it."
    if reasons == ("unsettled_rows",):
        return (
            'It passes once seeds/ knows those values (`pactwatch query "select * from issues"`),'
            " or when a person accepts it."
        )
    if reasons in (("no_date",), ("saved_long_before",)):
        return (
            "It passes once it is imported again from a folder or under a name with its date, or"
            " when a person accepts it."
        )
    return BY_A_PERSON
