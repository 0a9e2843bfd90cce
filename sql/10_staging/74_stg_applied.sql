-- One row per application on the pending list: from when to when, by whom, for which model.
with

periods as (
    select
        runs.agreement_no,
        runs.agreement_id as application_id,
        min(firsts.published_on) as first_listed,
        max(lasts.published_on) as last_listed,
        max(runs.last_step) as last_step
    from stg_runs as runs
    inner join stg_publications as firsts
        on runs.list = firsts.list and runs.first_step = firsts.step
    inner join stg_publications as lasts
        on runs.list = lasts.list and runs.last_step = lasts.step
    where runs.list = 'pending'
    group by runs.agreement_no, runs.agreement_id
),

departures as (
    select agreement_id as application_id, gone_on, is_confirmed
    from stg_absences
    where list = 'pending' and back_step is null
)

select
    periods.application_id,
    periods.agreement_no,
    periods.first_listed,
    periods.last_listed,
    departures.gone_on,
    departures.is_confirmed,
    lines.agency_id,
    lines.state,
    lines.model
from periods
inner join stg_publications as steps
    on steps.list = 'pending' and periods.last_step = steps.step
inner join stg_listed as listed
    on steps.publication_no = listed.publication_no
    and periods.agreement_no = listed.agreement_no
inner join stg_lines as lines using (line)
left join departures using (application_id)
