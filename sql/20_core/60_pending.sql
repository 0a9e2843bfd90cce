-- One row per agency and model asked for on the pending list, and how it ended. On a list that
-- stopped coming nobody is known to wait: what it last printed has no outcome.
with

stopped as (
    select 1 from list_states where list = 'pending' and state = 'silent' and until is null
)

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
        when not exists (from stopped) then 'waiting'
    end as outcome,
    agreement_id,
    -- What had been signed before it was asked for waited for nothing.
    nullif(
        greatest(coalesce(signed_listed, gone_on, last_listed) - first_listed, -1), -1
    ) as days_waited,
    matched_by
from stg_applications
order by application_id
