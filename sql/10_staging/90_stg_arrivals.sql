-- One row per run of listings that began after its list's first version: what its coming is.
with

-- Agencies and models whose agreement has left: an application after that is one gone back.
left_before as (
    select lines.agency_id, lines.model, min(absences.gone_on) as gone_on
    from stg_absences as absences
    inner join stg_runs as runs
        on absences.agreement_no = runs.agreement_no and absences.run_number = runs.run_number
    inner join stg_lines as lines
        on runs.agreement_no = lines.agreement_no
    where absences.list = 'participating'
    group by lines.agency_id, lines.model
)

select
    runs.list,
    runs.first_step as step,
    case
        when takeovers.taken_by is not null then 'returned'
        when runs.list = 'pending' and runs.run_number = 1 and (
            left_before.gone_on <= steps.published_on
            or applications.signed_listed < steps.published_on
        ) then 'returned_to_pending'
        when runs.list = 'pending' and runs.run_number = 1 then 'pending_added'
        when runs.run_number = 1 then 'added'
        when applications.signed_listed <= steps.published_on then 'returned_to_pending'
        else 'returned'
    end as kind,
    runs.agreement_id,
    cast(absences.gone_on as varchar) as before,
    if(absences.gone_on is null, null, cast(steps.published_on as varchar)) as after,
    case
        when takeovers.taken_by is not null then 'gap'
        when runs.run_number = 1 and runs.list = 'pending'
            and left_before.gone_on <= steps.published_on then 'left_before'
        when runs.run_number = 1 and applications.signed_listed < steps.published_on
            then 'signed_before'
        when runs.run_number = 1 then 'first_listed'
        when applications.signed_listed <= steps.published_on then 'signed_before'
        when absences.is_gap then 'gap'
        else 'new_period'
    end as rule
from stg_runs as runs
inner join stg_publications as steps
    on runs.list = steps.list and runs.first_step = steps.step
left join stg_absences as absences
    on runs.agreement_no = absences.agreement_no
    and runs.run_number = absences.run_number + 1
left join stg_applications as applications
    on runs.agreement_id = applications.application_id
left join left_before
    on applications.agency_id = left_before.agency_id
    and applications.model = left_before.model
left join stg_takeovers as takeovers
    on runs.agreement_id = takeovers.taken_by
    and takeovers.rule <> 'stood_beside'
    and runs.run_number = 1
where runs.first_step > 0 and takeovers.rule is distinct from 'same_step'
