-- One row per row of an accepted list that no rule reads, that continues no agreement and is not
-- what an agreement in doubt may be: it counts as an agreement of its own, without an event.
with

unread as (
    select * from stg_lines where agreement_id is null and is_odd
),

unplaced as (
    select
        publications.publication_no,
        publications.list,
        publications.step,
        places.row_number,
        unread.*
    from unread
    inner join loaded_places as places using (line)
    inner join stg_publications as publications using (publication_no)
    anti join stg_doubts as doubts
        on places.publication_no = doubts.publication_no
        and places.row_number = doubts.row_number
),

-- Whose it is, when its name stands once more on the list.
beside as (
    select distinct on (unplaced.publication_no, unplaced.row_number)
        unplaced.publication_no,
        unplaced.row_number,
        lines.agency_no
    from unplaced
    inner join stg_listed as listed using (publication_no)
    inner join stg_lines as lines on listed.line = lines.line
    where unplaced.agency_key = lines.agency_key
        and coalesce(unplaced.state = lines.state, true)
    order by unplaced.publication_no, unplaced.row_number, lines.agency_no
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
    -- A name of its own is one agency more, and so is none.
    coalesce(
        beside.agency_no, -unplaced.name_no, -1_000_000_000 - unplaced.row_number
    ) as agency_no
from unplaced
left join beside using (publication_no, row_number)
