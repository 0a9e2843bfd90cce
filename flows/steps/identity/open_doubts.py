"""Say how long an agreement is in doubt."""

from __future__ import annotations

import polars as pl

DOUBT_SCHEMA = pl.Schema(
    {
        "list": pl.String(),
        "first_step": pl.Int32(),
        "last_step": pl.Int32(),
        "left": pl.UInt32(),
        "came": pl.UInt32(),
        "agreement_id": pl.String(),
        "evidence": pl.String(),
    }
)


def open_doubts(
    doubts: pl.DataFrame, variants: pl.DataFrame, presence: pl.DataFrame
) -> pl.DataFrame:
    """Return the doubts that later lists left open (`DOUBT_SCHEMA`), from step to step.

    A doubt lasts while lists after it go on printing the row, or one that continues it, and not
    the agreement that it may be.
    """
    if not doubts.height:
        return pl.DataFrame(schema=DOUBT_SCHEMA)
    of = variants.select("variant", "agreement_id", "root")
    pairs = doubts.join(of, left_on="left", right_on="variant").join(
        of, left_on="came", right_on="variant", suffix="_came"
    )
    pairs = pairs.filter(pl.col("agreement_id_came").is_null()).drop_nulls("agreement_id")
    steps = presence.select("list", pl.col("step").cast(pl.Int32), "variant").join(of, on="variant")
    key = ["list", "step", "left", "came"]
    backs = steps.select("list", "agreement_id", back_step="step").unique()
    back = (
        pairs.join(backs, on=["list", "agreement_id"])
        .filter(pl.col("back_step") >= pl.col("step"))
        .group_by(key)
        .agg(pl.col("back_step").min())
    )
    return (
        pairs.join(back, on=key, how="left")
        .join(_lasting(pairs, steps, key), on=key)
        .with_columns(last_step=pl.min_horizontal("last_step", pl.col("back_step") - 1))
        .filter(pl.col("last_step") >= pl.col("step"))
        .rename({"step": "first_step"})
        .select(DOUBT_SCHEMA.names())
        .cast(DOUBT_SCHEMA)
        .sort("list", "first_step", "left", "came")
    )


def _lasting(pairs: pl.DataFrame, steps: pl.DataFrame, key: list[str]) -> pl.DataFrame:
    """Return until which step the row of each pair is printed without a break, `last_step`."""
    printed = steps.select("list", root_came="root", at="step").unique()
    return (
        pairs.join(printed, on=["list", "root_came"])
        .filter(pl.col("at") >= pl.col("step"))
        .sort("at")
        .filter((pl.col("at") - pl.col("step")) == pl.int_range(pl.len()).over(key))
        .group_by(key)
        .agg(last_step=pl.col("at").max())
    )
