-- Every removed row, and no other change, says which agreements of its agency are still listed.
select event_id, kind, still_listed
from events
where (kind = 'removed') <> (still_listed is not null)
