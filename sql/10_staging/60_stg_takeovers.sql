-- One row per agreement that left for good and was taken over by another of the same agency:
-- a later signing on the same model (renewed), or another model that came in the same step
-- (switched). Each agreement takes over at most one.
with

listed as (
    select
        publications.step,
        lines.agreement_id,
        lines.agency_id,
        lines.model,
        lines.signed_on
    from stg_listed
    inner join stg_publications as publications using (publication_no)
    inner join stg_lines as lines using (line)
    where publications.list = 'participating' and publications.step is not null
),

departures as (
    select
        absences.agreement_id,
        absences.gone_step,
        listed.agency_id,
        listed.model,
        listed.signed_on
    from stg_absences as absences
    inner join listed
        on absences.agreement_id = listed.agreement_id
        and absences.listed_step = listed.step
    where absences.list = 'participating' and absences.back_step is null
),

firsts as (
    select agreement_id, min(first_step) as first_step
    from stg_runs
    where list = 'participating'
    group by agreement_id
),

pairs as (
    select
        departures.agreement_id,
        departures.gone_step,
        other.agreement_id as taken_by,
        if(other.model = departures.model, 'renewed', 'switched') as kind,
        firsts.first_step = departures.gone_step as is_same_step
    from departures
    inner join listed as other
        on departures.gone_step = other.step
        and departures.agency_id = other.agency_id
        and departures.agreement_id <> other.agreement_id
    inner join firsts
        on other.agreement_id = firsts.agreement_id
    where (other.model = departures.model and other.signed_on > departures.signed_on)
        or (other.model <> departures.model and firsts.first_step = departures.gone_step)
),

chosen as (
    select *
    from pairs
    qualify row_number() over (
        partition by agreement_id order by kind, is_same_step desc, taken_by
    ) = 1
),

one_to_one as (
    select *
    from chosen
    qualify row_number() over (partition by taken_by order by kind, agreement_id) = 1
)

select * from one_to_one
