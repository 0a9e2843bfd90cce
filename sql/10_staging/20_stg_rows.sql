-- One row per printed row of every version, cleaned values beside the printed ones.
with

rows as (
    select * from loaded_rows
),

publications as (
    select publication_id, list, step from stg_publications
),

placed as (
    select
        rows.*,
        publications.list,
        publications.step,
        -- The second and later rows of one agreement on one list are exact duplicates.
        rows.agreement_id is not null and row_number() over (
            partition by rows.publication_id, rows.agreement_id
            order by rows.row_number
        ) > 1 as is_duplicate
    from rows
    inner join publications using (publication_id)
)

select * from placed
