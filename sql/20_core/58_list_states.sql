-- One row per list and stretch in which it was silent, or not linked on the page.
-- silent: no newer list for longer than seeds/lists.toml calls usual; while it lasts, by the clock of
-- the newest accepted list of any kind or of our last look, whichever is later.
-- unlinked: ICE's page linked no such list when we looked.
with

accepted as (
    select list, publication_id, published_on, step
    from stg_publications
    where step is not null
),

-- Looks at ICE's page: one at a list, or one that found no link to it. What was seen has the time of
-- the clock that can be right, ours or the site's.
looks as (
    select
        list,
        coalesce(captured_at, attempted_at) as looked_at,
        looked_at::date as looked_on,
        sha256 is null as is_unlinked
    from loaded_captures
    where source = 'ice' and list is not null and outcome in ('new', 'unchanged')
),

last_looks as (
    select list, max(looked_on) as looked_on
    from looks
    group by list
),

newest as (
    select max(published_on) as published_on from accepted
),

stretches as (
    select
        accepted.list,
        accepted.published_on as last_on,
        accepted.publication_id,
        newer.published_on as until
    from accepted
    left join accepted as newer
        on accepted.list = newer.list and accepted.step + 1 = newer.step
),

silences as (
    select
        stretches.list,
        'silent' as state,
        stretches.last_on + loaded_lists.usual_gap_days + 1 as since,
        stretches.until,
        stretches.publication_id
    from stretches
    inner join loaded_lists using (list)
    left join last_looks using (list)
    cross join newest
    where coalesce(stretches.until, greatest(last_looks.looked_on, newest.published_on))
        > stretches.last_on + loaded_lists.usual_gap_days
),

turns as (
    select *
    from looks
    qualify coalesce(
        is_unlinked <> lag(is_unlinked) over (partition by list order by looked_at), true
    )
),

absences as (
    select
        list,
        looked_on as since,
        lead(looked_on) over (partition by list order by looked_at) as until,
        is_unlinked
    from turns
),

unlinked as (
    select
        absences.list,
        'unlinked' as state,
        absences.since,
        absences.until,
        accepted.publication_id
    from absences
    asof left join accepted
        on absences.list = accepted.list and absences.since >= accepted.published_on
    where absences.is_unlinked
)

select * from silences
union all
select * from unlinked
order by list, since, state
