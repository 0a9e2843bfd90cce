-- One row per two agencies that may be one by their names or by what became of a row of theirs: the
-- candidates of rule same_agency, in one state or in two.
create temp view audit_names as
with

pairs as (
    select
        "left" as agency_id,
        "right" as other_agency_id,
        any_value(evidence) as evidence
    from identity_candidates
    where rule = 'same_agency'
    group by "left", "right"
)

select
    if(one.state = other.state, 'names_alike', 'in_another_state') as finding,
    one.state,
    one.agency_id,
    cast(null as varchar) as agreement_id,
    other.agency_id as other_agency_id,
    cast(null as varchar) as other_agreement_id,
    one.name || ' (' || one.state || ') and ' || other.name || ' (' || other.state
    || ') may be one agency: ' || pairs.evidence || '.' as says,
    one.publication_id,
    one.row_number,
    other.publication_id as other_publication_id,
    other.row_number as other_row_number
from pairs
inner join audit_agencies as one on pairs.agency_id = one.agency_id
inner join audit_agencies as other on pairs.other_agency_id = other.agency_id
