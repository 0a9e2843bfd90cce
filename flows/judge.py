"""Clean the rows, date and gate the versions, say who is who: the frames that the models read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from flows.places import Places
from flows.record import Record
from flows.steps import gate, identity, links, matching, normalise, seeds, versions
from flows.steps.records import LISTS, CheckFailed, GateBounds, Reference, Review

IDENTITY_LINKS = ("decision", "left", "right", "reason", "source", "decided_on")


@dataclass(frozen=True, slots=True)
class Judged:
    """The versions in order with their verdicts, and what they print.

    `lines` are the distinct printed rows, cleaned; `places` say which list prints which line where;
    `variants` are the distinct keys of the lines.
    """

    publications: pl.DataFrame
    lines: pl.DataFrame
    places: pl.DataFrame
    variants: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the gate judges by: the dated postings, what it weighs of each sha256, the decisions."""

    dated: list[gate.Dated]
    measures: dict[str, gate.Measures]
    reviews: list[Review]
    bounds: GateBounds
    lines: pl.DataFrame
    places: pl.DataFrame
    variants: pl.DataFrame

    def count_gone(self, before: str, now: str) -> int:
        """Return how many agreements of one sha256 are gone from another after identity."""
        gone, come = (
            _agreements(sha, self.days[sha], self.places, self.lines) for sha in (before, now)
        )
        return matching.count_gone(gone, come, self.variants)

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
            known.count_gone,
            known.bounds,
        )
    ]
    publications = versions.publications_frame([_version_row(v) for v in judged])
    return Judged(publications, known.lines, known.places, known.variants)


def evidence(record: Record, places: Places) -> Evidence:
    """Clean the rows, date every posting and measure what the gate weighs."""
    kinds = {sha: known.list for sha, known in record.contents.items()}
    lines, printed = links.distinct_lines(record.rows, kinds)
    reference = seeds.read_reference(places.seeds)
    lines = _cleaned(lines, reference)
    variants = matching.with_names(identity.variants_of(lines), reference.states)
    lines = lines.join(
        variants.drop("canonical", "telling", "body"),
        on=list(identity.KEY),
        how="left",
        nulls_equal=True,
        maintain_order="left",
    ).with_columns(moa_file=links.file_name("moa_url"))
    measures = _measures(record, lines, printed)
    postings = [*versions.postings_of(record.captures, record.contents), *record.seed_postings]
    bounds = seeds.read_bounds(places.seeds)
    dated = [
        gate.date_posting(p, measures[p.sha256].newest_signed, bounds.days_after_saving)
        for p in postings
    ]
    reviews = seeds.read_reviews(places.seeds)
    return Evidence(dated, measures, reviews, bounds, lines, printed, variants)


def _cleaned(lines: pl.DataFrame, reference: Reference) -> pl.DataFrame:
    """Return the lines cleaned; raises `CheckFailed` for a fix of what no list prints."""
    for column, value in normalise.unused_fixes(lines, reference):
        raise CheckFailed(
            f"seeds/value_fixes.csv mends {column} {value!r}, which no list prints:"
            " remove that row."
        )
    return normalise.drop_expected(normalise.clean_rows(lines, reference))


def _agreements(
    sha256: str, published_on: date | None, printed: pl.DataFrame, lines: pl.DataFrame
) -> pl.DataFrame:
    """Return the variants that one list prints, each once."""
    return (
        listed(printed.filter(pl.col("sha256") == sha256), lines)
        .with_columns(published_on=pl.lit(published_on, pl.Date))
        .unique("variant")
    )


def listed(places: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """Return where each variant is printed, with the fields that identity weighs."""
    weighed = lines.select("line", "list", "variant", "moa_file", "county", "agency_type")
    return places.join(weighed, on="line").drop_nulls("variant")


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
