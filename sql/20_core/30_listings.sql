-- One row per unbroken run of accepted lists that print an agreement or application.
with

steps as (
    select list, step, publication_id, published_on
    from stg_publications
    where step is not null
)

select
    runs.agreement_id,
    runs.list,
    runs.run_number,
    firsts.published_on as first_listed,
    lasts.published_on as last_listed,
    firsts.publication_id as first_publication_id,
    lasts.publication_id as last_publication_id,
    runs.first_step,
    runs.last_step
from stg_runs as runs
inner join steps as firsts
    on runs.list = firsts.list and runs.first_step = firsts.step
inner join steps as lasts
    on runs.list = lasts.list and runs.last_step = lasts.step
order by runs.list, runs.agreement_id, runs.run_number
