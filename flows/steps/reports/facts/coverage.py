"""What articles say and what became of it: queries for articles and the figures they quote.

Each is the rest of a statement that begins with the `week` of `queries`.
"""

from __future__ import annotations

ARTICLES = """
read as (
    select articles.* from articles cross join week
)

select * from read order by article_id
"""

CLAIMS = """
told as (
    select
        articles.title as article,
        articles.url,
        articles.publisher,
        checks.*,
        checks.moved_on between monday and sunday as is_changed,
        row_number() over (
            partition by checks.article_id, checks.said order by checks.position
        ) as place
    from claim_checks as checks
    inner join articles using (article_id)
    cross join week
    where checks.window_to <= sunday and checks.verdict <> 'not_checkable'
)

select
    claim_id,
    article,
    url,
    publisher,
    said as claim,
    verdict,
    evidence_then || case
        when verdict <> 'confirmed' or moved_on is null or moved_on > sunday then ''
        when is_changed
            then '; right when printed, this week the list moved to ' || format(
                if(moved_to = round(moved_to), '{:.0f}', '{:.2f}'), moved_to
            )
        else '; right when printed, the list has moved on since '
            || strftime(moved_on, '%-d %B %Y')
    end as evidence,
    coalesce(is_changed and verdict = 'confirmed', false) as is_changed,
    query
from told
cross join week
where place = 1
order by is_changed desc, as_of desc, article, claim_id
"""
