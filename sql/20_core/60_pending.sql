-- One row per agency and model asked for on the pending list, and how it ended.
-- Signed: an agreement of the same agency and model is first listed while the application stands
-- or within 9 days of its leaving, and not before the application itself.
with

applications as (
    select
        runs.agreement_id as application_id,
        runs.agency_id,
        lines.state,
        lines.model
    from stg_runs as runs
    inner join stg_publications as publications
        on runs.list = publications.list and runs.last_step = publications.step
    inner join stg_listed as listed
        on publications.publication_no = listed.publication_no
        and runs.agreement_no = listed.agreement_no
    inner join stg_lines as lines using (line)
    where runs.list = 'pending'
    qualify row_number() over (
        partition by runs.agreement_id order by runs.last_step desc
    ) = 1
),

periods as (
    select
        agreement_id as application_id,
        min(first_listed) as first_listed,
        max(last_listed) as last_listed
    from listings
    where list = 'pending'
    group by agreement_id
),

departures as (
    select agreement_id as application_id, gone_on, is_confirmed
    from stg_absences
    where list = 'pending' and back_step is null
),

signings as (
    select
        applications.application_id,
        min(agreements.first_listed) as signed_listed,
        arg_min(agreements.agreement_id, agreements.first_listed) as agreement_id
    from applications
    inner join periods using (application_id)
    left join departures using (application_id)
    inner join agreements
        on applications.agency_id = agreements.agency_id
        and applications.model = agreements.model
        and agreements.first_listed >= periods.first_listed
        and agreements.first_listed <= coalesce(departures.gone_on, periods.last_listed) + 9
    group by applications.application_id
)

select
    applications.application_id,
    applications.agency_id,
    applications.state,
    applications.model,
    periods.first_listed,
    periods.last_listed,
    case
        when signings.agreement_id is not null then 'signed'
        when departures.is_confirmed then 'withdrawn'
        else 'waiting'
    end as outcome,
    signings.agreement_id,
    case
        when signings.agreement_id is not null
            then signings.signed_listed - periods.first_listed
        else coalesce(departures.gone_on, periods.last_listed) - periods.first_listed
    end as days_waited
from applications
inner join periods using (application_id)
left join departures using (application_id)
left join signings using (application_id)
order by applications.application_id
