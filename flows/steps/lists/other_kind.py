"""Find the lists that are of the other kind than their columns say, by name and by agencies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from flows.steps.common.records import ListKind
from flows.steps.common.wording import count, day, number

from .dates import Dated
from .faults import Measures
from .list_names import kinds_named

Contradicted = dict[tuple[ListKind, str], str]
"""By list and sha256: a clause with the figures that say it is the other list."""


def contradicted(
    dated: Iterable[Dated], measures: Mapping[tuple[ListKind, str], Measures], share: float
) -> Contradicted:
    """Return the lists whose name and agencies both say that they are the other list.

    The columns decide which list a file is, for ICE has published the two under each other's
    names. Its agencies speak against them when more than `share` of its agreements stand on the
    other list's newest version before or of its day, and more than on its own list's.
    """
    postings = sorted(dated, key=lambda one: one.order)
    rightly = {_key(one) for one in postings if _named(one) == {one.posting.list}}
    found: Contradicted = {}
    for one in postings:
        kind, keys = one.posting.list, measures[_key(one)].keys
        other: ListKind = "pending" if kind == "participating" else "participating"
        if _named(one) != {other} or _key(one) in rightly:
            continue
        earlier = [
            before
            for before in postings
            if before.published_on
            and before.published_on <= (one.published_on or date.max)
            and not before.problem
            and before.posting.sha256 != one.posting.sha256
            and _key(before) not in found
        ]
        newest = {before.posting.list: before for before in earlier}
        stand = {k: len(keys & measures[_key(v)].keys) for k, v in newest.items()}
        there = stand.get(other, 0)
        if there > max(share * len(keys), stand.get(kind, 0)):
            found[_key(one)] = (
                f"its columns are those of the {kind} list, but its name says {other}, and"
                f" {number(there)} of its {count(len(keys), 'agreement')} stand on the {other}"
                f" list of {day(str(newest[other].published_on))}"
            )
    return found


def _key(dated: Dated) -> tuple[ListKind, str]:
    return dated.posting.list, dated.posting.sha256


def _named(dated: Dated) -> frozenset[ListKind]:
    return kinds_named(dated.posting.file_name)
