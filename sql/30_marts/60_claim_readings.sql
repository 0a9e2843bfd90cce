-- One row per claim and reading tried: what the record shows in the claim's window when it is read
-- so, the query that proves it, and the nearest days on which that was exactly the figure.
with

in_window as (
    select claim_tries.*
    from claim_tries
    inner join claim_windows using (claim_id)
    where is_in_window
    qualify row_number() over (
        partition by claim_id, rank
        -- Growth is shown for the level the article gives, where the record knows it.
        order by
            coalesce(starts_with(made_of, cast(lead_value as bigint) || ' / '), false) desc,
            is_match desc,
            if(is_match, 0, abs(difference)),
            moment desc
    ) = 1
),

runs as (
    select
        tries.claim_id,
        tries.rank,
        min(tries.shown_on) as exact_from,
        max(tries.shown_on) as exact_to,
        max(tries.valid_to) as exact_until,
        max_by(tries.publication_id, tries.moment) as exact_publication_id,
        max_by(tries.made_of, tries.moment) as exact_made_of,
        max(tries.moment) as last_moment,
        any_value(windows.day) as day,
        any_value(windows.window_to) as window_to
    from (
        select *, moment - row_number() over (partition by claim_id, rank order by moment) as run
        from claim_tries
        where is_match
    ) as tries
    inner join claim_windows as windows using (claim_id)
    group by tries.claim_id, tries.rank, tries.run
),

nearest as (
    select *
    from runs
    qualify row_number() over (
        partition by claim_id, rank
        order by greatest(0, day - exact_until, exact_from - window_to), exact_from desc
    ) = 1
),

levels as (
    select
        growth.claim_id,
        later.value as later,
        earlier.value as earlier
    from claims as growth
    inner join claims as later on growth.continues = later.claim_id
    inner join claims as earlier
        on later.article_id = earlier.article_id
        and later.metric = earlier.metric
        and coalesce(later.state, '') = coalesce(earlier.state, '')
        and coalesce(later.model, '') = coalesce(earlier.model, '')
        and later.claim_id <> earlier.claim_id
        and (earlier.as_of = growth.since or earlier.as_of is null or growth.since is null)
    where growth.metric in ('growth_ratio', 'growth_percent')
        and later.metric not in ('growth_ratio', 'growth_percent')
    qualify row_number() over (
        partition by growth.claim_id
        order by not earlier.is_baseline, abs(earlier.position - later.position), earlier.position
    ) = 1
),

arithmetic as (
    select
        windows.*,
        later / earlier as ratio,
        if(metric = 'growth_ratio', ratio, 100 * (ratio - 1)) as observed,
        in_figures(later) || ' / ' || in_figures(earlier) as made_of
    from levels
    inner join claim_windows as windows using (claim_id)
    where earlier > 0
),

base as (
    select scope_no, publication_id as base_publication_id from claim_counts where is_base
),

from_lists as (
    select
        windows.claim_id,
        windows.article_id,
        windows.position,
        in_window.rank,
        in_window.reading,
        in_window.role,
        windows.window_from,
        windows.window_to,
        in_window.observed,
        in_window.made_of,
        in_window.difference,
        in_window.is_match,
        in_window.shown_on as observed_on,
        in_window.publication_id as observed_publication_id,
        nearest.exact_from,
        nearest.exact_to,
        nearest.exact_publication_id,
        nearest.exact_made_of,
        after.shown_on as moved_on,
        after.observed as moved_to,
        claim_query(
            in_window.measure,
            in_window.publication_id,
            in_window.pending_publication_id,
            base.base_publication_id,
            windows.scope_filter,
            windows.counted_from,
            windows.signed_to
        ) as query
    from in_window
    inner join claim_windows as windows using (claim_id)
    left join nearest using (claim_id, rank)
    left join claim_tries as after
        on nearest.claim_id = after.claim_id
        and nearest.rank = after.rank
        and nearest.last_moment + 1 = after.moment
    left join base on windows.scope_no = base.scope_no
),

from_articles as (
    select
        claim_id,
        article_id,
        position,
        9 as rank,
        'the article''s own figures' as reading,
        'arithmetic' as role,
        observed,
        made_of,
        observed - value as difference,
        is_said(observed, value, value_high, qualifier, unit) as is_match,
        'select ' || if(metric = 'growth_ratio', '', '100 * ') || '(' || replace(made_of, ',', '')
            || ')' || if(metric = 'growth_ratio', '', ' - 100') as query
    from arithmetic
),

joined as (
    select * from from_lists
    union all by name
    select * from from_articles
)

select
    claim_id,
    article_id,
    position,
    rank,
    reading,
    role,
    window_from,
    window_to,
    observed,
    made_of,
    difference,
    is_match,
    observed_on,
    observed_publication_id,
    exact_from,
    exact_to,
    exact_publication_id,
    exact_made_of,
    moved_on,
    moved_to,
    query
from joined
order by article_id, position, rank
