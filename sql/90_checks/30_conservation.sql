-- For every step of every list: opening + added + returned - removed - replaced = closing, and the
-- rows that nothing places come and go without an event.
with

unplaced as (
    select publications.publication_id, count(*) as rows_unplaced
    from stg_unplaced
    inner join publications using (publication_no)
    group by publications.publication_id
),

closings as (
    select
        list,
        publication_id,
        agreements - coalesce(rows_unplaced, 0) as closing,
        lag(closing) over (partition by list order by seq) as opening
    from totals
    left join unplaced using (publication_id)
),

changes as (
    select
        publication_id,
        count(*) filter (where kind in ('added', 'pending_added')) as added,
        count(*) filter (where kind in ('returned', 'returned_to_pending')) as returned,
        count(*) filter (where kind in ('removed', 'pending_withdrawn', 'pending_signed')) as removed,
        count(*) filter (
            where kind in ('renewed', 'switched', 'duplicate_dropped') and rule = 'stood_beside'
        ) as replaced
    from events
    group by publication_id
)

select
    closings.list,
    closings.publication_id,
    closings.opening,
    coalesce(changes.added, 0) as added,
    coalesce(changes.returned, 0) as returned,
    coalesce(changes.removed, 0) as removed,
    coalesce(changes.replaced, 0) as replaced,
    closings.closing
from closings
left join changes using (publication_id)
where closings.opening is not null
    and closings.opening + coalesce(changes.added, 0) + coalesce(changes.returned, 0)
        - coalesce(changes.removed, 0) - coalesce(changes.replaced, 0) <> closings.closing
