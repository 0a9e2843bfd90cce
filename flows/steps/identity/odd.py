"""Read what an odd row leaves open from the agreement it continues: its name, and whose it is."""

from __future__ import annotations

import polars as pl

from .conflicts import NOT_ONE_AGREEMENT

OPEN = ("state", "agency_key", "model", "signed_on")
FRESH_DAYS = 45  # a row that came so lately may have come under the wrong name


def homes(root: list[int], variants: pl.DataFrame) -> list[tuple[int, int]]:
    """Return the pairs (row, the row it repeats) of repeats that continue no other agreement."""
    settled = set(pl.Series(root).filter(~variants["is_odd"]))
    repeats = variants.drop_nulls("repeats").select("variant", "repeats").iter_rows()
    return [(row, twin) for row, twin in repeats if root[row] not in settled]


def read_on(variants: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    """Fill the cells that cannot be read from the row that went before, else the one after.

    A date that was never printed before stays open: the first one printed is news.
    """
    is_open = pl.any_horizontal(pl.col(name).is_null() for name in OPEN)
    opened = set(variants.filter(is_open & (pl.col("list") == "participating"))["variant"])
    opened |= set(variants.filter(pl.any_horizontal(pl.col(*OPEN[:3]).is_null()))["variant"])
    touched = links.filter(
        pl.col("left").is_in(sorted(opened)) | pl.col("came").is_in(sorted(opened))
    ).sort("list", "step", "left", "came")
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
    for left, came in reversed(pairs):
        _fill(known[left], known[came], OPEN[:3])
    filled = pl.DataFrame(list(known.values()), schema=variants.select("variant", *cells).schema)
    return variants.update(filled, on="variant", how="left")


def _fill(into: dict[str, object], source: dict[str, object], names: tuple[str, ...]) -> None:
    if into["agency_key"] is None and source["agency_key"] is not None:
        into |= {"canonical": source["canonical"], "telling": source["telling"]}
    for name in names:
        if into[name] is None:
            into[name] = source[name]


def lent_names(named: pl.DataFrame, links: pl.DataFrame, presence: pl.DataFrame) -> pl.DataFrame:
    """Return variant and `lent`: the name whose agreement a row goes on with under another.

    One row of an agency that reads otherwise makes no other agency while the agency's other rows
    stand, and one that reads as an agency of another place is not that one's. Not so where the row
    is fresh, since it may have come under the wrong name, nor where the list gives it to another
    body of the same place: a board's to its sheriff.
    """
    links = links.filter(~pl.col("rule").is_in(NOT_ONE_AGREEMENT)).sort("list", "step", "left")
    told = _told_apart(links, named, presence)
    lent: dict[int, str] = {}
    for row in told.iter_rows(named=True):
        name = lent.get(row["left"], row["own_agency"])
        if name and row["own_agency_came"] != name and (row["is_odd_came"] or row["is_lent"]):
            lent[row["came"]] = name
    for row in told.reverse().iter_rows(named=True):
        name = lent.get(row["came"], row["own_agency_came"])
        if name and row["is_odd"] and row["left"] not in lent:
            lent[row["left"]] = name
    for twin, name in (
        named.filter(pl.col("is_odd"))
        .join(named.select("variant", "own_agency"), left_on="repeats", right_on="variant")
        .select("variant", "own_agency_right")
        .iter_rows()
    ):
        lent.setdefault(twin, name)
    return pl.DataFrame(
        {"variant": list(lent), "lent": list(lent.values())},
        schema={"variant": pl.UInt32, "lent": pl.String},
    )


def _told_apart(links: pl.DataFrame, named: pl.DataFrame, presence: pl.DataFrame) -> pl.DataFrame:
    """Return the joins of two names, with `is_lent`: whether the old one is still meant."""
    about = named.select(
        *("variant", "own_agency", "is_odd", "body", "telling", "canonical", "first_step"),
        # When the agreement was first printed, whatever it was called then.
        since_step=pl.col("first_step").min().over("root"),
        since_on=pl.col("first_on").min().over("root"),
    )
    pairs = (
        links.join(about, left_on="left", right_on="variant", maintain_order="left")
        .join(about, left_on="came", right_on="variant", suffix="_came", maintain_order="left")
        .filter(pl.col("own_agency").ne_missing(pl.col("own_agency_came")))
    )
    printed = _printed_names(pairs, named, presence)
    firsts = printed.group_by("list", own_agency_came="own_agency").agg(
        new_since=pl.col("step").min()
    )
    stands = printed.with_columns(old_stands=pl.lit(value=True))
    days = presence.select("list", pl.col("step").cast(pl.Int32), now="published_on").unique()
    return (
        pairs.join(stands, on=["list", "own_agency", "step"], how="left")
        .join(firsts, on=["list", "own_agency_came"], how="left")
        .join(days, on=["list", "step"], how="left")
        .with_columns(pl.col("old_stands").fill_null(value=False))
        .with_columns(is_lent=_is_lent().fill_null(value=False))
        .sort("list", "step", "left")
    )


def _printed_names(
    pairs: pl.DataFrame, named: pl.DataFrame, presence: pl.DataFrame
) -> pl.DataFrame:
    """Return the lists (list, step) that print each name of the pairs, as own_agency.

    A row with a cell that cannot be read stands for the name it continues.
    """
    names = pl.concat([pairs["own_agency"], pairs["own_agency_came"]]).drop_nulls().unique()
    meant = pl.format("{}-{}", pl.col("state").str.to_lowercase(), "agency_key")
    known = named.filter(pl.col("repeats").is_null()).select("variant", own_agency=meant)
    return (
        presence.select("variant", "list", "step")
        .join(known, on="variant")
        .filter(pl.col("own_agency").is_in(names.implode()))
        .select("list", "own_agency", pl.col("step").cast(pl.Int32))
        .unique()
    )


def _is_lent() -> pl.Expr:
    is_new = pl.col("new_since") >= pl.col("step")
    is_fresh = (pl.col("since_step") > 0) & (
        (pl.col("now") - pl.col("since_on")).dt.total_days() <= FRESH_DAYS
    )
    # A city's police are not its county's sheriff.
    is_other_level = _names_county("canonical") != _names_county("canonical_came")
    is_other_level &= ~_is_within("body")
    still_meant = (
        pl.when(pl.col("rule") == "all_but_one")
        .then(pl.col("old_stands") | ~is_new)
        .when(pl.col("rule") == "restated")
        .then(pl.col("old_stands") | ~is_new)
        .when(is_new)
        .then(pl.col("old_stands") & _is_within("body"))
        .otherwise(~_is_within("telling") | is_other_level)
    )
    return still_meant & (pl.col("first_step_came") >= pl.col("step")) & ~is_fresh


def _names_county(name: str) -> pl.Expr:
    return pl.col(name).str.contains(r"\b(county|parish)\b")


def _is_within(words: str) -> pl.Expr:
    """Say whether one of the two names has all such words of the other."""
    one, other = pl.col(words), pl.col(f"{words}_came")
    return (one.list.set_difference(other).list.len() == 0) | (
        other.list.set_difference(one).list.len() == 0
    )


def read_lines(lines: pl.DataFrame, variants: pl.DataFrame) -> pl.DataFrame:
    """Return the lines with whose agreement they print, and open cells read from it."""
    told = variants.select(
        "variant", *OPEN, "agreement_id", "agency_id", "counted_as", "root", "is_odd"
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
    return joined.select(
        *(name for name in lines.columns if name != "agency"),
        pl.coalesce("agency", "known_as").alias("agency"),
        "agreement_id",
        "agency_id",
        "counted_as",
        "root",
        pl.col("is_odd").fill_null(value=False),
    )


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
