-- One row per agreement that left for good and was taken over by another one: a signing of the same
-- agency and model (renewed; a row printed twice under two spellings is one of these), or another
-- model that came in the same step (switched). Each agreement takes over at most one.
with

departures as (
    select
        absences.agreement_id,
        absences.gone_step,
        absences.gone_on,
        lines.agency_id,
        lines.state,
        lines.model,
        lines.signed_on,
        lines.county,
        lines.moa_file,
        variants.canonical,
        variants.telling
    from stg_absences as absences
    inner join stg_publications as publications
        on absences.list = publications.list and absences.listed_step = publications.step
    inner join stg_listed as listed
        on publications.publication_no = listed.publication_no
        and absences.agreement_no = listed.agreement_no
    inner join stg_lines as lines using (line)
    inner join loaded_variants as variants on lines.variant = variants.variant
    where absences.list = 'participating' and absences.back_step is null
),

firsts as (
    select
        runs.agreement_id,
        runs.agreement_no,
        runs.first_step,
        publications.published_on as first_on
    from stg_runs as runs
    inner join stg_publications as publications
        on runs.list = publications.list and runs.first_step = publications.step
    where runs.list = 'participating' and runs.run_number = 1
),

-- What stands on the list that lacks the row, or comes within the nine days of a gap.
others as (
    select
        departures.gone_step,
        departures.agreement_id as departed_id,
        firsts.agreement_id,
        firsts.first_step,
        firsts.first_on,
        lines.agency_id,
        lines.model,
        lines.signed_on,
        lines.county,
        lines.moa_file,
        variants.canonical,
        variants.telling
    from departures
    inner join firsts
        on firsts.agreement_id <> departures.agreement_id
        and firsts.first_on <= departures.gone_on + 9
    inner join stg_publications as publications
        on publications.list = 'participating'
        and publications.step = greatest(departures.gone_step, firsts.first_step)
    inner join stg_listed as listed
        on publications.publication_no = listed.publication_no
        and firsts.agreement_no = listed.agreement_no
    inner join stg_lines as lines
        on listed.line = lines.line and departures.state = lines.state
    inner join loaded_variants as variants on lines.variant = variants.variant
),

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
    from departures
    inner join others
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
