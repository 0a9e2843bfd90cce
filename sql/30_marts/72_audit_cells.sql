-- One row per agreement and cell that is odd by itself: a date after the listing, a year misprinted,
-- a link to a file that is named after another agency. It rests on the first and the last row of it.
create temp view audit_cells as
with

odd as (
    select
        issues.code as finding,
        rows_of.agreement_id,
        issues.printed,
        issues.settled,
        arg_min(rows_of.publication_id, rows_of.step) as publication_id,
        arg_min(rows_of.row_number, rows_of.step) as row_number,
        arg_max(rows_of.publication_id, rows_of.step) as other_publication_id,
        arg_max(rows_of.row_number, rows_of.step) as other_row_number
    from issues
    inner join audit_rows as rows_of
        on issues.publication_id = rows_of.publication_id
        and issues.row_number = rows_of.row_number
    where issues.code in ('signed_after_listing', 'signed_year_repaired', 'moa_names_another')
    group by all
)

select
    odd.finding,
    listed.state,
    listed.agency_id,
    odd.agreement_id,
    cast(null as varchar) as other_agency_id,
    cast(null as varchar) as other_agreement_id,
    case odd.finding
        when 'signed_after_listing'
            then listed.agency || ' was first listed on ' || listed.first_on
            || ', before the signing date ' || odd.settled || '.'
        when 'signed_year_repaired'
            then listed.agency || ' was signed on ' || odd.printed || ' as printed, read as '
            || odd.settled || '; first listed on ' || listed.first_on || '.'
        else listed.agency || ' links ' || parse_filename(odd.printed)
            || ', which is by its name of ' || odd.settled || '.'
    end as says,
    odd.publication_id,
    odd.row_number,
    odd.other_publication_id,
    odd.other_row_number
from odd
inner join stg_ends as listed using (agreement_id)
