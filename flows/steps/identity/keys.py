"""The key of a printed row, as identity sees it."""

from __future__ import annotations

import polars as pl

KEY = ("list", "state", "agency_key", "model", "signed_on")


def variants_of(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the distinct keys of cleaned lines in a fixed order, numbered as `variant`.

    Lines with a state, agency or model that no rule settled have no key.
    """
    settled = pl.all_horizontal(pl.col("state", "agency_key", "model").is_not_null())
    return rows.filter(settled).select(KEY).unique().sort(KEY).with_row_index("variant")


def key_text() -> pl.Expr:
    """Return a variant's key as people read and quote it: a `?` for a cell that cannot be read."""
    cells = [pl.col(name).fill_null("?") for name in ("state", "agency_key", "model")]
    signed = pl.col("signed_on").dt.to_string("%Y-%m-%d")
    return pl.concat_str(*cells, signed, separator=" | ", ignore_nulls=True)
