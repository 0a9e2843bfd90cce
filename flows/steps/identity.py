"""Say which printed rows are the same agreement, and which names the same agency.

A variant is one distinct cleaned key of a list: state, agency, model, signing date. Variants that a
rule joined within one step are one agreement. Nothing is matched over the history, and two variants
that stand on one list are never one agreement.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

KEY = ("list", "state", "agency_key", "model", "signed_on")


@dataclass(frozen=True, slots=True)
class Identity:
    """Who is who.

    `variants`: variant, the key, agreement_id, agency_id, one row a distinct key.
    `links`: joins made (list, step, left, came, rule, evidence).
    `refused`: joins that evidence spoke for but that stand on one list together.
    `aliases`: alias_id, agreement_id, agency_id.
    """

    variants: pl.DataFrame
    links: pl.DataFrame
    refused: pl.DataFrame
    aliases: pl.DataFrame


def variants_of(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the distinct keys of cleaned lines in a fixed order, numbered as `variant`.

    Lines with a state, agency or model that no rule settled have no key.
    """
    settled = pl.all_horizontal(pl.col("state", "agency_key", "model").is_not_null())
    return rows.filter(settled).select(KEY).unique().sort(KEY).with_row_index("variant")


def resolve(variants: pl.DataFrame, presence: pl.DataFrame, links: pl.DataFrame) -> Identity:
    """Join variants into agreements and agencies.

    `presence` has variant, list, step (the place of an accepted list in its own order, from 0) and
    published_on: where each variant was printed. `links` has the joins that rules speak for (list,
    step, left, came, rule, evidence). Returns ids that depend on contents only, not on the order
    in which lists arrived.
    """
    accepted, refused = _without_conflicts(links, presence)
    root = _components(variants.height, accepted.select("left", "came").rows())
    seen = presence.group_by("variant").agg(
        pl.col("published_on").min().alias("first_on"), pl.col("step").min().alias("first_step")
    )
    named = variants.with_columns(pl.Series("root", root, pl.UInt32)).join(
        seen, on="variant", how="left", maintain_order="left"
    )
    named = _with_ids(named)
    return Identity(
        named.drop("root", "first_on", "first_step", "own_id", "own_agency"),
        accepted,
        refused,
        _aliases(named),
    )


def _without_conflicts(
    links: pl.DataFrame, presence: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Refuse joins that would make one agreement of two variants printed on one list.

    The latest join of a conflicting group is refused first, until no group conflicts.
    """
    kept = links
    while kept.height:
        members = sorted({*kept["left"], *kept["came"]})
        place = {variant: at for at, variant in enumerate(members)}
        pairs = [(place[a], place[b]) for a, b in kept.select("left", "came").rows()]
        root = _components(len(members), pairs)
        group = pl.DataFrame(
            {"variant": members, "group": root}, schema={"variant": pl.UInt32, "group": pl.UInt32}
        )
        together = (
            presence.select("list", "step", "variant")
            .unique()
            .join(group, on="variant")
            .group_by("list", "step", "group")
            .len()
            .filter(pl.col("len") > 1)["group"]
            .unique()
        )
        if not together.len():
            break
        grouped = kept.join(group, left_on="left", right_on="variant", maintain_order="left")
        in_conflict = grouped.filter(pl.col("group").is_in(together.implode()))
        latest = in_conflict.group_by("group").agg(pl.col("step").max())
        drop = in_conflict.join(latest, on=["group", "step"]).select("list", "step", "left", "came")
        kept = kept.join(drop, on=["list", "step", "left", "came"], how="anti")
    refused = links.join(kept, on=["list", "step", "left", "came"], how="anti")
    return kept.sort("list", "step", "left"), refused


def _components(size: int, pairs: Iterable[tuple[int, int]]) -> list[int]:
    """Return for each of `size` items the smallest item it is joined with, over all pairs."""
    parent = list(range(size))

    def find(item: int) -> int:
        while parent[item] != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    for a, b in pairs:
        low, high = sorted((find(a), find(b)))
        parent[high] = low
    return [find(item) for item in range(size)]


def _with_ids(named: pl.DataFrame) -> pl.DataFrame:
    """Mint ids from the earliest listing of each agreement and of each agency."""
    agency = pl.format("{}-{}", pl.col("state").str.to_lowercase(), pl.col("agency_key"))
    named = named.with_columns(own_agency=agency).with_columns(
        own_id=pl.format(
            "{}/{}/{}",
            "own_agency",
            pl.col("model").str.to_lowercase(),
            pl.when(pl.col("list") == "pending")
            .then(pl.lit("pending"))
            .otherwise(pl.col("signed_on").dt.to_string("%Y-%m-%d").fill_null("undated")),
        )
    )
    # Seen only on held lists: no listing, so last in every choice.
    order = ["first_on", "first_step", "own_id"]
    agreements = named.sort(order, nulls_last=True).unique(
        "root", keep="first", maintain_order=True
    )
    named = named.join(agreements.select("root", pl.col("own_id").alias("agreement_id")), on="root")
    return named.join(_agency_ids(named), on="own_agency", maintain_order="left").sort("variant")


def _agency_ids(named: pl.DataFrame) -> pl.DataFrame:
    """Return own_agency and agency_id: names joined through one agreement are one agency."""
    names = (
        named.group_by("own_agency")
        .agg(pl.col("first_on").min())
        .sort("first_on", "own_agency", nulls_last=True)
        .with_row_index("place")
    )
    placed = named.select("root", "own_agency").unique().join(names, on="own_agency")
    firsts = placed.with_columns(first=pl.col("place").min().over("root"))
    root = _components(names.height, firsts.select("first", "place").rows())
    return names.select(
        "own_agency",
        names["own_agency"].gather(pl.Series(root, dtype=pl.UInt32)).alias("agency_id"),
    )


def _aliases(named: pl.DataFrame) -> pl.DataFrame:
    """Return the ids that other spellings or dates of the same thing would have minted."""
    agreements = named.filter(pl.col("own_id") != pl.col("agreement_id")).select(
        pl.col("own_id").alias("alias_id"),
        "agreement_id",
        pl.lit(None, pl.String).alias("agency_id"),
    )
    agencies = named.filter(pl.col("own_agency") != pl.col("agency_id")).select(
        pl.col("own_agency").alias("alias_id"),
        pl.lit(None, pl.String).alias("agreement_id"),
        "agency_id",
    )
    return pl.concat([agreements, agencies]).unique().sort("alias_id", "agreement_id", "agency_id")
