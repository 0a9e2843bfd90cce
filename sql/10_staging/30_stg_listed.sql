-- One row per agreement or application on a list version: its first row there.
with

places as (
    select
        places.publication_no,
        places.row_number,
        places.line,
        lines.agreement_no
    from loaded_places as places
    inner join stg_lines as lines using (line)
    where lines.agreement_no is not null
)

select
    publication_no,
    agreement_no,
    min(row_number) as row_number,
    arg_min(line, row_number) as line,
    count(*) as row_count
from places
group by publication_no, agreement_no
