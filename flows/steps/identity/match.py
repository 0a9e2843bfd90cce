"""Decide, within one step from a list to the next, which row that came is a row that left.

The rows of a step are assigned to one another at once, by all that they print; the pairs that a
named rule speaks for go before the rest. Digits and directions in a name must match for a rule: a
precinct number tells two agencies apart. Two names that some list prints together are two agencies:
rules that go by likeness leave them to a person.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from . import rules
from .names import Name, read
from .rules import Book
from .signed import arrivals, signed_as, signed_elsewhere
from .weigh import nearest, settle, weighed

LINK_SCHEMA = pl.Schema(
    {
        "list": pl.String(),
        "step": pl.Int32(),
        "left": pl.UInt32(),
        "came": pl.UInt32(),
        "rule": pl.String(),
        "evidence": pl.String(),
    }
)
ROW = ("list", "step", "variant")
PAIR = ("variant", "variant_came")
Rule = Callable[[pl.DataFrame, pl.DataFrame, Book], pl.DataFrame]
# The surest first. A rule; whether it goes by likeness, so that names printed together are not
# joined by it; and whether an application that was signed just then is left to its signing.
RULES: tuple[tuple[Rule, bool, bool], ...] = (
    (rules.same_document, False, False),
    (rules.redated, False, False),
    (rules.same_file, False, False),
    (rules.abbreviated, False, False),
    (rules.respelled, True, True),
    (rules.reworded, True, True),
    (rules.later_document, False, False),
    (rules.relabelled, True, True),
    (rules.other_state, False, True),
    (rules.respelled_redated, True, True),
)
GAP_RULES = 6  # the first of them hold over a gap too
GAP_DAYS = 9  # a row that is back before that was only missing


@dataclass(frozen=True, slots=True)
class Joins:
    """What became of the rows that left, each table `LINK_SCHEMA`.

    `links` are the joins made. `refused` holds the pairs that a rule would join, but whose names
    stand together on some list, and those that nothing else in the step explains. `doubts` holds
    each row that left with each row that it may be, where nothing settles which.
    """

    links: pl.DataFrame
    refused: pl.DataFrame
    doubts: pl.DataFrame


def join_steps(
    moved: tuple[pl.DataFrame, pl.DataFrame],
    variants: pl.DataFrame,
    presence: pl.DataFrame,
    distinct: Iterable[tuple[int, int]] = (),
    same: Iterable[tuple[int, int]] = (),
) -> Joins:
    """Return which rows that came are rows that left, among the movements of all steps at once.

    `moved` is (left, came) of `movements`; `variants` has variant, state, agency_key, canonical,
    model, signed_on, is_odd and repeats. The rows of a step are assigned one to one, by all that
    they print and the rules that speak for a pair. No pair of variants in `distinct` is joined,
    and pairs in `same` are a person's to join.
    """
    apart = _both_ways(distinct)
    left, came = _undecided(*moved, _both_ways(same))
    of_variant = variants.drop("list", "telling", strict=False)
    left, came = (side.join(of_variant, on="variant") for side in (left, came))
    book = _book(left, came, of_variant, presence)
    waiting = left.filter(pl.col("list") == "pending")
    waiting = waiting.join(arrivals(left, came, "state", "agency_key"), on=ROW, how="anti")
    # What was signed was not renamed, nor printed otherwise.
    signed = arrivals(left, came, "state", "canonical").select(ROW).unique()
    named, refused = _by_rule(left, came, book, signed)
    pairs = weighed(left, came, named, book).join(apart, on=PAIR, how="anti")
    is_signed = pl.struct(ROW).is_in(signed.select(pl.struct(ROW)).to_series().implode())
    found, doubts = settle(pairs.filter(pl.col("is_named") | ~is_signed))
    links = _links(found)
    left, came = _without(left, links, "left"), _without(came, links, "came")
    links = pl.concat([links, _links(_over_gaps(left, came, book, apart))])
    left, came = _without_variants(left, links, "left"), _without(came, links, "came")
    refused = pl.concat([refused, _links(_unsettled(left, came))])
    links = pl.concat(
        [links, _links(_became(_without(waiting, links, "left"), came, book, variants))]
    )
    order = ["list", "step", "left", "came"]
    refused = refused.join(links, on=order, how="anti").unique(order)
    refused = refused.join(apart, left_on=["left", "came"], right_on=PAIR, how="anti")
    return Joins(links.sort(order), refused.sort(order), _links(doubts).sort(order))


def _undecided(
    left: pl.DataFrame, came: pl.DataFrame, same: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the rows of each step that a person has not joined with one another."""
    step = ["list", "step"]
    pairs = left.select(ROW).join(same, on="variant")
    pairs = pairs.join(
        came.select(*step, variant_came="variant"), on=[*step, "variant_came"], how="semi"
    )
    joined = pairs.select(*step, variant="variant_came")
    return left.join(pairs, on=ROW, how="anti"), came.join(joined, on=ROW, how="anti")


def _by_rule(
    left: pl.DataFrame,
    came: pl.DataFrame,
    book: Book,
    signed: pl.DataFrame,
    of_rules: Sequence[tuple[Rule, bool, bool]] = RULES,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return (pairs, refused): the pairs that a named rule speaks for, each by its surest rule.

    Rules go by keys, so both rows must have one that can be read.
    """
    keyed = pl.all_horizontal(pl.col("state", "agency_key", "model").is_not_null())
    left, came = left.filter(keyed), came.filter(keyed)
    named, refused = [], [pl.DataFrame(schema=LINK_SCHEMA)]
    unsigned = left.join(signed, on=ROW, how="anti")
    for rank, (rule, is_likeness, yields) in enumerate(of_rules):
        some = unsigned if yields else left
        pairs = rule(some, came, book)
        if is_likeness:
            together = pl.Series(
                [book.are_two(row) for row in pairs.iter_rows(named=True)], dtype=pl.Boolean
            )
            refused.append(_links(_told(pairs.filter(together), "both names stand on one list")))
            pairs = pairs.filter(~together)
        told = pairs.select(*ROW, "variant_came", "rule", "evidence", "distance", rank=pl.lit(rank))
        named.append(told)
    pairs = pl.concat(named).unique([*ROW, "variant_came"], keep="first", maintain_order=True)
    return pairs, pl.concat(refused)


def _became(
    waiting: pl.DataFrame, came: pl.DataFrame, book: Book, variants: pl.DataFrame
) -> pl.DataFrame:
    """Return the applications that left with the agreements that they became, one to one."""
    asked = variants.filter((pl.col("list") == "pending") & ~pl.col("is_odd"))
    asked = asked.select("state", "agency_key", "model").unique()
    pairs = [signed_as(waiting, came, asked, book), signed_elsewhere(waiting, came, asked)]
    columns = [*ROW, "variant_came", "distance", "rule", "evidence"]
    return nearest(pl.concat([of.select(columns) for of in pairs]))


def _over_gaps(
    left: pl.DataFrame, came: pl.DataFrame, book: Book, apart: pl.DataFrame
) -> pl.DataFrame:
    """Pair rows that left for good with rows that came new within the days of a gap."""
    signed = pl.col("list") == "participating"
    left, came = left.filter(signed & ~pl.col("is_back")), came.filter(signed & ~pl.col("is_known"))
    steps = came.select("list", "model", came_step="step", came_on="listed_on").unique()
    days = (pl.col("came_on") - pl.col("gone_on")).dt.total_days()
    left = (
        left.join(steps, on=["list", "model"])
        .filter((pl.col("came_step") > pl.col("step")) & (days <= GAP_DAYS))
        .with_columns(step="came_step", days=days)
    )
    pairs, _ = _by_rule(left, came, book, left.select(ROW).clear(), RULES[:GAP_RULES])
    ranked = pairs.join(apart, on=PAIR, how="anti").with_columns(
        distance=pl.col("rank") * 1000 + pl.col("distance")
    )
    found = nearest(ranked).sort("step").unique("variant", keep="first", maintain_order=True)
    told = pl.format("{}; {} days later", "evidence", "days")
    return found.join(left.select(*ROW, "days"), on=ROW).with_columns(evidence=told)


def _both_ways(pairs: Iterable[tuple[int, int]]) -> pl.DataFrame:
    return pl.DataFrame(
        [pair for a, b in pairs for pair in ((a, b), (b, a))],
        schema={"variant": pl.UInt32, "variant_came": pl.UInt32},
        orient="row",
    )


def _links(pairs: pl.DataFrame) -> pl.DataFrame:
    return pairs.select(
        "list",
        pl.col("step").cast(pl.Int32),
        pl.col("variant").alias("left"),
        pl.col("variant_came").alias("came"),
        "rule",
        "evidence",
    )


def _told(pairs: pl.DataFrame, more: str) -> pl.DataFrame:
    return pairs.with_columns(evidence=pl.format("{}; {}", "evidence", pl.lit(more)))


def _unsettled(left: pl.DataFrame, came: pl.DataFrame) -> pl.DataFrame:
    """Pair the only row that left with the only one that came, of one state, model and date."""
    return rules.only_ones(left, came).with_columns(
        rule=pl.lit("unsettled"),
        evidence=pl.format(
            "the only row of its state and model that left and the only one that came, signed {}",
            "signed_on",
        ),
    )


def _without(side: pl.DataFrame, found: pl.DataFrame, end: str) -> pl.DataFrame:
    taken = found.select("list", pl.col("step").cast(pl.Int64), pl.col(end).alias("variant"))
    return side.join(taken, on=["list", "step", "variant"], how="anti")


def _without_variants(side: pl.DataFrame, found: pl.DataFrame, end: str) -> pl.DataFrame:
    return side.join(found.select("list", variant=end), on=["list", "variant"], how="anti")


def _book(
    left: pl.DataFrame, came: pl.DataFrame, variants: pl.DataFrame, presence: pl.DataFrame
) -> Book:
    moved = pl.concat([left, came]).select("state", "agency_key", "canonical").unique()
    names: dict[str, Name] = {text: read(text) for text in moved["canonical"].unique()}
    sound = variants.filter(~pl.col("is_odd"))
    of_key = sound.select("variant", "state", "agency_key").join(
        moved, on=["state", "agency_key"], how="semi"
    )
    lists = (
        presence.join(of_key, on="variant")
        .group_by("state", "agency_key")
        .agg(pl.col("at").unique())
    )
    return Book(names, {(state, key): set(at) for state, key, at in lists.iter_rows()})
