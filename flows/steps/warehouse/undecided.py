"""Ask the published warehouse what waits for a person: held versions, doubts, joins."""

from __future__ import annotations

from typing import Any

from flows.steps.common.layout import Paths

from . import database


def held(paths: Paths) -> list[dict[str, Any]]:
    """Return the versions a person has to decide on, with the list before them."""
    return database.query(
        paths.layout.database,
        "select * from publications where status = 'held' order by published_on, publication_id",
    ).to_dicts()


def candidates(paths: Paths) -> list[dict[str, Any]]:
    """Return the joins that evidence speaks for and no rule may make."""
    return database.query(
        paths.layout.database, "select * from identity_candidates order by all"
    ).to_dicts()


def doubts(paths: Paths) -> list[dict[str, Any]]:
    """Return what is in doubt on the newest lists: both rows as printed, with their links."""
    return database.query(paths.layout.database, _DOUBTS).to_dicts()


def relabels(paths: Paths) -> list[dict[str, Any]]:
    """Return the joins that go by all but the name, for a person to look at, newest first.

    Both rows as printed; what a person has decided is not among them.
    """
    return database.query(paths.layout.database, _RELABELS).to_dicts()


_RELABELS = """
select
    links.list,
    links."left",
    links."right",
    links.agreement_id,
    links.evidence,
    publications.published_on,
    links.publication_id,
    rows_before.agency_printed as agency_before,
    rows_now.agency_printed
from identity_links as links
inner join publications using (publication_id)
left join list_rows as rows_now
    on links.publication_id = rows_now.publication_id
    and links.agreement_id = rows_now.agreement_id
left join list_rows as rows_before
    on links.previous_publication_id = rows_before.publication_id
    and links.agreement_id = rows_before.agreement_id
where links.rule in ('all_but_one', 'relabelled', 'later_document')
    and split_part(links."left", ' | ', 2) <> split_part(links."right", ' | ', 2)
    and '?' not in (split_part(links."left", ' | ', 2), split_part(links."right", ' | ', 2))
    and not exists (
        select 1 from identity_links as decided
        where decided.rule = 'reviewed'
            and (decided."left", decided."right")
                in ((links."left", links."right"), (links."right", links."left"))
    )
order by publications.published_on desc, links."left"
"""


_DOUBTS = """
select
    doubts.*,
    rows_now.state_printed,
    rows_now.agency_printed,
    rows_now.county_printed,
    rows_now.model_printed,
    rows_now.signed_printed,
    rows_now.moa_url,
    publications.file_name,
    rows_before.state_printed as state_before,
    rows_before.agency_printed as agency_before,
    rows_before.county_printed as county_before,
    rows_before.model_printed as model_before,
    rows_before.signed_printed as signed_before,
    rows_before.moa_url as moa_url_before,
    previous.file_name as previous_file_name
from doubts
inner join publications using (publication_id)
inner join list_rows as rows_now
    on doubts.publication_id = rows_now.publication_id
    and doubts.row_number = rows_now.row_number
left join publications as previous
    on doubts.previous_publication_id = previous.publication_id
left join list_rows as rows_before
    on doubts.previous_publication_id = rows_before.publication_id
    and doubts.previous_row_number = rows_before.row_number
where doubts.until is null
order by doubts.since, doubts.list, doubts."left", doubts."right"
"""
