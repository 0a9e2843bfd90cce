"""Read the reviewed inputs in seeds/; a broken row is named with its file and line."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from .causes import parsed
from .errors import UsageError
from .records import GateBounds, Reference, Review, ShareBound

FIXABLE = ("state", "agency", "type", "county", "model", "signed")


def read_table(path: Path, columns: tuple[str, ...]) -> pl.DataFrame:
    """Return a seeds file as text columns; raises `UsageError` when a column is missing."""
    try:
        table = pl.read_csv(path, infer_schema=False)
    except FileNotFoundError:
        raise UsageError(f"seeds/{path.name} is missing: restore it from the repository.") from None
    except pl.exceptions.PolarsError as problem:
        raise UsageError(f"seeds/{path.name} is no valid CSV ({problem}): mend the row.") from None
    if missing := [column for column in columns if column not in table.columns]:
        raise UsageError(f"seeds/{path.name} lacks the column {missing[0]}: add it to the header.")
    return table


def read_lists_config(folder: Path) -> dict[str, Any]:
    """Return seeds/lists.toml: addresses, allowed hosts, and the printed headers we know."""
    return parsed(folder / "lists.toml", tomllib.loads)


def read_cadence(folder: Path) -> pl.DataFrame:
    """Return how many days a list usually waits for its next version: list, usual_gap_days."""
    lists = read_lists_config(folder)["lists"]
    days = [about["usual_gap_days"] for about in lists.values()]
    return pl.DataFrame({"list": list(lists), "usual_gap_days": days}).cast(
        {"usual_gap_days": pl.Int32}
    )


def read_reference(folder: Path) -> Reference:
    """Return the closed lists: states, models, agency types, and the reviewed value fixes."""
    states = read_table(folder / "states.csv", ("code", "name"))
    spellings = read_table(folder / "state_spellings.csv", ("spelling", "code", "form"))
    models = read_table(folder / "models.csv", ("spelling", "model", "reason", "source"))
    types = read_table(folder / "agency_types.csv", ("spelling", "agency_type"))
    fixes = read_table(folder / "value_fixes.csv", ("field", "printed", "value", "reason"))
    for line, (field, reason) in enumerate(fixes.select("field", "reason").iter_rows(), start=2):
        if field not in FIXABLE or not reason:
            raise UsageError(
                f"seeds/value_fixes.csv line {line}: the field must be one of"
                f" {', '.join(FIXABLE)}, and a fix needs its reason."
            )
    return Reference(
        states=_mapping(states, "name", "code"),
        models=_mapping(models, "spelling", "model"),
        agency_types=_mapping(types, "spelling", "agency_type"),
        value_fixes={(f, p): v for f, p, v in fixes.select("field", "printed", "value").rows()},
        state_names=_mapping(spellings.filter(pl.col("form") == "name"), "spelling", "code"),
        state_abbreviations=_mapping(
            spellings.filter(pl.col("form") == "abbreviation"), "spelling", "code"
        ),
    )


def read_reviews(folder: Path) -> list[Review]:
    """Return the decisions people took on held versions."""
    table = read_table(
        folder / "version_reviews.csv", ("list", "sha256", "published_on", "decision", "reason")
    )
    reviews = []
    for line, row in enumerate(table.iter_rows(named=True), start=2):
        if row["decision"] not in ("accept", "reject"):
            raise UsageError(
                f"seeds/version_reviews.csv line {line}: the decision is {row['decision']!r},"
                " it must be accept or reject."
            )
        try:
            published_on = date.fromisoformat(row["published_on"])
        except (TypeError, ValueError):
            raise UsageError(
                f"seeds/version_reviews.csv line {line}: published_on must be a date such as"
                " 2025-05-28."
            ) from None
        reviews.append(
            Review(row["list"], row["sha256"], published_on, row["decision"], row["reason"])
        )
    return reviews


def read_bounds(folder: Path) -> GateBounds:
    """Return the bounds of the gate; raises `UsageError` naming the one that is missing."""
    try:
        rules = tomllib.loads((folder / "rules.toml").read_text(encoding="utf-8"))
        gate = rules["gate"]
        return GateBounds(
            rows_up_times=float(gate["rows_up"]["times"]),
            rows_up_per_day=float(gate["rows_up"]["per_day"]),
            confirmed_share=float(gate["rows_confirmed"]["share"]),
            rows_down_share=float(gate["rows_down"]["share"]),
            rows_down_per_day=float(gate["rows_down"]["per_day"]),
            rows_down_most=float(gate["rows_down"]["most"]),
            gone_share=float(gate["agreements_gone"]["share"]),
            gone_per_day=float(gate["agreements_gone"]["per_day"]),
            links_kept=float(gate["links_halved"]["share"]),
            signing_days=int(gate["signing_stale"]["days"]),
            unsettled=ShareBound(**_bound(gate["unsettled_rows"])),
            unsettled_most=float(gate["unsettled_rows"]["most"]),
            repeated=ShareBound(**_bound(gate["rows_repeated"])),
            kind_share=float(gate["kind_contradicted"]["share"]),
            days_after_saving=int(rules["dates"]["saved"]["days"]),
            signed_late_share=float(rules["dates"]["signed_late"]["share"]),
        )
    except FileNotFoundError:
        raise UsageError("seeds/rules.toml is missing: restore it from the repository.") from None
    except (KeyError, TypeError, ValueError) as problem:
        raise UsageError(
            f"seeds/rules.toml lacks a bound or has one that is no number ({problem}): restore it"
            " from the repository, or mend that line."
        ) from None


def _bound(table: dict[str, Any]) -> dict[str, Any]:
    return {"share": float(table["share"]), "rows": int(table["rows"])}


def read_baselines(folder: Path) -> pl.DataFrame:
    """Return the documented baselines: as_of as a date, agreements and states as integers."""
    table = read_table(
        folder / "baselines.csv",
        ("baseline_id", "label", "as_of", "as_of_precision", "agreements", "states", "article_id"),
    )
    return table.with_columns(
        pl.col("as_of").str.to_date(), pl.col("agreements", "states").cast(pl.Int64)
    )


def _mapping(table: pl.DataFrame, key: str, value: str) -> dict[str, str]:
    return {k.upper(): v for k, v in table.select(key, value).rows()}
