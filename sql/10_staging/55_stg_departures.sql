-- One row per agreement that left the participating list for good, as its last list prints it, with
-- the documents that it ever linked. `first_on` is null when the record's first list prints it.
select
    absences.agreement_id,
    absences.listed_step,
    absences.gone_step,
    absences.gone_on,
    if(firsts.first_step > 0, firsts.first_on, null) as first_on,
    lines.agency_id,
    lines.state,
    lines.agency_key,
    lines.model,
    lines.signed_on,
    lines.county,
    documents.moa_files,
    variants.canonical,
    variants.telling,
    variants.marks,
    variants.bodies
from stg_absences as absences
inner join stg_publications as publications
    on absences.list = publications.list and absences.listed_step = publications.step
inner join stg_listed as listed
    on publications.publication_no = listed.publication_no
    and absences.agreement_no = listed.agreement_no
inner join stg_lines as lines using (line)
inner join loaded_variants as variants on lines.variant = variants.variant
inner join stg_documents as documents on absences.agreement_no = documents.agreement_no
inner join stg_firsts as firsts on absences.agreement_no = firsts.agreement_no
where absences.list = 'participating' and absences.back_step is null
