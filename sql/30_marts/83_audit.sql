-- One row per thing that a careful editor would doubt, with the one or two rows that it rests on.
with

asked as materialized (
    select * from audit_found
),

places as (
    select publication_id, row_number from asked
    union
    select other_publication_id, other_row_number from asked
),

printed as (
    select
        publications.publication_id,
        publications.file_name,
        lines.* exclude (publication_no)
    from places
    inner join publications using (publication_id)
    inner join line_places as lines
        on publications.publication_no = lines.publication_no
        and places.row_number = lines.row_number
)

select
    asked.finding,
    asked.question,
    asked.says,
    asked.state,
    asked.agency_id,
    asked.agreement_id,
    asked.other_agency_id,
    asked.other_agreement_id,
    asked.publication_id,
    asked.row_number,
    printed.file_name,
    texts.agency_printed,
    texts.model_printed,
    texts.signed_printed,
    texts.moa_url,
    asked.other_publication_id,
    asked.other_row_number,
    other.file_name as other_file_name,
    others.agency_printed as other_agency_printed,
    others.model_printed as other_model_printed,
    others.signed_printed as other_signed_printed,
    others.moa_url as other_moa_url
from asked
left join printed using (publication_id, row_number)
left join line_texts as texts using (line)
left join printed as other
    on asked.other_publication_id = other.publication_id
    and asked.other_row_number = other.row_number
left join line_texts as others on other.line = others.line
order by asked.place, asked.state, asked.agency_id, asked.agreement_id, asked.other_agency_id,
    asked.other_agreement_id, asked.publication_id, asked.row_number
