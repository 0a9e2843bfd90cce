-- An agreement that left has an event that says so, and its status agrees with it.
with

last_events as (
    select
        agreement_id,
        arg_max(rule, published_on) as rule
    from events
    where list = 'participating' and kind = 'removed'
    group by agreement_id
)

select agreements.agreement_id, agreements.status, last_events.rule
from agreements
left join last_events using (agreement_id)
where (agreements.status = 'removed' and coalesce(last_events.rule, '') <> 'confirmed')
    or (agreements.status = 'provisional' and coalesce(last_events.rule, '') <> 'awaiting')
    or (agreements.status = 'replaced' and agreements.replaced_by is null)
    or (agreements.status in ('active', 'in_doubt')) <> (agreements.removed_on is null)
