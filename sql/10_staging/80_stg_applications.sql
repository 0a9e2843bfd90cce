-- One row per application on the pending list, with the agreement that it led to, if any.
-- Signed: an agreement of the same agency and model is first listed while the application stands
-- or within 9 days of its leaving; else one that was listed before it and stood when it came.
with

steps as (
    select list, step, publication_no, published_on
    from stg_publications
    where step is not null
),

periods as (
    select
        runs.agreement_no,
        runs.agreement_id as application_id,
        min(firsts.published_on) as first_listed,
        max(lasts.published_on) as last_listed,
        max(runs.last_step) as last_step
    from stg_runs as runs
    inner join steps as firsts on runs.list = firsts.list and runs.first_step = firsts.step
    inner join steps as lasts on runs.list = lasts.list and runs.last_step = lasts.step
    where runs.list = 'pending'
    group by runs.agreement_no, runs.agreement_id
),

departures as (
    select agreement_id as application_id, gone_on, is_confirmed
    from stg_absences
    where list = 'pending' and back_step is null
),

applications as (
    select
        periods.application_id,
        periods.agreement_no,
        periods.first_listed,
        periods.last_listed,
        departures.gone_on,
        departures.is_confirmed,
        lines.agency_id,
        lines.state,
        lines.model
    from periods
    inner join steps on steps.list = 'pending' and periods.last_step = steps.step
    inner join stg_listed as listed
        on steps.publication_no = listed.publication_no
        and periods.agreement_no = listed.agreement_no
    inner join stg_lines as lines using (line)
    left join departures using (application_id)
),

asked as (
    select distinct agreement_no, agency_id, state, agency_key, model
    from stg_lines
    where list = 'pending' and agreement_no is not null
),

listed as (
    select
        runs.agreement_no,
        min(firsts.published_on) as first_listed,
        max(lasts.published_on) as last_listed
    from stg_runs as runs
    inner join steps as firsts on runs.list = firsts.list and runs.first_step = firsts.step
    inner join steps as lasts on runs.list = lasts.list and runs.last_step = lasts.step
    where runs.list = 'participating'
    group by runs.agreement_no
),

signed as (
    select distinct
        lines.agreement_id,
        lines.agency_id,
        lines.state,
        lines.agency_key,
        lines.model,
        lines.signed_on,
        listed.first_listed,
        listed.last_listed
    from stg_lines as lines
    inner join listed using (agreement_no)
),

said as (
    select distinct gone.agreement_id as application_id, came.agreement_id
    from loaded_links as links
    inner join loaded_variants as gone on links.left = gone.variant
    inner join loaded_variants as came on links.came = came.variant
    where links.rule = 'signed_as'
),

pairs as (
    select
        asked.agreement_no,
        signed.agreement_id,
        signed.first_listed,
        signed.last_listed,
        signed.signed_on,
        asked.state = signed.state and asked.agency_key = signed.agency_key as is_exact
    from asked
    inner join signed
        on asked.agency_id = signed.agency_id and asked.model = signed.model
    union
    select
        applications.agreement_no,
        said.agreement_id,
        signed.first_listed,
        signed.last_listed,
        signed.signed_on,
        false
    from said
    inner join applications using (application_id)
    inner join signed on said.agreement_id = signed.agreement_id
),

led_to as (
    select
        applications.application_id,
        pairs.agreement_id,
        pairs.first_listed as signed_listed,
        pairs.is_exact,
        pairs.first_listed >= applications.first_listed
        -- Where days of lists are missing, the signing date says what the listing cannot.
        and least(pairs.first_listed, pairs.signed_on)
            <= coalesce(applications.gone_on, applications.last_listed) + 9
        and (
            pairs.first_listed <= coalesce(applications.gone_on, applications.last_listed) + 9
            or pairs.signed_on >= applications.first_listed
        ) as is_answer,
        pairs.first_listed < applications.first_listed
        and pairs.last_listed >= applications.first_listed as stood_before
    from applications
    inner join pairs on applications.agreement_no = pairs.agreement_no
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
from applications
left join signings using (application_id)
