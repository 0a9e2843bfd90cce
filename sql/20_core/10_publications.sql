-- One row per distinct list version, in published order, with what was counted on it.
with

printed as (
    select publication_no, count(*) as row_count
    from loaded_places
    group by publication_no
),

-- What counts as an agreement: each one printed once or in doubt, and each row that nothing places.
agreements_listed as (
    select
        listed.publication_no,
        lines.agency_no,
        lines.state,
        lines.model,
        listed.is_in_doubt
    from stg_listed as listed
    inner join stg_lines as lines using (line)
    union all
    select publication_no, agency_no, state, model, true
    from stg_unplaced
),

counted as (
    select
        publication_no,
        count(*) as agreement_count,
        count(*) filter (where is_in_doubt) as in_doubt_count,
        count(distinct agency_no) as agency_count,
        count(distinct state) as state_count,
        count(*) filter (where model = 'JEM') as jem_count,
        count(*) filter (where model = 'TFM') as tfm_count,
        count(*) filter (where model = 'WSO') as wso_count
    from agreements_listed
    group by publication_no
)

select
    publications.publication_id,
    publications.list,
    publications.published_on,
    publications.part,
    publications.seq,
    publications.step,
    publications.date_rule,
    publications.sha256,
    publications.file_name,
    publications.url,
    publications.captured_at,
    publications.saved_at,
    publications.status,
    publications.reasons,
    publications.why_held,
    publications.passes_when,
    coalesce(printed.row_count, 0) as row_count,
    coalesce(counted.agreement_count, 0) as agreement_count,
    coalesce(counted.agency_count, 0) as agency_count,
    coalesce(counted.state_count, 0) as state_count,
    coalesce(counted.jem_count, 0) as jem_count,
    coalesce(counted.tfm_count, 0) as tfm_count,
    coalesce(counted.wso_count, 0) as wso_count,
    coalesce(counted.in_doubt_count, 0) as in_doubt_count,
    publications.publication_no
from stg_publications as publications
left join printed using (publication_no)
left join counted using (publication_no)
order by publications.list, publications.seq
