-- One row per application on the pending list, with the agreement that it led to, if any.
-- Signed: an agreement of the same agency and model is first listed while the application stands
-- or within half a year of its leaving; else one that was listed before it and stood when it came.
with

led_to as (
    select
        applications.application_id,
        pairs.agreement_id,
        pairs.first_listed as signed_listed,
        pairs.is_exact,
        pairs.first_listed >= applications.first_listed
        -- Where days of lists are missing, the signing date says what the listing cannot.
        and least(pairs.first_listed, pairs.signed_on)
            <= coalesce(applications.gone_on, applications.last_listed) + 180
        and (
            pairs.first_listed <= coalesce(applications.gone_on, applications.last_listed) + 180
            or pairs.signed_on >= applications.first_listed
        ) as is_answer,
        pairs.first_listed < applications.first_listed
        and pairs.last_listed >= applications.first_listed as stood_before
    from stg_applied as applications
    inner join stg_signings as pairs on applications.agreement_no = pairs.agreement_no
),

signings as (
    select
        application_id,
        agreement_id,
        signed_listed,
        if(bool_or(is_exact), 'exact', 'spelling') as matched_by
    from led_to
    where is_answer or stood_before
    group by application_id, agreement_id, signed_listed, is_answer
    qualify row_number() over (
        partition by application_id
        order by is_answer desc, signed_listed, matched_by, agreement_id
    ) = 1
)

select
    applications.application_id,
    applications.agreement_no,
    applications.agency_id,
    applications.state,
    applications.model,
    applications.first_listed,
    applications.last_listed,
    applications.gone_on,
    applications.is_confirmed,
    signings.agreement_id,
    signings.signed_listed,
    signings.matched_by
from stg_applied as applications
left join signings using (application_id)
