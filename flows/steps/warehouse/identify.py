"""Say which agreement every printed row continues: the frames of identity that the models read."""

from __future__ import annotations

import polars as pl

from flows.steps.common import seeds
from flows.steps.common.layout import Paths
from flows.steps.identity.alike import like_agencies
from flows.steps.identity.conflicts import printed_again
from flows.steps.identity.decisions import Decided, decisions
from flows.steps.identity.keys import key_text
from flows.steps.identity.match import Joins, join_steps
from flows.steps.identity.movements import movements
from flows.steps.identity.odd_rows import read_lines
from flows.steps.identity.open_doubts import open_doubts
from flows.steps.identity.resolve import resolve
from flows.steps.identity.set_apart import RUN_SCHEMA, set_apart
from flows.steps.identity.wrong_files import with_wrong_files

from .frames import IDENTITY_LINKS, Judged

BEGIN = ("list", "step", "variant")  # what tells a run


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
    while True:  # a row found to be none of its own is set apart, which may bring another to light
        printed = set_apart(judged.printed, steps, states, doubtful)
        variants = printed.variants.with_columns(key=key_text())
        presence = printed.presence(steps)
        decided = decisions(reviewed, variants)
        moved = movements(presence)
        joins = join_steps(moved, variants, presence, decided.distinct, decided.same)
        found = _none_of_their_own(joins, variants, presence, decided)
        more = found.join(doubtful, on=BEGIN, how="anti")
        if not more.height:
            break
        doubtful = pl.concat([doubtful, more])
    who = resolve(variants, presence, joins.links, decided, set(joins.doubts["came"]))
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


def _none_of_their_own(
    joins: Joins, variants: pl.DataFrame, presence: pl.DataFrame, decided: Decided
) -> pl.DataFrame:
    """Return the runs (`RUN_SCHEMA`) of rows that are no agreement of their own, however read."""
    in_doubt = _readable(joins.doubts, variants, presence)
    again = _again(joins.links, variants, presence, decided)
    return pl.concat([in_doubt, again]).unique(BEGIN, keep="first", maintain_order=True)


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
        .select("list", "step", "variant", repeats=pl.lit(None, pl.UInt32))
    )


def _again(
    links: pl.DataFrame, variants: pl.DataFrame, presence: pl.DataFrame, decided: Decided
) -> pl.DataFrame:
    """Return the runs of keys that are back beside what they have become, as their repeats.

    Two that a person called the same may stand side by side.
    """
    same = {variant for pair in decided.same for variant in pair}
    sound = variants.filter(~pl.col("is_odd") & ~pl.col("variant").is_in(sorted(same)))
    back = printed_again(links, presence).join(sound, on="variant", how="semi")
    return back.with_columns(repeats="variant")
