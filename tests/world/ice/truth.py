"""What truly happened: the events that follow from whose rows the accepted lists print.

A departure is one that two more lists and nine days confirm; a shorter absence is a gap.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Any

from .lines import Pact

GAP_DAYS = 9
MORE_LISTS = 2
TELLING = ("state_printed", "agency_printed", "model_printed", "signed_printed")
RENAMED = frozenset({"renamed", "reassigned"})
MENDED = RENAMED | {"redated", "restated"}
"""What may be told of a row whose cell is misprinted, or printed right again."""
Row = Mapping[str, Any]
Place = tuple[int, int]
"""The number of an agreement and which of its rows it is."""


@dataclass(frozen=True, slots=True)
class List:
    """An accepted list: its version, its day, and its rows by their place in the truth."""

    of: str
    sha256: str
    day: date
    rows: dict[Place, Row]

    @property
    def pacts(self) -> set[int]:
        """Return the agreements that it prints."""
        return {pact for pact, _ in self.rows}


@dataclass(slots=True)
class Event:
    """A true event of one step, and the kinds by which it may be told.

    One that is not `is_due` may be told or not. It may be told up to step `until`.
    """

    of: str
    step: int
    kind: str
    pacts: frozenset[int]
    told_as: frozenset[str]
    is_due: bool = True
    until: int = 0
    copy: int | None = None


@dataclass(slots=True)
class Truth:
    """The events of both lists."""

    lists: dict[str, list[List]]
    pacts: Sequence[Pact]
    events: list[Event] = field(default_factory=list)
    read: dict[str, set[int]] = field(default_factory=dict)

    def add(self, kind: str, of: str, step: int, *pacts: int, **more: Any) -> None:
        """Add an event, told by its own kind unless `told_as` says others."""
        told_as = more.pop("told_as", frozenset({kind}))
        until = more.pop("until", step)
        self.events.append(Event(of, step, kind, frozenset(pacts), told_as, until=until, **more))


def true_events(lists: dict[str, list[List]], pacts: Sequence[Pact]) -> Truth:
    """Return what happened on the accepted lists of both kinds."""
    truth = Truth(lists, pacts)
    truth.read |= {kind: _read(of) for kind, of in lists.items()}
    signed = dict(_runs(lists["participating"]))
    _participating(truth, signed)
    _pending(truth, signed)
    for kind in lists:
        _rewritten(truth, kind)
    return truth


def _runs(lists: Sequence[List]) -> Iterator[tuple[int, list[tuple[int, int]]]]:
    """Yield each agreement with its unbroken runs of lists, (first, last)."""
    runs: dict[int, list[tuple[int, int]]] = {}
    for step, one in enumerate(lists):
        for pact in one.pacts:
            of_pact = runs.setdefault(pact, [])
            if of_pact and of_pact[-1][1] == step - 1:
                of_pact[-1] = (of_pact[-1][0], step)
            else:
                of_pact.append((step, step))
    yield from runs.items()


def _is_gap(lists: Sequence[List], gone: int, back: int) -> bool:
    """Say whether a row that left was back before that was confirmed."""
    days = (lists[back].day - lists[gone].day).days
    return not (days > GAP_DAYS and back - 1 - gone >= MORE_LISTS)


def _read(lists: Sequence[List]) -> set[int]:
    """Return the agreements that some list prints without a misprint in what tells them."""
    return {
        pact
        for one in lists
        for (pact, _), row in one.rows.items()
        if row["misprint"] not in TELLING
    }


def _participating(truth: Truth, runs: Mapping[int, list[tuple[int, int]]]) -> None:
    """Add who joined, left, came back and took over."""
    lists, of = truth.lists["participating"], "participating"
    taken: dict[int, int] = {
        pact.follows: pact.no
        for pact in truth.pacts
        if pact.follows is not None and pact.no in runs
    }
    for no, own in runs.items():
        for (_, last), (back, _) in pairwise(own):
            is_gap = _is_gap(lists, last + 1, back)
            truth.add("gap_left" if is_gap else "removed", of, last + 1, no)
            truth.add("gap_back" if is_gap else "returned", of, back, no)
        first = own[0][0]
        follows = truth.pacts[no].follows
        if follows is None or follows not in runs:
            _joined(truth, no, first)
        elif first > (gone := runs[follows][-1][1] + 1):  # after it had left
            _renewed_later(truth, no, follows, gone, first)
        elif first < gone:
            _joined(truth, no, first)
        if own[-1][1] + 1 < len(lists):
            _left(truth, no, own[-1][1] + 1, taken.get(no), runs)


def _joined(truth: Truth, no: int, first: int) -> None:
    """Add that an agreement joined; one that is misprinted at first may be told later or not."""
    lists = truth.lists["participating"]
    if not first:
        return
    step = first
    while step + 1 < len(lists) and _misprint(lists[step], no):
        step += 1
    is_due = _misprint(lists[first], no) is None
    truth.add("added", "participating", first, no, is_due=is_due, until=step)


def _left(
    truth: Truth, no: int, gone: int, heir: int | None, runs: Mapping[int, list[tuple[int, int]]]
) -> None:
    of = "participating"
    if heir is None:
        truth.add("removed", of, gone, no, is_due=no in truth.read[of])
        return
    come = runs[heir][0][0]
    if come <= gone:
        kind = truth.pacts[heir].how or "renewed"
        truth.add(kind, of, gone, no, heir, told_as=_signed_anew(truth, kind, no, heir))


def _signed_anew(truth: Truth, kind: str, old: int, heir: int) -> frozenset[str]:
    """Return as what a new signing may be told: without two documents it is but another date."""
    linked = {
        no
        for one in truth.lists["participating"]
        for (no, _), row in one.rows.items()
        if row["moa_url"]
    }
    return frozenset({kind} if {old, heir} <= linked or kind != "renewed" else {kind, "redated"})


def _renewed_later(truth: Truth, no: int, old: int, gone: int, first: int) -> None:
    """Add that an agreement left and was signed anew: a gap of nine days or less, or a departure.

    Where it was longer and too few lists came to confirm the departure, either may be told.
    """
    lists, of = truth.lists["participating"], "participating"
    if (lists[first].day - lists[gone].day).days <= GAP_DAYS:
        left, came = {"gap_left"}, set(_signed_anew(truth, "renewed", old, no))
    elif _is_gap(lists, gone, first):
        left, came = {"gap_left", "removed"}, {"renewed", "added"}
    else:
        left, came = {"removed"}, {"added"}
    truth.add(min(left), of, gone, old, told_as=frozenset(left))
    truth.add(max(came), of, first, no, old, told_as=frozenset(came))
    if "renewed" in came:
        truth.add("gap_back", of, first, no, is_due=False)


def _misprint(one: List, no: int) -> str | None:
    """Return the misprinted column of an agreement's first row on a list."""
    rows = [row for (pact, _), row in sorted(one.rows.items()) if pact == no]
    return rows[0]["misprint"] if rows else None


def _pending(truth: Truth, signed: Mapping[int, list[tuple[int, int]]]) -> None:
    """Add who applied, and whether it was signed or withdrawn."""
    lists, of = truth.lists["pending"], "pending"
    read = truth.read[of]
    for no, own in _runs(lists):
        if own[0][0]:
            is_due = _misprint(lists[own[0][0]], no) is None
            told_as = {"pending_added"}
            if _is_one_more(truth, no):
                told_as |= {"returned", "returned_to_pending"}
            more = {"is_due": is_due, "until": own[0][1], "told_as": frozenset(told_as)}
            truth.add("pending_added", of, own[0][0], no, **more)
        if (gone := own[-1][1] + 1) == len(lists):
            continue
        if truth.pacts[no].how == "withdrawn":
            told_as = {"pending_withdrawn"} | (
                {"pending_signed"} if _signs_later(truth, no) else set()
            )
            is_due = no in read
            truth.add("pending_withdrawn", of, gone, no, is_due=is_due, told_as=frozenset(told_as))
            continue
        # It is signed; a record that ends before the agreement is listed cannot say so.
        is_due = (
            no in signed
            and (truth.lists["participating"][signed[no][0][0]].day - lists[gone].day).days
            <= GAP_DAYS
        )
        told_as = {"pending_signed"} if is_due else {"pending_signed", "pending_withdrawn"}
        is_due = is_due and no in read
        truth.add("pending_signed", of, gone, no, is_due=is_due, told_as=frozenset(told_as))


def _signs_later(truth: Truth, no: int) -> bool:
    """Say whether an agency that withdrew signed for the same model after all."""
    pact = truth.pacts[no]
    later = (one for one in truth.pacts[no + 1 :] if one.agency is pact.agency)
    return any(one.model == pact.model and one.no in truth.read["participating"] for one in later)


def _is_one_more(truth: Truth, no: int) -> bool:
    """Say whether an agency had signed or applied for the same model before."""
    pact = truth.pacts[no]
    earlier = (one for one in truth.pacts[:no] if one.agency is pact.agency)
    return any(one.model == pact.model for one in earlier)


def _rewritten(truth: Truth, kind: str) -> None:
    """Add what is printed otherwise of the same rows, and rows that were printed twice."""
    lists = truth.lists[kind]
    names: set[tuple[Place, str]] = set()
    for step in range(1, len(lists)):
        before, now = lists[step - 1], lists[step]
        names |= {(place, row["agency_printed"]) for place, row in before.rows.items()}
        for place, row in now.rows.items():
            old = before.rows.get(place)
            if old is not None:
                _changed(truth, step, old, row, was_named=(place, row["agency_printed"]) in names)
            elif place[0] in before.pacts:  # printed once more
                more = {"is_due": False, "copy": place[1]}
                truth.add("added", kind, step, place[0], **more)
        for no, copy in before.rows.keys() - now.rows.keys():
            if no in now.pacts:
                told_as = frozenset({"duplicate_dropped", "renewed"})
                truth.add("duplicate_dropped", kind, step, no, told_as=told_as, copy=copy)


def _changed(truth: Truth, step: int, old: Row, row: Row, *, was_named: bool) -> None:
    """Add what changed in a row. A name that it had before may be told of or not."""
    no, kind = row["pact"], row["list"]
    if old["misprint"] or row["misprint"]:
        if old["misprint"] != row["misprint"]:
            truth.add("misprint", kind, step, no, told_as=MENDED, is_due=False)
        is_due = False
    else:
        is_due = True
    if old["name_no"] != row["name_no"]:
        truth.add("renamed", kind, step, no, told_as=RENAMED, is_due=is_due and not was_named)
    if old["date_no"] != row["date_no"]:
        truth.add("redated", kind, step, no, is_due=is_due)
