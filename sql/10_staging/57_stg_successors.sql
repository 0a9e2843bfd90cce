-- One row per departed agreement and another one of its state, or of its name, model and date in
-- another, that could have taken over: it stands on the list that lacks the row, or comes within the
-- nine days of a gap.
select
    departures.gone_step,
    departures.agreement_id as departed_id,
    firsts.agreement_id,
    firsts.first_step,
    firsts.first_on,
    lines.agency_id,
    lines.state,
    lines.model,
    lines.signed_on,
    lines.county,
    documents.moa_files,
    variants.canonical,
    variants.telling,
    variants.marks,
    variants.bodies
from stg_departures as departures
inner join stg_firsts as firsts
    on firsts.agreement_id <> departures.agreement_id
    and firsts.first_on <= departures.gone_on + 9
inner join stg_publications as publications
    on publications.list = 'participating'
    and publications.step = greatest(departures.gone_step, firsts.first_step)
inner join stg_listed as listed
    on publications.publication_no = listed.publication_no
    and firsts.agreement_no = listed.agreement_no
inner join stg_lines as lines
    on listed.line = lines.line
    and (
        departures.state = lines.state
        or (
            departures.agency_key = lines.agency_key
            and departures.model = lines.model
            and departures.signed_on = lines.signed_on
        )
    )
inner join loaded_variants as variants on lines.variant = variants.variant
inner join stg_documents as documents on firsts.agreement_no = documents.agreement_no
