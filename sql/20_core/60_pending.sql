-- One row per agency and model asked for on the pending list, and how it ended.
select
    application_id,
    agency_id,
    state,
    model,
    first_listed,
    last_listed,
    case
        when agreement_id is not null then 'signed'
        when is_confirmed then 'withdrawn'
        else 'waiting'
    end as outcome,
    agreement_id,
    -- What had been signed before it was asked for waited for nothing.
    nullif(
        greatest(coalesce(signed_listed, gone_on, last_listed) - first_listed, -1), -1
    ) as days_waited,
    matched_by
from stg_applications
order by application_id
