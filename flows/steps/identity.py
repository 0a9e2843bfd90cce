"""Say which printed rows are the same agreement, and which names the same agency.

A variant is one distinct cleaned key of a list: state, agency, model, signing date. Variants that a
rule joined within one step are one agreement. Nothing is matched over the history, and two variants
that stand on one list are one agreement only when a person said so (seeds/identity_links.csv).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import product

import polars as pl

from .records import UsageError

KEY = ("list", "state", "agency_key", "model", "signed_on")
# Joins that say who an agency is, and not which agreement: a new signing, an application's end.
NOT_ONE_AGREEMENT = ("renewed", "signed_as")

Pair = tuple[int, int]


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


@dataclass(frozen=True, slots=True)
class Decided:
    """What people decided: pairs of variants and of agency ids that are one, or are not.

    `same` carries each pair's reason.
    """

    same: dict[Pair, str] = field(default_factory=dict)
    distinct: frozenset[Pair] = frozenset()
    same_agencies: frozenset[tuple[str, str]] = frozenset()
    distinct_agencies: frozenset[tuple[str, str]] = frozenset()


def variants_of(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the distinct keys of cleaned lines in a fixed order, numbered as `variant`.

    Lines with a state, agency or model that no rule settled have no key.
    """
    settled = pl.all_horizontal(pl.col("state", "agency_key", "model").is_not_null())
    return rows.filter(settled).select(KEY).unique().sort(KEY).with_row_index("variant")


def decisions(table: pl.DataFrame, variants: pl.DataFrame) -> Decided:
    """Return what seeds/identity_links.csv says of these variants.

    A side is a printed key (`WI | waukesha-county-sheriffs-office | WSO | 2025-05-13`, as
    identity_links shows it) or an agency's id. Raises `UsageError` with the line number when a
    decision is unknown, or a side is nothing that any list prints (any more).
    """
    of_key: dict[str, list[int]] = {}
    of_agency: dict[str, list[int]] = {}
    for variant, _, state, key, model, signed in variants.select("variant", *KEY).iter_rows():
        parts = [state, key, model, *([signed.isoformat()] if signed else [])]
        of_key.setdefault(" | ".join(parts), []).append(variant)
        of_agency.setdefault(f"{state.lower()}-{key}", []).append(variant)
    same: dict[Pair, str] = {}
    apart: set[Pair] = set()
    agencies: dict[str, set[tuple[str, str]]] = {"same": set(), "distinct": set()}
    for line, row in enumerate(table.iter_rows(named=True), start=2):
        where, decision = f"seeds/identity_links.csv line {line}", row["decision"]
        left, right = (str(row[side] or "").strip() for side in ("left", "right"))
        if decision not in agencies:
            raise UsageError(f"{where}: the decision is {decision!r}, it must be same or distinct.")
        known = of_key if left in of_key else of_agency
        for side in (left, right):
            if side not in known:
                raise UsageError(
                    f"{where}: no list prints {side!r} (any more): correct the row or remove it."
                )
        found = {(a, b) for a, b in product(known[left], known[right]) if a != b}
        if known is of_agency:
            agencies[decision].add((left, right))
        if decision == "distinct":
            apart |= found
        elif known is of_key:
            same |= dict.fromkeys(sorted(found), row["reason"])
    return Decided(
        same, frozenset(apart), frozenset(agencies["same"]), frozenset(agencies["distinct"])
    )


def resolve(
    variants: pl.DataFrame,
    presence: pl.DataFrame,
    links: pl.DataFrame,
    decided: Decided | None = None,
) -> Identity:
    """Join variants into agreements and agencies.

    `variants` has variant, the key and canonical; `presence` has variant, list, step (the place of
    an accepted list in its own order, from 0) and published_on: where each variant was printed.
    `links` has the joins that rules speak for (list, step, left, came, rule, evidence). Returns ids
    that depend on contents only, not on the order in which lists arrived.
    """
    decided = decided or Decided()
    seen = presence.group_by("variant").agg(
        pl.col("published_on").min().alias("first_on"), pl.col("step").min().alias("first_step")
    )
    reviewed = _reviewed(decided, variants.join(seen, on="variant"), links.schema)
    accepted, refused = _without_conflicts(links, presence, reviewed)
    accepted = pl.concat([reviewed, accepted]).sort("list", "step", "left")
    one = accepted.filter(~pl.col("rule").is_in(NOT_ONE_AGREEMENT))
    root = _components(variants.height, one.select("left", "came").rows())
    named = variants.with_columns(pl.Series("root", root, pl.UInt32)).join(
        seen, on="variant", how="left", maintain_order="left"
    )
    named = _with_ids(named, accepted, presence, decided)
    kept = ["variant", *KEY, "canonical", "telling", "agreement_id", "agency_id"]
    return Identity(named.select(kept), accepted, refused, _aliases(named))


def _reviewed(decided: Decided, seen: pl.DataFrame, schema: pl.Schema) -> pl.DataFrame:
    """Return the pairs of one list that a person called the same, as joins of the later's step."""
    of = {row["variant"]: row for row in seen.iter_rows(named=True)}
    rows = []
    for pair, reason in decided.same.items():
        left, came = sorted(pair, key=lambda v: (of[v]["first_step"], v) if v in of else (0, v))
        if left in of and came in of and of[left]["list"] == of[came]["list"]:
            place = (of[came]["list"], of[came]["first_step"])
            rows.append((*place, left, came, "reviewed", reason))
    return pl.DataFrame(rows, schema=schema, orient="row")


def _without_conflicts(
    links: pl.DataFrame, presence: pl.DataFrame, reviewed: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Refuse joins that would make one agreement of two variants printed on one list.

    The latest join of a conflicting group is refused first, until no group conflicts. Variants
    that a person called the same count as one.
    """
    aside = links.filter(pl.col("rule").is_in(NOT_ONE_AGREEMENT))
    kept = links.filter(~pl.col("rule").is_in(NOT_ONE_AGREEMENT))
    columns = ["list", "step", "left", "came"]
    while kept.height:
        both = pl.concat([kept, reviewed])
        members = sorted({*both["left"], *both["came"]})
        place = {variant: at for at, variant in enumerate(members)}

        def groups(of: pl.DataFrame, place: dict[int, int] = place) -> list[int]:
            pairs = [(place[a], place[b]) for a, b in of.select("left", "came").rows()]
            return _components(len(place), pairs)

        group = pl.DataFrame(
            {"variant": members, "group": groups(both), "one": groups(reviewed)},
            schema={"variant": pl.UInt32, "group": pl.UInt32, "one": pl.UInt32},
        )
        together = (
            presence.select("list", "step", "variant")
            .join(group, on="variant")
            .group_by("list", "step", "group")
            .agg(pl.col("one").n_unique())
            .filter(pl.col("one") > 1)["group"]
            .unique()
        )
        grouped = kept.join(group, left_on="left", right_on="variant", maintain_order="left")
        in_conflict = grouped.filter(pl.col("group").is_in(together.implode()))
        if not in_conflict.height:
            break
        latest = in_conflict.group_by("group").agg(pl.col("step").max())
        drop = in_conflict.join(latest, on=["group", "step"]).select(columns)
        kept = kept.join(drop, on=columns, how="anti")
    kept = pl.concat([kept, aside])
    refused = links.join(kept, on=columns, how="anti").with_columns(
        evidence=pl.format("{}; both stand on one list", "evidence")
    )
    return kept, refused


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


def _with_ids(
    named: pl.DataFrame, links: pl.DataFrame, presence: pl.DataFrame, decided: Decided
) -> pl.DataFrame:
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
    agencies = _agency_ids(named, _kinships(named, links, presence, decided), presence, decided)
    named = named.join(agencies, on="own_agency", maintain_order="left")
    # An application has no date: it is what one agency asks for, however it was spelled since.
    first_asked = (
        pl.col("agreement_id")
        .sort_by(*order, nulls_last=True)
        .first()
        .over("list", "agency_id", "model")
    )
    is_asked = pl.col("list") == "pending"
    return named.with_columns(
        agreement_id=pl.when(is_asked).then(first_asked).otherwise("agreement_id")
    ).sort("variant")


def _kinships(
    named: pl.DataFrame, links: pl.DataFrame, presence: pl.DataFrame, decided: Decided
) -> list[tuple[bool, str, str]]:
    """Return (is_sure, name, other): pairs of names that joins or people say are one agency.

    Sure are a person's word, names equal once written out, and a corrected state whose old name
    is gone from then on: a row put under the wrong state may bear another agency's name there.
    """
    names = named.select("variant", "own_agency", "canonical", "state")
    until = (
        presence.select("variant", "list", "step")
        .join(names, on="variant")
        .group_by("list", "own_agency")
        .agg(pl.col("step").max().alias("last_step"))
    )
    is_gone = pl.col("last_step").fill_null(-1) < pl.col("step")
    is_sure = (pl.col("rule") == "reviewed") | (
        pl.when(pl.col("rule") == "restated")
        .then(is_gone)
        .otherwise(pl.col("canonical") == pl.col("canonical_came"))
    )
    pairs = (
        links.join(names, left_on="left", right_on="variant")
        .join(names, left_on="came", right_on="variant", suffix="_came")
        .filter(pl.col("own_agency") != pl.col("own_agency_came"))
        .join(until, on=["list", "own_agency"], how="left")
        .with_columns(is_sure=is_sure)
        .filter(pl.col("is_sure") | (pl.col("rule") != "restated"))
        .select("is_sure", "own_agency", "own_agency_came", "step", "list")
        .sort(~pl.col("is_sure"), "list", "step", "own_agency", "own_agency_came")
    )
    said = [(True, *pair) for pair in sorted(decided.same_agencies)]
    apart = decided.distinct_agencies
    found = [row[:3] for row in pairs.iter_rows() if not {row[1:3], row[2:0:-1]} & apart]
    return [*said, *found]


def _agency_ids(
    named: pl.DataFrame,
    kinships: list[tuple[bool, str, str]],
    presence: pl.DataFrame,
    decided: Decided,
) -> pl.DataFrame:
    """Return own_agency and agency_id: a group's id is its earliest name.

    Names that some list prints together stay two agencies, unless the kinship is sure.
    """
    involved = sorted({name for _, *pair in kinships for name in pair})
    printed = (
        named.filter(pl.col("own_agency").is_in(involved))
        .select("variant", "own_agency")
        .join(presence.select("variant", pl.struct("list", "step").alias("at")), on="variant")
        .group_by("own_agency")
        .agg(pl.col("at").unique())
    )
    lists = {name: {(at["list"], at["step"]) for at in ats} for name, ats in printed.iter_rows()}
    group = {name: name for name in involved}
    for is_sure, name, other in kinships:
        one, two = group[name], group[other]
        here, there = lists.get(one, set()), lists.get(two, set())
        if one == two or (not is_sure and here & there):
            continue
        group = {key: one if value == two else value for key, value in group.items()}
        lists[one] = here | there
    firsts = (
        named.group_by("own_agency")
        .agg(pl.col("first_on").min())
        .with_columns(
            group=pl.col("own_agency").replace(list(group), list(group.values())),
        )
        .sort("first_on", "own_agency", nulls_last=True)
    )
    return firsts.select(
        "own_agency", pl.col("own_agency").first().over("group").alias("agency_id")
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
