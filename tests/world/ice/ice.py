"""ICE as it keeps its lists: what stands on them, who may be changed, and what is planned."""

from __future__ import annotations

import bisect
import heapq
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from .agencies import Agency, Names
from .lines import Line, Model, Pact
from .rates import Rates

Plan = Callable[[], None]
FRESH = timedelta(days=30)


@dataclass(slots=True)
class Calendar:
    """The place of a list in its time: `share` of all lists that have been published by then.

    The first lists come rarely and nobody joins; then comes the rush, with columns that are added
    as it goes, and a list of applications that ends before it does.
    """

    day: date
    previous: date
    share: float = 0.0
    is_last: bool = False

    @property
    def days(self) -> float:
        """Return the days since the list before; a second list of a day comes after half of one."""
        return max((self.day - self.previous).days, 0.4)

    @property
    def is_rush(self) -> bool:
        return self.share >= 0.15

    @property
    def has_pending(self) -> bool:
        return 0.17 <= self.share < 0.8

    @property
    def columns(self) -> frozenset[str]:
        """Return which of the columns that came later are there."""
        since = {"type": 0.17, "county": 0.2, "addendum": 0.4}
        return frozenset(name for name, share in since.items() if self.share >= share)


@dataclass(slots=True)
class Ice:
    """ICE between two lists: the lines of both, and what is planned."""

    rng: random.Random
    rates: Rates
    names: Names
    pool: list[Agency]
    now: Calendar
    lists: dict[str, list[Line]] = field(
        default_factory=lambda: {"participating": [], "pending": []}
    )
    pacts: list[Pact] = field(default_factory=list)
    touched: set[int] = field(default_factory=set)
    """The agreements that something befell since the last list: nothing else does."""
    vacated: set[tuple[str, Model, date]] = field(default_factory=set)
    """State, model and date of rows that left unlinked, and name, model and date of all that left:
    a row that joins and agrees in these would pass for them, by all that is printed."""
    departing: set[tuple[str, Model]] = field(default_factory=set)
    withdrawn: set[tuple[str, Model]] = field(default_factory=set)
    """Name and model of applications that left: one of another state would pass for them."""
    plans: list[tuple[date, int, Plan]] = field(default_factory=list)
    planned: int = 0

    @property
    def lines(self) -> list[Line]:
        """Return the rows of the participating list."""
        return self.lists["participating"]

    def later(self, days: float, plan: Plan) -> None:
        """Do something on the first list that comes so many days from now, and one list on."""
        self.planned += 1
        day = self.now.day + timedelta(days=max(0, round(days)))
        heapq.heappush(self.plans, (day, self.planned, plan))

    def turn(self, now: Calendar) -> None:
        """Begin the next list, and do what is planned for it."""
        self.now = now
        self.touched.clear()
        self.vacated.clear()
        self.departing.clear()
        self.withdrawn.clear()
        due = []
        while self.plans and self.plans[0][0] <= now.day:
            due.append(heapq.heappop(self.plans)[2])
        for plan in due:
            plan()

    def years(self, kind: str = "participating") -> float:
        """Return the agreement-years since the last list."""
        return len(self.lists[kind]) * self.now.days / 365.25

    def place(self, line: Line, kind: str = "participating") -> None:
        """Put a row where it sorts."""
        bisect.insort(self.lists[kind], line, key=lambda one: one.sorts)

    def is_free(self, line: Line) -> bool:
        """Say whether nothing befell a row of late, nor will soon: it is one, and well printed."""
        return (
            line.pact.no not in self.touched
            and not line.is_missing
            and line.misprint is None
            and line.form is None
            and not any(one.pact is line.pact and one is not line for one in self.beside(line))
        )

    def beside(self, line: Line) -> Iterator[Line]:
        """Yield the rows of the same agency, this one among them."""
        return (one for one in self.lines if one.agency is line.agency)

    def pick(self, young: float = 0.3, kind: str = "participating") -> Line | None:
        """Return a free row, in such a share of draws one of the last 30 days; and touch it."""
        lines = self.lists[kind]
        if self.rng.random() < young:
            fresh = [one for one in lines if self.now.day - one.listed_on <= FRESH]
            lines = fresh or lines
        for _ in range(20):
            line = self.rng.choice(lines) if lines else None
            if line and self.is_free(line) and line.listed_on < self.now.day:
                self.touched.add(line.pact.no)
                return line
        return None

    def when_free(self, line: Line, plan: Plan) -> Plan:
        """Return a plan that waits until nothing else befalls a row; void once that has left."""

        def waiting() -> None:
            if line not in self.lines:
                return
            if line.pact.no in self.touched or line.is_missing or line.misprint or line.form:
                self.later(1, waiting)
            else:
                self.touched.add(line.pact.no)
                plan()

        return waiting

    def sign(self, agency: Agency, model: Model, signed: date) -> Pact:
        """Return a new agreement."""
        self.pacts.append(Pact(len(self.pacts), agency, model, signed))
        return self.pacts[-1]
