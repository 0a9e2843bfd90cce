"""Articles → claims: the repository's digests, and what was ingested in their place or besides."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import polars as pl

from flows.steps import archive, articles, claims
from flows.steps.common.contained import Stopped, Workers
from flows.steps.common.errors import Unreadable
from flows.steps.common.layout import Layout
from flows.steps.common.records import Article, Claim

from . import same

Read = tuple[Article, list[claims.Named], list[Claim]]
"""An article, the agencies and places it names, and its figures."""
ARTICLES_SCHEMA = pl.Schema(
    {
        "article_id": pl.String(),
        "title": pl.String(),
        "publisher": pl.String(),
        "authors": pl.List(pl.String()),
        "published_on": pl.Date(),
        "published_precision": pl.String(),
        "url": pl.String(),
        "source": pl.String(),
        "sha256": pl.String(),
        "notes": pl.List(pl.String()),
        "named": pl.List(
            pl.Struct(dict.fromkeys(("named_as", "place", "body", "state"), pl.String()))
        ),
        "same_as": pl.String(),
        "likeness": pl.String(),
    }
)
CLAIMS_SCHEMA = pl.Schema(
    {
        "claim_id": pl.String(),
        "article_id": pl.String(),
        "position": pl.Int32(),
        "metric": pl.String(),
        "value": pl.Float64(),
        "value_high": pl.Float64(),
        "unit": pl.String(),
        "qualifier": pl.String(),
        "as_of": pl.Date(),
        "as_of_end": pl.Date(),
        "as_of_precision": pl.String(),
        "since": pl.Date(),
        "state": pl.String(),
        "model": pl.String(),
        "start": pl.Int32(),
        "end": pl.Int32(),
        "continues": pl.String(),
        "place": pl.String(),
        "is_part": pl.Boolean(),
        "is_baseline": pl.Boolean(),
    }
)


def article_frames(layout: Layout, seeds: Path) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the articles and their claims (`ARTICLES_SCHEMA`, `CLAIMS_SCHEMA`).

    An ingested original takes the place of the digest with its id, and a page read again that of
    its earlier form. Articles' texts stay in the archive: the warehouse holds figures and facts
    only.
    """
    described, found = [], []
    held: dict[str, same.Fingerprint] = {}
    with Workers(1) as workers:
        for _, (source, name, data, url) in sorted(_sources(layout, seeds).items()):
            is_own = source == "digest"
            article, named, figures = (
                read_whole(data, name, url) if is_own else _apart(workers, data, name, url)
            )
            about: dict[str, object] = {"source": source, "sha256": archive.digest(data)}
            about |= {"named": [asdict(one) for one in named], "same_as": None, "likeness": None}
            if not is_own:  # a digest is in our own words: it repeats nothing
                about |= _repeats(article, held)
            described.append({**asdict(article), **about})
            found += [asdict(claim) for claim in figures]
    return (
        pl.DataFrame(_only(described, ARTICLES_SCHEMA), schema=ARTICLES_SCHEMA, strict=False),
        pl.DataFrame(_only(found, CLAIMS_SCHEMA), schema=CLAIMS_SCHEMA, strict=False),
    )


def _sources(layout: Layout, seeds: Path) -> dict[str, tuple[str, str, bytes, str | None]]:
    """Return by id where each article comes from: digest or ingested, name, bytes, address."""
    sources: dict[str, tuple[str, str, bytes, str | None]] = {
        path.stem: ("digest", path.name, path.read_bytes(), None)
        for path in sorted((seeds / "articles").glob("*.html"))
    }
    of_address: dict[str, Path] = {}
    for capture in archive.read_manifest(layout, articles=True):
        if capture.sha256 and capture.outcome in ("new", "unchanged"):
            path = Path(capture.file_name or capture.sha256)
            data = archive.load(layout, capture.sha256)
            if capture.url in of_address:
                path = of_address[capture.url]
            elif (known := sources.get(path.stem)) and known[0] == "ingested" and known[2] != data:
                path = path.with_stem(f"{path.stem}-{capture.sha256[:8]}")  # another index.html
            if capture.url:
                of_address[capture.url] = path
            sources[path.stem] = ("ingested", path.name, data, capture.url)
    return sources


def read_whole(data: bytes, name: str, url: str | None) -> Read:
    """Return an article, the agencies and places it names, and its figures.

    Raises `Unreadable` with one sentence for what is no article.
    """
    article = articles.read_article(data, name=name, url=url)
    return article, claims.find_names(article), claims.find_claims(article)


def _apart(workers: Workers, data: bytes, name: str, url: str | None) -> Read:
    """Do the same in a process apart; what cannot be read has no text, and a note that says why."""
    try:
        read = workers.call(read_whole, data, name, url)
        if not isinstance(read, Stopped):
            return read
        why = stopped_said(name, read)
    except Unreadable as problem:
        why = str(problem)
    return Article(Path(name).stem, name, "", url=url, notes=(why,)), [], []


def stopped_said(name: str, stopped: Stopped) -> str:
    """Return the sentence for a file that ended its reader."""
    return f"{name} {stopped.why}, which no article does: ingest only the article's own text."


def _repeats(article: Article, held: dict[str, same.Fingerprint]) -> dict[str, object]:
    """Return which ingested article before it an article repeats, and how; and hold it too."""
    mark = same.fingerprint(article.text)
    likenesses = {other: same.same_text(known, mark) for other, known in held.items()}
    held[article.article_id] = mark
    for likeness in ("same", "spun", "retold"):
        for other, found in likenesses.items():
            if found == likeness:
                return {"same_as": other, "likeness": likeness}
    return {}


def _only(rows: list[dict[str, object]], schema: pl.Schema) -> list[dict[str, object]]:
    return [{name: row[name] for name in schema.names()} for row in rows]
