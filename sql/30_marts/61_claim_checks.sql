-- One row per claim: what the record shows for it, and the verdict with its evidence.
-- The window of a claim runs from six weeks before its day (for a month or a year: its first
-- day) to its last day; tolerance is on the date, never on the number.
with

dated as (
    select
        claims.*,
        coalesce(claims.as_of, articles.published_on) as day,
        coalesce(claims.as_of_end, claims.as_of, articles.published_on) as last_day,
        (select min(published_on) from totals where list = 'participating') as record_starts
    from claims
    left join articles using (article_id)
),

on_each_day as (
    select
        participating.published_on,
        participating.publication_id,
        participating.seq,
        participating.agreements,
        participating.agencies,
        participating.states,
        participating.jem,
        participating.tfm,
        participating.wso,
        pending.agreements as pending
    from totals as participating
    asof left join (select * from totals where list = 'pending') as pending
        on participating.published_on >= pending.published_on
    where participating.list = 'participating'
),

readings as (
    select
        dated.claim_id,
        on_each_day.published_on,
        on_each_day.publication_id,
        on_each_day.seq,
        unnest(
            case
                when dated.metric = 'agreements' and dated.model = 'JEM'
                    then [{'reading': 'agreements on the jail enforcement model', 'observed': jem}]
                when dated.metric in ('agreements', 'agencies') and dated.model = 'TFM'
                    then [{'reading': 'agreements on the task force model', 'observed': tfm}]
                when dated.metric = 'agreements' and dated.model = 'WSO'
                    then [{'reading': 'agreements on the warrant service model', 'observed': wso}]
                when dated.metric in ('agreements', 'agencies')
                    then [
                        {'reading': 'agreements', 'observed': on_each_day.agreements},
                        {'reading': 'agencies', 'observed': on_each_day.agencies}
                    ]
                when dated.metric = 'states'
                    then [{'reading': 'states on the list', 'observed': on_each_day.states}]
                when dated.metric = 'agreements_pending'
                    then [{'reading': 'pending applications', 'observed': pending}]
                when dated.metric = 'agreements_signed_or_pending'
                    then [
                        {
                            'reading': 'agreements signed and pending',
                            'observed': on_each_day.agreements + pending
                        }
                    ]
                when dated.metric = 'agreements_new'
                    then [
                        {
                            'reading': 'agreements more than the December 2024 baseline',
                            'observed': on_each_day.agreements - baseline.agreements
                        },
                        {
                            'reading': 'signed and pending more than the December 2024 baseline',
                            'observed': on_each_day.agreements + pending - baseline.agreements
                        }
                    ]
            end,
            recursive := true
        )
    from dated
    cross join on_each_day
    left join baselines as baseline on baseline.baseline_id = 'december-2024'
    where dated.state is null
        and dated.metric in (
            'agreements', 'agencies', 'states', 'agreements_pending',
            'agreements_signed_or_pending', 'agreements_new'
        )
),

weighed as (
    select
        readings.*,
        dated.value,
        case dated.qualifier
            when 'at_least' then readings.observed >= dated.value
                and readings.observed < dated.value * 1.05
            when 'more_than' then readings.observed > dated.value
                and readings.observed < dated.value * 1.05
            else readings.observed = dated.value
        end as is_match,
        readings.published_on between dated.day - 42 and dated.last_day as is_in_window,
        abs(readings.observed - dated.value) as off_by,
        readings.published_on <= dated.last_day as is_before_end,
        abs(readings.published_on - dated.last_day) as days_off
    from readings
    inner join dated using (claim_id)
    where readings.observed is not null
),

best as (
    select *
    from weighed
    qualify row_number() over (
        partition by claim_id
        order by
            is_in_window and is_match desc,
            is_in_window desc,
            if(is_in_window, off_by, 0),
            days_off,
            seq desc,
            reading
    ) = 1
),

nearest as (
    select claim_id, published_on as exact_on, publication_id as exact_publication_id
    from weighed
    where is_match
    qualify row_number() over (partition by claim_id order by days_off, seq, reading) = 1
)

select
    dated.claim_id,
    dated.article_id,
    dated.position,
    dated.metric,
    dated.value,
    dated.qualifier,
    dated.day as as_of,
    best.reading,
    best.observed,
    best.observed - dated.value as difference,
    best.published_on as observed_on,
    best.publication_id as observed_publication_id,
    nearest.exact_on,
    case
        when best.claim_id is null or dated.day is null then 'not_checkable'
        when dated.last_day < dated.record_starts then 'not_checkable'
        when best.is_match and best.is_in_window then 'confirmed'
        when nearest.exact_on < dated.day then 'outdated'
        when best.is_in_window and best.off_by <= greatest(1, dated.value * 0.01) then 'close'
        else 'contradicted'
    end as verdict,
    case
        when best.claim_id is null then 'the lists do not show this quantity'
        when dated.day is null then 'the article gives no date for it'
        when dated.last_day < dated.record_starts
            then 'the record begins on ' || strftime(dated.record_starts, '%-d %B %Y')
        else best.reading || ': ' || best.observed || ' on the list of '
            || strftime(best.published_on, '%-d %B %Y')
            || coalesce('; exactly so on ' || strftime(nearest.exact_on, '%-d %B %Y'), '')
    end as evidence
from dated
left join best using (claim_id)
left join nearest using (claim_id)
order by dated.article_id, dated.position
