-- One row per article read: the repository's digests, and originals that were ingested.
select
    article_id,
    title,
    publisher,
    authors,
    published_on,
    published_precision,
    url,
    source,
    sha256,
    notes,
    same_as,
    likeness
from loaded_articles
order by article_id
