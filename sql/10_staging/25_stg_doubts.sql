-- One row per list and agreement that it does not print readably but may: an agreement in doubt,
-- with the row that may be it. It counts until that row has gone or the agreement is back.
with

stretches as (
    select doubts.*, agreements.agreement_no
    from loaded_doubts as doubts
    inner join (
        select distinct agreement_id, agreement_no from stg_lines
    ) as agreements using (agreement_id)
),

-- How its last list prints the agreement, and where the row that may be it stands.
last_lines as (
    select
        stretches."left",
        stretches.came,
        stretches.first_step,
        lines.line,
        places.row_number as left_row
    from stretches
    inner join stg_publications as publications
        on stretches.list = publications.list and stretches.first_step = publications.step + 1
    inner join loaded_places as places using (publication_no)
    inner join stg_lines as lines
        on places.line = lines.line and stretches."left" = lines.variant
    qualify row_number() over (
        partition by stretches."left", stretches.came, stretches.first_step
        order by places.row_number
    ) = 1
)

select
    publications.publication_no,
    publications.list,
    publications.step,
    stretches.agreement_no,
    stretches."left",
    stretches.came,
    stretches.agreement_id,
    last_lines.line,
    last_lines.left_row,
    places.row_number,
    places.line as doubtful_line,
    stretches.first_step,
    stretches.last_step,
    stretches.evidence
from stretches
inner join last_lines using ("left", came, first_step)
inner join stg_publications as publications
    on stretches.list = publications.list
    and publications.step between stretches.first_step and stretches.last_step
inner join loaded_variants as came on stretches.came = came.variant
inner join loaded_places as places
    on publications.publication_no = places.publication_no
inner join stg_lines as rows_now
    on places.line = rows_now.line and came.root = rows_now.root
