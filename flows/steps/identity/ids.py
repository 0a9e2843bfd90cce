"""Mint the ids of agreements and agencies, and the aliases that lead to them."""

from __future__ import annotations

import polars as pl

from .conflicts import components
from .decisions import Decided
from .keys import agency_name
from .lent import lent_names


def with_ids(
    named: pl.DataFrame, links: pl.DataFrame, presence: pl.DataFrame, decided: Decided
) -> pl.DataFrame:
    """Mint ids from the earliest listing of each agreement and of each agency.

    An odd row mints none: it says nothing by itself. `counted_as` is the name by which a row's
    agency is counted: two names that one list prints are two, but for what people say and sheriffs.
    """
    named = _with_own_ids(named)
    # Seen only on held lists: no listing, so last in every choice.
    order = ["first_on", "first_step", "own_id"]
    agreements = (
        named.drop_nulls("own_id")
        .sort(order, nulls_last=True)
        .unique("root", keep="first", maintain_order=True)
        .select("root", pl.col("own_id").alias("agreement_id"))
    )
    named = named.join(agreements, on="root", how="left", maintain_order="left")
    lent = lent_names(named, links, presence)
    named = named.join(lent, on="variant", how="left", maintain_order="left").with_columns(
        counted_as=pl.coalesce("lent", "own_agency")
    )
    said = [*sorted(decided.same_agencies), *_sheriffs(named)]
    said = [pair for pair in said if not {pair, pair[::-1]} & decided.distinct_agencies]
    kinships = [(True, *pair) for pair in said] + _kinships(named, links, presence, decided)
    agencies = _agency_ids(named, kinships, presence).rename({"own_agency": "counted_as"})
    named = _with_one_name(
        named.join(agencies, on="counted_as", how="left", maintain_order="left"), said
    )
    return _with_first_asked(named, order)


def _with_first_asked(named: pl.DataFrame, order: list[str]) -> pl.DataFrame:
    """Give an application its agency's first id: it has no date, however it was spelled since."""
    first_asked = (
        pl.col("agreement_id")
        .sort_by(*order, nulls_last=True)
        .first()
        .over("list", "agency_id", "model")
    )
    is_asked = (pl.col("list") == "pending") & pl.col("agreement_id").is_not_null()
    return named.with_columns(
        agreement_id=pl.when(is_asked).then(first_asked).otherwise("agreement_id")
    ).sort("variant")


def _with_own_ids(named: pl.DataFrame) -> pl.DataFrame:
    """Add the agency and agreement that each variant would be by itself; an odd row is neither."""
    signed = pl.col("signed_on").dt.to_string("%Y-%m-%d").fill_null("undated")
    last = pl.when(pl.col("list") == "pending").then(pl.lit("pending")).otherwise(signed)
    own = pl.when(~pl.col("is_odd")).then(agency_name())
    return named.with_columns(own_agency=own).with_columns(
        own_id=pl.format("{}/{}/{}", "own_agency", pl.col("model").str.to_lowercase(), last)
    )


def _kinships(
    named: pl.DataFrame, links: pl.DataFrame, presence: pl.DataFrame, decided: Decided
) -> list[tuple[bool, str, str]]:
    """Return (is_sure, name, other): pairs of names that joins say are one agency.

    Sure are a person's word, names equal once written out, a respelling taken back, and a corrected
    state whose old name is gone from then on: a row put under the wrong state may bear another
    agency's name there.
    """
    # A lent name is another's.
    own = pl.when(pl.col("lent").is_null()).then("own_agency").alias("own_agency")
    names = named.select("variant", "agreement_id", own, "canonical", "state")
    until = (
        presence.select("variant", "list", "step")
        .join(names, on="variant")
        .group_by("list", "own_agency")
        .agg(pl.col("step").max().alias("last_step"))
    )
    joined = (
        links.filter(pl.col("rule") != "signed_elsewhere")
        .join(names, left_on="left", right_on="variant")
        .join(names, left_on="came", right_on="variant", suffix="_came")
        .filter(pl.col("own_agency") != pl.col("own_agency_came"))
    )
    pairs = (
        _with_taken_back(joined, names)
        .join(until, on=["list", "own_agency"], how="left")
        .with_columns(is_sure=_is_sure())
        .filter(pl.col("is_sure") | (pl.col("rule") != "other_state"))
        .select("is_sure", "own_agency", "own_agency_came", "step", "list")
        .sort(~pl.col("is_sure"), "list", "step", "own_agency", "own_agency_came")
    )
    apart = decided.distinct_agencies
    return [row[:3] for row in pairs.iter_rows() if not {row[1:3], row[2:0:-1]} & apart]


def _sheriffs(names: pl.DataFrame) -> list[tuple[str, str]]:
    """Return pairs of names of one county's sheriff: it has one, be it an office or a department.

    `names` are variants with own_agency, canonical and state. A city's sheriff is another.
    """
    of_county = r"^(?:office of )?(.+) (?:county|parish) sheriffs(?: office| department)?$"
    known = (
        names.drop_nulls("own_agency")
        .filter(~pl.col("own_agency").str.contains(r"\bcity\b"))
        .select("own_agency", "state", county=pl.col("canonical").str.extract(of_county))
        .drop_nulls("county")
        .unique()
        .sort("own_agency")
    )
    first = known.unique(["state", "county"], keep="first", maintain_order=True)
    pairs = known.join(first, on=["state", "county"], suffix="_first")
    pairs = pairs.filter(pl.col("own_agency") != pl.col("own_agency_first"))
    return pairs.select("own_agency_first", "own_agency").sort(pl.all()).rows()


def _is_sure() -> pl.Expr:
    is_gone = pl.col("last_step").fill_null(-1) < pl.col("step")
    is_equal = pl.col("canonical") == pl.col("canonical_came")
    return (pl.col("rule") == "reviewed") | (
        pl.when(pl.col("rule") == "other_state")
        .then(is_gone)
        .otherwise(is_equal | pl.col("is_taken_back"))
    )


def _with_taken_back(pairs: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    """Say of each pair whether it was but a respelling.

    That is: a later list took it back, and no other agreement ever bore the name that came.
    """
    bore = names.group_by(own_agency_came="own_agency").agg(
        is_lone=pl.col("agreement_id").n_unique() == 1
    )
    back = pairs.group_by(
        "list", "agreement_id", own_agency="own_agency_came", own_agency_came="own_agency"
    ).agg(back_step=pl.col("step").max())
    return (
        pairs.join(back, on=["list", "agreement_id", "own_agency", "own_agency_came"], how="left")
        .join(bore, on="own_agency_came")
        .with_columns(
            is_taken_back=pl.col("is_lone")
            & (pl.col("back_step") > pl.col("step")).fill_null(False)
        )
    )


def _with_one_name(named: pl.DataFrame, said: list[tuple[str, str]]) -> pl.DataFrame:
    """Return the variants with names of one agency counted as the first of them."""
    names = sorted({name for pair in said for name in pair})
    at = {name: index for index, name in enumerate(names)}
    roots = components(len(names), [(at[one], at[other]) for one, other in said])
    counted = pl.col("counted_as").replace(names, [names[root] for root in roots])
    return named.with_columns(counted_as=counted)


def _agency_ids(
    named: pl.DataFrame, kinships: list[tuple[bool, str, str]], presence: pl.DataFrame
) -> pl.DataFrame:
    """Return own_agency and agency_id: a group's id is its earliest name.

    Names that some list prints together stay two agencies, unless the kinship is sure.
    """
    involved = sorted({name for _, *pair in kinships for name in pair})
    lists = _lists_of(involved, named, presence)
    group = {name: name for name in involved}
    for is_sure, name, other in kinships:
        one, two = group[name], group[other]
        here, there = lists.get(one, set()), lists.get(two, set())
        if one == two or (not is_sure and here & there):
            continue
        group = {key: one if value == two else value for key, value in group.items()}
        lists[one] = here | there
    firsts = (
        named.drop_nulls("own_agency")
        .group_by("own_agency")
        .agg(pl.col("first_on").min())
        .with_columns(
            group=pl.col("own_agency").replace(list(group), list(group.values())),
        )
        .sort("first_on", "own_agency", nulls_last=True)
    )
    return firsts.select(
        "own_agency", pl.col("own_agency").first().over("group").alias("agency_id")
    )


def _lists_of(names: list[str], named: pl.DataFrame, presence: pl.DataFrame) -> dict[str, set[int]]:
    """Return the lists that print each name, as `at` numbers them."""
    printed = (
        named.filter(pl.col("own_agency").is_in(names))
        .select("variant", "own_agency")
        .join(presence.select("variant", "at"), on="variant")
        .group_by("own_agency")
        .agg(pl.col("at").unique())
    )
    return {name: set(steps) for name, steps in printed.iter_rows()}


def aliases(named: pl.DataFrame) -> pl.DataFrame:
    """Return the ids that other spellings or dates of the same thing would have minted.

    `named` are the variants with `own_id`, `own_agency`, `agreement_id`, `agency_id`, `lent` and
    `signed_read`. Returns alias_id with agreement_id or agency_id, the other one null.
    """
    read = pl.col("signed_read").dt.to_string("%Y-%m-%d")
    in_its_year = pl.col("own_id").str.replace(r"[^/]*$", "") + read
    every = [named.select("agreement_id", alias_id=of) for of in (pl.col("own_id"), in_its_year)]
    agreements = (
        pl.concat(every)
        .filter(pl.col("alias_id") != pl.col("agreement_id"))
        .select("alias_id", "agreement_id", agency_id=pl.lit(None, pl.String))
    )
    # A name that was only ever lent leads to its lender; any other stands for an agency itself.
    own = named.drop_nulls("own_agency").sort(
        pl.col("lent").is_not_null(), "first_on", "variant", nulls_last=True
    )
    agencies = (
        own.unique("own_agency", keep="first", maintain_order=True)
        .filter(pl.col("own_agency") != pl.col("agency_id"))
        .select(
            pl.col("own_agency").alias("alias_id"),
            pl.lit(None, pl.String).alias("agreement_id"),
            "agency_id",
        )
    )
    return pl.concat([agreements, agencies]).unique().sort("alias_id", "agreement_id", "agency_id")
