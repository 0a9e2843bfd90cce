-- One row per ISO week and list, from the list's first week to the record's last, also weeks
-- without a list. `replaced` is the net effect of renewals and switches: a takeover by an
-- agreement that already stood beside it lists one fewer. `unplaced` is that of rows that cannot be
-- read and continue no agreement: they count and are no event. What is gone is told as agreements
-- and as agencies, without rows that were only missing for a list or two.
with

spans as (
    select
        list,
        date_trunc('week', min(published_on)) as first_week,
        (select date_trunc('week', max(published_on)) from totals) as last_week
    from totals
    group by list
),

weeks as (
    select
        list,
        cast(unnest(generate_series(first_week, last_week, interval 7 days)) as date) as monday
    from spans
),

counted as (
    select
        totals.*,
        (
            select count(*) from stg_unplaced as unplaced
            inner join publications using (publication_no)
            where publications.publication_id = totals.publication_id
        ) as unplaced
    from totals
),

lists as (
    select
        weeks.list,
        weeks.monday,
        count(totals.publication_id) as lists,
        list(totals.publication_id order by totals.seq)
            filter (where totals.publication_id is not null) as publication_ids,
        arg_max(totals.agreements, totals.seq) as last_agreements,
        arg_min(totals.agreements, totals.seq) as first_agreements,
        arg_max(totals.unplaced, totals.seq) as last_unplaced,
        arg_min(totals.unplaced, totals.seq) as first_unplaced
    from weeks
    left join counted as totals
        on weeks.list = totals.list
        and totals.published_on between weeks.monday and weeks.monday + 6
    group by weeks.list, weeks.monday
),

changes as (
    select
        list,
        cast(date_trunc('week', published_on) as date) as monday,
        count(*) filter (where kind in ('added', 'pending_added')) as added,
        count(*) filter (where kind in ('removed', 'pending_withdrawn', 'pending_signed')) as removed,
        count(*) filter (where kind in ('returned', 'returned_to_pending')) as returned,
        -count(*) filter (
            where kind in ('renewed', 'switched', 'duplicate_dropped') and rule = 'stood_beside'
        ) as replaced,
        count(*) filter (where kind = 'removed' and standing <> 'retracted') as agreements_gone,
        count(distinct agency_id) filter (
            where kind = 'removed' and standing <> 'retracted' and still_listed = []
        ) as agencies_gone
    from events
    group by list, monday
),

new_states as (
    select
        cast(date_trunc('week', first_listed) as date) as monday,
        list_sort(list(state)) as new_states
    from (
        select state, min(first_listed) as first_listed
        from agreements
        group by state
    )
    where first_listed > (select min(published_on) from totals where list = 'participating')
    group by monday
),

closings as (
    select
        *,
        last_value(last_agreements ignore nulls) over week as closing,
        last_value(last_unplaced ignore nulls) over week as closing_unplaced,
        row_number() over week = 1 as is_first
    from lists
    window week as (partition by list order by monday)
),

opened as (
    select
        *,
        -- The record's first list opens itself: what it prints was not added that week.
        if(
            is_first,
            first_agreements,
            lag(closing) over (partition by list order by monday)
        ) as opening,
        closing_unplaced - if(
            is_first,
            first_unplaced,
            lag(closing_unplaced) over (partition by list order by monday)
        ) as unplaced
    from closings
)

select
    strftime(opened.monday, '%G-W%V') as week,
    opened.list,
    opened.monday,
    cast(opened.monday + 6 as date) as sunday,
    opened.lists,
    opened.opening,
    coalesce(changes.added, 0) as added,
    coalesce(changes.removed, 0) as removed,
    coalesce(changes.returned, 0) as returned,
    coalesce(changes.replaced, 0) as replaced,
    coalesce(opened.unplaced, 0) as unplaced,
    coalesce(changes.agreements_gone, 0) as agreements_gone,
    coalesce(changes.agencies_gone, 0) as agencies_gone,
    opened.closing,
    opened.closing - opened.opening as net,
    if(opened.list = 'participating', coalesce(new_states.new_states, []), []) as new_states,
    coalesce(opened.publication_ids, []) as publication_ids
from opened
left join changes using (list, monday)
left join new_states using (monday)
order by opened.list, opened.monday
