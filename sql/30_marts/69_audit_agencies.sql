-- One row per agency: its last row, on the participating list where it has one there.
create temp view audit_agencies as
with

lasts as (
    select
        lines.agency_id,
        max((
            lines.list = 'participating',
            publications.step,
            listed.publication_no,
            listed.row_number
        )) as last_row
    from stg_listed as listed
    inner join stg_publications as publications using (publication_no)
    inner join stg_lines as lines using (line)
    where publications.step is not null
    group by lines.agency_id
)

select agencies.*, publications.publication_id, lasts.last_row[4] as row_number
from agencies
inner join lasts using (agency_id)
inner join stg_publications as publications on lasts.last_row[3] = publications.publication_no
