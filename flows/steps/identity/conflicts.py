"""Refuse joins that would make one agreement of two rows of one list."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

# Joins of names that need not be alike.
BY_PLACE = ("all_but_one", "relabelled", "other_state")
# Joins that say who an agency is, and not which agreement: a new signing, an application's end.
NOT_ONE_AGREEMENT = ("renewed", "signed_as", "signed_elsewhere")


def printed_again(links: pl.DataFrame, presence: pl.DataFrame) -> pl.DataFrame:
    """Return the runs (list, step, variant) of keys that are back beside what they have become.

    A key that was joined with a later one is printed again, on a list that prints the later one
    too: a second row or a misprint, which says nothing of the join of then. It speaks against a
    join that no likeness of the names made. `links` are joins, `presence` says which list prints
    what (list, step, variant).
    """
    one = links.filter(~pl.col("rule").is_in([*NOT_ONE_AGREEMENT, *BY_PLACE]))
    members = sorted({*one["left"], *one["came"]})
    group = pl.DataFrame(
        {"variant": members, "group": _groups(members, one)},
        schema={"variant": pl.UInt32, "group": pl.UInt32},
    )
    printed = (
        presence.select("list", pl.col("step").cast(pl.Int32), "variant")
        .join(group, on="variant")
        .sort("variant", "step")
        .with_columns(before=pl.col("step").shift(1).over("variant"))
    )
    beside = printed.filter(pl.len().over("list", "step", "group") > 1)
    back = beside.filter(pl.col("before") < pl.col("step") - 1)
    joined = one.select("list", pl.col("step").cast(pl.Int32), variant="came")
    return back.select("list", "step", "variant").join(
        joined, on=["list", "step", "variant"], how="anti"
    )


def without_conflicts(
    links: pl.DataFrame, presence: pl.DataFrame, reviewed: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Refuse joins that would make one agreement of two variants printed on one list.

    The latest join of a conflicting group is refused first, until no group conflicts. Variants
    that a person called the same count as one. `links` and `reviewed` are joins (list, step, left,
    came, rule, evidence), `presence` says which list prints what (list, step, variant). Returns
    (kept, refused), both joins.
    """
    aside = links.filter(pl.col("rule").is_in(NOT_ONE_AGREEMENT))
    kept = links.filter(~pl.col("rule").is_in(NOT_ONE_AGREEMENT))
    columns = ["list", "step", "left", "came"]
    while kept.height:
        in_conflict = _in_conflict(kept, presence, reviewed)
        if not in_conflict.height:
            break
        latest = in_conflict.group_by("group").agg(pl.col("step").max())
        drop = in_conflict.join(latest, on=["group", "step"]).select(columns)
        kept = kept.join(drop, on=columns, how="anti")
    kept = pl.concat([kept, aside])
    refused = links.join(kept, on=columns, how="anti").with_columns(
        evidence=pl.format("{}; both stand on one list", "evidence")
    )
    return kept, refused


def _in_conflict(
    links: pl.DataFrame, presence: pl.DataFrame, reviewed: pl.DataFrame
) -> pl.DataFrame:
    """Return the joins, with their `group`, of the groups that one list prints more than once."""
    both = pl.concat([links, reviewed])
    members = sorted({*both["left"], *both["came"]})
    group = pl.DataFrame(
        {
            "variant": members,
            "group": _groups(members, both),
            "one": _groups(members, reviewed),
        },
        schema={"variant": pl.UInt32, "group": pl.UInt32, "one": pl.UInt32},
    )
    together = (
        presence.select("list", "step", "variant")
        .join(group, on="variant")
        .group_by("list", "step", "group")
        .agg(pl.col("one").n_unique())
        .filter(pl.col("one") > 1)["group"]
        .unique()
    )
    grouped = links.join(group, left_on="left", right_on="variant", maintain_order="left")
    return grouped.filter(pl.col("group").is_in(together.implode()))


def _groups(members: list[int], links: pl.DataFrame) -> list[int]:
    """Return for each member, in order, the group that joins (left, came) put it into."""
    place = {variant: at for at, variant in enumerate(members)}
    pairs = [(place[a], place[b]) for a, b in links.select("left", "came").rows()]
    return components(len(members), pairs)


def components(size: int, pairs: Iterable[tuple[int, int]]) -> list[int]:
    """Return for each of `size` items the smallest item it is joined with, over all pairs."""
    parent = list(range(size))

    def find(item: int) -> int:
        while parent[item] != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    for a, b in pairs:
        low, high = sorted((find(a), find(b)))
        parent[high] = low
    return [find(item) for item in range(size)]
