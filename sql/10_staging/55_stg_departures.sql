-- One row per agreement that left the participating list for good, as its last list prints it.
select
    absences.agreement_id,
    absences.gone_step,
    absences.gone_on,
    lines.agency_id,
    lines.state,
    lines.model,
    lines.signed_on,
    lines.county,
    lines.moa_file,
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
where absences.list = 'participating' and absences.back_step is null
