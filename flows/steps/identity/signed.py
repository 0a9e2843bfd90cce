"""Find the agreement that an application became."""

from __future__ import annotations

import polars as pl

from . import rules
from .names import Name, edits, is_same_place
from .rules import Book, Row

SIGNED_EARLY_DAYS = 45  # an application may stay listed that long after its agreement
SIGNED_LATE_DAYS = 9
MAX_EDITS_SIGNED = 3


def arrivals(left: pl.DataFrame, came: pl.DataFrame, *same: str) -> pl.DataFrame:
    """Pair applications that left with agreements first listed about then.

    `left` and `came` are movements (list, step, variant, the key, listed_on); `same` names columns
    that must agree besides state and model. The agreement's columns are `..._came`.
    """
    new = came.filter((pl.col("list") == "participating") & ~pl.col("is_known"))
    window = (-SIGNED_EARLY_DAYS, SIGNED_LATE_DAYS)
    listed, signed = (
        (pl.col(day) - pl.col("listed_on")).dt.total_days().is_between(*window)
        for day in ("listed_on_came", "signed_on_came")
    )
    # Where days of lists are missing, the signing date says what the listing cannot.
    return (
        left.filter(pl.col("list") == "pending")
        .join(new.drop("list", "step"), on=["state", "model", *same], suffix="_came")
        .filter(listed | signed.fill_null(value=False))
    )


def signed_as(left: pl.DataFrame, came: pl.DataFrame, book: Book) -> pl.DataFrame:
    """Return the applications that left with agreements that came under another spelling.

    The pairs are as those of the named rules: with `distance`, `rule` and `evidence`.
    """

    def judge(row: Row, a: Name, b: Name) -> tuple[float, str] | None:
        if rules.differ(row["county"], row["county_came"]) or book.stand_together(row):
            return None
        apart = edits(a, b, MAX_EDITS_SIGNED)
        if apart is not None:
            return float(apart), f"{apart} edits from the name listed as signed"
        if not is_same_place(a, b, rules.enough(row)) and not _is_reordered(a, b):
            return None
        return 50.0, f"signed as {row['agency_key_came']}"

    found = rules.judged(arrivals(left, came), book, judge)
    return found.with_columns(rule=pl.lit("signed_as"))


def _is_reordered(a: Name, b: Name) -> bool:
    return a.marks == b.marks and a.telling == b.telling and bool(a.body & b.body)
