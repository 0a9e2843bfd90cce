-- One row per join of two agreements, or applications, that evidence speaks for and no rule may make.
-- It rests on the last row of the one and the first of the other.
create temp view audit_undecided as
with

keys as (
    select distinct "key", agreement_id from loaded_variants
),

candidates as (
    select
        candidates.list,
        one.agreement_id,
        other.agreement_id as other_agreement_id,
        came.published_on,
        candidates.evidence,
        before.publication_id,
        before.row_number,
        came.publication_id as other_publication_id,
        came.row_number as other_row_number
    from identity_candidates as candidates
    inner join keys as one on candidates."left" = one."key"
    inner join keys as other on candidates."right" = other."key"
    inner join audit_rows as came
        on candidates.publication_id = came.publication_id
        and other.agreement_id = came.agreement_id
    inner join audit_rows as before
        on one.agreement_id = before.agreement_id and before.step < came.step
    qualify row_number() over (
        partition by one.agreement_id, other.agreement_id order by before.step desc, came.step
    ) = 1
)

select
    'join_undecided' as finding,
    gone.state,
    gone.agency_id,
    gone.agreement_id,
    came.agency_id as other_agency_id,
    came.agreement_id as other_agreement_id,
    gone.agency || ' may have gone on as ' || came.agency || ' on the ' || candidates.list
    || ' list of ' || candidates.published_on || ': ' || candidates.evidence || '.' as says,
    candidates.publication_id,
    candidates.row_number,
    candidates.other_publication_id,
    candidates.other_row_number
from candidates
inner join stg_ends as gone on candidates.agreement_id = gone.agreement_id
inner join stg_ends as came on candidates.other_agreement_id = came.agreement_id
