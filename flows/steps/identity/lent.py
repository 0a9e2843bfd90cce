"""Tell a misprinted name from another agency's: whose agreement goes on under it."""

from __future__ import annotations

import polars as pl

from .conflicts import BY_PLACE, NOT_ONE_AGREEMENT
from .keys import agency_name

FRESH_DAYS = 45  # a row that came so lately may have come under the wrong name


def lent_names(named: pl.DataFrame, links: pl.DataFrame, presence: pl.DataFrame) -> pl.DataFrame:
    """Return variant and `lent`: the name whose agreement a row goes on with under another.

    One row of an agency that reads otherwise makes no other agency while the agency's other rows
    stand, and one that reads as an agency of another place is not that one's. Not so where the row
    is fresh, since it may have come under the wrong name, nor where the list gives it to another
    body of the same place: a board's to its sheriff.
    """
    links = links.filter(~pl.col("rule").is_in(NOT_ONE_AGREEMENT)).sort("list", "step", "left")
    told = _told_apart(links, named, presence)
    lent: dict[int, str] = {}
    for row in told.iter_rows(named=True):
        name = lent.get(row["left"], row["own_agency"])
        if name and row["own_agency_came"] != name and (row["is_odd_came"] or row["is_lent"]):
            lent[row["came"]] = name
    for row in told.reverse().iter_rows(named=True):
        name = lent.get(row["came"], row["own_agency_came"])
        if name and row["is_odd"] and row["left"] not in lent:
            lent[row["left"]] = name
    for twin, name in (
        named.filter(pl.col("is_odd"))
        .join(named.select("variant", "own_agency"), left_on="repeats", right_on="variant")
        .select("variant", "own_agency_right")
        .iter_rows()
    ):
        lent.setdefault(twin, name)
    return pl.DataFrame(
        {"variant": list(lent), "lent": list(lent.values())},
        schema={"variant": pl.UInt32, "lent": pl.String},
    )


def _told_apart(links: pl.DataFrame, named: pl.DataFrame, presence: pl.DataFrame) -> pl.DataFrame:
    """Return the joins of two names, with `is_lent`: whether the old one is still meant."""
    about = named.select(
        *("variant", "own_agency", "is_odd", "body", "telling", "canonical", "first_step"),
        # When the agreement was first printed, whatever it was called then.
        since_step=pl.col("first_step").min().over("root"),
        since_on=pl.col("first_on").min().over("root"),
    )
    pairs = (
        links.join(about, left_on="left", right_on="variant", maintain_order="left")
        .join(about, left_on="came", right_on="variant", suffix="_came", maintain_order="left")
        .filter(pl.col("own_agency").ne_missing(pl.col("own_agency_came")))
    )
    printed = _printed_names(pairs, named, presence)
    firsts = printed.group_by("list", own_agency_came="own_agency").agg(
        new_since=pl.col("step").min()
    )
    stands = printed.with_columns(old_stands=pl.lit(value=True))
    days = presence.select("list", pl.col("step").cast(pl.Int32), now="published_on").unique()
    return (
        pairs.join(stands, on=["list", "own_agency", "step"], how="left")
        .join(firsts, on=["list", "own_agency_came"], how="left")
        .join(days, on=["list", "step"], how="left")
        .with_columns(pl.col("old_stands").fill_null(value=False))
        .with_columns(is_lent=_is_lent().fill_null(value=False))
        .sort("list", "step", "left")
    )


def _printed_names(
    pairs: pl.DataFrame, named: pl.DataFrame, presence: pl.DataFrame
) -> pl.DataFrame:
    """Return the lists (list, step) that print each name of the pairs, as own_agency.

    A row with a cell that cannot be read stands for the name it continues.
    """
    names = pl.concat([pairs["own_agency"], pairs["own_agency_came"]]).drop_nulls().unique()
    known = named.filter(pl.col("repeats").is_null()).select("variant", own_agency=agency_name())
    return (
        presence.select("variant", "list", "step")
        .join(known, on="variant")
        .filter(pl.col("own_agency").is_in(names.implode()))
        .select("list", "own_agency", pl.col("step").cast(pl.Int32))
        .unique()
    )


def _is_lent() -> pl.Expr:
    is_new = pl.col("new_since") >= pl.col("step")
    is_fresh = (pl.col("since_step") > 0) & (
        (pl.col("now") - pl.col("since_on")).dt.total_days() <= FRESH_DAYS
    )
    # A city's police are not its county's sheriff.
    is_other_level = _names_county("canonical") != _names_county("canonical_came")
    is_other_level &= ~_is_within("body")
    still_meant = (
        pl.when(pl.col("rule").is_in(BY_PLACE))
        .then(pl.col("old_stands") | ~is_new)
        .when(is_new)
        .then(pl.col("old_stands") & _is_within("body"))
        .otherwise(~_is_within("telling") | is_other_level)
    )
    return still_meant & (pl.col("first_step_came") >= pl.col("step")) & ~is_fresh


def _names_county(name: str) -> pl.Expr:
    return pl.col(name).str.contains(r"\b(county|parish)\b")


def _is_within(words: str) -> pl.Expr:
    """Say whether one of the two names has all such words of the other."""
    one, other = pl.col(words), pl.col(f"{words}_came")
    return (one.list.set_difference(other).list.len() == 0) | (
        other.list.set_difference(one).list.len() == 0
    )
