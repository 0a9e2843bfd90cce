-- One row per row of an accepted list that no rule reads, that continues no agreement and is not
-- what an agreement in doubt may be: it counts as an agreement of its own, without an event.
with

rows_read as (
    select
        publications.publication_no,
        publications.list,
        publications.step,
        places.row_number,
        lines.*
    from loaded_places as places
    inner join stg_lines as lines using (line)
    inner join stg_publications as publications using (publication_no)
    where publications.step is not null
),

unplaced as (
    select *
    from rows_read
    where agreement_id is null
        and (publication_no, row_number) not in (
            select (publication_no, row_number) from stg_doubts
        )
)

select
    unplaced.publication_no,
    unplaced.list,
    unplaced.step,
    unplaced.row_number,
    unplaced.line,
    unplaced.root,
    unplaced.state,
    unplaced.model,
    unplaced.agency_key,
    -- Whose it is, when its name stands once more on the list; a name of its own is one more.
    coalesce(any_value(beside.agency_no), -any_value(unplaced.name_no)) as agency_no
from unplaced
left join rows_read as beside
    on unplaced.publication_no = beside.publication_no
    and unplaced.agency_key = beside.agency_key
    and coalesce(unplaced.state = beside.state, true)
    and beside.agency_no is not null
group by all
