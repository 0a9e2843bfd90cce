"""What the record tells of a world's lists: the events of its models, by whose rows they name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from flows.steps.common.layout import Paths
from tests.misprints import Course
from tests.misprints.outcome import filled

from .play import World
from .truth import List, Place, Row

ASKED = """
select
    events.list, events.kind, split_part(coalesce(events.rule, ''), ':', 1) as rule, events.rule,
    now.sha256, events.row_number, before.sha256, events.previous_row_number,
    coalesce(events."before", ''), coalesce(events."after", '')
from events
left join publications as now using (publication_id)
left join publications as before on events.previous_publication_id = before.publication_id
where events.kind in (
    'added', 'removed', 'returned', 'renamed', 'reassigned', 'redated', 'restated', 'renewed',
    'switched', 'duplicate_dropped', 'pending_added', 'pending_signed', 'pending_withdrawn',
    'returned_to_pending'
) and events.rule is distinct from 'type_printed'
order by events.published_on, now.seq, events.kind, events.agreement_id
"""
GAPS = {"removed": "gap_left", "returned": "gap_back"}


@dataclass(frozen=True, slots=True)
class Told:
    """An event as told: in which step, of which rows, by which rule."""

    of: str
    step: int
    kind: str
    rule: str
    now: Place | None
    before: Place | None
    words: str

    @property
    def places(self) -> list[Place]:
        """Return the rows that it names."""
        return [place for place in (self.now, self.before) if place]


@dataclass(frozen=True, slots=True)
class Telling:
    """The lists by kind, the events told of them, and those that the gate would have held."""

    lists: dict[str, list[List]]
    told: list[Told]
    held: list[str]


def tell(world: World, paths: Paths) -> Telling:
    """Build the record of a world and return what it tells.

    A person accepts every list that the gate holds, so that no list is missing.
    """
    versions = world.publications.with_columns(decision=pl.lit("accept"), reason=pl.lit("true"))
    reviewed = versions.select("list", "sha256", "published_on", "decision", "reason")
    reviewed.write_csv(paths.seeds / "version_reviews.csv")
    course = Course(
        world.publications,
        world.rows.drop("pact", "copy", "name_no", "date_no", "misprint"),
    )
    with filled(course, paths, last="events") as db:
        accepted = db.execute(
            "select list, sha256, published_on from publications where status = 'accepted'"
            " order by list, seq"
        ).fetchall()
        held = db.execute(
            "select publication_id, list_filter(reasons, r -> r <> 'reviewed_accept') as held"
            " from publications where len(held) > 0 order by published_on"
        ).fetchall()
        events = db.execute(ASKED).fetchall()
    lists = _lists(world, accepted)
    steps = {(kind, one.sha256): step for kind, of in lists.items() for step, one in enumerate(of)}
    return Telling(
        lists,
        [_told(row, lists, steps) for row in events],
        [f"{publication}: {', '.join(reasons)}" for publication, reasons in held],
    )


def _lists(world: World, accepted: list[tuple[str, str, date]]) -> dict[str, list[List]]:
    """Return the accepted lists with their rows, in published order."""
    rows: dict[tuple[str, str], dict[Place, Row]] = {}
    for row in world.rows.iter_rows(named=True):
        rows.setdefault((row["list"], row["sha256"]), {})[row["pact"], row["copy"]] = row
    lists: dict[str, list[List]] = {"participating": [], "pending": []}
    for kind, sha, day in accepted:
        lists[kind].append(List(kind, sha, day, rows.get((kind, sha), {})))
    return lists


def _told(
    row: tuple[Any, ...], lists: dict[str, list[List]], steps: Mapping[tuple[str, str], int]
) -> Told:
    kind_of_list, kind, rule, evidence, sha, number, sha_before, number_before, before, after = row
    step = steps[kind_of_list, sha]

    def place(at: int, row_number: int | None) -> Place | None:
        rows = lists[kind_of_list][at].rows
        return next((p for p, one in rows.items() if one["row_number"] == row_number), None)

    if rule == "gap":
        kind = GAPS.get(kind, kind)
    return Told(
        kind_of_list,
        step,
        kind,
        rule,
        place(step, number) if number else None,
        place(steps[kind_of_list, sha_before], number_before) if number_before else None,
        f"{kind} ({evidence}) {before} -> {after}",
    )
