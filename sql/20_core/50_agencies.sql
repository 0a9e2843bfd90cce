-- One row per law-enforcement body in one state, on either list.
with

lines_listed as (
    select
        lines.line,
        lines.list,
        lines.agency_id,
        lines.agency,
        lines.state,
        lines.agency_type,
        lines.county,
        min(publications.published_on) as first_listed,
        max((publications.published_on, publications.step)) as last_list
    from stg_listed as listed
    inner join stg_publications as publications using (publication_no)
    inner join stg_lines as lines using (line)
    where publications.step is not null
    group by all
),

agency_names as (
    select
        agency_id,
        -- The newest list decides; on one day the participating list, then the earlier line.
        arg_min(agency, (-epoch(last_list[1]), list, -last_list[2], line)) as name,
        arg_min(state, (-epoch(last_list[1]), list, -last_list[2], line)) as state,
        -- Older lists print no type or county: take the newest that does.
        arg_min(agency_type, (-epoch(last_list[1]), list, -last_list[2], line)) as agency_type,
        arg_min(county, (-epoch(last_list[1]), list, -last_list[2], line)) as county,
        min(first_listed) as first_listed,
        max(last_list[1]) as last_listed,
        list_sort(list(distinct agency)) as names
    from lines_listed
    group by agency_id
),

active as (
    select distinct agency_id from agreements where status in ('active', 'in_doubt')
)

select
    agency_names.agency_id,
    agency_names.name,
    agency_names.state,
    agency_names.agency_type,
    agency_names.county,
    agency_names.first_listed,
    agency_names.last_listed,
    active.agency_id is not null as is_active,
    list_filter(agency_names.names, lambda other: other <> agency_names.name) as other_names
from agency_names
left join active using (agency_id)
order by agency_names.agency_id
