-- One row per agreement or application: its first and last row, and what the last one says.
with

ends as (
    select
        publications.list,
        listed.agreement_no,
        min(publications.step) as first_step,
        min(publications.published_on) as first_on,
        max(publications.published_on) as last_on,
        arg_min(publications.publication_id, publications.step) as first_publication_id,
        arg_min(listed.row_number, publications.step) as first_row_number,
        arg_max(publications.publication_id, publications.step) as last_publication_id,
        arg_max(listed.row_number, publications.step) as last_row_number,
        arg_max(listed.line, publications.step) as line
    from stg_listed as listed
    inner join stg_publications as publications using (publication_no)
    where publications.step is not null
    group by publications.list, listed.agreement_no
)

select
    ends.* exclude (line),
    lines.agreement_id,
    lines.agency_id,
    lines.agency,
    lines.state,
    lines.agency_key,
    lines.model,
    lines.signed_on,
    lines.county,
    lines.moa_url,
    variants.canonical,
    variants.telling,
    variants.marks,
    coalesce(documents.moa_files, []) as moa_files
from ends
inner join stg_lines as lines using (line)
inner join loaded_variants as variants on lines.variant = variants.variant
left join stg_documents as documents on ends.agreement_no = documents.agreement_no
