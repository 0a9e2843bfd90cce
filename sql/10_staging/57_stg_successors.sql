-- One row per departed agreement and another one of its state, or of its name, model and date in
-- another, that could have taken over: it stands on the list that lacks the row, or comes within the
-- nine days of a gap.
with

firsts as (
    select
        runs.agreement_id,
        runs.agreement_no,
        runs.first_step,
        publications.published_on as first_on
    from stg_runs as runs
    inner join stg_publications as publications
        on runs.list = publications.list and runs.first_step = publications.step
    where runs.list = 'participating' and runs.run_number = 1
)

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
    lines.moa_file,
    documents.moa_files,
    variants.canonical,
    variants.telling,
    variants.marks,
    variants.bodies
from stg_departures as departures
inner join firsts
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
