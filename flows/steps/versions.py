"""From captures and cleaned rows to the frame of list versions that the models read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import polars as pl

from .records import FLAGGED, UNSETTLED, Capture, Contents, Posting

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


def measure(rows: pl.DataFrame) -> dict[str, dict[str, object]]:
    """Return, by sha256, what the gate weighs of a list's cleaned rows.

    `keys` are hashes of state, agency and model: agreements without their signing dates, so that
    a corrected date is not a departure.
    """
    key = pl.struct("state", "agency_key", "model").hash(seed=0)
    is_open = pl.col("issues").list.set_intersection([*UNSETTLED, *FLAGGED]).list.len() > 0
    measured = rows.group_by("sha256").agg(
        row_count=pl.len(),
        link_count=pl.col("moa_url").count() + pl.col("addendum_url").count(),
        unsettled_count=is_open.sum(),
        newest_signed=pl.col("signed_on").max(),
        keys=key.unique(),
    )
    return {
        row["sha256"]: {**row, "keys": frozenset(row["keys"])}
        for row in measured.iter_rows(named=True)
    }


def postings_of(captures: Iterable[Capture], contents: Mapping[str, Contents]) -> list[Posting]:
    """Return the appearances of readable lists, from the manifest; the content says which list."""
    postings = []
    for capture in captures:
        known = contents.get(capture.sha256 or "")
        if known and capture.sha256 and capture.outcome in ("new", "unchanged"):
            postings.append(
                Posting(
                    list=known.list,
                    sha256=capture.sha256,
                    file_name=capture.file_name or capture.sha256,
                    captured_at=capture.captured_at,
                    last_modified=capture.last_modified,
                    url=capture.url,
                    source=capture.source,
                    saved_at=known.saved_at,
                    is_copy=known.is_copy,
                )
            )
    return postings


def seed_postings(publications: pl.DataFrame) -> list[Posting]:
    """Return the seed record's versions as postings, to be dated and weighed like any other."""
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
    step = (is_accepted.cum_sum().over("list") - 1).cast(pl.Int32)
    return frame.with_columns(step=pl.when(is_accepted).then(step))


def captures_frame(captures: Iterable[Capture], seeds: Iterable[Posting]) -> pl.DataFrame:
    """Return the manifest as a frame, and a row for each version known from the seed record."""
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
