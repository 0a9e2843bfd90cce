-- One row per agreement that left for good and was taken over by another one: a copy of it that
-- stood beside (duplicate_dropped), a signing of the same agency and model (renewed), or another
-- model that came in the same step (switched). Each agreement takes over at most one.
with

others as (
    select
        departures.agreement_id,
        departures.gone_step,
        departures.listed_step,
        departures.moa_files,
        others.agreement_id as taken_by,
        others.first_step as taken_step,
        others.model = departures.model as is_model,
        others.agency_id = departures.agency_id as is_agency,
        others.canonical = departures.canonical as is_name,
        others.state = departures.state as is_state,
        coalesce(others.signed_on = departures.signed_on, false) as is_date,
        damerau_levenshtein(others.canonical, departures.canonical) <= 3
        and (others.county = departures.county or others.moa_file = departures.moa_file) as is_like,
        others.signed_on > departures.signed_on as is_later,
        others.first_on >= departures.gone_on - 30 as is_lately,
        (
            len(others.telling) > 1 and list_has_all(departures.telling, others.telling)
        ) or (
            len(departures.telling) > 1 and list_has_all(others.telling, departures.telling)
        ) as is_contained,
        list_has_all([others.moa_file], departures.moa_files) as is_same_document
    from stg_departures as departures
    inner join stg_successors as others
        on departures.agreement_id = others.departed_id
),

-- A row printed twice, under two spellings, dates or states, that loses the copy which never linked a
-- document of its own: nobody left.
duplicates as (
    select
        *,
        'duplicate_dropped' as kind,
        case
            when len(moa_files) = 0 then 'both stood on one list and this one never linked a document'
            when is_same_document then 'both stood on one list and linked one document'
            else 'both stood on one list with one date and county'
        end as evidence
    from others
    where is_model
        and taken_step <= listed_step
        and (
            (is_state and (is_agency or is_name) and (len(moa_files) = 0 or is_same_document))
            or (is_state and is_date and is_like and is_lately)
            or (not is_state and is_date and len(moa_files) = 0)
        )
),

renewals as (
    select *, 'renewed' as kind, 'the same agency and model signed anew' as evidence
    from others
    where is_model and is_state and is_agency
    union all
    select *, 'renewed', 'the same name and model signed anew'
    from others
    where is_model and is_state and not is_agency and is_name and taken_step <= gone_step
    union all
    -- A body whose name has all the words of the other signed anew and stood beside for a while: a
    -- university's police after its trustees.
    select *, 'renewed', 'a body whose name has all its words signed anew'
    from others
    where is_model and is_state and not is_agency and not is_name
        and is_contained and is_later and is_lately and taken_step <= gone_step
),

switches as (
    select *, 'switched' as kind, 'the same agency came with another model' as evidence
    from others
    where not is_model and is_state and is_agency and taken_step = gone_step
),

pairs as (
    select
        *,
        case
            when taken_step = gone_step then 'same_step'
            when taken_step < gone_step then 'stood_beside'
            else 'after_gap'
        end as rule
    from (
        select * from duplicates
        union all
        select * from renewals
        union all
        select * from switches
    )
),

chosen as (
    select *
    from pairs
    qualify row_number() over (
        partition by agreement_id
        order by
            kind,
            not is_state,
            not is_agency,
            not is_name,
            rule <> 'same_step',
            taken_step,
            taken_by
    ) = 1
)

select agreement_id, gone_step, listed_step, taken_by, taken_step, kind, rule, evidence
from chosen
qualify row_number() over (
    partition by taken_by order by kind, not is_agency, not is_name, agreement_id
) = 1
