"""Say which printed rows are the same agreement, and which names the same agency.

A variant is one distinct cleaned key of a list: state, agency, model, signing date. Variants that a
rule joined within one step are one agreement. Nothing is matched over the history, and two variants
that stand on one list are one agreement only when a person said so (seeds/identity_links.csv).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import polars as pl

from .conflicts import NOT_ONE_AGREEMENT, components, without_conflicts
from .decisions import Decided, reviewed_links
from .ids import aliases, with_ids
from .keys import KEY
from .odd_rows import homes, read_on
from .years import contradicted_dates

KEPT = (
    *("variant", *KEY, "key", "canonical", "telling", "bodies", "marks"),
    *("agreement_id", "agency_id", "counted_as", "is_odd", "root", "first_step"),
    *("signed_read", "is_signed_later"),
)


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


def resolve(
    variants: pl.DataFrame,
    presence: pl.DataFrame,
    links: pl.DataFrame,
    decided: Decided | None = None,
    doubted: Collection[int] = (),
) -> Identity:
    """Join variants into agreements and agencies.

    `variants` has variant, the key and canonical; `presence` has variant, list, step (the place of
    an accepted list in its own order, from 0) and published_on: where each variant was printed.
    `links` has the joins that rules speak for (list, step, left, came, rule, evidence). Returns ids
    that depend on contents only, not on the order in which lists arrived. Rows in `doubted` may be
    one agreement or another, and are none.
    """
    decided = decided or Decided()
    seen = presence.group_by("variant").agg(
        pl.col("published_on").min().alias("first_on"), pl.col("step").min().alias("first_step")
    )
    reviewed = reviewed_links(decided, variants.join(seen, on="variant"), links.schema)
    accepted, refused = without_conflicts(links, presence, reviewed)
    pair = ["list", "step", "left", "came"]
    by_rule = accepted.join(reviewed, on=pair, how="anti")
    accepted = pl.concat([reviewed, by_rule]).sort("list", "step", "left")
    one = accepted.filter(~pl.col("rule").is_in(NOT_ONE_AGREEMENT))
    pairs = one.select("left", "came").rows()
    root = components(variants.height, pairs)
    root = components(variants.height, [*pairs, *homes(root, variants, doubted)])
    named = (
        read_on(variants, accepted)
        .with_columns(pl.Series("root", root, pl.UInt32))
        .join(seen, on="variant", how="left", maintain_order="left")
    )
    named = with_ids(named, accepted, presence, decided).join(
        contradicted_dates(named, presence), on="variant", how="left", maintain_order="left"
    )
    return Identity(named.select(KEPT), accepted, refused, aliases(named))
