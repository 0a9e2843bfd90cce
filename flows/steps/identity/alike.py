"""Find agencies that a list prints under nearly one name: only a person can say if they are one."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from .names import GENERIC


def like_agencies(
    variants: pl.DataFrame, presence: pl.DataFrame, apart: Iterable[tuple[str, str]] = ()
) -> pl.DataFrame:
    """Return list, step, left, right and evidence: names of one place and body, on one list.

    They differ in words such as Office and Department alone, and stand together: only a person can
    say whether they are one agency. `left` and `right` are agency ids, `step` the first such list;
    pairs in `apart` have been decided.
    """
    named = _with_core(variants)
    several = named.filter(pl.col("agency").n_unique().over("core") > 1)
    listed = presence.select("list", "step", "variant").join(several, on="variant")
    listed = listed.group_by("list", "core", "agency").agg(pl.col("step").unique())
    pairs = listed.join(listed, on=["list", "core"], suffix="_other")
    pairs = pairs.filter(pl.col("agency") < pl.col("agency_other")).with_columns(
        step=pl.col("step").list.set_intersection("step_other").list.min()
    )
    decided = pl.DataFrame(
        [sorted(pair) for pair in apart], schema=["agency", "agency_other"], orient="row"
    ).cast(pl.String)
    return (
        pairs.drop_nulls("step")
        .join(decided, on=["agency", "agency_other"], how="anti")
        .select(
            "list",
            "step",
            pl.col("agency").alias("left"),
            pl.col("agency_other").alias("right"),
            pl.lit("the same but for words such as Office; both stand on one list").alias(
                "evidence"
            ),
        )
        .sort("list", "step", "left", "right")
    )


def _with_core(variants: pl.DataFrame) -> pl.DataFrame:
    """Return variant, agency (its id) and core: the words of its name that tell it apart."""
    core = (
        pl.col("canonical")
        .str.split(" ")
        .list.eval(pl.element().filter(~pl.element().is_in(sorted(GENERIC - {"county", "parish"}))))
    )
    return variants.select(
        "variant",
        agency=pl.format("{}-{}", pl.col("state").str.to_lowercase(), "agency_key"),
        core=pl.concat_str("state", core.list.sort().list.join(" "), separator=" "),
    )
