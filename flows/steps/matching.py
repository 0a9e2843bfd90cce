"""Decide, within one step from a list to the next, which row that came is a row that left.

Six rules in order, each one to one among what the rules before left over. Digits in a name must
match throughout: a precinct or district number tells two agencies apart.

Sources of the rules: comparing the published lists step by step, December 2024 to September 2025.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

import polars as pl
from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

LINK_SCHEMA = pl.Schema(
    {
        "list": pl.String(),
        "step": pl.Int32(),
        "left": pl.UInt32(),
        "came": pl.UInt32(),
        "rule": pl.String(),
        "evidence": pl.String(),
    }
)
MAX_EDITS = 3
MIN_TOKEN_SIMILARITY = 85.0

ABBREVIATIONS = {
    "pd": "police department",
    "so": "sheriffs office",
    "dept": "department",
    "dep": "department",
    "dps": "department of public safety",
    "doc": "department of corrections",
    "bocc": "board of county commissioners",
    "ft": "fort",
    "st": "saint",
    "mt": "mount",
    "co": "county",
    "twp": "township",
    "pct": "precinct",
    "sherriffs": "sheriffs",
    "sheriff": "sheriffs",
    "constables": "constable",
    "univ": "university",
    "div": "division",
}
# Words that do not tell one agency from another of the same state.
GENERIC = frozenset(
    re.findall(
        r"\w+",
        "the of and for a county city town village borough township sheriffs sheriff office police"
        " department public safety board commissioners constable precinct district state",
    )
)


def with_names(variants: pl.DataFrame, states: Mapping[str, str]) -> pl.DataFrame:
    """Add `canonical` to variants: the agency's name with abbreviations written out.

    `states` maps an upper-case state name to its code. The state's own name or code in front, "City
    of" and the like, and the article are dropped: lists print an agency with and without them.
    """
    names = {code: _words(name) for name, code in states.items()}
    distinct = variants.select("state", "agency_key").unique()
    canonical = [
        _canonical(key, state, names.get(state or "", []))
        for state, key in distinct.select("state", "agency_key").iter_rows()
    ]
    distinct = distinct.with_columns(pl.Series("canonical", canonical, pl.String))
    return variants.join(
        distinct, on=["state", "agency_key"], how="left", maintain_order="left", nulls_equal=True
    )


def movements(presence: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return (left, came): list, step, variant and moa_file of what each step took or brought.

    `presence` has list, step (from 0), variant and moa_file: each variant on each accepted list.
    """
    steps = (
        presence.select("list", pl.col("step").cast(pl.Int64), "variant", "moa_file")
        .sort("variant", "step")
        .with_columns(
            before=pl.col("step").shift(1).over("variant"),
            after=pl.col("step").shift(-1).over("variant"),
            last=pl.col("step").max().over("list"),
        )
    )
    came = steps.filter(
        (pl.col("step") > 0)
        & (pl.col("before").is_null() | (pl.col("before") != pl.col("step") - 1))
    )
    left = steps.filter(
        (pl.col("step") < pl.col("last"))
        & (pl.col("after").is_null() | (pl.col("after") != pl.col("step") + 1))
    ).with_columns(step=pl.col("step") + 1)
    kept = ("list", "step", "variant", "moa_file")
    return left.select(kept), came.select(kept)


def count_gone(before: pl.DataFrame, now: pl.DataFrame, variants: pl.DataFrame) -> int:
    """Return how many variants of one list are gone from another once the rules have joined.

    `before` and `now` have variant and moa_file.
    """
    step = [pl.lit("").alias("list"), pl.lit(1, pl.Int64).alias("step")]
    left = before.join(now, on="variant", how="anti").with_columns(step)
    came = now.join(before, on="variant", how="anti").with_columns(step)
    return left.height - join_steps(left, came, variants).height


def join_steps(left: pl.DataFrame, came: pl.DataFrame, variants: pl.DataFrame) -> pl.DataFrame:
    """Return the joins (`LINK_SCHEMA`) among the movements of all steps at once.

    `variants` has variant, state, agency_key, canonical, model and signed_on.
    """
    of_variant = variants.drop("list", strict=False)
    left, came = (side.join(of_variant, on="variant") for side in (left, came))
    links = [pl.DataFrame(schema=LINK_SCHEMA)]
    for rule in (_redated, _same_file, _abbreviated, _respelled, _reworded, _restated):
        found = _one_to_one(rule(left, came))
        links.append(found)
        taken = found.with_columns(pl.col("step").cast(pl.Int64))
        left = left.join(taken, left_on=["list", "step", "variant"], right_on=_SIDE_L, how="anti")
        came = came.join(taken, left_on=["list", "step", "variant"], right_on=_SIDE_C, how="anti")
    return pl.concat(links).sort("list", "step", "left")


_SIDE_L = ["list", "step", "left"]
_SIDE_C = ["list", "step", "came"]


def _pairs(left: pl.DataFrame, came: pl.DataFrame, *same: str) -> pl.DataFrame:
    """Return the pairs of one step that agree in the columns named; the other is `..._came`."""
    return left.join(
        came,
        on=["list", "step", *same],
        suffix="_came",
        nulls_equal=True,
        coalesce=True,
    )


def _redated(left: pl.DataFrame, came: pl.DataFrame) -> pl.DataFrame:
    """Rule 1: same state, agency and model, another signing date."""
    days = (pl.col("signed_on") - pl.col("signed_on_came")).dt.total_days().abs().fill_null(0)
    return _pairs(left, came, "state", "agency_key", "model").with_columns(
        distance=days.cast(pl.Float64),
        rule=pl.lit("redated"),
        evidence=pl.format("{} days apart", days),
    )


def _same_file(left: pl.DataFrame, came: pl.DataFrame) -> pl.DataFrame:
    """Rule 2: same state, model and MOA file, and the file's name fits both agencies.

    The same file alone is not enough: ICE links the wrong file at times.
    """
    pairs = _pairs(
        left.filter(pl.col("moa_file").is_not_null()), came, "state", "model", "moa_file"
    )
    return _scored(pairs, "renamed", _file_fits, "MOA file {} on both", "moa_file")


def _abbreviated(left: pl.DataFrame, came: pl.DataFrame) -> pl.DataFrame:
    """Rule 3: same state, model and date, and the same name once abbreviations are written out."""
    return _pairs(left, came, "state", "model", "signed_on", "canonical").with_columns(
        distance=pl.lit(0.0),
        rule=pl.lit("renamed"),
        evidence=pl.format("both read {}", "canonical"),
    )


def _respelled(left: pl.DataFrame, came: pl.DataFrame) -> pl.DataFrame:
    """Rule 4: same state, model and date, and a name at most three edits away."""
    pairs = _pairs(left, came, "state", "model", "signed_on")
    return _scored(pairs, "renamed", _edits, "{} edits apart", "distance")


def _reworded(left: pl.DataFrame, came: pl.DataFrame) -> pl.DataFrame:
    """Rule 5: same state, model and date, and names of nearly the same words."""
    pairs = _pairs(left, came, "state", "model", "signed_on")
    return _scored(pairs, "renamed", _word_distance, "words differ by {} %", "distance")


def _restated(left: pl.DataFrame, came: pl.DataFrame) -> pl.DataFrame:
    """Rule 6: same agency, model and date in another state."""
    return _pairs(left, came, "agency_key", "model", "signed_on").with_columns(
        distance=pl.lit(0.0),
        rule=pl.lit("restated"),
        evidence=pl.format("{} to {}", "state", "state_came"),
    )


def _scored(
    pairs: pl.DataFrame,
    rule: str,
    score: Callable[[str, str, str], float | None],
    evidence: str,
    detail: str,
) -> pl.DataFrame:
    """Score each pair's two names (and file); a score of None is no match."""
    scores = [
        score(a, b, f or "")
        for a, b, f in pairs.select("canonical", "canonical_came", "moa_file").iter_rows()
    ]
    return (
        pairs.with_columns(pl.Series("distance", scores, pl.Float64), pl.lit(rule).alias("rule"))
        .filter(pl.col("distance").is_not_null())
        .with_columns(
            evidence=pl.format(
                evidence,
                pl.col(detail).round(0).cast(pl.Int64) if detail == "distance" else pl.col(detail),
            )
        )
    )


def _file_fits(a: str, b: str, file: str) -> float | None:
    letters = re.sub(r"[^a-z0-9]", "", file.lower())
    if _digits(a) == _digits(b) and all(
        any(word in letters for word in _telling(name)) for name in (a, b)
    ):
        return 100.0 - fuzz.token_set_ratio(a, b)
    return None


def _edits(a: str, b: str, _: str) -> float | None:
    if _digits(a) != _digits(b):
        return None
    edits = OSA.distance(a, b, score_cutoff=MAX_EDITS)
    return float(edits) if edits <= MAX_EDITS else None


def _word_distance(a: str, b: str, _: str) -> float | None:
    if _digits(a) != _digits(b) or not (set(_telling(a)) & set(_telling(b))):
        return None
    similarity = fuzz.token_set_ratio(a, b)
    return 100.0 - similarity if similarity >= MIN_TOKEN_SIMILARITY else None


def _one_to_one(pairs: pl.DataFrame) -> pl.DataFrame:
    """Keep the pairs whose two sides prefer each other, nearest first (`LINK_SCHEMA`)."""
    chosen = [pairs.clear()]
    order = ["list", "step", "distance", "variant", "variant_came"]
    while pairs.height:
        first_left = pl.struct("list", "step", "variant").is_first_distinct()
        first_came = pl.struct("list", "step", "variant_came").is_first_distinct()
        mutual = pairs.sort(order).filter(first_left & first_came)
        chosen.append(mutual)
        for side in ("variant", "variant_came"):
            pairs = pairs.join(mutual, on=["list", "step", side], how="anti")
    return pl.concat(chosen).select(
        "list",
        pl.col("step").cast(pl.Int32),
        pl.col("variant").alias("left"),
        pl.col("variant_came").alias("came"),
        "rule",
        "evidence",
    )


def _canonical(key: str, state: str, state_words: list[str]) -> str:
    parts = key.split("-")
    if len(parts) > 1 and parts[0] == (state or "").lower():
        parts = parts[1:]
    words = [word for part in parts for word in ABBREVIATIONS.get(part, part).split()]
    if words[: len(state_words)] == state_words and len(words) > len(state_words):
        words = words[len(state_words) :]
    if words[:2] in (["city", "of"], ["town", "of"], ["village", "of"], ["county", "of"]):
        words = words[2:]
    if words[-1:] == [(state or "").lower()] and len(words) > 2:  # ", PA" at the end
        words = words[:-1]
    return " ".join(word for word in words if word != "the")


def _words(name: str) -> list[str]:
    return re.findall(r"[a-z]+", name.lower())


def _digits(name: str) -> list[str]:
    return sorted(re.findall(r"\d+", name))


def _telling(name: str) -> Iterable[str]:
    return [word for word in name.split() if word not in GENERIC and len(word) > 2]
