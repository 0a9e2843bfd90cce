"""Tell signing dates that the day of listing contradicts: a year misprinted, a date to come."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from .documents import says_day
from .names import is_like, read

OLDER_DAYS = 300  # so much older than its first listing, a signing is odd
FITS_DAYS = 60  # and is one of the year of listing when day and month are this close before it
SCHEMA = pl.Schema(
    {"variant": pl.UInt32(), "signed_read": pl.Date(), "is_signed_later": pl.Boolean()}
)


def contradicted_dates(named: pl.DataFrame, presence: pl.DataFrame) -> pl.DataFrame:
    """Return the variants whose signing date the agreement's first listing contradicts (`SCHEMA`).

    `named` has variant, list, root, signed_on, first_on and first_step; `presence` says what each
    list prints. `signed_read` is the date with the year of listing, where the printed one makes the
    agreement a year older than its first listing, no linked file says that day and no agreement of
    a like name bears it; `is_signed_later` that the date is after the first listing. The record's
    first list cannot tell.
    """
    signed = named.filter(pl.col("list") == "participating").drop_nulls(["signed_on", "first_on"])
    dated = _with_first_listing(signed, named, presence)
    age = (pl.col("since_on") - pl.col("signed_on")).dt.total_days()
    odd = dated.filter(
        (age < 0) | ((age > OLDER_DAYS) & (pl.col("before_on") > pl.col("signed_on")))
    )
    odd = odd.join(_copies(odd, signed), on="variant", how="left")
    rows = [
        (variant, None if is_copy else _of_listing(signed_on, since_on, files or []), is_later)
        for variant, signed_on, since_on, files, is_copy, is_later in odd.select(
            *("variant", "signed_on", "since_on", "files", "is_copy"),
            is_later=pl.col("signed_on") > pl.col("since_on"),
        ).iter_rows()
    ]
    found = pl.DataFrame(rows, schema=SCHEMA, orient="row")
    return found.filter(pl.col("is_signed_later") | pl.col("signed_read").is_not_null())


def _with_first_listing(
    signed: pl.DataFrame, named: pl.DataFrame, presence: pl.DataFrame
) -> pl.DataFrame:
    """Add when the agreement was first listed, the day of the list before, and its files.

    They are `since_on`, `before_on` and `files`; what the first list prints is left out.
    """
    days = presence.filter(pl.col("list") == "participating").select(
        pl.col("step").cast(pl.Int64) + 1, before_on="published_on"
    )
    files = (
        presence.drop_nulls("moa_file")
        .join(named.select("variant", "root"), on="variant")
        .group_by("root")
        .agg(files=pl.col("moa_file").unique())
    )
    return (
        signed.with_columns(
            since_on=pl.col("first_on").min().over("root"),
            step=pl.col("first_step").min().over("root").cast(pl.Int64),
        )
        .join(days.unique("step"), on="step")
        .join(files, on="root", how="left")
    )


def _copies(odd: pl.DataFrame, signed: pl.DataFrame) -> pl.DataFrame:
    """Return the odd variants (variant, is_copy) that bear the date of another of a like name."""
    key = ["state", "model", "signed_on"]
    others = signed.select(*key, "root", "canonical")
    pairs = odd.join(others, on=key, suffix="_other")
    pairs = pairs.filter(pl.col("root") != pl.col("root_other"))
    pairs = pairs.select("variant", "canonical", "canonical_other").drop_nulls()
    alike = [variant for variant, a, b in pairs.iter_rows() if is_like(read(a), read(b))]
    return (
        pl.DataFrame({"variant": alike}, schema={"variant": pl.UInt32})
        .unique()
        .with_columns(is_copy=pl.lit(value=True))
    )


def _of_listing(signed_on: date, since_on: date, files: list[str]) -> date | None:
    """Return the signing date in the year of listing, when that fits and no file says otherwise."""
    if signed_on > since_on or any(says_day(file, signed_on) for file in files):
        return None
    for year in (since_on.year, since_on.year - 1):
        is_leap_day = (signed_on.month, signed_on.day) == (2, 29)
        read = signed_on.replace(year=year, day=28 if is_leap_day else signed_on.day)
        if since_on - timedelta(days=FITS_DAYS) <= read <= since_on:
            return read
    return None
