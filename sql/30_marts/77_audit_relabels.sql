-- One row per join that goes by all but the name: a row went on under the name of another agency. One
-- whose name came back is no question.
create temp view audit_relabels as
with

relabels as (
    select
        *,
        split_part("left", ' | ', 2) as name_before,
        split_part("right", ' | ', 2) as name_now
    from identity_links
    where rule in ('all_but_one', 'later_document', 'relabelled')
        and name_before <> name_now
        and '?' not in (name_before, name_now)
)

select
    if(
        listed.moa_url is null, 'relabelled_without_document', 'relabelled_with_document'
    ) as finding,
    listed.state,
    listed.agency_id,
    relabels.agreement_id,
    cast(null as varchar) as other_agency_id,
    cast(null as varchar) as other_agreement_id,
    before.agency || ' went on as ' || now.agency || ' on ' || rows_now.published_on || ': '
    || relabels.evidence
    || if(
        listed.moa_url is null,
        '; it links no document until now.',
        '; it links ' || parse_filename(listed.moa_url) || '.'
    ) as says,
    relabels.publication_id,
    rows_now.row_number,
    relabels.previous_publication_id as other_publication_id,
    rows_before.row_number as other_row_number
from relabels
inner join stg_ends as listed using (list, agreement_id)
inner join audit_rows as rows_now using (publication_id, agreement_id)
inner join stg_lines as now on rows_now.line = now.line
inner join audit_rows as rows_before
    on relabels.previous_publication_id = rows_before.publication_id
    and relabels.agreement_id = rows_before.agreement_id
inner join stg_lines as before on rows_before.line = before.line
where not exists (
        select 1 from identity_links as back
        where back.agreement_id = relabels.agreement_id
            and split_part(back."left", ' | ', 2) = relabels.name_now
            and split_part(back."right", ' | ', 2) = relabels.name_before
    )
    and not exists (
        select 1 from seed_identity_links as decided
        where (decided."left", decided."right") in (
            (relabels."left", relabels."right"), (relabels."right", relabels."left")
        )
    )
