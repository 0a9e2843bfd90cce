-- One row per state and baseline: its agreements on the list in force then, and on the newest.
with

newest as (
    select publication_id
    from totals
    where list = 'participating'
    order by seq desc
    limit 1
),

by_state as (
    select publications.publication_id, lines.state, count(*) as agreements
    from stg_listed as listed
    inner join publications using (publication_no)
    inner join stg_lines as lines using (line)
    where publications.publication_id in (select publication_id from newest)
        or publications.publication_id in (select observed_publication_id from baselines)
    group by publications.publication_id, lines.state
),

now_by_state as (
    select by_state.state, by_state.agreements
    from by_state
    inner join newest using (publication_id)
),

then_by_state as (
    select baselines.baseline_id, by_state.state, by_state.agreements
    from baselines
    inner join by_state on baselines.observed_publication_id = by_state.publication_id
),

states as (
    select baselines.baseline_id, all_states.state
    from baselines
    cross join (
        select state from now_by_state
        union
        select state from then_by_state
    ) as all_states
),

compared as (
    select
        states.state,
        states.baseline_id,
        coalesce(then_by_state.agreements, 0) as agreements_then,
        coalesce(now_by_state.agreements, 0) as agreements_now
    from states
    left join then_by_state using (baseline_id, state)
    left join now_by_state using (state)
)

select
    state,
    baseline_id,
    agreements_then,
    agreements_now,
    agreements_now - agreements_then as net,
    agreements_now / nullif(agreements_then, 0) as ratio,
    agreements_now / nullif(sum(agreements_now) over (partition by baseline_id), 0) as share,
    rank() over (
        partition by baseline_id order by agreements_now - agreements_then desc
    ) as rank
from compared
order by baseline_id, rank, state
