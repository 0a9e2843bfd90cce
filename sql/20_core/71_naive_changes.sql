-- One row per accepted list: what comparing its printed rows with the list before would claim.
with

printed as (
    select distinct publications.list, publications.step, lines.printed_no
    from loaded_places as places
    inner join stg_lines as lines using (line)
    inner join stg_publications as publications using (publication_no)
    where publications.step is not null
),

steps_printed as (
    select list, printed_no, list_sort(list(step)) as steps
    from printed
    group by list, printed_no
),

edges as (
    select
        list,
        unnest(list_filter(steps, lambda s, i: i = 1 or steps[i - 1] <> s - 1)) as step,
        'came' as side
    from steps_printed
    union all
    select
        list,
        unnest(list_filter(steps, lambda s, i: i = len(steps) or steps[i + 1] <> s + 1)) + 1,
        'left'
    from steps_printed
),

naive as (
    select
        list,
        step,
        count(*) filter (where side = 'came') as naive_added,
        count(*) filter (where side = 'left') as naive_removed
    from edges
    group by list, step
),

ours as (
    select
        publication_id,
        count(*) filter (
            where kind in ('added', 'pending_added', 'returned', 'returned_to_pending')
                and rule <> 'gap'
        ) as added,
        count(*) filter (
            where kind in ('removed', 'pending_signed', 'pending_withdrawn') and rule <> 'gap'
        ) as removed,
        count(*) filter (
            where kind in (
                'renamed', 'reassigned', 'redated', 'restated', 'renewed', 'switched',
                'duplicate_dropped'
            )
        ) as amended
    from events
    group by publication_id
)

select
    now.publication_id,
    before.publication_id as previous_publication_id,
    now.list,
    now.published_on,
    coalesce(naive.naive_added, 0) as naive_added,
    coalesce(naive.naive_removed, 0) as naive_removed,
    coalesce(ours.added, 0) as added,
    coalesce(ours.removed, 0) as removed,
    coalesce(ours.amended, 0) as amended
from stg_publications as now
inner join stg_publications as before
    on now.list = before.list and now.step = before.step + 1
left join naive
    on now.list = naive.list and now.step = naive.step
left join ours
    on now.publication_id = ours.publication_id
order by now.list, now.step
