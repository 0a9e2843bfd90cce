-- One row per law-enforcement body in one state, on either list.
with

dated as (
    select listed.*, publications.published_on
    from stg_listed as listed
    inner join stg_publications as publications using (publication_id)
),

latest as (
    select agency_id, agency as name, state
    from dated
    qualify row_number() over (
        partition by agency_id
        order by published_on desc, list, step desc, row_number
    ) = 1
),

spans as (
    select
        agency_id,
        min(published_on) as first_listed,
        max(published_on) as last_listed,
        -- Older lists print no type or county: take the latest that does.
        arg_max(agency_type, (published_on, list, step, row_number)) as agency_type,
        arg_max(county, (published_on, list, step, row_number)) as county,
        list_sort(list(distinct agency)) as names
    from dated
    group by agency_id
),

active as (
    select distinct agency_id from agreements where status = 'active'
)

select
    latest.agency_id,
    latest.name,
    latest.state,
    spans.agency_type,
    spans.county,
    spans.first_listed,
    spans.last_listed,
    active.agency_id is not null as is_active,
    list_filter(spans.names, lambda name: name <> latest.name) as other_names
from latest
inner join spans using (agency_id)
left join active using (agency_id)
order by latest.agency_id
