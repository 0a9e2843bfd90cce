-- One row per two agencies of a state that are by their names the sheriff of one county, which has
-- one. A city's sheriff is another. It rests on the last row of each.
create temp view audit_sheriffs as
with

counties as (
    select distinct
        listed.agency_id,
        listed.state,
        unnest([
            regexp_extract(variants.canonical, '^(?:office of )?(.+) (?:county|parish) sheriff', 1),
            lower(regexp_replace(listed.county, '(?i) (county|parish)$', ''))
        ]) as county
    from stg_ends as listed
    inner join loaded_variants as variants using (agency_id)
    where variants.canonical like '%sheriff%' and variants.canonical not like '%city%'
),

pairs as (
    select one.agency_id, other.agency_id as other_agency_id, one.state, min(one.county) as county
    from counties as one
    inner join counties as other
        on one.state = other.state and one.county = other.county and one.agency_id < other.agency_id
    where one.county <> ''
    group by one.agency_id, other.agency_id, one.state
)

select
    'two_sheriffs' as finding,
    pairs.state,
    pairs.agency_id,
    cast(null as varchar) as agreement_id,
    pairs.other_agency_id,
    cast(null as varchar) as other_agreement_id,
    one.name || ' (' || one.first_listed || ' to ' || one.last_listed || ') and ' || other.name
    || ' (' || other.first_listed || ' to ' || other.last_listed
    || ') are each the sheriff of one county, ' || pairs.county || '.' as says,
    one.publication_id,
    one.row_number,
    other.publication_id as other_publication_id,
    other.row_number as other_row_number
from pairs
inner join audit_agencies as one on pairs.agency_id = one.agency_id
inner join audit_agencies as other on pairs.other_agency_id = other.agency_id
