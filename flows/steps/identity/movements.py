"""Say what each step took from a list or brought to it, and between which rows it stood."""

from __future__ import annotations

import polars as pl

MOVED = (
    *("list", "step", "variant", "moa_file", "county", "agency_type", "listed_on"),
    *("gone_on", "is_known", "is_back", "file_before", "file_after", "above", "below"),
)


def movements(presence: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return (left, came): what each step took or brought, with the columns `MOVED`.

    `presence` has list, step (from 0), published_on, variant, row_number, moa_file, county and
    agency_type: each variant on each accepted list. `listed_on` is the day of the list that prints
    the row and `gone_on` that of the list after it, `is_known` and `is_back` say whether an earlier
    or a later list prints it; `file_before` is the file that it linked last, `file_after` the one
    that it links next; `above` and `below` are the nearest rows that stand on both lists of the
    step.
    """
    steps = presence.select(
        "list",
        pl.col("step").cast(pl.Int64),
        *("variant", "row_number", "moa_file", "county", "agency_type"),
        listed_on=pl.col("published_on").fill_null(pl.date(9999, 12, 31)),
    ).sort("variant", "step")
    before, after = _beside(1), _beside(-1)
    days = steps.select("list", pl.col("step") - 1, gone_on="listed_on").unique(["list", "step"])
    steps = steps.with_columns(
        is_known=before.is_not_null(),
        is_back=after.is_not_null(),
        was=(before == pl.col("step") - 1).fill_null(value=False),
        stays=(after == pl.col("step") + 1).fill_null(value=False),
        file_before=pl.col("moa_file").forward_fill().over("variant"),
        file_after=pl.col("moa_file").backward_fill().over("variant"),
    ).join(days, on=["list", "step"], how="left", maintain_order="left")
    came = steps.filter((pl.col("step") > 0) & ~pl.col("was"))
    lasts = steps.group_by("list").agg(last=pl.col("step").max())
    left = steps.filter(~pl.col("stays")).join(lasts, on="list")
    left = left.filter(pl.col("step") < pl.col("last")).drop("last")
    # Rows can only be told by their neighbors in steps that both took and brought some.
    both = left.select("list", pl.col("step") + 1).join(came, on=["list", "step"], how="semi")
    came = _between(came, steps, both, "was")
    left = _between(left, steps, both.with_columns(pl.col("step") - 1), "stays")
    return left.with_columns(step=pl.col("step") + 1).select(MOVED), came.select(MOVED)


def _beside(rows: int) -> pl.Expr:
    """Return the step of the list that printed a variant before, or prints it next."""
    is_same = pl.col("variant") == pl.col("variant").shift(rows)
    return pl.when(is_same).then(pl.col("step").shift(rows))


def _between(
    moved: pl.DataFrame, steps: pl.DataFrame, lists: pl.DataFrame, kept: str
) -> pl.DataFrame:
    """Add to the moved rows of some lists `above` and `below`: the nearest rows that are `kept`."""
    here = ["list", "step"]
    rows = (
        steps.select(*here, "row_number", "variant", kept)
        .join(lists.unique(), on=here, how="semi")
        .sort(*here, "row_number")
    )
    stands = pl.when(kept).then("variant")
    # A list's first row has nothing above it but its own list's end.
    between = rows.with_columns(
        above=stands.forward_fill().over(here), below=stands.backward_fill().over(here)
    ).filter(~pl.col(kept))
    county = pl.col("county").str.to_lowercase().str.replace(r"\s*\b(county|parish)\b\s*", "")
    return moved.with_columns(county).join(
        between.select(*here, "variant", "above", "below"), on=[*here, "variant"], how="left"
    )
