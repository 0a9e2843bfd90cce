-- One row per agreement that left the participating list for good, as its last list prints it, with
-- the documents that it ever linked.
with

documents as (
    select agreement_no, list(distinct moa_file) as moa_files
    from stg_lines
    where list = 'participating' and moa_file is not null
    group by agreement_no
)

select
    absences.agreement_id,
    absences.listed_step,
    absences.gone_step,
    absences.gone_on,
    lines.agency_id,
    lines.state,
    lines.agency_key,
    lines.model,
    lines.signed_on,
    lines.county,
    lines.moa_file,
    coalesce(documents.moa_files, []) as moa_files,
    variants.canonical,
    variants.telling
from stg_absences as absences
inner join stg_publications as publications
    on absences.list = publications.list and absences.listed_step = publications.step
inner join stg_listed as listed
    on publications.publication_no = listed.publication_no
    and absences.agreement_no = listed.agreement_no
inner join stg_lines as lines using (line)
inner join loaded_variants as variants on lines.variant = variants.variant
left join documents on absences.agreement_no = documents.agreement_no
where absences.list = 'participating' and absences.back_step is null
