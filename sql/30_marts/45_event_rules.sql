-- One row per rule that an event or a join may name, in words.
select rule, says
from seed_event_rules
order by rule
