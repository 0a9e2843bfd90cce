"""The course of the figures: queries for totals, weeks, baselines and states over time.

Each is the rest of a statement that begins with the `week` of `queries`.
"""

from __future__ import annotations

SERIES = """
lists as (
    select publication_id, published_on, seq, agreements, agencies, states, jem, tfm, wso
    from totals cross join week
    where list = 'participating' and published_on <= sunday
)

select * from lists order by seq
"""

WEEKS = """
bounds as (
    select
        -- Two years are what a chart of weeks can show.
        greatest(
            date_trunc('week', min(published_on)), any_value(monday) - interval 103 weeks
        ) as first_week,
        date_trunc('week', max(published_on)) as last_week,
        any_value(monday) as monday,
        any_value(sunday) as sunday
    from totals cross join week
    where list = 'participating'
),

calendar as (
    -- Half a year past the record's end is enough to show that nothing came.
    select
        cast(unnest(generate_series(
            first_week, least(monday, last_week + interval 26 weeks), interval 7 days
        )) as date) as monday
    from bounds
),

lists as (
    select cast(date_trunc('week', published_on) as date) as monday, count(*) as lists
    from totals
    where list = 'participating'
    group by all
),

changes as (
    select
        cast(date_trunc('week', published_on) as date) as monday,
        count(*) filter (
            where kind = 'added' or (kind = 'returned' and rule <> 'gap')
        ) as joined,
        count(*) filter (where kind = 'removed' and rule <> 'gap') as departed
    from events
    where list = 'participating'
    group by all
)

select
    strftime(calendar.monday, '%G-W%V') as week,
    calendar.monday,
    coalesce(lists.lists, 0) as lists,
    coalesce(changes.joined, 0) as joined,
    coalesce(changes.departed, 0) as departed,
    coalesce(weekly.agencies_gone, 0) as agencies_left
from calendar
left join lists using (monday)
left join changes using (monday)
left join weekly on weekly.list = 'participating' and calendar.monday = weekly.monday
order by calendar.monday
"""

GROWTH = """
newest as (
    select arg_max(publication_id, seq) as publication_id
    from totals cross join week
    where list = 'participating' and published_on <= sunday
),

measured as (
    select growth.* from growth inner join newest using (publication_id)
)

select
    baselines.baseline_id,
    baselines.label,
    baselines.as_of,
    baselines.as_of_precision,
    baselines.agreements as said_agreements,
    baselines.states as said_states,
    baselines.article_id,
    baselines.observed_agreements,
    baselines.observed_agencies,
    baselines.observed_states,
    baselines.observed_publication_id,
    baselines.verdict,
    observed.jem as observed_jem,
    observed.tfm as observed_tfm,
    observed.wso as observed_wso,
    measured.publication_id,
    measured.agreements,
    measured.net,
    measured.ratio,
    measured.percent,
    measured.days,
    measured.per_week,
    measured.weekly_rate,
    measured.doubling_days,
    measured.trend
from baselines
left join measured using (baseline_id)
left join totals as observed on baselines.observed_publication_id = observed.publication_id
order by baselines.as_of
"""

STATES = """
points as (
    select 'now' as point, arg_max(publication_id, seq) as publication_id
    from totals cross join week
    where list = 'participating' and published_on <= sunday
    union all
    select 'before', arg_max(publication_id, seq)
    from totals cross join week
    where list = 'participating' and published_on < monday
    union all
    select baseline_id, observed_publication_id
    from baselines cross join week
    where as_of <= sunday
)

select
    points.point,
    agreements.state,
    count(*) as agreements,
    count(distinct agreements.agency_id) as agencies
from points
inner join publications using (publication_id)
inner join listings
    on listings.list = 'participating'
    and publications.step between listings.first_step and listings.last_step
inner join agreements using (agreement_id)
group by points.point, agreements.state
order by points.point, agreements.state
"""

STATE_SERIES = """
lists as (
    -- The last list of each week, which is the one in force on its Sunday.
    select arg_max(publication_id, seq) as publication_id
    from totals cross join week
    where list = 'participating' and published_on <= sunday
    group by date_trunc('week', published_on)
)

select
    publications.published_on,
    agreements.state,
    count(*) as agreements
from lists
inner join publications using (publication_id)
inner join listings
    on listings.list = 'participating'
    and publications.step between listings.first_step and listings.last_step
inner join agreements using (agreement_id)
group by publications.published_on, agreements.state
order by publications.published_on, agreements.state
"""
