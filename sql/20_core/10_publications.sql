-- One row per distinct list version, in published order, with what was counted on it.
with

counted as (
    select
        places.publication_no,
        count(*) as row_count,
        count(distinct lines.agreement_no) as agreement_count,
        count(distinct lines.agency_no) filter (where lines.variant is not null) as agency_count,
        count(distinct lines.state) filter (where lines.variant is not null) as state_count,
        count(distinct lines.agreement_no) filter (where lines.model = 'JEM') as jem_count,
        count(distinct lines.agreement_no) filter (where lines.model = 'TFM') as tfm_count,
        count(distinct lines.agreement_no) filter (where lines.model = 'WSO') as wso_count
    from loaded_places as places
    inner join stg_lines as lines using (line)
    group by places.publication_no
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
    coalesce(counted.row_count, 0) as row_count,
    coalesce(counted.agreement_count, 0) as agreement_count,
    coalesce(counted.agency_count, 0) as agency_count,
    coalesce(counted.state_count, 0) as state_count,
    coalesce(counted.jem_count, 0) as jem_count,
    coalesce(counted.tfm_count, 0) as tfm_count,
    coalesce(counted.wso_count, 0) as wso_count,
    publications.publication_no
from stg_publications as publications
left join counted using (publication_no)
order by publications.list, publications.seq
