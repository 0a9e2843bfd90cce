-- Every rule that an event or a join names is one of event_rules.
select 'events' as table_name, rule, count(*) as times
from events
where rule not in (select rule from event_rules)
group by rule
union all
select 'identity_links', rule, count(*)
from identity_links
where rule not in (select rule from event_rules)
group by rule
union all
select 'identity_candidates', rule, count(*)
from identity_candidates
where rule not in (select rule from event_rules)
group by rule
