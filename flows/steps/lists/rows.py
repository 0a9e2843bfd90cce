"""Stack the sheets of many lists into printed rows, with the address behind each link cell."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from urllib.parse import unquote

import polars as pl

from flows.steps.common.records import ROWS_SCHEMA, Sheet

FIELDS = ("state", "agency", "type", "county", "model", "signed", "moa", "addendum")
PRINTED = ("state", "agency", "type", "county", "model")
LINKED = ("moa", "addendum")


def printed_rows(sheets: Sequence[Sheet]) -> pl.DataFrame:
    """Stack the sheets (`ROWS_SCHEMA`), without blank rows, each row with its links unwrapped."""
    if not sheets:
        return pl.DataFrame(schema=ROWS_SCHEMA)
    cells = pl.concat([s.cells for s in sheets], how="diagonal")
    missing = [pl.lit(None, pl.String).alias(f) for f in FIELDS if f not in cells.columns]
    is_blank = pl.all_horizontal(
        pl.col(f).is_null() | (pl.col(f).str.strip_chars() == "") for f in FIELDS
    )
    sheet = _repeated([s.cells.height for s in sheets])
    cells = (
        cells.with_columns(*missing, sheet, row=_key(sheet, pl.col("row_number")))
        .filter(~is_blank)
        .join(_links(sheets), on="row", how="left", maintain_order="left")
    )
    shas = pl.Series([s.contents.sha256 for s in sheets], dtype=pl.String)
    return cells.select(
        shas.gather(cells["sheet"]).alias("sha256"),
        pl.col("row_number").cast(pl.UInt32),
        *(pl.col(name).alias(f"{name}_printed") for name in PRINTED),
        # The midnight is how a date cell comes as text.
        pl.col("signed").str.strip_suffix(" 00:00:00").alias("signed_printed"),
        *(_address(cells, field).alias(f"{field}_url") for field in LINKED),
    ).match_to_schema(ROWS_SCHEMA)


def distinct_lines(
    rows: pl.DataFrame, kinds: Mapping[str, str]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return (lines, places): each distinct printed row of a list once, and where it stands.

    Lists repeat themselves: 94,000 printed rows are 3,300 lines. `lines` has line, list and the
    printed fields, in an order that depends on contents only; `places` has sha256, row_number and
    line. `kinds` maps sha256 to the list.
    """
    known = pl.DataFrame(
        {"sha256": list(kinds), "list": list(kinds.values())},
        schema={"sha256": pl.String, "list": pl.String},
    )
    printed = [name for name in ROWS_SCHEMA if name not in ("sha256", "row_number")]
    grouped = (
        rows.join(known, on="sha256", maintain_order="left")
        .group_by("list", *printed)
        .agg("sha256", "row_number")
        .sort("list", *printed, nulls_last=True)
        .with_row_index("line")
    )
    places = grouped.select("line", "sha256", "row_number").explode("sha256", "row_number")
    return grouped.drop("sha256", "row_number"), places


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


def _links(sheets: Sequence[Sheet]) -> pl.DataFrame:
    """Return row, moa_link and addendum_link: the hyperlinks of a row's cells, still wrapped."""
    tag = pl.col("tag")
    refs = _tags([s.links for s in sheets], "hyperlink").select(
        "sheet",
        letter=tag.str.extract(r'\bref="([A-Z]+)\d'),
        row_number=tag.str.extract(r'\bref="[A-Z]+(\d+)').cast(pl.UInt64),
        id=tag.str.extract(r'\br:id="([^"]*)"'),
    )
    targets = _tags([s.targets for s in sheets], "Relationship").select(
        "sheet",
        id=tag.str.extract(r'\bId="([^"]*)"'),
        url=tag.str.extract(r'\bTarget="([^"]*)"'),
    )
    columns = pl.DataFrame(
        [(at, s.columns.get("moa"), s.columns.get("addendum")) for at, s in enumerate(sheets)],
        schema={"sheet": pl.UInt64, "moa": pl.String, "addendum": pl.String},
        orient="row",
    )
    found = refs.join(columns, on="sheet").join(targets, on=["sheet", "id"])
    return found.group_by(row=_key(pl.col("sheet"), pl.col("row_number"))).agg(
        pl.col("url").filter(pl.col("letter") == pl.col(field)).first().alias(f"{field}_link")
        for field in LINKED
    )


def _key(sheet: pl.Expr | pl.Series, number: pl.Expr) -> pl.Expr:
    return sheet * (1 << 32) + number


def _repeated(counts: Sequence[int]) -> pl.Series:
    """Return each sheet's place as often as its count says."""
    places = pl.Series("sheet", range(len(counts)), pl.UInt64)
    return places.repeat_by(pl.Series(counts, dtype=pl.UInt32)).explode(empty_as_null=False)


def _tags(parts: Sequence[str], element: str) -> pl.DataFrame:
    """Return sheet and tag, a row for each of the elements in each sheet's part."""
    sheets = pl.DataFrame({"tag": parts}, schema={"tag": pl.String}).with_row_index("sheet")
    pieces = sheets.with_columns(
        pl.col("sheet").cast(pl.UInt64), pl.col("tag").str.split(f"<{element} ")
    )
    # What stands before the first tag is not one.
    return pieces.with_columns(pl.col("tag").list.slice(1)).explode("tag", empty_as_null=False)
