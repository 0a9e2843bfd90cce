-- One row per distinct list version, in published order, with what was counted on it.
with

counted as (
    select
        publication_id,
        count(*) as row_count,
        count(distinct (state, agency_key, model, signed_on))
            filter (where variant is not null) as agreement_count,
        count(distinct (state, agency_key)) filter (where variant is not null) as agency_count,
        count(distinct state) filter (where variant is not null) as state_count,
        count(distinct (state, agency_key, signed_on)) filter (where model = 'JEM' and variant is not null) as jem_count,
        count(distinct (state, agency_key, signed_on)) filter (where model = 'TFM' and variant is not null) as tfm_count,
        count(distinct (state, agency_key, signed_on)) filter (where model = 'WSO' and variant is not null) as wso_count
    from stg_rows
    group by publication_id
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
    coalesce(counted.row_count, 0) as row_count,
    coalesce(counted.agreement_count, 0) as agreement_count,
    coalesce(counted.agency_count, 0) as agency_count,
    coalesce(counted.state_count, 0) as state_count,
    coalesce(counted.jem_count, 0) as jem_count,
    coalesce(counted.tfm_count, 0) as tfm_count,
    coalesce(counted.wso_count, 0) as wso_count
from stg_publications as publications
left join counted using (publication_id)
order by publications.list, publications.seq
