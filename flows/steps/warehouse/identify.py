"""Say which agreement every printed row continues: the frames of identity that the models read."""

from __future__ import annotations

import polars as pl

from flows.steps.common import seeds
from flows.steps.common.layout import Paths
from flows.steps.identity.alike import like_agencies
from flows.steps.identity.decisions import decisions
from flows.steps.identity.keys import key_text
from flows.steps.identity.match import join_steps
from flows.steps.identity.movements import movements
from flows.steps.identity.odd_rows import read_lines
from flows.steps.identity.open_doubts import open_doubts
from flows.steps.identity.resolve import resolve
from flows.steps.identity.set_apart import RUN_SCHEMA, set_apart
from flows.steps.identity.wrong_files import with_wrong_files

from .frames import IDENTITY_LINKS, Judged


def identity_frames(judged: Judged, paths: Paths) -> dict[str, pl.DataFrame]:
    """Return the frames of identity by the name that models read them by.

    They are `loaded_lines`, `loaded_places` (publication_no, row_number, line), `loaded_variants`,
    `loaded_links`, `loaded_doubts`, `loaded_refused`, `loaded_alike` and `loaded_aliases`. Raises
    `UsageError` for a decision in seeds/identity_links.csv that names nothing any list prints.
    """
    states = seeds.read_reference(paths.seeds).states
    reviewed = seeds.read_table(paths.seeds / "identity_links.csv", IDENTITY_LINKS)
    steps = judged.publications.filter(pl.col("step").is_not_null())
    doubtful = pl.DataFrame(schema=RUN_SCHEMA)
    while True:  # a row found in doubt is set apart, which may bring another into doubt
        printed = set_apart(judged.printed, steps, states, doubtful)
        variants = printed.variants.with_columns(key=key_text())
        presence = printed.presence(steps)
        decided = decisions(reviewed, variants)
        moved = movements(presence)
        joins = join_steps(moved, variants, presence, decided.distinct, decided.same)
        found = _readable(joins.doubts, variants, presence)
        more = found.join(doubtful, on=RUN_SCHEMA.names(), how="anti")
        if not more.height:
            break
        doubtful = pl.concat([doubtful, more])
    doubted = set(joins.doubts["came"])
    who = resolve(variants, presence, joins.links, decided, doubted)
    sound = who.variants.filter(~pl.col("is_odd"))
    return {
        "loaded_lines": with_wrong_files(read_lines(printed.lines, who.variants), states),
        "loaded_places": judged.publications.select("publication_no", "list", "sha256")
        .join(printed.places, on=["list", "sha256"], maintain_order="left_right")
        .drop("list", "sha256"),
        "loaded_variants": who.variants,
        "loaded_links": who.links,
        "loaded_doubts": open_doubts(joins.doubts, who.variants, presence),
        "loaded_refused": pl.concat([who.refused, joins.refused]),
        "loaded_alike": like_agencies(sound, presence, decided.distinct_agencies),
        "loaded_aliases": who.aliases,
    }


def _readable(doubts: pl.DataFrame, variants: pl.DataFrame, presence: pl.DataFrame) -> pl.DataFrame:
    """Return the runs (list, step, variant) of rows in doubt that are not set apart yet.

    A key that an earlier list printed is back: there is no doubt about that.
    """
    known = presence.group_by("variant").agg(since=pl.col("step").min())
    return (
        doubts.select("list", "step", variant="came")
        .unique()
        .join(variants.filter(~pl.col("is_odd")), on="variant", how="semi")
        .join(known, on="variant")
        .filter(pl.col("since") >= pl.col("step"))
        .drop("since")
    )
