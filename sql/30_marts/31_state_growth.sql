-- One row per state and baseline: its agreements on the list in force then, and on the newest.
with

newest as (
    select publication_id
    from totals
    where list = 'participating'
    order by seq desc
    limit 1
),

now_by_state as (
    select state, count(*) as agreements
    from stg_listed
    inner join newest using (publication_id)
    group by state
),

then_by_state as (
    select baselines.baseline_id, stg_listed.state, count(*) as agreements
    from baselines
    inner join stg_listed on baselines.observed_publication_id = stg_listed.publication_id
    group by baselines.baseline_id, stg_listed.state
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
