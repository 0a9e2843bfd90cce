"""The key of a printed row, as identity sees it."""

from __future__ import annotations

import polars as pl

from flows.steps.common.records import UNSETTLED

KEY = ("list", "state", "agency_key", "model", "signed_on")


def variants_of(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the distinct keys of cleaned lines in a fixed order, numbered as `variant`.

    Lines with a state, agency, model or date that no rule settled have no key.
    """
    return rows.filter(is_settled()).select(KEY).unique().sort(KEY).with_row_index("variant")


def is_settled() -> pl.Expr:
    """Say whether every cell of a line's key was read; a date may be missing."""
    return pl.col("issues").list.set_intersection(list(UNSETTLED)).list.len() == 0


def agency_name() -> pl.Expr:
    """Return the id that a row's agency would have by its own name, null when that is not read."""
    return pl.format("{}-{}", pl.col("state").str.to_lowercase(), "agency_key")


def key_text() -> pl.Expr:
    """Return a variant's key as people read and quote it: a `?` for a cell that cannot be read."""
    cells = [pl.col(name).fill_null("?") for name in ("state", "agency_key", "model")]
    signed = pl.col("signed_on").dt.to_string("%Y-%m-%d")
    return pl.concat_str(*cells, signed, separator=" | ", ignore_nulls=True)
