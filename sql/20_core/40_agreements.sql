-- One row per agreement: one agency, one model, one signing.
with

periods as (
    select
        agreement_no,
        agreement_id,
        min(first_step) as first_step,
        max(last_step) as last_step
    from stg_runs
    where list = 'participating'
    group by agreement_no, agreement_id
),

steps as (
    select publication_no, step, published_on
    from stg_publications
    where list = 'participating' and step is not null
),

latest as (
    select
        periods.agreement_id,
        periods.first_step = 0 as is_left_censored,
        firsts.published_on as first_listed,
        lasts.published_on as last_listed,
        lines.agency_id,
        lines.agency,
        lines.state,
        lines.county,
        lines.agency_type,
        lines.model,
        lines.signed_on,
        lines.moa_url
    from periods
    inner join steps as firsts on periods.first_step = firsts.step
    inner join steps as lasts on periods.last_step = lasts.step
    inner join stg_listed as listed
        on lasts.publication_no = listed.publication_no
        and periods.agreement_no = listed.agreement_no
    inner join stg_lines as lines using (line)
),

departures as (
    select agreement_id, gone_on, is_confirmed
    from stg_absences
    where list = 'participating' and back_step is null
),

in_doubt as (
    select distinct doubts.agreement_id
    from stg_doubts as doubts
    inner join stg_publications as publications using (publication_no)
    where publications.step = publications.last_step
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
    latest.first_listed,
    latest.last_listed,
    departures.gone_on as removed_on,
    case
        when in_doubt.agreement_id is not null then 'in_doubt'
        when departures.agreement_id is null then 'active'
        when takeovers.agreement_id is not null then 'replaced'
        when departures.is_confirmed then 'removed'
        else 'provisional'
    end as status,
    case
        when departures.agreement_id is null or in_doubt.agreement_id is not null then null
        when takeovers.kind = 'duplicate_dropped' then 'duplicate'
        else coalesce(takeovers.kind, 'left')
    end as ended_how,
    latest.is_left_censored,
    takeovers.taken_by as replaced_by,
    latest.moa_url
from latest
left join departures using (agreement_id)
left join in_doubt using (agreement_id)
left join stg_takeovers as takeovers using (agreement_id)
order by latest.agreement_id
