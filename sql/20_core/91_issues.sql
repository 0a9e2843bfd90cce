-- One row per thing that is odd about a version or a row, and what was made of it.
with

of_rows as (
    select
        publication_id,
        row_number,
        unnest(issues) as code,
        state_printed,
        agency_printed,
        type_printed,
        model_printed,
        signed_printed,
        state,
        model,
        signed_on
    from stg_rows
    where len(issues) > 0
),

row_issues as (
    select
        publication_id,
        row_number,
        code,
        case
            when code like '%\_repaired' escape '\' then 'repaired'
            when code in ('state_unknown', 'model_unknown', 'agency_missing') then 'unsettled'
            else 'flagged'
        end as severity,
        case split_part(code, '_', 1)
            when 'state' then state_printed
            when 'agency' then agency_printed
            when 'type' then type_printed
            when 'model' then model_printed
            when 'signed' then signed_printed
        end as printed,
        case split_part(code, '_', 1)
            when 'state' then state
            when 'model' then model
            when 'signed' then cast(signed_on as varchar)
        end as settled
    from of_rows
),

duplicates as (
    select
        publication_id,
        row_number,
        'exact_duplicate' as code,
        'repaired' as severity,
        agency_printed as printed,
        agreement_id as settled
    from stg_rows
    where is_duplicate
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
