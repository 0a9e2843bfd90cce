"""FLOW archive and seeds → parse → normalise → gate → identify → sql → checks → publish."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from flows.steps import (
    archive,
    cache,
    gate,
    identity,
    links,
    matching,
    normalise,
    parse,
    seed_record,
    seeds,
    versions,
    warehouse,
)
from flows.steps.records import LISTS, Capture, CheckFailed, Contents, Layout, Posting

ROOT = Path(__file__).parent.parent
IDENTITY_LINKS = ("decision", "left", "right", "reason", "source", "decided_on")
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Places:
    """The folders a build reads and writes: data at rest, reviewed seeds, SQL models."""

    layout: Layout
    seeds: Path = ROOT / "seeds"
    sql: Path = ROOT / "sql"


@dataclass(frozen=True, slots=True)
class Record:
    """Everything known of the lists, read and not yet judged."""

    captures: list[Capture]
    seed_postings: list[Posting]
    contents: dict[str, Contents]
    refused: dict[str, str]
    rows: pl.DataFrame


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
class Built:
    """What a build did; `is_new` is false when nothing had changed since the last one."""

    is_new: bool
    inputs: str
    as_of: str
    publications: int
    accepted: int
    held: list[dict[str, Any]] = field(default_factory=list)
    rejected: int = 0


def build(places: Places, *, force: bool = False) -> Built:
    """Build and publish the warehouse from archive and seeds, unless nothing changed since.

    Raises `CheckFailed` when a rule of sql/90_checks does not hold, and `PactwatchError` for a
    broken input; the published warehouse then stays as it was.
    """
    inputs = input_fingerprint(places)
    if not force and (before := published(places.layout)) and before.inputs == inputs:
        return before
    record = read_record(places)
    judged = judge(record, places)
    part = places.layout.data / ".pactwatch.duckdb.part"
    part.parent.mkdir(parents=True, exist_ok=True)
    warehouse.build_file(part, frames_of(record, judged, places), places.sql)
    built = _summary(judged.publications, record, inputs)
    summary = {key: value for key, value in asdict(built).items() if key != "is_new"}
    warehouse.swap_in(part, places.layout.database, built.as_of, summary)
    return built


def published(layout: Layout) -> Built | None:
    """Return what the published warehouse was built from, or None when there is none."""
    latest = layout.data / "latest.json"
    if not latest.exists() or not layout.database.exists():
        return None
    pointer = json.loads(latest.read_text(encoding="utf-8"))
    pointer.pop("file")
    return Built(is_new=False, **pointer)


def input_fingerprint(places: Places) -> str:
    """Return a hash over all that a build depends on: known versions, seeds, models and code.

    Attempts that brought nothing new do not count, so that looking again costs no build.
    """
    known: dict[str, str] = {}
    for c in (
        *archive.read_manifest(places.layout),
        *archive.read_manifest(places.layout, articles=True),
    ):
        if c.sha256:
            name = f"{c.sha256} {c.file_name} {c.last_modified}"
            known[name] = min(known.get(name, "~"), str(c.captured_at))
    joined = hashlib.sha256(json.dumps(known, sort_keys=True).encode())
    code = Path(__file__).parent
    for folder, pattern in (
        (places.seeds, "**/*.*"),
        (places.sql, "**/*.sql"),
        (code, "build.py"),
        (code, "steps/**/*.py"),
    ):
        joined.update(cache.fingerprint(folder.glob(pattern)).encode())
    return joined.hexdigest()[:16]


def read_record(places: Places) -> Record:
    """Read all lists: those in the archive (through the parse cache) and the seed record."""
    captures = archive.read_manifest(places.layout)
    wanted = {
        c.sha256: c.file_name or c.sha256
        for c in captures
        if c.sha256 and c.outcome in ("new", "unchanged")
    }
    contents, refused, rows = parse_objects(places, wanted)
    publications, listings = seed_tables(places.seeds)
    only_seeds = publications.filter(~pl.col("sha256").is_in(list(contents)))
    if only_seeds.height:
        seeded = seed_record.expand(publications, listings)
        rows = pl.concat([rows, seeded.filter(~pl.col("sha256").is_in(list(contents)))])
        for row in only_seeds.iter_rows(named=True):
            contents[row["sha256"]] = Contents(
                row["sha256"], row["list"], row["saved_at"], row["is_copy"]
            )
    return Record(captures, versions.seed_postings(publications), contents, refused, rows)


def parse_objects(
    places: Places, wanted: Mapping[str, str], progress: Progress | None = None
) -> tuple[dict[str, Contents], dict[str, str], pl.DataFrame]:
    """Return (contents, refused, rows) of archived lists, parsing those the cache lacks.

    `wanted` maps sha256 to a file name, which only serves messages.
    """
    parser = cache.fingerprint(
        [Path(parse.__file__), Path(links.__file__), places.seeds / "lists.toml"]
    )
    folder = places.layout.data / "cache"
    contents, refused, rows = cache.load(folder, parser)
    missing = [sha for sha in wanted if sha not in contents and sha not in refused]
    if missing:
        headers = seeds.read_lists_config(places.seeds)["columns"]
        for at in range(0, len(missing), 100):
            batch = missing[at : at + 100]
            files = {sha: (wanted[sha], archive.load(places.layout, sha)) for sha in batch}
            sheets, problems = parse.read_sheets(files, headers)
            refused |= problems
            contents |= {sheet.contents.sha256: sheet.contents for sheet in sheets}
            rows = pl.concat([rows, links.printed_rows(sheets)])
            if progress:
                progress(at + len(batch), len(missing))
        cache.save(folder, parser, contents, refused, rows)
    known = list(wanted)
    return (
        {sha: contents[sha] for sha in known if sha in contents},
        {sha: refused[sha] for sha in known if sha in refused},
        rows.filter(pl.col("sha256").is_in(known)) if len(known) < len(contents) else rows,
    )


def read_articles(places: Places) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the articles and their claims, read again only when they or their reader change."""
    ingested = archive.read_manifest(places.layout, articles=True)
    code = Path(__file__).parent
    readers = [code / "reading.py", *(code / "steps").glob("articles/*.py")]
    readers += [*(code / "steps").glob("claims/*.py"), *places.seeds.glob("articles/*")]
    names = " ".join(f"{c.sha256}:{c.file_name}:{c.outcome}" for c in ingested)
    key = hashlib.sha256((cache.fingerprint(readers) + names).encode()).hexdigest()[:16]

    def read() -> tuple[pl.DataFrame, ...]:
        from flows.reading import article_frames

        return article_frames(places.layout, places.seeds)

    articles, claims = cache.frames(places.layout.data / "cache", "articles", key, read)
    return articles, claims


def seed_tables(folder: Path) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the seed record's two tables, empty when the files are not there yet."""
    tables = []
    for name, schema in (
        ("publications", seed_record.PUBLICATIONS_SCHEMA),
        ("listings", seed_record.LISTINGS_SCHEMA),
    ):
        path = folder / f"{name}.csv"
        has_file = path.exists()
        tables.append(pl.read_csv(path, schema=schema) if has_file else pl.DataFrame(schema=schema))
    return tables[0], tables[1]


def judge(record: Record, places: Places) -> Judged:
    """Clean the rows, date every version and let it through the gate."""
    kinds = {sha: known.list for sha, known in record.contents.items()}
    lines, printed = links.distinct_lines(record.rows, kinds)
    reference = seeds.read_reference(places.seeds)
    for column, value in normalise.unused_fixes(lines, reference):
        raise CheckFailed(
            f"seeds/value_fixes.csv mends {column} {value!r}, which no list prints: remove that row."
        )
    lines = normalise.drop_expected(normalise.clean_rows(lines, reference))
    variants = matching.with_names(identity.variants_of(lines), reference.states)
    lines = lines.join(
        variants.drop("canonical", "telling"),
        on=list(identity.KEY),
        how="left",
        nulls_equal=True,
        maintain_order="left",
    ).with_columns(moa_file=links.file_name("moa_url"))
    measures = _measures(record, lines, printed)
    postings = [*versions.postings_of(record.captures, record.contents), *record.seed_postings]
    dated = [gate.date_posting(p, measures[p.sha256].newest_signed) for p in postings]
    days = {d.posting.sha256: d.published_on for d in dated}

    def count_gone(before: str, now: str) -> int:
        gone, come = (
            _listed(printed.filter(pl.col("sha256") == sha), lines)
            .with_columns(published_on=pl.lit(days[sha], pl.Date))
            .unique("variant")
            for sha in (before, now)
        )
        return matching.count_gone(gone, come, variants)

    reviews = seeds.read_reviews(places.seeds)
    judged = [
        version
        for kind in LISTS
        for version in gate.gate_list(
            [d for d in dated if d.posting.list == kind],
            measures,
            [r for r in reviews if r.list == kind],
            count_gone,
        )
    ]
    publications = versions.publications_frame([_version_row(v) for v in judged])
    return Judged(publications, lines, printed, variants)


def frames_of(record: Record, judged: Judged, places: Places) -> dict[str, pl.DataFrame]:
    """Return the frames that the models read, by table name."""
    publications, variants = judged.publications, judged.variants
    accepted = publications.filter(pl.col("step").is_not_null())
    presence = (
        _listed(judged.places, judged.lines)
        .join(accepted.select("sha256", "step", "published_on"), on="sha256")
        .sort("row_number")
        .unique(["list", "step", "variant"], keep="first", maintain_order=True)
    )
    reviewed = seeds.read_table(places.seeds / "identity_links.csv", IDENTITY_LINKS)
    decided = identity.decisions(reviewed, variants)
    moved = matching.movements(presence)
    joins, unlike = matching.join_steps(*moved, variants, presence, decided.distinct)
    who = identity.resolve(variants, presence, joins, decided)
    articles, claims = read_articles(places)
    return {
        "loaded_publications": publications,
        "loaded_lines": judged.lines.join(
            who.variants.select("variant", "agreement_id", "agency_id"),
            on="variant",
            how="left",
            maintain_order="left",
        ),
        "loaded_places": publications.select("publication_no", "sha256")
        .join(judged.places, on="sha256", maintain_order="left_right")
        .drop("sha256"),
        "loaded_variants": who.variants,
        "loaded_links": who.links,
        "loaded_refused": pl.concat([who.refused, unlike]),
        "loaded_alike": matching.like_agencies(variants, presence, decided.distinct_agencies),
        "loaded_aliases": who.aliases,
        "loaded_captures": versions.captures_frame(
            [*record.captures, *archive.read_manifest(places.layout, articles=True)],
            [] if record.captures else record.seed_postings,
        ),
        "loaded_articles": articles,
        "loaded_claims": claims,
        "seed_baselines": seeds.read_baselines(places.seeds),
        "seed_states": seeds.read_table(places.seeds / "states.csv", ("code", "name")),
    }


def _listed(places: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
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
    }


def _summary(publications: pl.DataFrame, record: Record, inputs: str) -> Built:
    accepted = publications.filter(pl.col("status") == "accepted")
    held = publications.filter(pl.col("status") == "held")
    return Built(
        is_new=True,
        inputs=inputs,
        as_of=str(accepted["published_on"].max()),
        publications=publications.height,
        accepted=accepted.height,
        held=held.select("publication_id", "file_name", "reasons").to_dicts(),
        rejected=len(record.refused),
    )
