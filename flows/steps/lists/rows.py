"""Stack the sheets of many lists into printed rows, with the address behind each link cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from flows.steps.common.records import PRINTED_COLUMNS, ROWS_SCHEMA, Sheet

from .addresses import published_address
from .entries import NAMED, as_told, is_entry, with_fields
from .formula import address_of
from .sheet import LINKED

PRINTED = ("state", "agency", "type", "county", "model")


def printed_rows(sheets: Sequence[Sheet]) -> tuple[pl.DataFrame, dict[tuple[str, str], str]]:
    """Stack the rows of sheets that print an agreement (`ROWS_SCHEMA`), their links unwrapped.

    The second value says by (sha256, list), in sentences, which rows were left out as they print
    none, and which links lead to no public address; blank rows are not told.
    """
    if not sheets:
        return pl.DataFrame(schema=ROWS_SCHEMA), {}
    places = pl.Series("sheet", range(len(sheets)), pl.UInt32)
    heights = pl.Series([sheet.cells.height for sheet in sheets], dtype=pl.UInt32)
    of_sheet = pl.DataFrame(
        {
            "sheet": places,
            "sha256": [sheet.contents.sha256 for sheet in sheets],
            "list": [sheet.contents.list for sheet in sheets],
            **{f"{name}_header": [sheet.header[name] for sheet in sheets] for name in NAMED},
        },
    )
    cells = pl.concat([sheet.cells for sheet in sheets], how="diagonal_relaxed")
    cells = with_fields(cells).with_columns(places.repeat_by(heights).explode(empty_as_null=False))
    cells = cells.join(of_sheet, on="sheet", maintain_order="left")
    found = cells.select(is_entry()).to_series()
    left_out = as_told(cells.filter(~found))
    cells = cells.filter(found)
    urls = {field: _address(cells, field) for field in LINKED}
    for key, why in _not_public(cells, urls).items():
        left_out[key] = " ".join(filter(None, (left_out.get(key), why)))
    rows = cells.select(
        "sha256",
        "list",
        pl.col("row_number").cast(pl.UInt32),
        *(pl.col(name).alias(f"{name}_printed") for name in PRINTED),
        # The midnight is how a date cell comes as text.
        pl.col("signed").str.strip_suffix(" 00:00:00").alias("signed_printed"),
        *(url.alias(f"{field}_url") for field, url in urls.items()),
    )
    return rows.match_to_schema(ROWS_SCHEMA), left_out


def distinct_lines(rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return (lines, places): each distinct printed row of a list once, and where it stands.

    Lists repeat themselves: 94,000 printed rows are 3,300 lines. `lines` has line, list and the
    printed fields, in an order that depends on contents only; `places` has list, sha256, row_number
    and line.
    """
    grouped = (
        rows.group_by("list", *PRINTED_COLUMNS)
        .agg("sha256", "row_number")
        .sort("list", *PRINTED_COLUMNS, nulls_last=True)
        .with_row_index("line")
    )
    places = grouped.select("list", "line", "sha256", "row_number")
    places = places.explode("sha256", "row_number")
    return grouped.drop("sha256", "row_number"), places.select(
        "list", "sha256", "row_number", "line"
    )


def file_name(column: str) -> pl.Expr:
    """Return the file name of an address in lower case, without the folders before it."""
    return pl.col(column).str.extract(r"([^/]+?)(?:\?.*)?$").str.to_lowercase()


def _address(cells: pl.DataFrame, field: str) -> pl.Series:
    """Return the cell's link, or its text where that is an address (the page tables of 2024)."""
    text = cells[field]
    wrapped = cells[f"{field}_link"].zip_with(
        cells[f"{field}_link"].is_not_null(),
        text.set(~text.str.contains(r"(?i)^\s*(https?:/|=\s*hyperlink)").fill_null(False), None),
    )
    distinct = wrapped.drop_nulls().unique()
    plain = [published_address(address_of(url, ()) or url) for url in distinct]
    return wrapped.replace_strict(distinct, pl.Series(plain, dtype=pl.String), default=None)


def _not_public(cells: pl.DataFrame, urls: Mapping[str, pl.Series]) -> dict[tuple[str, str], str]:
    """Return by (sha256, list) a sentence that names the rows whose links are left out."""
    lost = [
        cells.filter(cells[f"{field}_link"].is_not_null() & url.is_null())
        for field, url in urls.items()
    ]
    rows = pl.concat([one.select("sha256", "list", "row_number") for one in lost]).unique()
    told: dict[tuple[str, str], str] = {}
    for (sha, kind), own in rows.sort("row_number").group_by("sha256", "list", maintain_order=True):
        named = ", ".join(map(str, own["row_number"].head(5)))
        more = f" and {own.height - 5} more" if own.height > 5 else ""
        told[str(sha), str(kind)] = (
            f"Links that lead to no public web address were left out: row {named}{more}."
        )
    return told
