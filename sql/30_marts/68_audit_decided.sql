-- One row per two agreements, or two agencies, that a person called the same or distinct, either
-- way around; a decision on two keys of agreements is not one on their agencies.
create temp view audit_decided as
with

named as (
    select distinct "key" as name, agreement_id as id from loaded_variants
    union
    select distinct agency_id, agency_id from agencies
    union
    select distinct alias_id, agency_id from id_aliases where agency_id is not null
),

pairs as (
    select one.id as one, other.id as other
    from seed_identity_links as decided
    inner join named as one on trim(decided."left") = one.name
    inner join named as other on trim(decided."right") = other.name
)

select one, other from pairs
union
select other, one from pairs
