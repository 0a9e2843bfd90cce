-- One row per agreement of the participating list: the first list that prints it.
select
    runs.agreement_id,
    runs.agreement_no,
    runs.first_step,
    publications.published_on as first_on
from stg_runs as runs
inner join stg_publications as publications
    on runs.list = publications.list and runs.first_step = publications.step
where runs.list = 'participating' and runs.run_number = 1
