"""Stack the sheets of many lists into printed rows, with the address behind each link cell."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from urllib.parse import unquote

import polars as pl

from flows.steps.common.records import ROWS_SCHEMA, Sheet

from .entries import NAMED, as_told, is_entry, with_fields

PRINTED = ("state", "agency", "type", "county", "model")
LINKED = ("moa", "addendum")


def printed_rows(sheets: Sequence[Sheet]) -> tuple[pl.DataFrame, dict[tuple[str, str], str]]:
    """Stack the rows of sheets that print an agreement (`ROWS_SCHEMA`), their links unwrapped.

    The second value says by (sha256, list) in a sentence which rows were left out as they print
    none; blank rows are not told.
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
    rows = cells.select(
        "sha256",
        "list",
        pl.col("row_number").cast(pl.UInt32),
        *(pl.col(name).alias(f"{name}_printed") for name in PRINTED),
        # The midnight is how a date cell comes as text.
        pl.col("signed").str.strip_suffix(" 00:00:00").alias("signed_printed"),
        *(_address(cells, field).alias(f"{field}_url") for field in LINKED),
    )
    return rows.match_to_schema(ROWS_SCHEMA), left_out


def distinct_lines(rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return (lines, places): each distinct printed row of a list once, and where it stands.

    Lists repeat themselves: 94,000 printed rows are 3,300 lines. `lines` has line, list and the
    printed fields, in an order that depends on contents only; `places` has list, sha256, row_number
    and line.
    """
    printed = [name for name in ROWS_SCHEMA if name not in ("sha256", "list", "row_number")]
    grouped = (
        rows.group_by("list", *printed)
        .agg("sha256", "row_number")
        .sort("list", *printed, nulls_last=True)
        .with_row_index("line")
    )
    places = grouped.select("list", "line", "sha256", "row_number")
    places = places.explode("sha256", "row_number")
    return grouped.drop("sha256", "row_number"), places.select(
        "list", "sha256", "row_number", "line"
    )


def unwrap(url: str) -> str:
    """Return the published address inside an archive, mail-filter or browser wrapper.

    Mail-filter wrappers also carry a mailbox, which must not be kept.
    """
    text = html.unescape(url).strip()
    for _ in range(4):
        before = text
        if wrapped := re.search(r"safelinks\.protection\.outlook\.com/\?(?:.*&)?url=([^&]+)", text):
            text = unquote(wrapped[1])
        text = re.sub(r"^https?://web\.archive\.org/web/\d+[a-z_]*/", "", text)
        text = re.sub(r"^chrome-extension://[^/]*/", "", text)
        text = re.sub(r"^(https?):/(?=[^/])", r"\1://", text)
        if text == before:
            break
    return text.strip()


def file_name(column: str) -> pl.Expr:
    """Return the file name of an address in lower case, without the folders before it."""
    return pl.col(column).str.extract(r"([^/]+?)(?:\?.*)?$").str.to_lowercase()


def _address(cells: pl.DataFrame, field: str) -> pl.Series:
    """Return the cell's link, or its text where that is an address (the page tables of 2024)."""
    text = cells[field]
    wrapped = cells[f"{field}_link"].zip_with(
        cells[f"{field}_link"].is_not_null(),
        text.set(~text.str.contains(r"^\s*https?:/").fill_null(False), None),
    )
    distinct = wrapped.drop_nulls().unique()
    plain = pl.Series([unwrap(url) for url in distinct], dtype=pl.String)
    return wrapped.replace_strict(distinct, plain, default=None)
