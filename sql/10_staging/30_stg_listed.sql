-- One row per agreement or application on an accepted list: its first row there.
with

rows as (
    select * from stg_rows
)

select
    list,
    step,
    publication_id,
    row_number,
    agreement_id,
    agency_id,
    variant,
    state,
    agency,
    agency_type,
    county,
    model,
    signed_on,
    moa_url
from rows
where step is not null and agreement_id is not null and not is_duplicate
