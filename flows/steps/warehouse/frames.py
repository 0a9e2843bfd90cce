"""Clean the rows, date and gate the versions, say who is who: the frames that the models read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any

import polars as pl

from flows.steps.common import seeds
from flows.steps.common.errors import CheckFailed
from flows.steps.common.layout import Paths
from flows.steps.common.records import LISTS, GateBounds, ListKind, Reference, Review
from flows.steps.identity.keys import KEY, is_settled, variants_of
from flows.steps.identity.match import join_steps
from flows.steps.identity.movements import movements
from flows.steps.identity.names import with_names
from flows.steps.identity.set_apart import Printed, set_apart
from flows.steps.lists import clean, dates, gate, other_kind, rows
from flows.steps.lists.addresses import with_address_keys
from flows.steps.lists.faults import Compared, Measures
from flows.steps.lists.name_dates import moment_in
from flows.steps.lists.publications import (
    NOTHING_PRINTED,
    is_open,
    measure,
    newest_signed,
    postings_of,
    publication_id,
    publications_frame,
)
from flows.steps.lists.read import Record

IDENTITY_LINKS = ("decision", "left", "right", "reason", "source", "decided_on")


@dataclass(frozen=True, slots=True)
class Judged:
    """The versions in order with their verdicts, and what they print, cleaned."""

    publications: pl.DataFrame
    printed: Printed


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the gate judges by: the dated postings, what it weighs, and the decisions.

    `measures` are by list and sha256: one file may hold both lists. `states` maps an upper-case
    state name to its code.
    """

    dated: list[dates.Dated]
    measures: dict[tuple[ListKind, str], Measures]
    reviews: list[Review]
    bounds: GateBounds
    states: dict[str, str]
    printed: Printed

    def compare(self, kind: ListKind, before: str, now: str) -> Compared:
        """Return what identity makes of the lists of two sha256, one after the other."""
        days = [self.days[kind, sha] for sha in (before, now)]
        steps = pl.DataFrame(
            {"list": kind, "sha256": [before, now], "step": [0, 1], "published_on": days},
            schema_overrides={"step": pl.Int32, "published_on": pl.Date},
        )
        both = self.printed.places.filter(
            pl.col("list") == kind, pl.col("sha256").is_in([before, now])
        )
        printed = set_apart(replace(self.printed, places=both), steps, self.states)
        presence = printed.presence(steps)
        left, came = movements(presence)
        joins = join_steps((left, came), printed.variants, presence).links
        gone = left.join(printed.variants.filter(~pl.col("is_odd")), on="variant", how="semi")
        unsettled = (
            printed.places.filter(pl.col("list") == kind, pl.col("sha256") == now)
            .join(printed.lines.filter(is_open()).select("line", "variant"), on="line")
            .join(came, on="variant", how="semi")
            .join(joins.select(variant="came"), on="variant", how="anti")
        )
        gone = gone.join(joins.select(variant="left"), on="variant", how="anti")
        return Compared(gone.height, unsettled.height)

    @property
    def days(self) -> dict[tuple[str, str], date | None]:
        """Return the day by list and sha256."""
        return {(one.posting.list, one.posting.sha256): one.published_on for one in self.dated}


def judge(record: Record, paths: Paths) -> Judged:
    """Clean the rows, date every version and let it through the gate."""
    known = evidence(record, paths)
    judged = [
        version
        for kind in LISTS
        for version in gate.gate_list(
            [one for one in known.dated if one.posting.list == kind],
            {sha: one for (of, sha), one in known.measures.items() if of == kind},
            [one for one in known.reviews if one.list == kind],
            partial(known.compare, kind),
            known.bounds,
        )
    ]
    publications = publications_frame([_version_row(v) for v in judged])
    return Judged(publications, known.printed)


def evidence(record: Record, paths: Paths) -> Evidence:
    """Clean the rows, date every posting and measure what the gate weighs."""
    lines, printed = rows.distinct_lines(record.rows)
    reference = seeds.read_reference(paths.seeds)
    lines = with_address_keys(_cleaned(lines, reference))
    postings = [*postings_of(record.captures, record.contents), *record.seed_postings]
    bounds = seeds.read_bounds(paths.seeds)
    newest = newest_signed(lines, printed, bounds.signed_late_share)
    dated = [
        dates.date_posting(p, newest.get((p.list, p.sha256)), bounds.days_after_saving)
        for p in postings
    ]
    lines = clean.without_later_dates(lines, printed, _days(dated))
    variants = variants_of(lines)
    lines = lines.join(
        variants,
        on=list(KEY),
        how="left",
        nulls_equal=True,
        maintain_order="left",
    ).with_columns(
        variant=pl.when(is_settled()).then("variant"),
        moa_file=rows.file_name("moa_url"),
    )
    measures = _measures(record, lines, printed)
    for key, why in other_kind.contradicted(dated, measures, bounds.kind_share).items():
        measures[key] = replace(measures[key], contradicted=why)
    return Evidence(
        dated,
        measures,
        seeds.read_reviews(paths.seeds),
        bounds,
        reference.states,
        Printed(lines, printed, with_names(variants, reference.states)),
    )


def _days(dated: list[dates.Dated]) -> pl.DataFrame:
    """Return list, sha256 and published_on of the postings whose date nothing contradicts."""
    return pl.DataFrame(
        [
            (d.posting.list, d.posting.sha256, d.published_on)
            for d in dated
            if d.published_on and not d.problem
        ],
        schema={"list": pl.String, "sha256": pl.String, "published_on": pl.Date},
        orient="row",
    )


def _cleaned(lines: pl.DataFrame, reference: Reference) -> pl.DataFrame:
    """Return the lines cleaned; raises `CheckFailed` for a fix of what no list prints."""
    for column, value in clean.unused_fixes(lines, reference):
        raise CheckFailed(
            f"seeds/value_fixes.csv mends {column} {value!r}, which no list prints:"
            " remove that row."
        )
    return clean.drop_expected(clean.clean_rows(lines, reference))


def _measures(
    record: Record, lines: pl.DataFrame, printed: pl.DataFrame
) -> dict[tuple[ListKind, str], Measures]:
    """Return what the gate weighs; a header-only list has nothing to weigh."""
    measured = measure(lines, printed)
    return {
        (known.list, sha): Measures(
            **measured.get((known.list, sha), NOTHING_PRINTED),
            unknown_columns=known.unknown_columns,
        )
        for sha, lists in record.contents.items()
        for known in lists
    }


def _version_row(version: gate.Version) -> dict[str, Any]:
    dated, posting = version.dated, version.dated.posting
    return {
        "publication_id": publication_id(
            posting.list, dated.published_on, dated.part, posting.sha256
        ),
        "list": posting.list,
        "published_on": dated.published_on,
        "part": dated.part,
        "seq": version.seq,
        "date_rule": dated.rule,
        "sha256": posting.sha256,
        "file_name": posting.file_name,
        "url": posting.url,
        "captured_at": posting.captured_at or moment_in(posting.file_name),
        "saved_at": posting.saved_at,
        "is_copy": posting.is_copy,
        "status": version.status,
        "reasons": list(version.reasons),
        "why_held": list(version.why_held),
        "passes_when": version.passes_when,
    }
