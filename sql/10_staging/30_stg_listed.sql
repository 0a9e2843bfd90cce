-- One row per agreement or application on a list version: its first row there. One in doubt stands
-- as its last list printed it, in the row that may be it.
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
),

printed as (
    select
        publication_no,
        agreement_no,
        min(row_number) as row_number,
        arg_min(line, row_number) as line,
        count(*) as row_count,
        false as is_in_doubt
    from places
    group by publication_no, agreement_no
),

doubtful as (
    select
        publication_no,
        agreement_no,
        min(row_number) as row_number,
        arg_min(line, row_number) as line,
        1 as row_count,
        true as is_in_doubt
    from stg_doubts
    group by publication_no, agreement_no
)

select * from printed
union all
select * from doubtful
