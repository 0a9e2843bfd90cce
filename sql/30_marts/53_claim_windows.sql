-- One row per claim: the days it is checked on, or why it cannot be.
-- Tolerance is on the date: the window opens six weeks before the last day that a claim stands for
-- and closes on that day, or on the article's own day when that comes first. A count of what was
-- signed within a period is read from the lists of the three weeks after it, and an undated figure
-- that a change starts from on every list before its article.
create temp table claim_windows as
with

record as (
    select min(published_on) as first_on, max(published_on) as newest_on
    from totals
    where list = 'participating'
),

article_days as (
    select article_id, max(as_of_end) as newest_day
    from claims
    where as_of_precision in ('day', 'month')
    group by article_id
),

dated as (
    select
        claims.*,
        articles.published_on as article_day,
        coalesce(claims.as_of, articles.published_on, article_days.newest_day) as day,
        coalesce(claims.as_of_end, articles.published_on, article_days.newest_day) as last_day,
        coalesce(
            claims.metric = 'agreements_new' and claims.since = claims.as_of
                and claims.as_of_end > claims.as_of,
            false
        ) as is_flow,
        lead_claim.metric as lead_metric,
        lead_claim.value as lead_value
    from claims
    left join articles using (article_id)
    left join article_days using (article_id)
    left join claims as lead_claim on claims.continues = lead_claim.claim_id
),

closed as (
    select
        *,
        if(article_day between day and last_day, article_day, last_day) as until
    from dated
)

select
    closed.*,
    case
        when metric = 'states' and lead_metric = 'agreements_new' then 'states_new'
        when metric = 'states' and since is not null then 'states_since'
        when metric = 'agencies' and since is not null then 'agencies_new'
        else metric
    end as kind,
    case
        when is_flow then until
        -- "Up from 135" names no day: any earlier list may be the one that is meant.
        when is_baseline and as_of is null then first_on
        else least(day, last_day - 42)
    end as window_from,
    if(is_flow, until + 21, until) as window_to,
    if(is_flow, last_day, null) as signed_to,
    case
        -- New ones are counted from the start of the second term when an article names no day.
        when metric in ('agreements_new', 'growth_ratio', 'growth_percent')
            then coalesce(since, date '2025-01-20')
        when metric = 'states' and lead_metric = 'agreements_new'
            then coalesce(since, date '2025-01-20')
        when metric in ('states', 'agencies') then since
    end as counted_from,
    hash(closed.state, closed.model, counted_from, signed_to) as scope_no,
    coalesce(' in ' || states.name, '') || case model
        when 'TFM' then ' on the task force model'
        when 'JEM' then ' on the jail enforcement model'
        when 'WSO' then ' on the warrant service model'
        else ''
    end as scope,
    coalesce(' and state = ''' || closed.state || '''', '')
        || coalesce(' and model = ''' || closed.model || '''', '') as scope_filter,
    case
        when metric not in (
            'agreements', 'agencies', 'states', 'models', 'agreements_new', 'agreements_pending',
            'agreements_signed_or_pending', 'growth_ratio', 'growth_percent'
        ) then 'the lists do not show this quantity'
        when is_part then 'it counts a part that the lists do not tell apart'
        when day is null then 'neither the figure nor its article has a date'
        when until < first_on
            then 'the record begins on ' || in_days(first_on) || ', after the time it speaks of'
        when day > newest_on + 42
            then 'the newest list of the record is of ' || in_days(newest_on)
    end as not_checkable,
    record.first_on
from closed
cross join record
left join seed_states as states on closed.state = states.code
