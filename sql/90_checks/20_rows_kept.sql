-- No row is lost between the lists as read and list_rows.
with

read_rows as (
    select publications.publication_id, count(*) as row_count
    from loaded_places
    inner join loaded_publications as publications using (publication_no)
    group by publications.publication_id
),

kept_rows as (
    select publication_id, count(*) as row_count
    from list_rows
    group by publication_id
)

select
    publication_id,
    read_rows.row_count as rows_read,
    kept_rows.row_count as rows_kept
from read_rows
full join kept_rows using (publication_id)
where read_rows.row_count is distinct from kept_rows.row_count
