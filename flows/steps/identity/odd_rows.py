"""Read what an odd row leaves open from the agreement that it continues."""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

OPEN = ("state", "agency_key", "model", "signed_on")


def homes(
    root: list[int], variants: pl.DataFrame, doubted: Collection[int]
) -> list[tuple[int, int]]:
    """Return the pairs (row, the row it repeats) of repeats that continue no other agreement.

    `root` has for each variant, in order, the one that stands for its agreement; `variants` has
    variant, repeats and is_odd. `doubted` are the variants that came in doubt.
    """
    settled = set(pl.Series(root).filter(~variants["is_odd"]))
    settled |= {root[row] for row in doubted}
    repeats = variants.drop_nulls("repeats").select("variant", "repeats").iter_rows()
    return [(row, twin) for row, twin in repeats if root[row] not in settled]


def read_on(variants: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    """Fill the cells that cannot be read from the row that went before, else the one after.

    `variants` has variant, list, the cells of `OPEN`, canonical, telling and is_odd, and comes back
    with these filled; `links` are joins (list, step, left, came). A date that was left out stays
    open until one is printed: that is news.
    """
    undated = pl.col("signed_on").is_null() & (pl.col("list") == "participating")
    is_open = undated | pl.any_horizontal(pl.col(*OPEN[:3]).is_null())
    opened = variants.filter(is_open)["variant"].implode()
    touched = links.filter(pl.col("left").is_in(opened) | pl.col("came").is_in(opened))
    touched = touched.sort("list", "step", "left", "came")
    if not touched.height:
        return variants
    cells = (*OPEN, "canonical", "telling")
    ends = {*touched["left"], *touched["came"]}
    known = {
        row["variant"]: row
        for row in variants.filter(pl.col("variant").is_in(sorted(ends)))
        .select("variant", *cells)
        .iter_rows(named=True)
    }
    pairs = touched.select("left", "came").rows()
    for left, came in pairs:
        _fill(known[came], known[left], OPEN)
    odd = set(variants.filter("is_odd")["variant"])
    for left, came in reversed(pairs):
        _fill(known[left], known[came], OPEN if left in odd else OPEN[:3])
    filled = pl.DataFrame(list(known.values()), schema=variants.select("variant", *cells).schema)
    return variants.update(filled, on="variant", how="left")


def _fill(into: dict[str, object], source: dict[str, object], names: tuple[str, ...]) -> None:
    if into["agency_key"] is None and source["agency_key"] is not None:
        into |= {"canonical": source["canonical"], "telling": source["telling"]}
    for name in names:
        if into[name] is None:
            into[name] = source[name]


def read_lines(lines: pl.DataFrame, variants: pl.DataFrame) -> pl.DataFrame:
    """Return the lines with whose agreement they print, and open cells read from it.

    Added are agreement_id, agency_id, counted_as, root and is_odd; the cells of `OPEN` and agency
    are filled where the line leaves them open. A date that the listing contradicts is flagged, and
    read in the year of listing where only its year was misprinted.
    """
    told = variants.select(
        *("variant", *OPEN, "agreement_id", "agency_id", "counted_as", "root", "is_odd"),
        *("signed_read", "is_signed_later"),
    )
    joined = lines.join(
        told, on="variant", how="left", maintain_order="left", suffix="_read"
    ).with_columns(pl.coalesce(name, f"{name}_read") for name in OPEN)
    names = (
        lines.drop_nulls("agency")
        .sort("line")
        .unique(["state", "agency_key"], keep="first", maintain_order=True)
        .select("state", "agency_key", known_as="agency")
    )
    joined = joined.join(names, on=["state", "agency_key"], how="left", maintain_order="left")
    flags = (
        pl.when(pl.col("signed_read").is_not_null()).then(pl.lit("signed_year_repaired")),
        pl.when(pl.col("is_signed_later")).then(pl.lit("signed_after_listing")),
    )
    joined = joined.with_columns(
        signed_on=pl.coalesce("signed_read", "signed_on"),
        issues=pl.col("issues").list.concat(pl.concat_list(flags).list.drop_nulls()),
    )
    return joined.select(
        *(name for name in lines.columns if name != "agency"),
        pl.coalesce("agency", "known_as").alias("agency"),
        "agreement_id",
        "agency_id",
        "counted_as",
        "root",
        pl.col("is_odd").fill_null(value=False),
    )
