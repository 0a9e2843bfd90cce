-- One row per distinct printed row of a list: lists repeat themselves, so each text is kept once.
select
    line,
    list,
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
from stg_lines
order by line
