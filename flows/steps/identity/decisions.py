"""What people decided of who is who, in seeds/identity_links.csv."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import product

import polars as pl

from flows.steps.common.errors import UsageError

from .keys import agency_name

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Decided:
    """What people decided: pairs of variants and of agency ids that are one, or are not.

    `same` carries each pair's reason.
    """

    same: dict[Pair, str] = field(default_factory=dict)
    distinct: frozenset[Pair] = frozenset()
    same_agencies: frozenset[tuple[str, str]] = frozenset()
    distinct_agencies: frozenset[tuple[str, str]] = frozenset()


def decisions(table: pl.DataFrame, variants: pl.DataFrame) -> Decided:
    """Return what seeds/identity_links.csv says of these variants.

    A side is a printed key (`WI | waukesha-county-sheriffs-office | WSO | 2025-05-13`, as
    identity_links shows it, with `?` for a cell that cannot be read) or an agency's id. Raises
    `UsageError` with the line number when a decision is unknown, or a side is nothing that any
    list prints (any more).
    """
    of_key, of_agency = _named(variants, "key"), _named(variants, "own_agency")
    # A row that repeats another's key is that one, unless the evidence says otherwise.
    repeats = set(variants.drop_nulls("repeats")["variant"])
    same: dict[Pair, str] = {}
    apart: set[Pair] = set()
    agencies: dict[str, set[tuple[str, str]]] = {"same": set(), "distinct": set()}
    for line, row in enumerate(table.iter_rows(named=True), start=2):
        where, decision = f"seeds/identity_links.csv line {line}", row["decision"]
        left, right = (str(row[side] or "").strip() for side in ("left", "right"))
        if decision not in agencies:
            raise UsageError(f"{where}: the decision is {decision!r}, it must be same or distinct.")
        known = of_key if left in of_key else of_agency
        for side in (left, right):
            if side not in known:
                raise UsageError(
                    f"{where}: no list prints {side!r} (any more): correct the row or remove it."
                )
        found = {(a, b) for a, b in product(known[left], known[right]) if a != b}
        if known is of_agency:
            agencies[decision].add((left, right))
        if decision == "distinct":
            apart |= found
        elif known is of_key:
            sound = sorted(pair for pair in found if not repeats & set(pair))
            same |= dict.fromkeys(sound, row["reason"])
    return Decided(
        same, frozenset(apart), frozenset(agencies["same"]), frozenset(agencies["distinct"])
    )


def _named(variants: pl.DataFrame, name: str) -> dict[str, list[int]]:
    """Return the variants of each key or agency."""
    told = variants.with_columns(own_agency=agency_name()).drop_nulls(name)
    return dict(told.group_by(name).agg(pl.col("variant").sort()).iter_rows())


def reviewed_links(decided: Decided, seen: pl.DataFrame, schema: pl.Schema) -> pl.DataFrame:
    """Return the pairs of one list that a person called the same, as joins of the later's step.

    `seen` has variant, list and first_step; `schema` is that of joins (`match.LINK_SCHEMA`).
    """
    decided_on = sorted({variant for pair in decided.same for variant in pair})
    known = seen.filter(pl.col("variant").is_in(decided_on))
    of = {row["variant"]: row for row in known.iter_rows(named=True)}
    rows = []
    for pair, reason in decided.same.items():
        left, came = sorted(pair, key=lambda v: (of[v]["first_step"], v) if v in of else (0, v))
        if left in of and came in of and of[left]["list"] == of[came]["list"]:
            place = (of[came]["list"], of[came]["first_step"])
            rows.append((*place, left, came, "reviewed", reason))
    return pl.DataFrame(rows, schema=schema, orient="row")
