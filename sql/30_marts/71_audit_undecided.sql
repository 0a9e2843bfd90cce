-- One row per departure, or application withdrawn, that a person has yet to tell from another row.
create temp view audit_undecided as
with

keys as (
    select distinct "key", agreement_id from loaded_variants
),

candidates as (
    select candidates.*, one.agreement_id as one, other.agreement_id as other
    from identity_candidates as candidates
    inner join keys as one on candidates."left" = one."key"
    inner join keys as other on candidates."right" = other."key"
),

either as (
    select * from candidates
    union all
    select * replace (other as one, one as other) from candidates
)

select
    'departure_undecided' as finding,
    gone.state,
    gone.agency_id,
    gone.agreement_id,
    came.agency_id as other_agency_id,
    came.agreement_id as other_agreement_id,
    gone.agency || ' left the ' || events.list || ' list on ' || events.published_on
    || ' and may go on as ' || came.agency || ': ' || either.evidence || '.' as says,
    events.previous_publication_id as publication_id,
    events.previous_row_number as row_number,
    came.first_publication_id as other_publication_id,
    came.first_row_number as other_row_number
from either
inner join events on either.list = events.list and either.one = events.agreement_id
inner join stg_ends as gone on either.list = gone.list and either.one = gone.agreement_id
inner join stg_ends as came on either.list = came.list and either.other = came.agreement_id
where events.kind in ('removed', 'pending_withdrawn') and events.standing <> 'retracted'
