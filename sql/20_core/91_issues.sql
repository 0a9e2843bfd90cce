-- One row per thing that is odd about a version or a row, and what was made of it.
with

of_rows as (
    select
        publications.publication_id,
        places.row_number,
        unnest(lines.issues) as code,
        lines.state_printed,
        lines.agency_printed,
        lines.type_printed,
        lines.model_printed,
        lines.signed_printed,
        lines.moa_url,
        lines.moa_names,
        lines.state,
        lines.agency,
        lines.model,
        lines.signed_on,
        lines.agreement_id
    from loaded_places as places
    inner join stg_lines as lines using (line)
    inner join stg_publications as publications using (publication_no)
    where len(lines.issues) > 0
),

row_issues as (
    select
        publication_id,
        row_number,
        code,
        case
            when code like '%\_repaired' escape '\' then 'repaired'
            when agreement_id is null and code not in ('type_unknown', 'moa_names_another')
                then 'unsettled'
            else 'flagged'
        end as severity,
        case split_part(code, '_', 1)
            when 'state' then state_printed
            when 'agency' then agency_printed
            when 'type' then type_printed
            when 'model' then model_printed
            when 'signed' then signed_printed
            when 'moa' then moa_url
        end as printed,
        case split_part(code, '_', 1)
            when 'state' then state
            when 'agency' then agency
            when 'model' then model
            when 'signed' then cast(signed_on as varchar)
            when 'moa' then moa_names
        end as settled
    from of_rows
),

duplicates as (
    select
        publications.publication_id,
        places.row_number,
        'exact_duplicate' as code,
        'repaired' as severity,
        lines.agency_printed as printed,
        lines.agreement_id as settled
    from stg_listed as listed
    inner join loaded_places as places using (publication_no)
    inner join stg_lines as lines
        on places.line = lines.line and listed.agreement_no = lines.agreement_no
    inner join stg_publications as publications using (publication_no)
    where listed.row_count > 1 and places.row_number <> listed.row_number
),

version_issues as (
    select
        publication_id,
        cast(null as uinteger) as row_number,
        unnest(reasons) as code,
        status as severity,
        file_name as printed,
        cast(published_on as varchar) as settled
    from stg_publications
)

select * from row_issues
union all
select * from duplicates
union all
select * from version_issues
order by publication_id, row_number, code
