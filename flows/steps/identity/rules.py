"""The named rules that may join a row that left with one that came in the same step.

Each takes the movements of all steps, `left` and `came` (list, step, variant, the key, county,
moa_file, listed_on), and a `book` of names. It returns pairs, the other row's columns as
`..._came`, with `distance` (the nearer the surer), `rule` and `evidence`; `settle` then chooses
among the pairs of all rules.

Sources: the published lists compared step by step, December 2024 to September 2025
(tests/golden/identity.csv says what each row that left really was).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import polars as pl
from rapidfuzz import fuzz

from .names import Name, contains, edits, in_file, is_akin, is_same_place

MAX_EDITS = 3
MAX_DAYS_RENAMED = 60  # a rename that comes with another date
RENEWED_DAYS = 60  # a later date with another document is another signing

Row = Mapping[str, Any]
Judge = Callable[[Row, Name, Name], tuple[float, str] | None]


class Book:
    """What the rules look up: names read, and which names stand on one list together."""

    def __init__(self, names: Mapping[str, Name], steps: Mapping[tuple[str, str], set[Any]]):
        """`names` by canonical text; `steps` by (state, agency_key): the lists that print it."""
        self.names = names
        self.steps = steps

    def stand_together(self, row: Row) -> bool:
        """Say whether some list prints both names: then they are two agencies."""
        state, other = row["state"], row.get("state_came", row["state"])
        if row.get("agency_key_came", row["agency_key"]) == row["agency_key"]:
            return False
        one = self.steps.get((state, row["agency_key"]), set())
        return not one.isdisjoint(self.steps.get((other, row["agency_key_came"]), set()))


def pairs_of(left: pl.DataFrame, came: pl.DataFrame, *same: str) -> pl.DataFrame:
    """Return the pairs of one step that agree in the columns named.

    The columns of the row that came are `..._came`, but for those named, list and step.
    """
    return left.join(
        came, on=["list", "step", *same], suffix="_came", nulls_equal=True, coalesce=True
    )


def judged(pairs: pl.DataFrame, book: Book, judge: Judge) -> pl.DataFrame:
    """Add distance, rule and evidence to the pairs that `judge` (row, name, name) accepts."""
    said = [
        judge(
            row,
            book.names[row["canonical"]],
            book.names[row.get("canonical_came", row["canonical"])],
        )
        for row in pairs.iter_rows(named=True)
    ]
    return pairs.with_columns(
        pl.Series("distance", [one[0] if one else None for one in said], pl.Float64),
        pl.Series("evidence", [one[1] if one else None for one in said], pl.String),
    ).filter(pl.col("distance").is_not_null())


def same_document(left: pl.DataFrame, came: pl.DataFrame, book: Book) -> pl.DataFrame:
    """Join rows that differ in the name alone: same state, model, date and MOA file.

    The names must fit each other or the file both, since ICE links the wrong file at times.
    """
    group = ["list", "step", "state", "model", "signed_on", "moa_file"]
    sole = pl.len().over(group) == 1
    has_file = pl.col("moa_file").is_not_null() & pl.col("signed_on").is_not_null()
    one, other = (side.filter(has_file).with_columns(is_sole=sole) for side in (left, came))
    pairs = pairs_of(one, other, *group[2:]).with_columns(
        is_sole=pl.col("is_sole") & pl.col("is_sole_came")
    )
    return _named(judged(pairs, book, _fits_file), "renamed")


def redated(left: pl.DataFrame, came: pl.DataFrame, book: Book) -> pl.DataFrame:
    """Join rows of one agency and model with another date, handed over within the step.

    A date after the list that already showed the row signed is no correction: a new signing took
    over (`renewed`), as is a much later one that brings another document.
    """
    apart = (pl.col("signed_on_came") - pl.col("signed_on")).dt.total_days()
    is_new = (pl.col("signed_on_came") > pl.col("listed_on")) | (
        (apart > RENEWED_DAYS) & (pl.col("moa_file") != pl.col("moa_file_came"))
    )
    days = apart.abs().fill_null(0)
    return pairs_of(left, came, "state", "agency_key", "model").with_columns(
        distance=days.cast(pl.Float64),
        rule=pl.when(is_new.fill_null(value=False))
        .then(pl.lit("renewed"))
        .otherwise(pl.lit("redated")),
        evidence=pl.when(apart.is_null())
        .then(pl.lit("one date cannot be read"))
        .when(days == 1)
        .then(pl.lit("1 day apart"))
        .otherwise(pl.format("{} days apart", days)),
    )


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def same_file(left: pl.DataFrame, came: pl.DataFrame, book: Book) -> pl.DataFrame:
    """Join rows of the same state, model and MOA file whose name fits the agency."""
    has_file = left.filter(pl.col("moa_file").is_not_null()).with_columns(is_sole=pl.lit(False))
    pairs = pairs_of(has_file, came, "state", "model", "moa_file")
    return _named(judged(pairs, book, _fits_file), "renamed")


def abbreviated(left: pl.DataFrame, came: pl.DataFrame, book: Book) -> pl.DataFrame:
    """Join rows of the same state, model and date, equal once abbreviations are written out."""
    return pairs_of(left, came, "state", "model", "signed_on", "canonical").with_columns(
        distance=pl.lit(0.0),
        rule=pl.lit("renamed"),
        evidence=pl.format("both read {}", "canonical"),
    )


def respelled(left: pl.DataFrame, came: pl.DataFrame, book: Book) -> pl.DataFrame:
    """Join rows of the same state, model and date with names at most three edits apart."""

    def judge(row: Row, a: Name, b: Name) -> tuple[float, str] | None:
        apart = edits(a, b, MAX_EDITS)
        return None if apart is None else (float(apart), f"{_count(apart, 'edit')} apart")

    pairs = pairs_of(left, came, "state", "model", "signed_on")
    return _named(judged(pairs, book, judge), "renamed")


def reworded(left: pl.DataFrame, came: pl.DataFrame, book: Book) -> pl.DataFrame:
    """Join rows of the same state, model and date whose names tell of the same place.

    Lists give an agreement to a county's sheriff, then to its jail or its board.
    """

    def judge(row: Row, a: Name, b: Name) -> tuple[float, str] | None:
        if not is_same_place(a, b, enough(row)) or differ(row["county"], row["county_came"]):
            return None
        words = " ".join(sorted(a.telling & b.telling))
        return 100.0 - fuzz.token_set_ratio(a.text, b.text), f"both tell of {words}"

    pairs = pairs_of(left, came, "state", "model", "signed_on")
    return _named(judged(pairs, book, judge), "renamed")


def restated(left: pl.DataFrame, came: pl.DataFrame, book: Book) -> pl.DataFrame:
    """Join rows of the same agency, model and date in another state."""
    pairs = pairs_of(left, came, "agency_key", "model", "signed_on").filter(
        pl.col("state") != pl.col("state_came")
    )

    def judge(row: Row, a: Name, b: Name) -> tuple[float, str] | None:
        if differ(row["county"], row["county_came"]) and not row["moa_file"]:
            return None
        return 0.0, f"{row['state']} to {row['state_came']}"

    return _named(judged(pairs, book, judge), "restated")


def renamed_and_redated(left: pl.DataFrame, came: pl.DataFrame, book: Book) -> pl.DataFrame:
    """Join rows of the same state and model with nearly the same name and a nearby date."""

    def judge(row: Row, a: Name, b: Name) -> tuple[float, str] | None:
        if not row["signed_on"] or not row["signed_on_came"]:
            return None
        days = abs((row["signed_on_came"] - row["signed_on"]).days)
        apart = 0 if a.text == b.text else edits(a, b, 2)
        if apart is None or days > MAX_DAYS_RENAMED or row["signed_on_came"] > row["listed_on"]:
            return None
        return apart * 100.0 + days, f"{_count(apart, 'edit')} and {_count(days, 'day')} apart"

    return _named(judged(pairs_of(left, came, "state", "model"), book, judge), "renamed")


def differ(one: str | None, other: str | None) -> bool:
    """Say whether two counties are given and not the same, a misspelling allowed."""
    if not one or not other:
        return False
    return one != other and fuzz.ratio(one, other) < 75


def enough(row: Row) -> int:
    """Return how many words two names must share: fewer when county or kind of body agree too."""
    is_state = row["agency_type"] == row["agency_type_came"] == "State Agency"
    return 2 if is_state or is_same_county(row) else 3


def is_same_county(row: Row) -> bool:
    """Say whether both rows print a county, and the same one."""
    return bool(row["county"]) and row["county"] == row["county_came"]


def _fits_file(row: Row, a: Name, b: Name) -> tuple[float, str] | None:
    file = row["moa_file"]
    is_related = (
        edits(a, b, MAX_EDITS) is not None
        or is_same_place(a, b)
        or (a.marks == b.marks and (contains(a, b) or is_akin(a, b)))
    )
    fits = in_file(a, file) and in_file(b, file) and a.marks == b.marks
    # Only the new name fits the file: the old one was wrong. Not when that name stands elsewhere.
    explains = row["is_sole"] and in_file(b, file) and not in_file(a, file)
    if not (is_related or fits or explains):
        return None
    return 100.0 - fuzz.token_set_ratio(a.text, b.text), f"MOA file {file} on both"


def _named(pairs: pl.DataFrame, rule: str) -> pl.DataFrame:
    return pairs.with_columns(rule=pl.lit(rule))
