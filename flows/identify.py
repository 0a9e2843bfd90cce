"""Say which agreement every printed row continues: the frames of identity that the models read."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from flows.judge import IDENTITY_LINKS, Judged, listed
from flows.places import Places
from flows.steps import identity, matching, seeds

PASSES = 3  # a row found in doubt is set apart, which may settle or unsettle another


def identity_frames(judged: Judged, places: Places) -> dict[str, pl.DataFrame]:
    """Return the frames of lines, places, variants, joins, doubts and aliases, by table name."""
    states = seeds.read_reference(places.seeds).states
    reviewed = seeds.read_table(places.seeds / "identity_links.csv", IDENTITY_LINKS)
    doubtful: pl.DataFrame | None = None
    for _ in range(PASSES):
        known = _set_apart(judged, states, doubtful)
        presence = _presence(known)
        decided = identity.decisions(reviewed, known.variants)
        moved = matching.movements(presence)
        joins = matching.join_steps(*moved, known.variants, presence, decided.distinct)
        more = _readable(joins.doubts, known.variants)
        if not more.height:
            break
        doubtful = more if doubtful is None else pl.concat([doubtful, more]).unique()
    who = identity.resolve(known.variants, presence, joins.links, decided)
    doubts = identity.open_doubts(joins.doubts, who.variants, presence)
    return {
        "loaded_lines": identity.read_lines(known.lines, who.variants),
        "loaded_places": known.publications.select("publication_no", "sha256")
        .join(known.places, on="sha256", maintain_order="left_right")
        .drop("sha256"),
        "loaded_variants": who.variants,
        "loaded_links": who.links,
        "loaded_doubts": doubts,
        "loaded_refused": pl.concat([who.refused, joins.refused]),
        "loaded_alike": matching.like_agencies(
            who.variants.filter(~pl.col("is_odd")), presence, decided.distinct_agencies
        ),
        "loaded_aliases": who.aliases,
    }


def _set_apart(judged: Judged, states: dict[str, str], doubtful: pl.DataFrame | None) -> Judged:
    """Return what the lists print, each odd row of an accepted list as a line of its own."""
    accepted = judged.publications.filter(pl.col("step").is_not_null())
    lines, places, variants = matching.set_apart(
        judged.lines, judged.places, judged.variants, accepted, states, doubtful
    )
    variants = variants.with_columns(key=identity.key_text())
    return replace(judged, lines=lines, places=places, variants=variants)


def _readable(doubts: pl.DataFrame, variants: pl.DataFrame) -> pl.DataFrame:
    """Return the runs (list, step, variant) of rows in doubt that are not set apart yet."""
    came = doubts.select("list", "step", variant="came").unique()
    return came.join(variants.filter(~pl.col("is_odd")), on="variant", how="semi")


def _presence(known: Judged) -> pl.DataFrame:
    """Return where the accepted lists print each variant: its first row on each list."""
    accepted = known.publications.filter(pl.col("step").is_not_null())
    return (
        listed(known.places, known.lines)
        .join(accepted.select("sha256", "step", "published_on"), on="sha256")
        .sort("row_number")
        .unique(["list", "step", "variant"], keep="first", maintain_order=True)
    )
