"""The questions a weekly report puts to the warehouse, over public tables only.

Each takes $monday and $sunday, the ISO dates of the week asked for, and answers as of that Sunday:
nothing published later is read, except what decides whether a row that left came back.
"""

from __future__ import annotations

from .course import GROWTH, SERIES, STATE_SERIES, STATES, WEEKS
from .coverage import ARTICLES, CLAIMS
from .doubts import CANDIDATES, DOUBTS, ISSUES, PLAIN, UNCHANGED, UNLINKED, UNPLACED

# DuckDB refuses a parameter that a statement does not name, so every query starts with both.
_WEEK = """with

week as (
    select cast($monday as date) as monday, cast($sunday as date) as sunday
),
"""

_RECORD = """
spans as (
    select
        list,
        min(published_on) as first_listed,
        max(published_on) as last_listed,
        (select count(*) from week) as weeks
    from totals
    group by list
),

-- The last day that the record knows of: of a list, or of a look that found the same.
seen as (
    select greatest(
        (select max(last_listed) from spans),
        (
            select max(cast(coalesce(captured_at, attempted_at) as date)) from captures
            where source = 'ice' and list = 'participating'
                and outcome in ('new', 'unchanged')
                and sha256 in (select sha256 from publications where status = 'accepted')
        )
    ) as seen_until
)

select list, first_listed, last_listed, seen_until
from spans cross join seen
order by list
"""

_VERSIONS = """
roles as (
    select 'current' as role, arg_max(publication_id, seq) as publication_id
    from totals cross join week
    where published_on <= sunday
    group by list
    union all
    select 'previous', arg_max(publication_id, seq)
    from totals cross join week
    where published_on < monday
    group by list
    union all
    select 'baseline', observed_publication_id
    from baselines cross join week
    where as_of <= sunday
    union all
    select 'week', publication_id
    from publications cross join week
    where published_on between monday and sunday
),

used as (
    select publication_id, list_sort(list(distinct role)) as roles
    from roles
    group by publication_id
),

-- The same bytes under an earlier date: what a stale re-post repeats.
earlier as (
    select again.publication_id, min(first.published_on) as published_on
    from publications as again
    inner join publications as first
        on again.list = first.list
        and again.sha256 = first.sha256
        and first.published_on < again.published_on
    group by again.publication_id
)

select
    publications.publication_id,
    publications.list,
    publications.published_on,
    publications.part,
    publications.seq,
    publications.date_rule,
    publications.file_name,
    publications.sha256,
    publications.url,
    publications.saved_at,
    publications.captured_at,
    publications.status,
    publications.reasons,
    publications.why_held,
    earlier.published_on as first_published_on,
    publications.sha256 not in (
        select sha256 from captures where source <> 'seed' and sha256 is not null
    ) as is_of_seeds,
    publications.row_count,
    publications.agreement_count as agreements,
    publications.agency_count as agencies,
    publications.state_count as states,
    publications.jem_count as jem,
    publications.tfm_count as tfm,
    publications.wso_count as wso,
    used.roles
from publications
inner join used using (publication_id)
left join earlier using (publication_id)
order by publications.list, publications.seq
"""

_EVENTS = """
changes as (
    select events.*
    from events cross join week
    where published_on between monday and sunday
),

spots as (
    select publication_id, row_number from changes
    union
    select previous_publication_id, previous_row_number from changes
),

-- Materialized, or every printed row of the record would be joined, once for each of the two ends.
printed as materialized (
    select
        list_rows.publication_id,
        list_rows.row_number,
        list_rows.state_printed,
        list_rows.agency_printed,
        list_rows.type_printed,
        list_rows.model_printed,
        list_rows.signed_printed,
        list_rows.moa_url
    from list_rows
    inner join spots using (publication_id, row_number)
)

select
    changes.event_id,
    changes.list,
    changes.kind,
    changes.field,
    changes.rule,
    changes.evidence,
    changes.standing,
    changes.is_provisional,
    changes.still_listed,
    changes.published_on,
    changes.state,
    changes.model,
    changes.agreement_id,
    changes.agency_id,
    -- Where another agreement took over, the row is about the one that ended.
    coalesce(
        ended.agency,
        agreements.agency,
        agencies.name,
        now_row.agency_printed,
        old_row.agency_printed
    ) as agency,
    coalesce(ended.signed_on, agreements.signed_on) as signed_on,
    coalesce(now_row.moa_url, old_row.moa_url, agreements.moa_url) as moa_url,
    changes.before,
    changes.after,
    ended.state as before_state,
    ended.model as before_model,
    taker.agency as after_agency,
    taker.state as after_state,
    taker.model as after_model,
    taker.signed_on as after_signed_on,
    pending.days_waited,
    changes.publication_id,
    changes.row_number,
    changes.previous_publication_id,
    changes.previous_row_number,
    now_row.state_printed as state_now,
    now_row.agency_printed as agency_now,
    now_row.type_printed as type_now,
    now_row.model_printed as model_now,
    now_row.signed_printed as signed_now,
    old_row.state_printed as state_before,
    old_row.agency_printed as agency_before,
    old_row.type_printed as type_before,
    old_row.model_printed as model_before,
    old_row.signed_printed as signed_before
from changes
left join agreements on changes.agreement_id = agreements.agreement_id
left join agencies on changes.agency_id = agencies.agency_id
left join agreements as ended on changes.before = ended.agreement_id
left join agreements as taker on changes.after = taker.agreement_id
left join pending on changes.agreement_id = pending.application_id
left join printed as now_row
    on changes.publication_id = now_row.publication_id
    and changes.row_number = now_row.row_number
left join printed as old_row
    on changes.previous_publication_id = old_row.publication_id
    and changes.previous_row_number = old_row.row_number
order by changes.list, changes.kind, changes.state, agency, changes.model, changes.event_id
"""

_PENDING = """
newest as (
    select publication_id, published_on, step
    from publications cross join week
    where list = 'pending' and status = 'accepted' and published_on <= sunday
    order by seq desc
    limit 1
),

-- It stopped coming: no newer one is known, for longer than usual.
stopped as (
    select min(since) as since
    from list_states cross join week
    where list = 'pending' and state = 'silent' and until is null and since <= sunday
),

waiting as (
    select
        newest.publication_id,
        newest.published_on,
        pending.agency_id,
        pending.model,
        newest.published_on - pending.first_listed as days
    from newest
    left join listings
        on listings.list = 'pending'
        and newest.step between listings.first_step and listings.last_step
    left join pending on listings.agreement_id = pending.application_id
)

select
    publication_id,
    published_on,
    stopped.since as silent_since,
    (
        select agreements from totals where totals.publication_id = waiting.publication_id
    ) as waiting,
    count(distinct agency_id) as agencies,
    median(days) as median_days,
    max(days) as longest_days,
    count(*) filter (where model = 'JEM') as jem,
    count(*) filter (where model = 'TFM') as tfm,
    count(*) filter (where model = 'WSO') as wso
from waiting cross join stopped
group by publication_id, published_on, silent_since
"""

QUERIES: dict[str, str] = {
    "record": _WEEK + _RECORD,
    "versions": _WEEK + _VERSIONS,
    "series": _WEEK + SERIES,
    "weeks": _WEEK + WEEKS,
    "events": _WEEK + _EVENTS,
    "growth": _WEEK + GROWTH,
    "states": _WEEK + STATES,
    "state_series": _WEEK + STATE_SERIES,
    "pending": _WEEK + _PENDING,
    "issues": _WEEK + ISSUES,
    "plain": _WEEK + PLAIN,
    "unchanged": _WEEK + UNCHANGED,
    "unlinked": _WEEK + UNLINKED,
    "candidates": _WEEK + CANDIDATES,
    "doubts": _WEEK + DOUBTS,
    "unplaced": _WEEK + UNPLACED,
    "articles": _WEEK + ARTICLES,
    "claims": _WEEK + CLAIMS,
}
"""Every query of a report by name: what `facts.assemble` takes the rows of."""
