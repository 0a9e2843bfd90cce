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

from .documents import second_documents
from .names import MAX_EDITS, Name, bears_first, edits, in_file, is_like, is_same_place

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

    def are_two(self, row: Row) -> bool:
        """Say whether two names stand on one list and nothing firm says they are one agreement."""
        if not self.stand_together(row) or is_same_county(row):
            return False
        if row["moa_file"] and row["moa_file"] == row.get("moa_file_came"):
            return False
        place = self.names[row["canonical"]].place
        other = self.names[row.get("canonical_came", row["canonical"])]
        return not place or place != other.place


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
    return _named(judged(pairs, book, _fits_file), "same_document")


def redated(left: pl.DataFrame, came: pl.DataFrame, book: Book) -> pl.DataFrame:
    """Join rows of one agency and model with another date: `redated`, or `renewed`.

    A new signing took over when the row that came has another document, and a date after the list
    that already showed the row or much later. One whose document was pending all along was
    corrected, whatever the direction. Where another row took the old date under a name like it,
    that one is what the row became: no date of the same agency speaks against it.
    """
    pairs = pairs_of(left, came, "state", "agency_key", "model")
    heirs = _heirs(only_ones(left, came), book)
    pairs = pairs.join(heirs, on=["list", "step", "variant"], how="anti")
    apart = (pl.col("signed_on_came") - pl.col("signed_on")).dt.total_days()
    is_later = (pl.col("signed_on_came") > pl.col("listed_on")) | (apart > RENEWED_DAYS)
    days = apart.abs().fill_null(0)
    return pairs.with_columns(
        distance=days.cast(pl.Float64),
        rule=pl.when(is_later.fill_null(value=False) & second_documents(pairs))
        .then(pl.lit("renewed"))
        .otherwise(pl.lit("redated")),
        evidence=pl.when(apart.is_null())
        .then(pl.lit("one date cannot be read"))
        .when(days == 1)
        .then(pl.lit("1 day apart"))
        .otherwise(pl.format("{} days apart", days)),
    )


def relabelled(left: pl.DataFrame, came: pl.DataFrame, book: Book) -> pl.DataFrame:
    """Join the only row that left with the only one that came, of one state, model and date.

    So a list puts right whose agreement a row is, until a document says so; where one was linked
    the names must be alike. A name that is back is its own.
    """
    pairs = only_ones(left, came).filter(~pl.col("is_known_came"))
    is_bare = pl.col("file_before").is_null()
    likely = _heirs(pairs, book).select("list", "step", "variant").with_columns(is_near=True)
    pairs = pairs.join(likely, on=["list", "step", "variant"], how="left")
    return pairs.filter(is_bare | pl.col("is_near")).with_columns(
        distance=pl.lit(0.0),
        rule=pl.lit("relabelled"),
        evidence=pl.lit("the only row that left and the only one that came"),
    )


def _heirs(pairs: pl.DataFrame, book: Book) -> pl.DataFrame:
    """Return the pairs of `only_ones` whose names are alike, in no other county."""

    def judge(row: Row, a: Name, b: Name) -> tuple[float, str] | None:
        is_other = differ(row["county"], row["county_came"]) or not is_like(a, b)
        return None if is_other else (0.0, "")

    return judged(pairs, book, judge)


def only_ones(left: pl.DataFrame, came: pl.DataFrame) -> pl.DataFrame:
    """Pair the only row that left with the only one that came, of one state, model and date."""
    group = ["list", "step", "state", "model", "signed_on"]
    single = (pl.len().over(group) == 1) & (pl.col("list") == "participating")
    pairs = pairs_of(left.filter(single), came.filter(single), *group[2:])
    is_other = pl.col("agency_key") != pl.col("agency_key_came")
    return pairs.filter(pl.col("signed_on").is_not_null() & is_other)


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def same_file(left: pl.DataFrame, came: pl.DataFrame, book: Book) -> pl.DataFrame:
    """Join rows of the same state, model and MOA file whose name fits the agency."""
    has_file = left.filter(pl.col("moa_file").is_not_null()).with_columns(is_sole=pl.lit(False))
    pairs = pairs_of(has_file, came, "state", "model", "moa_file")
    return _named(judged(pairs, book, _fits_file), "same_file")


def later_document(left: pl.DataFrame, came: pl.DataFrame, book: Book) -> pl.DataFrame:
    """Join rows of the same state, model and date when a later document bears the old name.

    The row that left linked none, and the first one that the row that came links names the agency
    of the former.
    """

    def judge(row: Row, a: Name, b: Name) -> tuple[float, str] | None:
        file = row["file_after_came"]
        if row["file_before"] or not file or not bears_first(a, b, file):
            return None
        return 50.0, f"the document posted later, {file}, bears the old name"

    pairs = pairs_of(left, came, "state", "model", "signed_on")
    return _named(judged(pairs, book, judge), "later_document")


def abbreviated(left: pl.DataFrame, came: pl.DataFrame, book: Book) -> pl.DataFrame:
    """Join rows of the same state, model and date, equal once abbreviations are written out."""
    return pairs_of(left, came, "state", "model", "signed_on", "canonical").with_columns(
        distance=pl.lit(0.0),
        rule=pl.lit("abbreviated"),
        evidence=pl.format("both names written out: {}", "canonical"),
    )


def respelled(left: pl.DataFrame, came: pl.DataFrame, book: Book) -> pl.DataFrame:
    """Join rows of the same state, model and date with names at most three edits apart."""

    def judge(row: Row, a: Name, b: Name) -> tuple[float, str] | None:
        apart = edits(a, b, MAX_EDITS)
        return None if apart is None else (float(apart), f"{_count(apart, 'edit')} apart")

    pairs = pairs_of(left, came, "state", "model", "signed_on")
    return _named(judged(pairs, book, judge), "respelled")


def reworded(left: pl.DataFrame, came: pl.DataFrame, book: Book) -> pl.DataFrame:
    """Join rows of the same state, model and date whose names tell of the same place.

    Lists give an agreement to a county's sheriff, then to its jail or its board.
    """

    def judge(row: Row, a: Name, b: Name) -> tuple[float, str] | None:
        if not is_same_place(a, b, enough(row)) or differ(row["county"], row["county_came"]):
            return None
        words = " ".join(sorted(a.telling & b.telling))
        return 100.0 - fuzz.token_set_ratio(a.text, b.text), f"both names have {words}"

    pairs = pairs_of(left, came, "state", "model", "signed_on")
    return _named(judged(pairs, book, judge), "reworded")


def other_state(left: pl.DataFrame, came: pl.DataFrame, book: Book) -> pl.DataFrame:
    """Join rows of the same agency, model and date in another state."""
    pairs = pairs_of(left, came, "agency_key", "model", "signed_on").filter(
        pl.col("state") != pl.col("state_came")
    )

    def judge(row: Row, a: Name, b: Name) -> tuple[float, str] | None:
        if differ(row["county"], row["county_came"]) and not row["moa_file"]:
            return None
        return 0.0, f"{row['state']} to {row['state_came']}"

    return _named(judged(pairs, book, judge), "other_state")


def respelled_redated(left: pl.DataFrame, came: pl.DataFrame, book: Book) -> pl.DataFrame:
    """Join rows of the same state and model with nearly the same name and a nearby date."""

    def judge(row: Row, a: Name, b: Name) -> tuple[float, str] | None:
        if not row["signed_on"] or not row["signed_on_came"]:
            return None
        days = abs((row["signed_on_came"] - row["signed_on"]).days)
        apart = 0 if a.text == b.text else edits(a, b, 2)
        if apart is None or days > MAX_DAYS_RENAMED or row["signed_on_came"] > row["listed_on"]:
            return None
        return apart * 100.0 + days, f"{_count(apart, 'edit')} and {_count(days, 'day')} apart"

    return _named(judged(pairs_of(left, came, "state", "model"), book, judge), "respelled_redated")


def differ(one: str | None, other: str | None) -> bool:
    """Say whether two counties are given and not the same, a misspelling allowed."""
    if not one or not other or one == other:
        return False
    # `hinds couny` is hinds
    short, long = sorted((one, other), key=len)
    return not long.startswith(f"{short} ") and fuzz.ratio(one, other) < 75


def enough(row: Row) -> int:
    """Return how many words two names must share: fewer when county or kind of body agree too."""
    is_state = row["agency_type"] == row["agency_type_came"] == "State Agency"
    return 2 if is_state or is_same_county(row) else 3


def is_same_county(row: Row) -> bool:
    """Say whether both rows print a county, and the same one."""
    return bool(row["county"]) and row["county"] == row["county_came"]


def _fits_file(row: Row, a: Name, b: Name) -> tuple[float, str] | None:
    file = row["moa_file"]
    fits = in_file(a, file) and in_file(b, file) and a.marks == b.marks
    # Only the new name fits the file: the old one was wrong. Not when that name stands elsewhere.
    explains = row["is_sole"] and in_file(b, file) and not in_file(a, file)
    if not (is_like(a, b) or fits or explains):
        return None
    return 100.0 - fuzz.token_set_ratio(a.text, b.text), f"both link {file}"


def _named(pairs: pl.DataFrame, rule: str) -> pl.DataFrame:
    return pairs.with_columns(rule=pl.lit(rule))
