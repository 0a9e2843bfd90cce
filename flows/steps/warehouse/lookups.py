"""Answer questions from the published warehouse and its dictionary: plain values for the CLI."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl

from flows.steps.common.causes import parsed
from flows.steps.common.errors import UsageError
from flows.steps.common.layout import Paths

from . import database

MOST_NAMED = 9
NEAR = 65.0
"""How alike a name must be to be offered, of 100: below it the likeness is chance."""


def publications(paths: Paths) -> pl.DataFrame:
    """Return list, published_on, sha256 and status of every version that the warehouse knows."""
    return database.query(
        paths.layout.database, "select list, published_on, sha256, status from publications"
    )


def explain(paths: Paths, text: str) -> dict[str, Any]:
    """Return all that is known of one agency: spellings, agreements, joins and events in order.

    `text` is an id or an alias of the agency, or of an agreement, application or event of its own,
    or a name, exactly or roughly. Raises `UsageError` naming the agencies that fit when several do,
    or the nearest ones when none does.
    """
    with database.reading(paths.layout.database) as db:
        agency_id = _find_agency(db, text)
        of_agency = {"agency_id": agency_id}
        [agency] = database.read_dicts(
            db, "select * from agencies where agency_id = $agency_id", of_agency
        )
        return {
            "agency": agency,
            "spellings": database.read_dicts(db, _SPELLINGS, of_agency),
            "agreements": database.read_dicts(
                db,
                "select * from agreements where agency_id = $agency_id order by agreement_id",
                of_agency,
            ),
            "pending": database.read_dicts(
                db,
                "select * from pending where agency_id = $agency_id order by application_id",
                of_agency,
            ),
            "links": database.read_dicts(db, _LINKS, of_agency),
            "candidates": database.read_dicts(db, _CANDIDATES, of_agency),
            "doubts": database.read_dicts(
                db,
                'select * from doubts where agency_id = $agency_id order by since, "right"',
                of_agency,
            ),
            "aliases": database.read_dicts(db, _ALIASES, of_agency),
            "events": database.read_dicts(db, _EVENTS, of_agency),
            "articles": database.read_dicts(db, _ARTICLES, of_agency),
        }


_ARTICLES = """
select
    articles.article_id,
    articles.title,
    articles.published_on,
    article_agencies.named_as,
    article_agencies.evidence
from article_agencies
inner join articles using (article_id)
where article_agencies.agency_id = $agency_id
order by articles.published_on, articles.article_id, article_agencies.named_as
"""


_SPELLINGS = """
select
    list_rows.agency_printed,
    list_rows.state_printed,
    publications.list,
    min(publications.published_on) as first_listed,
    max(publications.published_on) as last_listed,
    arg_min(publications.file_name, publications.seq) as first_file,
    arg_min(list_rows.row_number, publications.seq) as first_row,
    count(distinct publications.publication_id) as lists
from list_rows
inner join publications using (publication_id)
inner join (
    select agreement_id, agency_id from agreements
    union
    select application_id, agency_id from pending
) using (agreement_id)
where agency_id = $agency_id and publications.status = 'accepted'
group by all
order by first_listed, list, agency_printed
"""


_OWN = """
    select agreement_id from agreements where agency_id = $agency_id
    union
    select application_id from pending where agency_id = $agency_id
"""


_LINKS = f"""
select
    links.*,
    publications.published_on,
    publications.file_name,
    previous.file_name as previous_file_name
from identity_links as links
inner join publications using (publication_id)
left join publications as previous
    on links.previous_publication_id = previous.publication_id
where links.agency_id = $agency_id or links.agreement_id in ({_OWN})
order by publications.published_on, publications.seq, links."left"
"""


_CANDIDATES = """
select candidates.*
from identity_candidates as candidates
where $agency_id in ("left", "right")
    or $agency_id in (
        lower(split_part("left", ' | ', 1)) || '-' || split_part("left", ' | ', 2),
        lower(split_part("right", ' | ', 1)) || '-' || split_part("right", ' | ', 2)
    )
order by all
"""


_ALIASES = f"""
select alias_id, coalesce(agreement_id, agency_id) as leads_to
from id_aliases
where agency_id = $agency_id or agreement_id in ({_OWN})
order by alias_id
"""


_EVENTS = """
select
    events.*,
    publications.file_name,
    previous.file_name as previous_file_name
from events
inner join publications using (publication_id)
left join publications as previous
    on events.previous_publication_id = previous.publication_id
where events.agency_id = $agency_id
order by events.published_on, publications.seq, events.kind
"""


_OF_AN_ID = """
with

meant as (
    select $text as id
    union
    select coalesce(agency_id, agreement_id, event_id) from id_aliases where alias_id = $text
)

select agency_id from agencies where agency_id in (from meant)
union
select agency_id from agreements where agreement_id in (from meant)
union
select agency_id from pending where application_id in (from meant)
union
select agency_id from events where event_id in (from meant)
order by agency_id
"""


def _find_agency(db: Any, text: str) -> str:
    from rapidfuzz import fuzz, process, utils

    exact = database.read_dicts(db, _OF_AN_ID, {"text": text.strip().lower()})
    if exact and exact[0]["agency_id"] is None:
        raise UsageError(f"{text} befell a list as a whole: no agency is concerned.")
    if exact:
        return str(exact[0]["agency_id"])
    names = {
        row["agency_id"]: " / ".join([row["name"], *row["other_names"], row["state"]])
        for row in database.read_dicts(db, "select * from agencies order by agency_id")
    }
    plain = utils.default_process
    having = process.extract(text, names, scorer=fuzz.token_set_ratio, processor=plain, limit=None)
    fitting = [str(agency_id) for _, score, agency_id in having if score >= 100]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        some = f"{len(fitting)} agencies fit" + (
            ", among them" if len(fitting) > MOST_NAMED else ""
        )
        near = fitting[:MOST_NAMED]
    else:
        alike = process.extract(text, names, scorer=fuzz.partial_ratio, processor=plain, limit=5)
        some = "No agency has that name; the nearest are"
        near = [str(agency_id) for _, score, agency_id in alike if score >= NEAR]
    if not near:
        raise UsageError(f"No agency is called {text}: give a word of its name, or its id.")
    raise UsageError(f"{some}: {', '.join(near)}. Ask again with one of these ids.")


def dictionary(sql: Path) -> dict[str, Any]:
    """Return {table: {grain, columns: {column: meaning}}} from sql/dictionary.yml."""
    import yaml

    written = parsed(sql / "dictionary.yml", yaml.safe_load)
    return {
        table: {
            "grain": one["grain"],
            "columns": {
                name: one.get("meanings", {}).get(name) or written["columns"][name]
                for name in one["columns"]
            },
        }
        for table, one in written["tables"].items()
    }
