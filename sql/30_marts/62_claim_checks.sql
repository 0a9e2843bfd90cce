-- One row per claim: its best reading, what the record shows for it, and the verdict with its
-- evidence. The verdict is of the claim's own time; `verdict_now` and `moved_on` say whether the
-- newest list still shows it, so that a figure that was right when printed is not called wrong.
with

newest as (
    select claim_id, rank, shown_on as newest_on, observed as newest_observed, is_match as is_right_now
    from claim_tries
    qualify row_number() over (partition by claim_id, rank order by moment desc) = 1
),

phrased as (
    select
        verdicts.*,
        newest.newest_on,
        newest.newest_observed,
        case
            when verdict in ('confirmed', 'outdated') and not is_flow
                then if(newest.is_right_now, 'confirmed', 'outdated')
            else verdict
        end as verdict_now,
        in_figures(value) as figure,
        if(qualifier = 'exactly', '', replace(qualifier, '_', ' ') || ' ') || figure
            || coalesce(' to ' || in_figures(value_high), '') || ' ' || case metric
                when 'agreements_new' then 'new agreements'
                when 'agreements_pending' then 'pending agreements'
                when 'agreements_signed_or_pending' then 'agreements signed or pending'
                when 'growth_ratio' then 'times as many'
                when 'growth_percent' then '% growth'
                when 'share_percent' then '% share'
                when 'fines_usd' then 'dollars of fines'
                when 'detained_people' then 'people detained'
                when 'other' then 'other figures'
                else metric
            end || scope || coalesce(' since ' || in_days(since), '') || ', ' || case
                when as_of is null then coalesce('as of the article (' || in_days(day) || ')', 'undated')
                when as_of_precision = 'day' then in_days(as_of)
                when as_of_precision = 'month' then strftime(as_of, '%B %Y')
                when as_of_precision = 'year' then strftime(as_of, '%Y')
                else in_days(as_of) || ' to ' || in_days(as_of_end)
            end || if(place = 'headline', ', in the headline', '') as said,
        reading || ': ' || in_figures(observed) || coalesce(' (' || made_of || ')', '')
            || ' on the list of ' || in_days(observed_on) as shown,
        if(exact_from = exact_to, 'list of ', 'lists of ' || in_days(exact_from) || ' to ')
            || in_days(exact_to) || coalesce(' (' || exact_made_of || ')', '') as exactly_on,
        if(rank = 1, '', '; ' || plain_reading || ': ' || in_figures(plain_observed)) as otherwise
    from claim_verdicts as verdicts
    left join newest using (claim_id, rank)
),

worded as (
    select
        *,
        case
            when not_checkable is not null then not_checkable
            when verdict = 'not_checkable' and metric = 'agreements_new' and since is null
                then 'it does not say since when the new ones are counted'
            when verdict = 'not_checkable'
                then 'the record begins on ' || in_days(first_on) || ', within the time it speaks of'
            when verdict = 'confirmed'
                then shown || otherwise || if(
                    moved_on <= day,
                    '; from ' || in_days(moved_on) || ' it shows ' || in_figures(moved_to),
                    ''
                )
            when verdict = 'outdated'
                then figure || ' was right on the ' || exactly_on || '; later ' || shown || otherwise
            when role = 'header row' then shown || ': the sheet''s header row was counted'
            when verdict = 'close'
                then shown || ', off by ' || in_figures(round(abs(difference), 2)) || otherwise
            else shown
                || coalesce('; ' || figure || ' is the figure for ' || mixed_up_with, '')
                || case
                    when exact_to < window_from
                        then '; ' || figure || ' stood on the ' || exactly_on
                    else ''
                end
        end || coalesce('; ' || sum, '') as evidence_then,
        case
            when verdict = 'confirmed' and verdict_now = 'outdated' and moved_on > day
                then '; right when printed, the list has moved to ' || in_figures(newest_observed)
                    || ' since (' || in_days(newest_on) || ')'
            when verdict = 'contradicted' and exact_from > window_to
                then '; ' || figure || ' came on the ' || exactly_on
            when verdict = 'contradicted' and exact_from is null and mixed_up_with is null
                then '; no list of the record shows ' || figure
            else ''
        end as since_then
    from phrased
)

select
    claim_id,
    article_id,
    position,
    metric,
    value,
    qualifier,
    day as as_of,
    window_to,
    reading,
    observed,
    made_of,
    difference,
    observed_on,
    observed_publication_id,
    exact_from,
    exact_to as exact_on,
    said,
    verdict,
    evidence_then || since_then as evidence,
    evidence_then,
    query,
    moved_on,
    moved_to,
    newest_on,
    newest_observed,
    verdict_now
from worded
order by article_id, position
