"""Write what a person decided to seeds; the next build applies it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from flows.steps.common.errors import UsageError
from flows.steps.common.files import write_whole
from flows.steps.common.layout import Paths
from flows.steps.common.leftovers import hold_seeds

from . import database
from .frames import IDENTITY_LINKS
from .undecided import held


def settle_version(
    paths: Paths, decision: str, version: str, reason: str, today: date
) -> dict[str, str]:
    """Write a decision on a held version to seeds/version_reviews.csv; the next build applies it.

    Raises `UsageError` when no held version has that id.
    """
    row = next((one for one in held(paths) if one["publication_id"] == version), None)
    if row is None:
        raise UsageError(
            f"No held version is called {version}: `pactwatch review` lists those there are."
        )
    decided = {
        "list": row["list"],
        "sha256": row["sha256"],
        "published_on": str(row["published_on"]),
        "decision": decision,
        "reason": reason,
        "source": row["file_name"],
        "decided_on": today.isoformat(),
    }
    _decide(paths, "version_reviews.csv", ("published_on", "list", "sha256"), decided)
    return decided


def settle_identity(
    paths: Paths, decision: str, sides: tuple[str, str], reason: str, today: date
) -> dict[str, str]:
    """Write to seeds/identity_links.csv whether two keys or agencies are one; builds apply it.

    `sides` are both printed keys as `identity_candidates` shows them, or both agency ids. A later
    decision on the same pair takes the place of the earlier. Raises `UsageError` when a side is
    nothing we know, or the two are of different sorts or the same.
    """
    left, right = sorted(side.strip() for side in sides)
    if ("|" in left) != ("|" in right):
        raise UsageError("Compare two keys or two agency ids, not one of each.")
    if left == right:
        raise UsageError("Both sides are the same: name two.")
    for side in (left, right):
        if not _is_known(paths, side):
            raise UsageError(
                f"Nothing is called {side!r}: `pactwatch review` lists keys and ids to decide on."
            )
    row = (decision, left, right, reason, "pactwatch review", today.isoformat())
    decided = dict(zip(IDENTITY_LINKS, row, strict=True))
    _decide(paths, "identity_links.csv", ("left", "right"), decided)
    return decided


def _decide(paths: Paths, name: str, key: tuple[str, ...], decided: Mapping[str, str]) -> None:
    """Add a row to a file of the seeds, in place of the one of the same key, sorted by it.

    Two who decide at once both have their say: one reads after the other has written.
    """
    path = paths.seeds / name
    with hold_seeds(paths.seeds):
        table = pl.read_csv(path, infer_schema=False)
        is_same = pl.all_horizontal(pl.col(column) == decided[column] for column in key)
        added = pl.DataFrame([decided], schema=dict.fromkeys(table.columns, pl.String))
        kept = table.filter(~is_same.fill_null(False))
        write_whole(path, pl.concat([kept, added]).sort(key).write_csv().encode())


def _is_known(paths: Paths, side: str) -> bool:
    """Say whether a printed key or an agency id, as we mint ids from them, is in the record."""
    wanted = [side]
    if "|" in side:
        state, key, model, *signed = (part.strip() for part in side.split("|"))
        stem = f"{state.lower()}-{key}/{model.lower()}"
        wanted = [f"{stem}/{end}" for end in signed or ("pending", "undated")]
    found = database.query(
        paths.layout.database,
        """
        select agency_id as id from agencies
        union all select agreement_id from agreements
        union all select agreement_id from line_texts where agreement_id is not null
        union all select alias_id from id_aliases
        """,
    )
    return bool(set(wanted) & set(found["id"].to_list()))
