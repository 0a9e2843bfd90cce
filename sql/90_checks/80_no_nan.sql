-- Growth figures are numbers or null with a reason, never NaN or infinite.
select publication_id, baseline_id
from growth
where isnan(ratio) or isinf(ratio)
    or isnan(weekly_rate) or isinf(weekly_rate)
    or isnan(doubling_days) or isinf(doubling_days)
    or (ratio is null and trend <> 'from_zero')
