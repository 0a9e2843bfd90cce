-- The periods in which an agreement is listed do not overlap or touch.
with

ordered as (
    select
        list,
        agreement_id,
        run_number,
        first_step,
        last_step,
        lag(last_step) over (
            partition by list, agreement_id order by run_number
        ) as previous_last_step
    from listings
)

select list, agreement_id, run_number, first_step, last_step, previous_last_step
from ordered
where last_step < first_step or first_step <= previous_last_step + 1
