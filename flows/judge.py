"""Clean the rows, date and gate the versions, say who is who: the frames that the models read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import polars as pl

from flows.places import Places
from flows.record import Record
from flows.steps import gate, identity, links, matching, normalise, seeds, versions
from flows.steps.records import (
    LISTS,
    CheckFailed,
    GateBounds,
    Reference,
    Review,
)

IDENTITY_LINKS = ("decision", "left", "right", "reason", "source", "decided_on")


@dataclass(frozen=True, slots=True)
class Judged:
    """The versions in order with their verdicts, and what they print, cleaned."""

    publications: pl.DataFrame
    printed: matching.Printed


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the gate judges by: the dated postings, what it weighs of each sha256, the decisions.

    `states` maps an upper-case state name to its code.
    """

    dated: list[gate.Dated]
    measures: dict[str, gate.Measures]
    reviews: list[Review]
    bounds: GateBounds
    states: dict[str, str]
    printed: matching.Printed

    def compare(self, before: str, now: str) -> gate.Compared:
        """Return what identity makes of the lists of two sha256, one after the other."""
        days = self.days
        steps = pl.DataFrame(
            {"sha256": [before, now], "step": [0, 1], "published_on": [days[before], days[now]]},
            schema={"sha256": pl.String, "step": pl.Int32, "published_on": pl.Date},
        )
        both = self.printed.places.filter(pl.col("sha256").is_in([before, now]))
        printed = matching.set_apart(replace(self.printed, places=both), steps, self.states)
        presence = printed.presence(steps)
        left, came = matching.movements(presence)
        joins = matching.join_steps((left, came), printed.variants, presence).links
        gone = left.join(printed.variants.filter(~pl.col("is_odd")), on="variant", how="semi")
        unsettled = (
            printed.places.filter(pl.col("sha256") == now)
            .join(printed.lines.filter(versions.is_open()).select("line", "variant"), on="line")
            .join(came, on="variant", how="semi")
            .join(joins.select(variant="came"), on="variant", how="anti")
        )
        gone = gone.join(joins.select(variant="left"), on="variant", how="anti")
        return gate.Compared(gone.height, unsettled.height)

    @property
    def days(self) -> dict[str, date | None]:
        """Return the day of each sha256."""
        return {one.posting.sha256: one.published_on for one in self.dated}


def judge(record: Record, places: Places) -> Judged:
    """Clean the rows, date every version and let it through the gate."""
    known = evidence(record, places)
    judged = [
        version
        for kind in LISTS
        for version in gate.gate_list(
            [one for one in known.dated if one.posting.list == kind],
            known.measures,
            [one for one in known.reviews if one.list == kind],
            known.compare,
            known.bounds,
        )
    ]
    publications = versions.publications_frame([_version_row(v) for v in judged])
    return Judged(publications, known.printed)


def evidence(record: Record, places: Places) -> Evidence:
    """Clean the rows, date every posting and measure what the gate weighs."""
    kinds = {sha: known.list for sha, known in record.contents.items()}
    lines, printed = links.distinct_lines(record.rows, kinds)
    reference = seeds.read_reference(places.seeds)
    lines = _cleaned(lines, reference)
    postings = [*versions.postings_of(record.captures, record.contents), *record.seed_postings]
    bounds = seeds.read_bounds(places.seeds)
    newest = versions.newest_signed(lines, printed, bounds.signed_late_share)
    dated = [gate.date_posting(p, newest.get(p.sha256), bounds.days_after_saving) for p in postings]
    lines = normalise.without_later_dates(lines, printed, _days(dated))
    variants = identity.variants_of(lines)
    lines = lines.join(
        variants,
        on=list(identity.KEY),
        how="left",
        nulls_equal=True,
        maintain_order="left",
    ).with_columns(
        variant=pl.when(identity.is_settled()).then("variant"),
        moa_file=links.file_name("moa_url"),
    )
    return Evidence(
        dated,
        _measures(record, lines, printed),
        seeds.read_reviews(places.seeds),
        bounds,
        reference.states,
        matching.Printed(lines, printed, matching.with_names(variants, reference.states)),
    )


def _days(dated: list[gate.Dated]) -> pl.DataFrame:
    """Return sha256 and published_on of the postings whose date nothing contradicts."""
    return pl.DataFrame(
        [(d.posting.sha256, d.published_on) for d in dated if d.published_on and not d.problem],
        schema={"sha256": pl.String, "published_on": pl.Date},
        orient="row",
    )


def _cleaned(lines: pl.DataFrame, reference: Reference) -> pl.DataFrame:
    """Return the lines cleaned; raises `CheckFailed` for a fix of what no list prints."""
    for column, value in normalise.unused_fixes(lines, reference):
        raise CheckFailed(
            f"seeds/value_fixes.csv mends {column} {value!r}, which no list prints:"
            " remove that row."
        )
    return normalise.drop_expected(normalise.clean_rows(lines, reference))


def _measures(
    record: Record, lines: pl.DataFrame, printed: pl.DataFrame
) -> dict[str, gate.Measures]:
    """Return what the gate weighs, by sha256; a header-only list has nothing to weigh."""
    measured = versions.measure(lines, printed)
    return {
        sha: gate.Measures(
            **measured.get(sha, versions.NOTHING_PRINTED), unknown_columns=known.unknown_columns
        )
        for sha, known in record.contents.items()
    }


def _version_row(version: gate.Version) -> dict[str, Any]:
    dated, posting = version.dated, version.dated.posting
    return {
        "publication_id": versions.publication_id(
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
        "captured_at": posting.captured_at or gate.stamp_of(posting.file_name),
        "saved_at": posting.saved_at,
        "is_copy": posting.is_copy,
        "status": version.status,
        "reasons": list(version.reasons),
        "why_held": list(version.why_held),
        "passes_when": version.passes_when,
    }
