-- One row per absence: what became of the row, departure, gap or signing.
select
    absences.list,
    absences.gone_step as step,
    case
        when absences.list = 'participating' then 'removed'
        when signed.application_id is not null then 'pending_signed'
        else 'pending_withdrawn'
    end as kind,
    absences.agreement_id,
    null as before,
    signed.agreement_id as after,
    case
        when signed.signed_listed < came.published_on then 'signed_before'
        when signed.application_id is not null then 'signed'
        when absences.is_gap or takeovers.rule = 'after_gap' then 'gap'
        when absences.is_confirmed then 'confirmed'
        else 'awaiting'
    end as rule,
    signed.application_id is null
        and (takeovers.rule is not null or not absences.is_confirmed) as is_provisional
from stg_absences as absences
inner join stg_runs as runs
    on absences.agreement_no = runs.agreement_no and absences.run_number = runs.run_number
inner join stg_publications as came
    on runs.list = came.list and runs.first_step = came.step
left join stg_applications as signed
    on absences.agreement_id = signed.application_id
    and signed.signed_listed <= absences.gone_on + 9
left join stg_takeovers as takeovers
    on absences.agreement_id = takeovers.agreement_id and absences.back_step is null
where coalesce(takeovers.rule, 'after_gap') = 'after_gap'
