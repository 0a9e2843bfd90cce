"""Find the rows that do not say by themselves which agreement they print, and tell them apart.

A row is odd when its state, agency, model or date cannot be read, or when it repeats the key of
another row of its list: one misprinted cell turns a row into either. Each odd row, for as long as
successive lists print it, is a variant of its own, so that it can be joined to the agreement that
it stands for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from .names import with_names

RUN = ("list", "line", "copy", "run")
RUN_SCHEMA = pl.Schema(
    {"list": pl.String(), "step": pl.Int32(), "variant": pl.UInt32(), "repeats": pl.UInt32()}
)
WEIGHED = ("line", "list", "variant", "moa_file", "county", "agency_type")


@dataclass(frozen=True, slots=True)
class Printed:
    """What lists print: distinct lines, where each list prints them, and the keys of the lines.

    Once odd rows are set apart each run of one is a line and a variant of its own; `variants` then
    has `is_odd`, and `repeats`: the variant whose key an odd row has.
    """

    lines: pl.DataFrame
    places: pl.DataFrame
    variants: pl.DataFrame

    def presence(self, steps: pl.DataFrame) -> pl.DataFrame:
        """Return where lists print each variant: its first row on each, with what is weighed.

        `steps` has list, sha256, step and published_on. `at` is the step, below zero on the
        pending list, so that it tells a list by itself.
        """
        return (
            self.places.join(self.lines.select(WEIGHED), on=["line", "list"])
            .drop_nulls("variant")
            .join(steps.select("list", "sha256", "step", "published_on"), on=["list", "sha256"])
            .sort("row_number")
            .unique(["list", "step", "variant"], keep="first", maintain_order=True)
            .with_columns(
                at=pl.when(pl.col("list") == "pending").then(-1 - pl.col("step")).otherwise("step")
            )
        )


def set_apart(
    printed: Printed,
    steps: pl.DataFrame,
    states: Mapping[str, str],
    doubtful: pl.DataFrame | None = None,
) -> Printed:
    """Return what the lists print with the odd rows set apart.

    Before, `lines` has line, list and variant (null where the key cannot be read), `places` has
    list, sha256, row_number and line. `steps` has list, sha256 and step of the lists that count.
    Rows of the runs that begin as `doubtful` says (`RUN_SCHEMA`) are odd too; `repeats` is the key
    whose agreement they print once more, if any. `states` maps an upper-case name to its code.
    """
    lines, places = printed.lines, printed.places
    variants = printed.variants.with_columns(
        is_odd=pl.lit(value=False), repeats=pl.lit(None, pl.UInt32)
    )
    rows = places.join(steps.select("list", "sha256", "step"), on=["list", "sha256"]).join(
        lines.select("line", "variant"), on="line"
    )
    doubtful = pl.DataFrame(schema=RUN_SCHEMA) if doubtful is None else doubtful
    odd = pl.concat([_unreadable(rows), _repeated(rows), _in_doubt(rows, doubtful)])
    if not odd.height:
        return Printed(lines, places, variants)
    odd = _in_runs(odd.unique(["list", "sha256", "row_number"], keep="first", maintain_order=True))
    runs = odd.select(*RUN, "repeats").unique(RUN).sort(RUN).with_row_index("at")
    runs = runs.with_columns(
        new_line=(pl.col("at") + lines.height).cast(pl.UInt32),
        new_variant=(pl.col("at") + variants.height).cast(pl.UInt32),
    )
    copies = runs.select("line", "new_line", "new_variant", "repeats").join(
        lines, on="line", maintain_order="left"
    )
    copies = copies.with_columns(line="new_line", variant="new_variant", is_odd=pl.lit(value=True))
    return Printed(
        pl.concat([lines, copies.select(lines.columns)]),
        _moved(places, odd.join(runs, on=RUN)),
        pl.concat([variants, with_names(copies, states).select(variants.columns)]),
    )


def _moved(places: pl.DataFrame, odd: pl.DataFrame) -> pl.DataFrame:
    """Return the places, those of odd rows on their new lines."""
    here = ["list", "sha256", "row_number"]
    moved = places.join(odd.select(*here, "new_line"), on=here, how="left", maintain_order="left")
    return moved.with_columns(line=pl.coalesce("new_line", "line")).drop("new_line")


def _unreadable(rows: pl.DataFrame) -> pl.DataFrame:
    odd = rows.filter(pl.col("variant").is_null())
    return _copied(odd, ["list", "step", "line"]).with_columns(repeats=pl.lit(None, pl.UInt32))


def _repeated(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows beside the one that has long borne their key: the line first printed."""
    several = rows.drop_nulls("variant").filter(pl.len().over("list", "step", "variant") > 1)
    lines = rows.join(several.select("line").unique(), on="line", how="semi")
    since = lines.group_by("line").agg(since=pl.col("step").min())
    ranked = several.join(since, on="line").sort("since", "line", "row_number")
    odd = ranked.filter(pl.int_range(pl.len()).over("list", "step", "variant") > 0)
    copied = _copied(odd, ["list", "step", "line"])
    return copied.select(*rows.columns, "copy", repeats="variant")


def _in_doubt(rows: pl.DataFrame, doubtful: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of runs that may be one agreement or another, however well they read."""
    begun = doubtful.select("list", "variant", "repeats", begin="step")
    runs = rows.join(begun, on=["list", "variant"]).filter(pl.col("step") >= pl.col("begin"))
    runs = runs.sort("list", "variant", "begin", "step", "row_number")
    key = ["list", "variant", "begin"]
    place = (pl.col("step").rank("dense") - 1).over(key).cast(pl.Int64)
    unbroken = runs.filter(pl.col("step") - pl.col("begin") == place)
    first = unbroken.unique(["list", "step", "variant"], keep="first", maintain_order=True)
    return _copied(first, ["list", "step", "line"]).select(*rows.columns, "copy", "repeats")


def _copied(rows: pl.DataFrame, one: list[str]) -> pl.DataFrame:
    """Add `copy`: the number, from 0, of a row among those of its text on one list."""
    numbered = rows.sort(*one, "row_number")
    return numbered.with_columns(copy=pl.int_range(pl.len(), dtype=pl.UInt32).over(one))


def _in_runs(odd: pl.DataFrame) -> pl.DataFrame:
    """Add `run`: the number of the unbroken run of lists that print an odd row."""
    one = ["list", "line", "copy"]
    begins = pl.col("step") != pl.col("step").shift(1).over(one).fill_null(-2) + 1
    return odd.sort(*one, "step").with_columns(run=begins.cum_sum().over(one).cast(pl.UInt32))
