"""Weigh every row that left against every row that came by all that both print.

One misprinted cell leaves the rest of the row as it was: the name, model, date, county, type and
document, and the place between its neighbors. Each that agrees speaks for a pair and each that
differs against it, in points; no pair may differ in more than one of state, agency, model and
signing date. The points are set so that a row whose agency reads quite otherwise still needs the
same state, model and date and its old place or document.

Source of the points: the published lists of 2021 to 2026, on which they join no row that left for
good with one that was new, and real lists with cells printed otherwise (tests/misprints).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import polars as pl

from .names import is_like
from .rules import Book, differ, pairs_of

ENOUGH = 6  # points that make a pair the same agreement without a named rule
NAMED = 6  # what a named rule adds: it speaks for a pair beyond the cells that agree
MARGIN = 3  # by which a pair without a rule must stand out from every other of either row
SAME, NEAR, UNREAD, OTHER = "same", "near", "unread", "other"
CELLS = ("state", "agency", "model", "date")
SIDES = ("variant", "variant_came")
# Points of a cell that agrees, nearly agrees or differs. One that cannot be read has none.
POINTS = {
    "state": {SAME: 1, OTHER: -3},
    "agency": {SAME: 8, NEAR: 5, OTHER: -4},
    "model": {SAME: 1, OTHER: -3},
    "date": {SAME: 3, OTHER: -2},
    "county": {SAME: 4, OTHER: -3},
    "type": {SAME: 1, OTHER: -1},
    "document": {SAME: 6},
    "place": {SAME: 6, NEAR: 2},
}
WORDS = {"place": "place in the list"}


def weighed(
    left: pl.DataFrame, came: pl.DataFrame, named: pl.DataFrame, book: Book
) -> pl.DataFrame:
    """Return the pairs of each step that may be one agreement, with points, rule and evidence.

    Both sides have the columns of `movements` and state, agency_key, canonical, model, signed_on
    and repeats. `named` holds the pairs a rule speaks for (list, step, variant, variant_came,
    rule, evidence, rank, distance); of the others those count that differ in one cell at most.
    Adds `told_...` for each cell: same, near, unread or other. An application is what an agency
    asks for and prints no date: none of its cells differs.
    """
    pairs = _admitted(pairs_of(left, came), named)
    has_other_name = pl.col("told_agency") == OTHER
    pairs = _with_likeness(pairs.filter(~has_other_name), pairs.filter(has_other_name), book)
    is_named = pl.col("rule").is_not_null()
    pairs = pairs.filter((pl.col("list") != "pending") | ~has_other_name | is_named).with_columns(
        told_type=_told("agency_type"), told_document=_told("moa_file"), told_place=_place()
    )
    pairs = pairs.with_columns(told_county=_county(pairs))
    points = pl.sum_horizontal(
        pl.col(f"told_{cell}").replace_strict(of, default=0, return_dtype=pl.Int32)
        for cell, of in POINTS.items()
    )
    return pairs.with_columns(
        is_named=is_named,
        points=points + pl.when(is_named).then(NAMED).otherwise(0),
        rule=pl.col("rule").fill_null("all_but_one"),
        evidence=_evidence(),
    )


def _admitted(pairs: pl.DataFrame, named: pl.DataFrame) -> pl.DataFrame:
    """Return the pairs that a rule speaks for or that differ in one cell at most."""
    pair = ("list", "step", "variant", "variant_came")
    of_rule = named.select(*pair, "rule", "evidence", "rank", "distance")
    same_name = pl.when(pl.col("canonical") == pl.col("canonical_came")).then(pl.lit(SAME))
    is_signed = pl.col("list") != "pending"
    told = pairs.with_columns(
        told_state=_told("state"),
        told_agency=same_name.otherwise(_told("agency_key")),
        told_model=_told("model"),
        told_date=pl.when(is_signed).then(_told("signed_on")),
    )
    others = pl.sum_horizontal(
        pl.col(f"told_{cell}") == OTHER for cell in CELLS if cell != "agency"
    )
    has_one_other = (others == 1) & (pl.col("told_agency") != OTHER) & is_signed
    return told.join(of_rule, on=pair, how="left").filter(
        (others == 0) | has_one_other | pl.col("rule").is_not_null()
    )


def settle(pairs: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return (joined, open) among weighed pairs: the clear ones, and those left in doubt.

    `pairs` has list, step, variant, variant_came, points, is_named, rank and distance (`weighed`).
    Taken in turn is what both rows have most points with. A named rule needs no more, and of equal
    ones the surer rule and then the nearer pair goes first; a pair without a rule needs points
    enough, and a margin over every other pair of either row. In doubt are pairs that had points
    enough but no margin, and rows that cannot be read with all that they could be.
    """
    enough = pl.col("points") >= ENOUGH
    pairs = pairs.filter(pl.col("is_named") | enough | _could_be())
    joined, rest = _in_turn(pairs, _clear_choices)
    return joined, rest.filter(enough | _could_be())


def nearest(pairs: pl.DataFrame) -> pl.DataFrame:
    """Return the pairs, by `distance`, whose two rows prefer each other to all that is left."""
    order = ["distance", "variant", "variant_came"]
    return _in_turn(pairs, lambda left: left.sort(order).filter(_are_first()))[0]


def _in_turn(
    pairs: pl.DataFrame, choose: Callable[[pl.DataFrame], pl.DataFrame]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return (chosen, rest): what is chosen no longer stands in the way of the rest."""
    chosen = [pairs.clear()]
    while (found := choose(pairs)).height:
        chosen.append(found)
        for side in SIDES:
            pairs = pairs.join(found, on=["list", "step", side], how="anti")
    return pl.concat(chosen), pairs


def _are_first() -> pl.Expr:
    """Say of pairs in order whether each is the first of both its rows."""
    firsts = [pl.struct("list", "step", side).is_first_distinct() for side in SIDES]
    return firsts[0] & firsts[1]


def _clear_choices(pairs: pl.DataFrame) -> pl.DataFrame:
    order = ["points", "rank", "distance", *SIDES]
    ranked = pairs.sort(order, descending=[True, *[False] * 4], nulls_last=True)
    stands_out = pl.lit(value=True)
    for side in SIDES:
        second = pl.col("points").shift(-1).over("list", "step", side)
        stands_out &= (pl.col("points") - second >= MARGIN).fill_null(value=True)
    clear = (pl.col("points") >= ENOUGH) & stands_out
    return ranked.filter(_are_first() & (pl.col("is_named") | clear))


def _could_be() -> pl.Expr:
    """Say whether a row has a cell that cannot be read, and nothing else of it differs."""
    agrees = pl.all_horizontal(
        pl.col(f"told_{cell}").fill_null(SAME) != OTHER for cell in (*CELLS, "county")
    )
    return agrees & pl.any_horizontal(
        pl.col(f"told_{cell}") == UNREAD for cell in ("state", "agency", "model")
    )


def _told(column: str) -> pl.Expr:
    one, other = pl.col(column), pl.col(f"{column}_came")
    return (
        pl.when(one.is_null() | other.is_null())
        .then(pl.lit(UNREAD))
        .when(one == other)
        .then(pl.lit(SAME))
        .otherwise(pl.lit(OTHER))
    )


def _with_likeness(same: pl.DataFrame, other: pl.DataFrame, book: Book) -> pl.DataFrame:
    """Tell names that are near from quite other ones; two that stand on one list are other.

    A rule that joins them has weighed the names already.
    """
    told = []
    for row in other.iter_rows(named=True):
        if row["rule"]:
            told.append(NEAR)
            continue
        a, b = book.names[row["canonical"]], book.names[row["canonical_came"]]
        told.append(NEAR if is_like(a, b) and not book.stand_together(row) else OTHER)
    return pl.concat([same, other.with_columns(told_agency=pl.Series(told, dtype=pl.String))])


def _county(pairs: pl.DataFrame) -> pl.Series:
    told = [
        UNREAD if not one or not other else OTHER if differ(one, other) else SAME
        for one, other in pairs.select("county", "county_came").iter_rows()
    ]
    return pl.Series(told, dtype=pl.String)


def _place() -> pl.Expr:
    """Say whether both rows stand between the same two, or beside one of them.

    A row that repeats its neighbor's key hides that neighbor, so that one counts as its own.
    """
    twin = pl.coalesce("repeats", "repeats_came")
    beside = []
    for side in ("above", "below"):
        one, other = pl.col(side), pl.col(f"{side}_came")
        is_end = one.is_null() & other.is_null()
        beside.append(((one == other) | (one == twin) | (other == twin)).fill_null(False) | is_end)
    both, either = beside[0] & beside[1], beside[0] | beside[1]
    return pl.when(both).then(pl.lit(SAME)).when(either).then(pl.lit(NEAR)).otherwise(pl.lit(OTHER))


def _evidence() -> pl.Expr:
    """Return in words what agrees, and what a rule says of the rest or which cell does not."""

    def cells(names: Iterable[str], *told: str) -> pl.Expr:
        said = [
            pl.when(pl.col(f"told_{name}").is_in(told)).then(pl.lit(WORDS.get(name, name)))
            for name in names
        ]
        return pl.concat_list(said).list.drop_nulls()

    unread, other = cells(CELLS, UNREAD), cells(CELLS, NEAR, OTHER)
    is_bare = pl.col("evidence").is_null()
    return pl.concat_str(
        pl.format("the same {}", cells(POINTS, SAME).list.join(", ")),
        "evidence",
        pl.when(is_bare & (unread.list.len() > 0)).then(
            pl.format("no {} that can be read", unread.list.join(" or "))
        ),
        pl.when(is_bare & (other.list.len() > 0)).then(
            pl.format("another {}", other.list.join(", "))
        ),
        separator="; ",
        ignore_nulls=True,
    )
