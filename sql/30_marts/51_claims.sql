-- One row per figure an article gives, with what it counts and for when.
select
    claim_id,
    article_id,
    position,
    metric,
    value,
    value_high,
    unit,
    qualifier,
    as_of,
    as_of_end,
    as_of_precision,
    since,
    state,
    model,
    "start" as text_start,
    "end" as text_end,
    continues,
    place,
    is_part,
    is_baseline
from loaded_claims
order by article_id, position
