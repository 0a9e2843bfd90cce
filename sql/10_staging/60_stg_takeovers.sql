-- One row per agreement that left for good and was taken over by another one: a copy of it that
-- stood beside (duplicate_dropped), a signing of the same agency and model (renewed), or another
-- model that came in the same step (switched). Each agreement takes over at most one, and as many
-- copies as were dropped.
with

others as (
    select
        departures.agreement_id,
        departures.gone_step,
        departures.listed_step,
        others.agreement_id as taken_by,
        others.first_step as taken_step,
        others.model = departures.model as is_model,
        others.agency_id = departures.agency_id as is_agency,
        others.canonical = departures.canonical as is_name,
        others.state = departures.state as is_state,
        coalesce(others.signed_on = departures.signed_on, false) as is_date,
        others.signed_on > departures.signed_on as is_later,
        others.first_on >= departures.gone_on - 30 and others.first_step > 0 as is_lately,
        -- Digits and words such as North tell two bodies of nearly one name apart.
        others.marks = departures.marks as is_marked,
        damerau_levenshtein(others.canonical, departures.canonical) <= 3 as is_near,
        len(departures.bodies) = 0 or len(others.bodies) = 0
        or list_has_any(others.bodies, departures.bodies) as is_body,
        len(departures.telling) > 1 and len(others.telling) > 1 as is_telling,
        others.telling = departures.telling
        or list_has_all(
            string_split(departures.canonical, ' '), string_split(others.canonical, ' ')
        )
        or list_has_all(
            string_split(others.canonical, ' '), string_split(departures.canonical, ' ')
        ) as is_part,
        coalesce(others.county = departures.county, true) as is_county,
        len(departures.moa_files) = 0 as is_bare,
        len(others.moa_files) > 0 as is_other_linked,
        -- It came beside the other and was dropped soon.
        coalesce(departures.gone_on - departures.first_on <= 30, false) as is_brief,
        len(departures.moa_files) > 0
        and list_has_all(others.moa_files, departures.moa_files) as is_same_document
    from stg_departures as departures
    inner join stg_successors as others
        on departures.agreement_id = others.departed_id
),

-- A row printed twice, under two spellings, dates or states, that loses the copy which never linked a
-- document of its own: nobody left. In another state, or under another name, it must have been brief
-- where the other one never linked any either.
duplicates as (
    select
        *,
        'duplicate_dropped' as kind,
        if(
            is_bare,
            'both stood on one list and this one never linked a document',
            'both stood on one list and linked one document'
        ) as evidence
    from others
    where is_model
        and taken_step <= listed_step
        and (is_bare or (is_state and is_same_document))
        and (
            (is_state and (is_agency or is_name))
            or (
                is_date
                and (is_other_linked or is_brief or is_lately)
                and (not is_state or ((is_near or is_part) and is_marked and is_body and is_county))
            )
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
        and is_part and is_telling and is_marked and is_later and is_lately and taken_step <= gone_step
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
qualify kind = 'duplicate_dropped' or row_number() over (
    partition by taken_by, kind = 'duplicate_dropped'
    order by kind, not is_agency, not is_name, agreement_id
) = 1
