"""Find the agreement that an application became.

What joins two rows of the signed list joins an application and its agreement too: other words for
one name, a state put right, a document that bears the name asked for.
"""

from __future__ import annotations

import polars as pl

from . import rules
from .names import MAX_EDITS, Name, bears_first, edits, is_like, is_same_place, kinds_of_body
from .rules import Book, Row

SIGNED_EARLY_DAYS = 45  # an application may stay listed that long after its agreement
SIGNED_LATE_DAYS = 9
SIGNED_LATER_DAYS = 180  # what left the pending list may be signed that much later, by the same


def arrivals(
    left: pl.DataFrame, came: pl.DataFrame, *same: str, late: int = SIGNED_LATE_DAYS
) -> pl.DataFrame:
    """Pair applications that left with agreements first listed about then.

    `left` and `came` are movements (list, step, variant, the key, listed_on); `same` names columns
    that must agree besides the model; the agreement is listed or signed at most `late` days after
    the application. The agreement's columns are `..._came`.
    """
    new = came.filter((pl.col("list") == "participating") & ~pl.col("is_known"))
    # It may have left on any day until the list without it.
    listed, signed = (
        (pl.col(day) >= pl.col("listed_on").dt.offset_by(f"-{SIGNED_EARLY_DAYS}d"))
        & (pl.col(day) <= pl.col("gone_on").dt.offset_by(f"{late}d"))
        for day in ("listed_on_came", "signed_on_came")
    )
    # Where days of lists are missing, the signing date says what the listing cannot.
    return (
        left.filter(pl.col("list") == "pending")
        .join(new.drop("list", "step"), on=["model", *same], suffix="_came")
        .filter(listed | signed.fill_null(value=False))
    )


def signed_as(
    left: pl.DataFrame, came: pl.DataFrame, asked: pl.DataFrame, book: Book
) -> pl.DataFrame:
    """Return the applications that left with agreements that came under another spelling.

    `asked` are the keys (state, agency_key, model) that any pending list prints: what was asked for
    under its own name answers no other application that is only like it. The pairs are as those of
    the named rules: with `distance`, `rule` and `evidence`.
    """
    own = asked.select("state", "model", agency_key_came="agency_key", is_asked=True)

    def judge(row: Row, a: Name, b: Name) -> tuple[float, str] | None:
        is_other_body = kinds_of_body(a) != kinds_of_body(b) and book.stand_together(row)
        if is_other_body or book.are_two(row):
            return None
        return _by_document(row, a, b) or _by_name(row, a, b)

    pairs = arrivals(left, came, "state", late=SIGNED_LATER_DAYS)
    pairs = pairs.join(own, on=["state", "model", "agency_key_came"], how="left")
    return rules.judged(pairs, book, judge).with_columns(rule=pl.lit("signed_as"))


def _by_document(row: Row, a: Name, b: Name) -> tuple[float, str] | None:
    file = row["file_after_came"]
    if not file or row["is_asked"] or not bears_first(a, b, file):
        return None
    return 60.0, f"signed as {row['agency_key_came']}; {file} bears the name asked for"


def _by_name(row: Row, a: Name, b: Name) -> tuple[float, str] | None:
    """Judge an application and an agreement by their names, in no other county.

    Long after the application left, only the same words will do.
    """
    county = (row["county"], row["county_came"])
    if rules.differ(*county):
        return None
    apart = edits(a, b, MAX_EDITS)
    is_soon = (row["listed_on_came"] - row["gone_on"]).days <= SIGNED_LATE_DAYS
    if apart is not None and (is_soon or not apart):
        return float(apart), f"{apart} edits from the name listed as signed"
    if is_same_place(a, b, rules.enough(row)) or _is_reordered(a, b):
        return 50.0, f"signed as {row['agency_key_came']}"
    is_near = is_like(a, b) or _is_part(a, b)
    if is_near and is_soon and all(county) and not row["is_asked"]:
        return 70.0, f"signed as {row['agency_key_came']}, of the same county"
    return None


def signed_elsewhere(left: pl.DataFrame, came: pl.DataFrame, asked: pl.DataFrame) -> pl.DataFrame:
    """Return the applications that left with agreements of their name and model in another state.

    The state was a slip where nobody asked for that agreement in its own. Names are common, so it
    must be listed and signed within days, and the county not be another. The pairs have `distance`,
    `rule` and `evidence`.
    """
    own = asked.select("agency_key", "model", state_came="state")
    days = [
        (pl.col(day) - pl.col("listed_on")).dt.total_days()
        for day in ("listed_on_came", "signed_on_came")
    ]
    pairs = (
        arrivals(left, came, "agency_key")
        .filter(pl.col("state") != pl.col("state_came"))
        .filter(day.abs() <= SIGNED_LATE_DAYS for day in days)
        .join(own, on=["agency_key", "model", "state_came"], how="anti")
    )
    same = [not rules.differ(*of) for of in pairs.select("county", "county_came").iter_rows()]
    return pairs.filter(pl.Series(same, dtype=pl.Boolean)).with_columns(
        distance=pl.lit(80.0),
        rule=pl.lit("signed_elsewhere"),
        evidence=pl.format("asked for in {}, signed in {}", "state", "state_came"),
    )


def _is_part(a: Name, b: Name) -> bool:
    """Say whether one name is the other with words left out, three of them kept at least."""
    small, large = sorted((set(a.text.split()), set(b.text.split())), key=len)
    return a.marks == b.marks and len(small) >= 3 and small <= large


def _is_reordered(a: Name, b: Name) -> bool:
    return a.marks == b.marks and a.telling == b.telling and bool(a.body & b.body)
