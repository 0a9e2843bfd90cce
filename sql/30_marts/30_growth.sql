-- One row per accepted participating list and baseline: how far the list has come since.
-- Rates are null where they have no meaning, and `trend` says why.
with

pairs as (
    select
        totals.publication_id,
        totals.published_on,
        totals.seq,
        baselines.baseline_id,
        totals.agreements,
        baselines.agreements as baseline_agreements,
        totals.agreements - baselines.agreements as net,
        totals.published_on - baselines.as_of as days
    from totals
    cross join baselines
    where totals.list = 'participating'
),

measured as (
    select
        *,
        agreements / nullif(baseline_agreements, 0) as ratio,
        case
            when days < 0 then 'before_baseline'
            when days = 0 then 'same_day'
            when baseline_agreements = 0 then 'from_zero'
            when agreements = 0 then 'to_zero'
            when net = 0 then 'unchanged'
            when net < 0 then 'shrinking'
            else 'growing'
        end as trend
    from pairs
)

select
    publication_id,
    baseline_id,
    published_on,
    agreements,
    baseline_agreements,
    net,
    ratio,
    round((ratio - 1) * 100, 6) as percent,
    days,
    if(days > 0, net * 7 / days, null) as per_week,
    if(days > 0 and ratio > 0, pow(ratio, 7 / days) - 1, null) as weekly_rate,
    if(trend = 'growing', days * ln(2) / ln(ratio), null) as doubling_days,
    trend
from measured
order by baseline_id, seq
