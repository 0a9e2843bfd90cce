"""Build the warehouse: archive and seeds → frames → models → checks → published file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, fields
from typing import Any

import polars as pl

from flows.steps import archive
from flows.steps.articles.read_articles import read_articles
from flows.steps.common import fingerprint, seeds
from flows.steps.common.layout import Layout, Paths
from flows.steps.common.records import Capture
from flows.steps.lists.publications import captures_frame
from flows.steps.lists.read import Record, read_record

from . import database, publish
from .audits import FINDINGS
from .frames import IDENTITY_LINKS, Judged, judge
from .identify import identity_frames


@dataclass(frozen=True, slots=True)
class Built:
    """What a build did; `is_new` is false when nothing had changed since the last one."""

    is_new: bool
    inputs: str
    as_of: str
    publications: int
    accepted: int
    held: list[dict[str, Any]] = field(default_factory=list)
    rejected: int = 0


def build(paths: Paths, *, force: bool = False) -> Built:
    """Build and publish the warehouse from archive and seeds, unless nothing changed since.

    Raises `CheckFailed` when a rule of sql/90_checks does not hold, and `PactwatchError` for a
    broken input; the published warehouse then stays as it was.
    """
    inputs = input_fingerprint(paths)
    if not force and (before := published(paths.layout)) and before.inputs == inputs:
        return before
    record = read_record(paths)
    with ThreadPoolExecutor(1) as beside:
        coverage = beside.submit(read_articles, paths)
        judged = judge(record, paths)
        frames = identity_frames(judged, paths)
        frames |= other_frames(record, judged, coverage.result(), paths)
    part = paths.layout.data / ".pactwatch.duckdb.part"
    database.build_file(part, frames, paths.sql)
    built = _summary(judged.publications, record, inputs)
    summary = {key: value for key, value in asdict(built).items() if key != "is_new"}
    publish.swap_in(part, paths.layout.database, built.as_of, summary)
    return built


def other_frames(
    record: Record, judged: Judged, coverage: tuple[pl.DataFrame, pl.DataFrame], paths: Paths
) -> dict[str, pl.DataFrame]:
    """Return the frames beside those of identity; `coverage` is (articles, claims)."""
    articles, claims = coverage
    return {
        "loaded_publications": judged.publications,
        "loaded_captures": captures_frame(
            [*record.captures, *archive.read_manifest(paths.layout, articles=True)],
            [seed for seed in record.seed_postings if seed.sha256 not in record.captured],
        ),
        "loaded_articles": articles,
        "loaded_claims": claims,
        "loaded_lists": seeds.read_cadence(paths.seeds),
        "seed_baselines": seeds.read_baselines(paths.seeds),
        "seed_audit_findings": seeds.read_table(paths.seeds / "audit_findings.csv", FINDINGS),
        "seed_event_rules": seeds.read_table(paths.seeds / "event_rules.csv", ("rule", "says")),
        "seed_identity_links": seeds.read_table(paths.seeds / "identity_links.csv", IDENTITY_LINKS),
        "seed_states": seeds.read_table(paths.seeds / "states.csv", ("code", "name")),
    }


def published(layout: Layout) -> Built | None:
    """Return what the published warehouse was built from, or None when it is not whole."""
    pointer = publish.latest(layout.database)
    if pointer is None or pointer.keys() != {one.name for one in fields(Built)} - {"is_new"}:
        return None
    return Built(is_new=False, **pointer)


def input_fingerprint(paths: Paths) -> str:
    """Return a hash over all that a build depends on: known versions, seeds, models and code.

    Attempts that brought nothing new do not count, so that looking again costs no build, except
    that a list may fall silent or lose its link.
    """
    known: dict[str, str] = {}
    captures = archive.read_manifest(paths.layout)
    for c in (
        *captures,
        *archive.read_manifest(paths.layout, articles=True),
    ):
        if c.sha256:
            name = f"{c.sha256} {c.file_name} {c.last_modified}"
            known[name] = min(known.get(name, "~"), str(c.captured_at))
    known |= _looks(captures, seeds.read_lists_config(paths.seeds)["lists"])
    return fingerprint.of_text(
        json.dumps(known, sort_keys=True),
        fingerprint.of_files(paths.seeds, paths.sql),
        fingerprint.of_code("warehouse"),
    )


def _looks(captures: list[Capture], lists: Mapping[str, Any]) -> dict[str, str]:
    """Return, a list, whether its last look found a link, and for how long nothing new came.

    The days count up to the first one past the list's usual gap: that is all the models tell apart.
    """
    known = {}
    for kind, about in lists.items():
        looks = [
            c
            for c in captures
            if c.list == kind and c.source == "ice" and c.outcome in ("new", "unchanged")
        ]
        if not looks:
            continue
        last = looks[-1]
        came = next((c for c in reversed(looks) if c.outcome == "new"), looks[0])
        first, until = ((c.captured_at or c.attempted_at).date() for c in (came, last))
        days = (until - first).days
        known[f"look at {kind}"] = f"{last.sha256 is None} {min(days, about['usual_gap_days'] + 1)}"
    return known


def _summary(publications: pl.DataFrame, record: Record, inputs: str) -> Built:
    accepted = publications.filter(pl.col("status") == "accepted")
    held = publications.filter(pl.col("status") == "held")
    return Built(
        is_new=True,
        inputs=inputs,
        as_of=str(accepted["published_on"].max() or "none"),
        publications=publications.height,
        accepted=accepted.height,
        held=held.select(
            "publication_id", "file_name", "reasons", "why_held", "passes_when"
        ).to_dicts(),
        rejected=len(record.refused),
    )
