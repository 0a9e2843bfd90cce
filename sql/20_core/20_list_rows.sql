-- One row per printed row of every list version: nothing ICE printed is left out.
select
    publication_id,
    row_number,
    state_printed,
    agency_printed,
    type_printed,
    county_printed,
    model_printed,
    signed_printed,
    moa_url,
    addendum_url,
    agreement_id,
    issues
from stg_rows
order by list, publication_id, row_number
