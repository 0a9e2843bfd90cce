-- One row per unbroken run of lists that print an agreement (or pending application).
with

steps as (
    select
        list,
        agreement_id,
        list_sort(list(step)) as steps
    from stg_listed
    group by list, agreement_id
),

edges as (
    select
        list,
        agreement_id,
        -- A run starts where the step before is missing, and ends where the next one is.
        list_filter(steps, lambda s, i: i = 1 or steps[i - 1] <> s - 1) as starts,
        list_filter(steps, lambda s, i: i = len(steps) or steps[i + 1] <> s + 1) as ends
    from steps
),

runs as (
    select
        list,
        agreement_id,
        unnest(starts) as first_step,
        unnest(ends) as last_step,
        unnest(range(1, len(starts) + 1)) as run_number
    from edges
)

select * from runs
