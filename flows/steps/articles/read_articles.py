"""Read the articles and their claims once, and again only when they or their reader change."""

from __future__ import annotations

import polars as pl

from flows.steps import archive
from flows.steps.common import fingerprint
from flows.steps.common.layout import Paths
from flows.steps.lists import parse_cache


def read_articles(paths: Paths) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the articles and their claims, read again only when they or their reader change.

    Their columns are `article_frames.ARTICLES_SCHEMA` and `CLAIMS_SCHEMA`.
    """
    ingested = archive.read_manifest(paths.layout, articles=True)
    names = " ".join(f"{c.sha256}:{c.file_name}:{c.outcome}" for c in ingested)
    digests = fingerprint.of_files(paths.seeds / "articles")
    key = fingerprint.of_text(fingerprint.of_code("articles"), digests, names)

    def read() -> tuple[pl.DataFrame, ...]:
        from flows.steps.articles.article_frames import article_frames

        return article_frames(paths.layout, paths.seeds)

    articles, claims = parse_cache.frames(paths.layout.data / "cache", "articles", key, read)
    return articles, claims
