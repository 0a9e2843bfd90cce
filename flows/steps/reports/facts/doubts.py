"""The questions behind a report's notes on the data: what was odd, repaired, silent or undecided.

Each is the rest of a statement that begins with the `week` of `queries`.
"""

from __future__ import annotations

ISSUES = """
newest as (
    select arg_max(publication_id, seq) as publication_id
    from totals cross join week
    where published_on <= sunday
    group by list
),

lists as (
    select publications.publication_id, publications.list, publications.seq
    from publications cross join week
    where status = 'accepted' and (
        published_on between monday and sunday
        or publication_id in (select publication_id from newest)
    )
)

select
    lists.list,
    issues.code,
    issues.severity,
    issues.printed,
    issues.settled,
    list_rows.agency_printed,
    count(distinct issues.publication_id) as lists,
    arg_max(issues.publication_id, lists.seq) as publication_id,
    arg_max(issues.row_number, lists.seq) as row_number
from issues
inner join lists using (publication_id)
left join list_rows
    on issues.publication_id = list_rows.publication_id
    and issues.row_number = list_rows.row_number
group by lists.list, issues.code, issues.severity, issues.printed, issues.settled,
    list_rows.agency_printed
order by lists.list, issues.severity, issues.code, issues.printed, list_rows.agency_printed
"""

PLAIN = """
ends as (
    select
        arg_max(publication_id, seq) filter (where published_on < monday) as before,
        arg_max(publication_id, seq) as now
    from totals cross join week
    where list = 'participating' and published_on <= sunday
),

-- How many more times a row's text stands in the new list than in the old one.
counted as (
    select
        count(*) filter (where list_rows.publication_id = ends.now)
        - count(*) filter (where list_rows.publication_id = ends.before) as more
    from list_rows
    inner join ends on list_rows.publication_id in (ends.before, ends.now)
    group by state_printed, agency_printed, model_printed, signed_printed
)

select
    coalesce(sum(greatest(-more, 0)), 0) as gone,
    coalesce(sum(greatest(more, 0)), 0) as come
from counted
"""

UNCHANGED = """
reissued as (
    select publication_id from events where kind = 'reissued'
),

stood as (
    -- The first list to print the rows that stood on Sunday; those after it repeat them.
    select max(published_on) as since
    from totals cross join week
    where list = 'participating'
        and published_on <= sunday
        and publication_id not in (select publication_id from reissued)
)

select since, sunday - since as days from stood cross join week
"""

UNLINKED = """
absent as (
    select
        list_states.list,
        list_states.since,
        exists (
            select 1 from captures
            where captures.list = list_states.list
                and captures.source = 'ice'
                and captures.sha256 is not null
                and captures.outcome in ('new', 'unchanged')
                and cast(coalesce(captured_at, attempted_at) as date) <= list_states.since
        ) as was_linked
    from list_states cross join week
    where state = 'unlinked' and since <= sunday and (until is null or until > sunday)
)

select * from absent order by list
"""

CANDIDATES = """
raised as (
    select candidates.list, candidates."left", candidates."right", candidates.evidence
    from identity_candidates as candidates
    inner join publications using (publication_id)
    cross join week
    where publications.published_on between monday and sunday
)

select * from raised order by all
"""

DOUBTS = """
open_doubts as (
    select
        doubts.list,
        doubts.agreement_id,
        doubts."left",
        doubts."right",
        doubts.evidence,
        doubts.since,
        doubts.publication_id,
        doubts.row_number,
        rows_now.agency_printed,
        rows_before.agency_printed as agency_before
    from doubts cross join week
    inner join list_rows as rows_now
        on doubts.publication_id = rows_now.publication_id
        and doubts.row_number = rows_now.row_number
    left join list_rows as rows_before
        on doubts.previous_publication_id = rows_before.publication_id
        and doubts.previous_row_number = rows_before.row_number
    where doubts.since <= week.sunday and coalesce(doubts.until >= week.sunday, true)
)

select * from open_doubts order by all
"""

UNPLACED = """
moved as (
    select coalesce(sum(unplaced), 0) as unplaced
    from weekly inner join week using (monday)
    where list = 'participating'
)

select * from moved
"""
