-- One row per run of listings but an agreement's first: the step that begins it, and the one that
-- ended the run before.
select
    list,
    agreement_id,
    agreement_no,
    first_step as step,
    lag(last_step) over (partition by agreement_no order by run_number) as previous_step
from stg_runs
qualify previous_step is not null
