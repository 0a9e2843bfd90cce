-- One row per agreement or application and accepted list that prints it, with the row that does.
create temp view audit_rows as
select
    publications.step,
    publications.publication_id,
    publications.published_on,
    lines.agreement_id,
    lines.agency_id,
    listed.row_number,
    listed.line
from stg_listed as listed
inner join stg_publications as publications using (publication_no)
inner join stg_lines as lines using (line)
where publications.step is not null and not listed.is_in_doubt
