-- One row per time an agreement left an accepted list: how long, and whether that was a departure.
-- A departure stands once two more lists and 9 days have passed without the row; a row that is
-- back before that was only missing (a gap). One that a person has yet to tell from a row that came
-- instead is not confirmed, however long it has been gone, and an application's end is not before a
-- participating list newer than the last pending list with it could show it signed.
with

runs as (
    select
        *,
        lead(first_step) over (
            partition by list, agreement_id order by run_number
        ) as back_step
    from stg_runs
),

undecided as (
    select distinct refused.list, refused.step, gone.agreement_id
    from loaded_refused as refused
    inner join loaded_variants as gone on refused."left" = gone.variant
    inner join loaded_variants as came on refused.came = came.variant
    where refused.list = 'participating' and gone.agreement_id <> came.agreement_id
),

steps as (
    select list, step, last_step, published_on, last_published_on
    from stg_publications
    where step is not null
),

newest_signed as (
    select max(published_on) as published_on from steps where list = 'participating'
),

absences as (
    select
        runs.list,
        runs.agreement_id,
        runs.agreement_no,
        runs.run_number,
        runs.last_step as listed_step,
        gone.step as gone_step,
        gone.published_on as gone_on,
        runs.back_step,
        back.published_on as back_on,
        coalesce(back.published_on, gone.last_published_on) - gone.published_on as days_gone,
        coalesce(runs.back_step - 1, gone.last_step) - gone.step as lists_since,
        undecided.agreement_id is not null as is_undecided,
        runs.list = 'participating'
        or coalesce(newest_signed.published_on > listed.published_on, false) as is_known_since
    from runs
    inner join steps as listed
        on runs.list = listed.list and runs.last_step = listed.step
    inner join steps as gone
        on runs.list = gone.list and runs.last_step + 1 = gone.step
    left join steps as back
        on runs.list = back.list and runs.back_step = back.step
    left join undecided
        on runs.list = undecided.list
        and gone.step = undecided.step
        and runs.agreement_id = undecided.agreement_id
    cross join newest_signed
)

select
    *,
    days_gone > 9 and lists_since >= 2 and not is_undecided and is_known_since as is_confirmed,
    back_step is not null and not (days_gone > 9 and lists_since >= 2) as is_gap
from absences
