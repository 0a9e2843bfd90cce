-- One row per claim, moment and measure: what the lists in force show in the scope of the claim.
-- `made_of` says how the figure comes together when it is on no list as it stands.
create temp table claim_measures as
with

listed as (
    select * from claim_counts where list = 'participating'
),

waiting as (
    select * from claim_counts where list = 'pending'
),

counted as (
    select
        claims.claim_id,
        moments.moment,
        coalesce(listed.agreements, 0) as agreements,
        if(claims.scope = '', totals.agencies, coalesce(listed.agencies, 0)) as agencies,
        coalesce(listed.states, []) as states,
        len(
            list_intersect(coalesce(listed.states, []), ['AS', 'DC', 'GU', 'MP', 'PR', 'VI'])
        ) as no_states,
        coalesce(listed.signed_since, 0) as signed_since,
        coalesce(listed.agencies_since, 0) as agencies_since,
        coalesce(listed.states_since, 0) as states_since,
        coalesce(listed.states_added, 0) as states_added,
        if(moments.pending_step is null, null, coalesce(waiting.agreements, 0)) as pending,
        if(moments.pending_step is null, null, coalesce(waiting.agencies, 0)) as agencies_pending,
        coalesce(waiting.states, []) as states_pending,
        -- No list stands before the count begins: what was added to it is not known.
        base.agreements as base,
        if(claims.scope = '', base_totals.agencies, base.agencies) as agencies_base,
        totals.jem,
        totals.tfm,
        totals.wso
    from claim_windows as claims
    cross join claim_moments as moments
    inner join totals on moments.publication_id = totals.publication_id
    left join listed on claims.scope_no = listed.scope_no and moments.step = listed.step
    left join waiting on claims.scope_no = waiting.scope_no and moments.pending_step = waiting.step
    left join listed as base on claims.scope_no = base.scope_no and base.is_base
    left join totals as base_totals on base.publication_id = base_totals.publication_id
    where claims.not_checkable is null
),

measured as (
    select
        claim_id,
        moment,
        unnest([
            {'measure': 'agreements', 'observed': agreements, 'made_of': null},
            {'measure': 'agencies', 'observed': agencies, 'made_of': null},
            {'measure': 'header_row', 'observed': agreements + 1, 'made_of': agreements || ' + 1'},
            {'measure': 'states', 'observed': len(states), 'made_of': null},
            {
                'measure': 'states_alone',
                'observed': if(no_states > 0, len(states) - no_states, null),
                'made_of': len(states) || ' − ' || no_states
            },
            {'measure': 'pending', 'observed': pending, 'made_of': null},
            {'measure': 'agencies_pending', 'observed': agencies_pending, 'made_of': null},
            {
                'measure': 'signed_or_pending',
                'observed': agreements + pending,
                'made_of': agreements || ' signed + ' || pending || ' pending'
            },
            {
                'measure': 'states_signed_or_pending',
                'observed': len(list_distinct(list_concat(states, states_pending))),
                'made_of': null
            },
            {
                'measure': 'added',
                'observed': agreements - base,
                'made_of': agreements || ' − ' || base
            },
            {
                'measure': 'added_or_pending',
                'observed': agreements - base + pending,
                'made_of': (agreements - base) || ' new + ' || pending || ' pending'
            },
            {
                'measure': 'agencies_added',
                'observed': agencies - agencies_base,
                'made_of': agencies || ' − ' || agencies_base
            },
            {'measure': 'signed_since', 'observed': signed_since, 'made_of': null},
            {'measure': 'agencies_since', 'observed': agencies_since, 'made_of': null},
            {'measure': 'states_since', 'observed': states_since, 'made_of': null},
            {'measure': 'states_added', 'observed': states_added, 'made_of': null},
            {
                'measure': 'models',
                'observed': (jem > 0)::int + (tfm > 0)::int + (wso > 0)::int,
                'made_of': null
            },
            {
                'measure': 'ratio',
                'observed': agreements / nullif(base, 0),
                'made_of': agreements || ' / ' || base
            },
            {
                'measure': 'agencies_ratio',
                'observed': agencies / nullif(agencies_base, 0),
                'made_of': agencies || ' / ' || agencies_base
            }
        ], recursive := true)
    from counted
)

select claim_id, moment, measure, cast(observed as double) as observed, made_of
from measured
where observed is not null
