-- One row per absence: what became of the row, departure, gap or signing. `standing` says how sure a
-- departure is: waiting, confirmed, or retracted because the row came back.
with

told as (
    select
        absences.*,
        signed.agreement_id as signed_id,
        signed.signed_listed,
        signed.matched_by,
        signed.signed_listed < came.published_on as is_signed_before,
        takeovers.rule is not null as is_taken_over
    from stg_absences as absences
    inner join stg_runs as runs
        on absences.agreement_no = runs.agreement_no and absences.run_number = runs.run_number
    inner join stg_publications as came
        on runs.list = came.list and runs.first_step = came.step
    left join stg_applications as signed
        on absences.agreement_id = signed.application_id
        and (absences.back_step is null or signed.signed_listed <= absences.gone_on + 9)
        and signed.agreement_id is not null
    left join stg_takeovers as takeovers
        on absences.agreement_id = takeovers.agreement_id and absences.back_step is null
    where coalesce(takeovers.rule, 'after_gap') = 'after_gap'
)

select
    list,
    gone_step as step,
    case
        when list = 'participating' then 'removed'
        when signed_id is not null then 'pending_signed'
        else 'pending_withdrawn'
    end as kind,
    agreement_id,
    signed_id as after,
    case
        when is_signed_before then 'signed_before'
        when signed_listed > gone_on + 9 then 'signed_later'
        when signed_id is not null then 'signed'
        when is_gap or is_taken_over then 'gap'
        when is_confirmed then 'confirmed'
        else 'awaiting'
    end as rule,
    case
        when signed_id is not null
            then if(matched_by = 'exact', 'the same name', 'another spelling') || ', first listed '
                || signed_listed
        when is_gap then 'back on ' || back_on
        when is_taken_over then 'signed anew within days'
        else 'gone for ' || days_gone || if(days_gone = 1, ' day', ' days') || ', on '
            || (lists_since + 1) || if(lists_since = 0, ' list', ' lists')
    end as evidence,
    case
        when signed_id is not null then null
        when is_gap or is_taken_over then 'retracted'
        when is_confirmed then 'confirmed'
        else 'waiting'
    end as standing
from told
