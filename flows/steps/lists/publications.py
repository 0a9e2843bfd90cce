"""From captures and cleaned rows to the frame of list versions that the models read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl

from flows.steps.common.records import FLAGGED, UNSETTLED, Capture, Contents, Posting

PUBLICATIONS_SCHEMA = pl.Schema(
    {
        "publication_id": pl.String(),
        "list": pl.String(),
        "published_on": pl.Date(),
        "part": pl.String(),
        "seq": pl.Int32(),
        "step": pl.Int32(),
        "date_rule": pl.String(),
        "sha256": pl.String(),
        "file_name": pl.String(),
        "url": pl.String(),
        "captured_at": pl.Datetime("us"),
        "saved_at": pl.Datetime("us"),
        "is_copy": pl.Boolean(),
        "status": pl.String(),
        "reasons": pl.List(pl.String()),
        "why_held": pl.List(pl.String()),
        "passes_when": pl.String(),
    }
)
CAPTURES_SCHEMA = pl.Schema(
    {
        "attempted_at": pl.Datetime("us"),
        "source": pl.String(),
        "outcome": pl.String(),
        "list": pl.String(),
        "url": pl.String(),
        "file_name": pl.String(),
        "captured_at": pl.Datetime("us"),
        "http_status": pl.Int32(),
        "etag": pl.String(),
        "last_modified": pl.Datetime("us"),
        "sha256": pl.String(),
        "size": pl.Int64(),
        "why": pl.String(),
    }
)


def is_open() -> pl.Expr:
    """Say whether a line has a cell of its key that no rule settles."""
    return pl.col("issues").list.set_intersection([*UNSETTLED, *FLAGGED]).list.len() > 0


def measure(lines: pl.DataFrame, places: pl.DataFrame) -> dict[tuple[str, str], dict[str, Any]]:
    """Return, by list and sha256, what the gate weighs of a list: counts, newest signing, and keys.

    `keys` are hashes of state, agency and model: agreements without their signing dates, so that
    a corrected date is not a departure.
    """
    of_line = lines.select(
        "line",
        "signed_on",
        key=pl.struct("state", "agency_key", "model").hash(seed=0),
        link_count=pl.col("moa_url").is_not_null().cast(pl.UInt32)
        + pl.col("addendum_url").is_not_null(),
        is_open=is_open(),
    )
    measured = (
        places.join(of_line, on="line")
        .group_by("list", "sha256")
        .agg(
            row_count=pl.len(),
            link_count=pl.col("link_count").sum(),
            unsettled_count=pl.col("is_open").sum(),
            repeated_count=pl.len() - pl.col("line").n_unique(),
            newest_signed=pl.col("signed_on").max(),
            keys=pl.col("key").unique(),
        )
    )
    return {
        (row.pop("list"), row.pop("sha256")): {**row, "keys": frozenset(row["keys"])}
        for row in measured.iter_rows(named=True)
    }


def newest_signed(
    lines: pl.DataFrame, places: pl.DataFrame, late_share: float
) -> dict[tuple[str, str], date | None]:
    """Return, by list and sha256, the newest signing date that a few misprinted ones do not decide.

    As many rows as `late_share` of the list, and at least one, may say a later one.
    """
    signed = pl.col("signed_on").drop_nulls().sort(descending=True)
    late = (pl.len() * late_share).floor().clip(lower_bound=1).cast(pl.UInt32)
    newest = (
        places.join(lines.select("line", "signed_on"), on="line")
        .group_by("list", "sha256")
        .agg(newest=signed.get(late, null_on_oob=True))
    )
    return {(kind, sha): day for kind, sha, day in newest.iter_rows()}


NOTHING_PRINTED: dict[str, Any] = {
    "row_count": 0,
    "link_count": 0,
    "unsettled_count": 0,
    "repeated_count": 0,
    "newest_signed": None,
    "keys": frozenset(),
}
"""What the gate weighs of a list that has a header only."""


def postings_of(
    captures: Iterable[Capture], contents: Mapping[str, Sequence[Contents]]
) -> list[Posting]:
    """Return the appearances of readable lists, from the manifest; the content says which list."""
    return [
        Posting(
            list=known.list,
            sha256=known.sha256,
            file_name=capture.file_name or known.sha256,
            captured_at=capture.captured_at,
            last_modified=capture.last_modified,
            url=capture.url,
            source=capture.source,
            saved_at=known.saved_at,
            is_copy=known.is_copy,
            looked_at=capture.attempted_at,
            # What a folder tells of a time, its names do.
            is_stamped=capture.is_stamped or capture.source == "folder",
        )
        for capture in captures
        if capture.outcome in ("new", "unchanged")
        for known in contents.get(capture.sha256 or "", ())
    ]


def seed_postings(publications: pl.DataFrame) -> list[Posting]:
    """Return the seed record's versions as postings, to be dated and weighed like any other.

    `publications` is seeds/publications.csv (`seed_record.PUBLICATIONS_SCHEMA`).
    """
    return [
        Posting(
            list=row["list"],
            sha256=row["sha256"],
            file_name=row["file_name"],
            source="seed",
            saved_at=row["saved_at"],
            is_copy=row["is_copy"],
        )
        for row in publications.iter_rows(named=True)
    ]


def publication_id(kind: str, published_on: date | None, part: str | None, sha256: str) -> str:
    """Return the id of a version: its list, day, part of the day and first eight hash digits."""
    day = published_on.isoformat() if published_on else "undated"
    return f"{kind}-{day}{part or ''}-{sha256[:8]}"


def publications_frame(rows: Sequence[Mapping[str, object]]) -> pl.DataFrame:
    """Return the versions' frame; `step` counts the accepted ones of each list from 0."""
    frame = pl.DataFrame(rows, schema=PUBLICATIONS_SCHEMA, orient="row").sort("list", "seq")
    is_accepted = pl.col("status") == "accepted"
    step = is_accepted.cum_sum().over("list").cast(pl.Int32) - 1  # unsigned, it has no -1
    return frame.with_columns(step=pl.when(is_accepted).then(step)).with_row_index("publication_no")


def captures_frame(captures: Iterable[Capture], seeds: Iterable[Posting]) -> pl.DataFrame:
    """Return the manifest as a frame (`CAPTURES_SCHEMA`).

    It has a row too for each version known from the seed record alone, `seeds`.
    """
    names = CAPTURES_SCHEMA.names()
    rows = [{name: getattr(capture, name) for name in names} for capture in captures]
    rows += [
        {
            "source": "seed",
            "outcome": "new",
            "list": seed.list,
            "file_name": seed.file_name,
            "sha256": seed.sha256,
        }
        for seed in seeds
    ]
    return pl.DataFrame(rows, schema=CAPTURES_SCHEMA)
