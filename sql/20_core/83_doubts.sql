-- One row per row of a list that cannot be read, or not surely, and agreement that it may be; and
-- one per row that may be none of those known. Both count, without an event, while `until` is null.
with

may_be as (
    select
        list,
        agreement_id,
        "left",
        came,
        any_value(evidence) as evidence,
        min(step) as first_step,
        max(step) as last_step,
        arg_min(row_number, step) as row_number,
        arg_min(left_row, step) as previous_row_number
    from stg_doubts
    group by list, agreement_id, "left", came, first_step
),

unplaced as (
    select
        list,
        root as came,
        min(step) as first_step,
        max(step) as last_step,
        arg_min(row_number, step) as row_number
    from stg_unplaced
    group by list, root
),

doubted as (
    select
        may_be.list,
        may_be.agreement_id,
        gone.agency_id,
        gone."key" as "left",
        came."key" as "right",
        may_be.evidence,
        may_be.first_step,
        may_be.last_step,
        may_be.row_number,
        may_be.previous_row_number
    from may_be
    inner join loaded_variants as gone on may_be."left" = gone.variant
    inner join loaded_variants as came on may_be.came = came.variant
    union all
    select
        unplaced.list,
        null,
        null,
        null,
        came."key",
        'continues no agreement of the list before',
        unplaced.first_step,
        unplaced.last_step,
        unplaced.row_number,
        null
    from unplaced
    inner join loaded_variants as came on unplaced.came = came.variant
)

select
    doubted.list,
    doubted."left",
    doubted."right",
    doubted.agreement_id,
    doubted.agency_id,
    doubted.evidence,
    firsts.published_on as since,
    if(doubted.last_step = firsts.last_step, null, lasts.published_on) as until,
    lasts.published_on - firsts.published_on as days,
    until is null and days >= 90 as is_due,
    firsts.publication_id,
    doubted.row_number,
    if(doubted."left" is null, null, before.publication_id) as previous_publication_id,
    doubted.previous_row_number
from doubted
inner join stg_publications as firsts
    on doubted.list = firsts.list and doubted.first_step = firsts.step
inner join stg_publications as lasts
    on doubted.list = lasts.list and doubted.last_step = lasts.step
left join stg_publications as before
    on doubted.list = before.list and doubted.first_step = before.step + 1
order by firsts.published_on, doubted.list, doubted."left", doubted."right"
