-- One row per agreement: one agency, one model, one signing.
with

latest as (
    select *
    from stg_listed
    where list = 'participating'
    qualify row_number() over (partition by agreement_id order by step desc) = 1
),

periods as (
    select
        agreement_id,
        min(first_listed) as first_listed,
        max(last_listed) as last_listed
    from listings
    where list = 'participating'
    group by agreement_id
),

departures as (
    select agreement_id, gone_on, is_confirmed
    from stg_absences
    where list = 'participating' and back_step is null
)

select
    latest.agreement_id,
    latest.agency_id,
    latest.agency,
    latest.state,
    latest.county,
    latest.agency_type,
    latest.model,
    latest.signed_on,
    periods.first_listed,
    periods.last_listed,
    departures.gone_on as removed_on,
    case
        when departures.agreement_id is null then 'active'
        when takeovers.agreement_id is not null then 'replaced'
        when departures.is_confirmed then 'removed'
        else 'provisional'
    end as status,
    takeovers.taken_by as replaced_by,
    latest.moa_url
from latest
inner join periods using (agreement_id)
left join departures using (agreement_id)
left join stg_takeovers as takeovers using (agreement_id)
order by latest.agreement_id
