"""Compare what is told with what happened, and say where they differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from .told import Telling, Told
from .truth import Event, Truth

KINDS = (
    *("added", "removed", "returned", "gap_left", "gap_back", "renamed", "redated", "renewed"),
    *("switched", "duplicate_dropped", "restated", "pending_added", "pending_signed"),
    "pending_withdrawn",
)


@dataclass(slots=True)
class Score:
    """How many events of each kind were told rightly, wrongly and not at all.

    `left` and `joined` count the departures told as confirmed and the additions that are false.
    """

    right: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    left: int = 0
    joined: int = 0
    held: int = 0
    lists: int = 0

    def __iadd__(self, other: Score) -> Score:
        for name in ("right", "wrong", "missed", "faults"):
            getattr(self, name).update(getattr(other, name))
        for name in ("left", "joined", "held", "lists"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        return self

    def precision(self, kind: str) -> float | None:
        """Return the share of what was told of a kind that happened."""
        told = self.right[kind] + self.wrong[kind]
        return self.right[kind] / told if told else None

    def recall(self, kind: str) -> float | None:
        """Return the share of what happened of a kind that was told."""
        happened = self.right[kind] + self.missed[kind]
        return self.right[kind] / happened if happened else None


@dataclass(frozen=True, slots=True)
class Fault:
    """What was told and what happened of the same agreements in a step where they differ."""

    of: str
    step: int
    pacts: frozenset[int]
    told: tuple[Told, ...]
    missed: tuple[Event, ...]

    def is_beside(self, other: Fault) -> bool:
        """Say whether another fault is of the same step and agreements."""
        return (self.of, self.step) == (other.of, other.step) and bool(self.pacts & other.pacts)

    @property
    def kind(self) -> str:
        """Return the fault in words, to count it by."""
        happened = "+".join(sorted({one.kind for one in self.missed})) or "nothing"
        told = "+".join(sorted({f"{one.kind} ({one.rule})" for one in self.told})) or "nothing"
        return f"{happened} told as {told}"


def compare(truth: Truth, telling: Telling) -> tuple[Score, list[Fault]]:
    """Match the events told with the true ones, one to one; those due first."""
    score = Score(held=len(telling.held), lists=sum(len(one) for one in telling.lists.values()))
    added = {place for one in telling.told if one.kind == "added" for place in one.places}
    by_pact: dict[tuple[str, int], list[Event]] = {}
    for event in sorted(truth.events, key=lambda one: not one.is_due):
        # A second row that was never told of need not be told of when it goes.
        if event.kind == "duplicate_dropped":
            event.is_due = any((no, event.copy) in added for no in event.pacts)
        for no in event.pacts:
            by_pact.setdefault((event.of, no), []).append(event)
    taken: set[int] = set()
    wrong: list[Told] = []
    for told in telling.told:
        event_or_none = next(_fitting(told, by_pact, taken), None)
        if event_or_none is None:
            wrong.append(told)
        elif event_or_none.kind != "misprint":
            taken.add(id(event_or_none))
            score.right[event_or_none.kind] += event_or_none.is_due
    missed = [one for one in truth.events if one.is_due and id(one) not in taken]
    score.wrong.update(one.kind for one in wrong)
    score.missed.update(one.kind for one in missed)
    score.left = sum(one.kind == "removed" and one.rule == "confirmed" for one in wrong)
    score.joined = sum(one.kind == "added" for one in wrong)
    faults = _faults(wrong, missed)
    score.faults.update(fault.kind for fault in faults)
    return score, faults


def _fitting(
    told: Told, by_pact: dict[tuple[str, int], list[Event]], taken: set[int]
) -> Iterator[Event]:
    for no, _ in told.places:
        for event in by_pact.get((told.of, no), []):
            if (
                id(event) not in taken
                and told.kind in event.told_as
                and event.step <= told.step <= event.until
            ):
                yield event


def _faults(wrong: list[Told], missed: list[Event]) -> list[Fault]:
    """Put what is wrong and what is missed of the same agreements in one step together."""
    faults = [
        Fault(one.of, one.step, frozenset(no for no, _ in one.places), (one,), ()) for one in wrong
    ]
    faults += [Fault(one.of, one.step, one.pacts, (), (one,)) for one in missed]
    joined: list[Fault] = []
    for fault in faults:
        alike = [one for one in joined if one.is_beside(fault)]
        joined = [one for one in joined if one not in alike]
        joined.append(sum_of([*alike, fault]))
    return sorted(joined, key=lambda one: (one.of, one.step))


def sum_of(faults: list[Fault]) -> Fault:
    """Return faults of one step as one."""
    return Fault(
        faults[0].of,
        faults[0].step,
        frozenset(no for one in faults for no in one.pacts),
        tuple(told for one in faults for told in one.told),
        tuple(event for one in faults for event in one.missed),
    )
