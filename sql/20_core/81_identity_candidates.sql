-- One row per join that evidence speaks for and no rule may make: for a person to decide.
-- `left` and `right` are printed keys, or the ids of agencies for rule `same_agency`.
with

refused as (
    select
        refused.list,
        refused.step,
        gone."key" as "left",
        came."key" as "right",
        refused.rule,
        refused.evidence
    from loaded_refused as refused
    inner join loaded_variants as gone on refused.left = gone.variant
    inner join loaded_variants as came on refused.came = came.variant
    where gone.agreement_id <> came.agreement_id
),

names as (
    select distinct lower(state) || '-' || agency_key as name, agency_id
    from loaded_variants
),

alike as (
    select
        alike.list,
        alike.step,
        alike.left,
        alike.right,
        'same_agency' as rule,
        alike.evidence
    from loaded_alike as alike
    inner join names as one on alike.left = one.name
    inner join names as other on alike.right = other.name
    where one.agency_id <> other.agency_id
),

-- One agency's agreement went on under a name that may be another's.
successors as (
    select distinct
        'participating' as list,
        takeovers.gone_step as step,
        gone.agency_id as "left",
        came.agency_id as "right",
        'same_agency' as rule,
        takeovers.taken_by || ' stood when ' || takeovers.agreement_id || ' left' as evidence
    from stg_takeovers as takeovers
    inner join loaded_variants as gone on takeovers.agreement_id = gone.agreement_id
    inner join loaded_variants as came on takeovers.taken_by = came.agreement_id
    where gone.agency_id <> came.agency_id
),

-- An application left as an agreement of that name and model was first listed in another state,
-- where nobody had asked for it: the state may have been a slip, or the name may be a common one.
elsewhere as (
    select distinct
        'pending' as list,
        absences.gone_step as step,
        asked.agency_id as "left",
        signed.agency_id as "right",
        'same_agency' as rule,
        asked.agreement_id || ' left as ' || signed.agreement_id || ' was first listed' as evidence
    from stg_applications as applications
    inner join stg_absences as absences
        on applications.application_id = absences.agreement_id and absences.back_step is null
    inner join loaded_variants as asked on applications.application_id = asked.agreement_id
    inner join loaded_variants as signed
        on asked.agency_key = signed.agency_key
        and asked.model = signed.model
        and asked.state <> signed.state
        and signed.list = 'participating'
    inner join agreements on signed.agreement_id = agreements.agreement_id
    where applications.agreement_id is null
        and agreements.first_listed between applications.first_listed and absences.gone_on + 9
        and not exists (
            select 1 from stg_applications as others
            where others.agency_id = signed.agency_id and others.model = signed.model
        )
),

candidates as (
    select * from refused
    union all
    select * from alike
    union all
    select * from successors
    union all
    select * from elsewhere
)

select
    candidates.list,
    candidates."left",
    candidates."right",
    candidates.rule,
    candidates.evidence,
    publications.publication_id
from candidates
inner join stg_publications as publications
    on candidates.list = publications.list and candidates.step = publications.step
order by publications.published_on, candidates.list, candidates.step, candidates."left",
    candidates."right"
