-- One row per unbroken run of accepted lists that print an agreement (or pending application).
with

steps as (
    select
        listed.agreement_no,
        list_sort(list(publications.step)) as steps
    from stg_listed as listed
    inner join stg_publications as publications using (publication_no)
    where publications.step is not null
    group by listed.agreement_no
),

edges as (
    select
        agreement_no,
        -- A run starts where the step before is missing, and ends where the next one is.
        list_filter(steps, lambda s, i: i = 1 or steps[i - 1] <> s - 1) as starts,
        list_filter(steps, lambda s, i: i = len(steps) or steps[i + 1] <> s + 1) as ends
    from steps
),

runs as (
    select
        agreement_no,
        unnest(starts) as first_step,
        unnest(ends) as last_step,
        unnest(range(1, len(starts) + 1)) as run_number
    from edges
),

named as (
    select distinct agreement_no, agreement_id, list
    from stg_lines
    where agreement_no is not null
)

select
    named.list,
    named.agreement_id,
    runs.agreement_no,
    runs.first_step,
    runs.last_step,
    runs.run_number
from runs
inner join named using (agreement_no)
