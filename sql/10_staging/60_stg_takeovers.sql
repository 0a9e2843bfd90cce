-- One row per agreement that left for good and was taken over by another one: a signing of the same
-- agency and model (renewed; a row printed twice under two spellings is one of these), or another
-- model that came in the same step (switched). Each agreement takes over at most one.
with

pairs as (
    select
        departures.agreement_id,
        departures.gone_step,
        others.agreement_id as taken_by,
        others.first_step as taken_step,
        if(others.model = departures.model, 'renewed', 'switched') as kind,
        case
            when others.first_step = departures.gone_step then 'same_step'
            when others.first_step < departures.gone_step then 'stood_beside'
            else 'after_gap'
        end as rule,
        case
            when others.agency_id = departures.agency_id then 1
            when others.canonical = departures.canonical then 2
            else 3
        end as distance
    from stg_departures as departures
    inner join stg_successors as others
        on departures.agreement_id = others.departed_id
    where (
        -- The same agency and model stands on the list: the row was dropped, the agreement not.
        others.model = departures.model
        and others.first_step <= departures.gone_step
        and (
            others.agency_id = departures.agency_id
            or others.canonical = departures.canonical
        )
    ) or (
        -- Back within nine days with another date, or under another spelling with the same one.
        others.model = departures.model
        and others.first_step > departures.gone_step
        and (
            others.agency_id = departures.agency_id
            or (
                others.signed_on = departures.signed_on
                and (
                    others.telling = departures.telling
                    or damerau_levenshtein(others.canonical, departures.canonical) <= 3
                )
                and coalesce(others.county = departures.county, true)
            )
        )
    ) or (
        -- Printed under two spellings for a while, and the older one dropped.
        others.model = departures.model
        and others.first_step <= departures.gone_step
        and others.first_on >= departures.gone_on - 30
        and others.signed_on = departures.signed_on
        and damerau_levenshtein(others.canonical, departures.canonical) <= 3
        and (others.county = departures.county or others.moa_file = departures.moa_file)
    ) or (
        -- A body whose name has all the words of the other signed anew and stood beside for a while:
        -- a university's police after its trustees.
        others.model = departures.model
        and others.first_step <= departures.gone_step
        and others.signed_on > departures.signed_on
        and others.first_on >= departures.gone_on - 30
        and (
            (
                len(others.telling) > 1
                and list_has_all(departures.telling, others.telling)
            ) or (
                len(departures.telling) > 1
                and list_has_all(others.telling, departures.telling)
            )
        )
    ) or (
        others.model <> departures.model
        and others.first_step = departures.gone_step
        and others.agency_id = departures.agency_id
    )
),

chosen as (
    select *
    from pairs
    qualify row_number() over (
        partition by agreement_id
        order by kind, distance, rule = 'same_step' desc, taken_step, taken_by
    ) = 1
),

one_to_one as (
    select *
    from chosen
    qualify row_number() over (partition by taken_by order by kind, distance, agreement_id) = 1
)

select * from one_to_one
