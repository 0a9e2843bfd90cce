-- One row per agency and model asked for on the pending list, and how it ended.
with

-- Two spellings of one agency may have stood on different lists: the latest says how it ended.
asked as (
    select
        agency_id,
        model,
        arg_min(application_id, (first_listed, application_id)) as application_id,
        arg_max(state, (last_listed, application_id)) as state,
        min(first_listed) as first_listed,
        max(last_listed) as last_listed,
        arg_max(coalesce(gone_on, date '9999-12-31'), (last_listed, application_id)) as gone_on,
        arg_max(coalesce(is_confirmed, false), (last_listed, application_id)) as is_confirmed,
        arg_min(agreement_id, (signed_listed, application_id))
            filter (where agreement_id is not null) as agreement_id,
        min(signed_listed) as signed_listed,
        arg_min(matched_by, (signed_listed, application_id))
            filter (where agreement_id is not null) as matched_by
    from stg_applications
    group by agency_id, model
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
        else 'waiting'
    end as outcome,
    agreement_id,
    case
        when agreement_id is not null then signed_listed
        when gone_on < date '9999-12-31' then gone_on
        else last_listed
    end - first_listed as days_waited,
    matched_by
from asked
order by application_id
