-- One row per doubt that is open on the newest lists: an agreement and the row that may be it, or a
-- row that continues none.
create temp view audit_doubts as
select
    'in_doubt' as finding,
    lines.state,
    doubts.agency_id,
    doubts.agreement_id,
    cast(null as varchar) as other_agency_id,
    cast(null as varchar) as other_agreement_id,
    coalesce(ends.agency, lines.agency_printed, 'A row without a name')
    || ' has been in doubt since ' || doubts.since || ': ' || doubts.evidence || '.' as says,
    doubts.publication_id,
    doubts.row_number,
    doubts.previous_publication_id as other_publication_id,
    doubts.previous_row_number as other_row_number
from doubts
inner join publications using (publication_id)
inner join line_places
    on publications.publication_no = line_places.publication_no
    and doubts.row_number = line_places.row_number
inner join stg_lines as lines using (line)
left join stg_ends as ends on doubts.agreement_id = ends.agreement_id
where doubts.until is null
