"""Clean printed values by rule: state, agency, model, signing date; the printed text stays beside.

Every rule works on the distinct values of a column, and says what it did: a value that a rule
repaired carries a `..._repaired` code, and one that no rule settles is flagged, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import polars as pl
from rapidfuzz.distance import OSA

from flows.steps.common.records import Reference

from .signing_dates import Settled, clean_date

IN_FULL = re.compile(
    r"^(?:THE )?(?:(?:US |U S )?TERRITORY|STATE|COMMONWEALTH) OF (?:THE )?|^THE | STATE$"
    r"|(?:,? USA?)$|(?<=\w) \([A-Z]{2}\)$"
)
NOT_GIVEN = r"(?i)^#?\s*n\s*[/?\\.]?\s*a\.?$"
SHORTEST_MISPRINT = 4  # letters: what is shorter is an abbreviation, right or unknown


def clean_rows(rows: pl.DataFrame, reference: Reference) -> pl.DataFrame:
    """Add state, agency, agency_key, agency_type, county, model, signed_on and issues.

    `rows` holds printed rows (`ROWS_SCHEMA`). `state` is a two-letter code, `model` JEM, TFM or
    WSO, `agency_key` the agency's name as a slug, in which case, blanks, apostrophes and
    punctuation do not count. `issues` is a list of codes, empty on most rows.
    """
    fixes = reference.value_fixes
    tidy = {
        field: _tidied(rows[f"{field}_printed"], fixes, field)
        for field in ("state", "agency", "type", "county", "model", "signed")
    }
    settled = {
        "state": _settle(tidy["state"], _state(reference)),
        "model": _settle(tidy["model"], _closed("model", reference.models)),
        "agency_type": _settle(_given(tidy["type"]), _closed("type", reference.agency_types)),
        "signed_on": _settle(tidy["signed"], clean_date),
    }
    agency = tidy["agency"].str.strip_chars(" ,;").str.replace_all(" ,", ",", literal=True)
    is_name = agency.str.contains("[A-Za-z]{2}") & ~agency.str.contains(NO_NAME)
    agency = _given(agency.set(~is_name.fill_null(value=False), None))
    codes = [issues for _, issues in settled.values()]
    codes.append(pl.select(pl.when(agency.is_null()).then(pl.lit("agency_missing"))).to_series())
    return rows.with_columns(
        settled["state"][0].alias("state"),
        agency.alias("agency"),
        slug(agency).alias("agency_key"),
        settled["agency_type"][0].alias("agency_type"),
        _given(tidy["county"]).alias("county"),
        settled["model"][0].alias("model"),
        settled["signed_on"][0].str.to_date("%Y-%m-%d").alias("signed_on"),
        pl.concat_list(codes).list.drop_nulls().alias("issues"),
    )


def unused_fixes(lines: pl.DataFrame, reference: Reference) -> list[tuple[str, str]]:
    """Return the reviewed fixes (field, printed) that match nothing in the whole record any more.

    `lines` has the cells as printed (`state_printed` and so on). A fix that ICE has made itself, or
    that was mistyped, must not stay as if it did something.
    """
    printed = {
        field: set(_tidied(lines[f"{field}_printed"], {}, field).unique())
        for field in {field for field, _ in reference.value_fixes}
    }
    return [fix for fix in reference.value_fixes if fix[1] not in printed[fix[0]]]


def drop_expected(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows without the issue of a missing date where the list prints none (pending).

    `rows` has list and issues, a list of codes.
    """
    is_pending = pl.col("list") == "pending"
    kept = pl.col("issues").list.eval(pl.element().filter(pl.element() != "signed_missing"))
    return rows.with_columns(pl.when(is_pending).then(kept).otherwise("issues").alias("issues"))


def without_later_dates(
    lines: pl.DataFrame, places: pl.DataFrame, days: pl.DataFrame
) -> pl.DataFrame:
    """Return the lines without signing dates later than the first list that prints them.

    Nobody has signed tomorrow: such a date is a misprint, kept as printed and flagged
    `signed_after_list`. `days` has list, sha256 and published_on of the lists whose date is sure.
    """
    dated = places.join(lines.drop_nulls("signed_on").select("line"), on="line", how="semi")
    first = (
        dated.join(days, on=["list", "sha256"]).group_by("line").agg(pl.col("published_on").min())
    )
    is_later = (pl.col("signed_on") > pl.col("published_on")).fill_null(value=False)
    flagged = pl.col("issues").list.concat(pl.lit(["signed_after_list"]))
    return (
        lines.join(first, on="line", how="left", maintain_order="left")
        .with_columns(
            pl.when(~is_later).then("signed_on").alias("signed_on"),
            pl.when(is_later).then(flagged).otherwise("issues").alias("issues"),
        )
        .drop("published_on")
    )


def slug(names: pl.Series) -> pl.Series:
    """Return names as slugs: lower case, no apostrophes, other punctuation as hyphens."""
    distinct = names.drop_nulls().unique()
    plain = (
        distinct.str.normalize("NFKD")
        .str.replace_all(r"\p{M}", "")
        .str.to_lowercase()
        .str.replace_all("'", "", literal=True)
        .str.replace_all("&", " and ", literal=True)
        .str.replace_all(r"[^a-z0-9]+", "-")
        .str.strip_chars("-")
    )
    return names.replace_strict(distinct, plain, default=None, return_dtype=pl.String)


def _tidied(printed: pl.Series, fixes: Mapping[tuple[str, str], str], field: str) -> pl.Series:
    """Return text with one form of blanks and apostrophes, and reviewed fixes applied."""
    distinct = printed.drop_nulls().unique()
    plain = (
        distinct.str.normalize("NFKC")
        .str.replace_all(r"[\u2018\u2019\u02BC\u0060\u00B4\u2032]", "'")
        .str.replace_all(r"[\u2010-\u2015]", "-")
        .str.replace_all(r"[\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF\p{Cc}]+", " ")
        .str.replace_all(r"\s+", " ")
        .str.strip_chars()
    )
    reviewed = {old: new for (of_field, old), new in fixes.items() if of_field == field}
    plain = plain.replace(reviewed).replace("", None)
    return printed.replace_strict(distinct, plain, default=None, return_dtype=pl.String)


# A spreadsheet's error, or what people write for a name to come.
NO_NAME = r"(?i)^(#[A-Z/0]+[!?]?|tbd|see moa)$"


def _given(values: pl.Series) -> pl.Series:
    """Return values with the ways of writing "not applicable" as null."""
    return values.set(values.str.contains(NOT_GIVEN).fill_null(value=False), None)


def _settle(
    values: pl.Series, rule: Callable[[str | None], Settled]
) -> tuple[pl.Series, pl.Series]:
    """Apply a rule to the distinct values; return the settled values and their issue codes."""
    distinct = values.unique()
    settled = [rule(value) for value in distinct]
    return tuple(  # type: ignore[return-value]
        values.replace_strict(
            distinct, pl.Series([pair[at] for pair in settled], dtype=pl.String), default=None
        )
        for at in (0, 1)
    )


def _state(reference: Reference) -> Callable[[str | None], Settled]:
    """Return a rule that reads a state: its name, its code, what else it is called.

    Points do not count, nor do words such as "State of". An abbreviation is marked repaired: ICE
    prints names. What only looks like a code or an abbreviation is none.
    """
    by_name = _closed("state", {_plain(name): code for name, code in reference.states.items()})
    codes = {code: code for code in reference.states.values()}
    known = codes | {_plain(one): code for one, code in reference.state_names.items()}
    short = {_plain(one): code for one, code in reference.state_abbreviations.items()}

    def rule(value: str | None) -> Settled:
        texts = [_plain(value)] if value else []
        texts += [IN_FULL.sub("", text) for text in texts]
        for text in texts:
            if text in known:
                return known[text], None
            if text in short:
                return short[text], "state_repaired"
        return by_name(texts[-1] if texts else None)

    return rule


def _plain(text: str) -> str:
    """Return a name in upper case without points and commas, single letters drawn together."""
    words = re.sub(r"[.,'-]", " ", text.upper()).split()
    return re.sub(r"\b(\w) (?=\w\b)", r"\1", " ".join(words))


def _closed(field: str, known: Mapping[str, str]) -> Callable[[str | None], Settled]:
    """Return a rule that reads a value against a closed list of upper-case spellings.

    A near miss is accepted when exactly one known spelling is nearest, within two edits (one for
    short words), and is marked repaired; codes and abbreviations are too short to be misprinted.
    """
    words = {
        spelling: code for spelling, code in known.items() if len(spelling) >= SHORTEST_MISPRINT
    }

    def rule(value: str | None) -> Settled:
        if value is None:
            return None, None if field == "type" else f"{field}_unknown"
        text = value.upper()
        if text in known:
            return known[text], None
        limit = 0 if len(text) < SHORTEST_MISPRINT else 1 if len(text) < 7 else 2
        ranked = sorted(
            (OSA.distance(text, spelling, score_cutoff=limit), words[spelling])
            for spelling in words
        )
        best = {code for edits, code in ranked if edits == ranked[0][0]}
        if ranked[0][0] <= limit and len(best) == 1:
            return best.pop(), f"{field}_repaired"
        return None, f"{field}_unknown"

    return rule
