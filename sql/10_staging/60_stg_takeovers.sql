-- One row per agreement that left for good and was taken over by another one: a copy of it that
-- stood beside (duplicate_dropped), a signing of the same agency and model (renewed), or another
-- model that came in the same step (switched). Each agreement takes over at most one, and as many
-- copies as were dropped.
with

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
    from stg_likeness
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
    from stg_likeness
    where is_model and is_state and is_agency
    union all
    select *, 'renewed', 'the same name and model signed anew'
    from stg_likeness
    where is_model and is_state and not is_agency and is_name and taken_step <= gone_step
    union all
    -- A body whose name has all the words of the other signed anew and stood beside for a while: a
    -- university's police after its trustees.
    select *, 'renewed', 'a body whose name has all its words signed anew'
    from stg_likeness
    where is_model and is_state and not is_agency and not is_name
        and is_part and is_telling and is_marked and is_later and is_lately and taken_step <= gone_step
),

switches as (
    select *, 'switched' as kind, 'the same agency came with another model' as evidence
    from stg_likeness
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
