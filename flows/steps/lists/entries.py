"""Tell the rows that print an agreement from titles, totals, footnotes and headers printed again.

A row is left out only when it plainly prints no agreement; one that may be a misprinted agreement
stays, so that no live agency is missed.
"""

from __future__ import annotations

import polars as pl

from .header import REQUIRED

FIELDS = ("state", "agency", "type", "county", "model", "signed", "moa", "addendum")
NAMED = tuple(sorted(REQUIRED))
TOTAL = r"(?i)^\W*(?:grand |sub[- ]?|over)?(?:totals?|counts?|sums?|number of)\b"
# What a note begins with or holds, and no agency's name does.
NOTE = r"(?i)^\s*[*†‡§•]|[.:;]\s*$|https?:|\b(?:notes?|source|updated|as of|last|see|subject to)\b"
FIGURE = r"^[\s\d/.,:%()+-]+$"
LONGEST_NAME = 90


def with_fields(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with every field a list may have (`FIELDS`), null where theirs has none."""
    missing = [pl.lit(None, pl.String).alias(f) for f in FIELDS if f not in rows.columns]
    return rows.with_columns(missing)


def is_entry() -> pl.Expr:
    """Say whether a row prints an agreement, or may.

    Rows have the fields, moa_link and addendum_link, and agency_header, model_header and
    state_header: the list's header cells as looked up. No agreement is printed by a blank row; by
    a header again; by a total (in words, without a link and a date); by a row with one filled cell
    that names no agency; and by a text beside a bare figure.
    """
    text = {field: _text(field) for field in FIELDS}
    agency, signed = text["agency"], text["signed"]
    model = pl.when(~_is(text["model"], FIGURE)).then(text["model"])
    filled = pl.sum_horizontal(cell.is_not_null() for cell in text.values())
    is_again = pl.all_horizontal(_words(field) == pl.col(f"{field}_header") for field in NAMED)
    is_total = _is(pl.coalesce(text["state"], agency), TOTAL) & signed.is_null()
    is_note = _is(agency, NOTE) | (agency.str.len_chars() > LONGEST_NAME).fill_null(value=False)
    is_alone = (filled == 1) & (agency.is_null() | is_note)
    has_figure = pl.any_horizontal(
        _is(cell, FIGURE) for field, cell in text.items() if field != "signed"
    )
    is_counted = (filled == 2) & has_figure & signed.is_null()
    has_link = pl.col("moa_link").is_not_null() | pl.col("addendum_link").is_not_null()
    is_other = (is_total | is_alone | is_counted) & model.is_null() & ~has_link
    is_lone_model = (filled == 1) & text["model"].is_not_null()
    return (filled > 0) & ~(is_again.fill_null(value=False) | is_other | is_lone_model)


def as_told(rows: pl.DataFrame) -> dict[tuple[str, str], str]:
    """Return by (sha256, list) a sentence that names the rows left out, and what they print.

    `rows` has sha256, list, row_number and the fields; blank rows are not told.
    """
    text = pl.concat_str([_text(f) for f in FIELDS], separator=" | ", ignore_nulls=True)
    printed = rows.select("sha256", "list", "row_number", text=text.str.slice(0, 80))
    printed = printed.filter(pl.col("text") != "")
    told: dict[tuple[str, str], str] = {}
    for (sha, kind), own in printed.group_by("sha256", "list", maintain_order=True):
        named = [f"row {n} ({text})" for _, _, n, text in own.head(5).iter_rows()]
        named += [f"{own.height - 5} more"] if own.height > 5 else []
        told[str(sha), str(kind)] = f"Left out, as they print no agreement: {', '.join(named)}."
    return told


def _text(field: str) -> pl.Expr:
    return pl.col(field).str.strip_chars().replace("", None)


def _words(field: str) -> pl.Expr:
    letters = pl.col(field).str.to_uppercase().str.replace_all(r"[^\p{L}\p{N}]+", " ")
    return letters.str.strip_chars()


def _is(cell: pl.Expr, pattern: str) -> pl.Expr:
    return cell.str.contains(pattern).fill_null(value=False)
