-- Every id that one table takes from another is there.
select 'events.agreement_id' as reference, events.agreement_id as missing
from events
where events.agreement_id is not null
    and events.agreement_id not in (select agreement_id from agreements)
    and events.agreement_id not in (select application_id from pending)
union all
select 'agreements.agency_id', agency_id
from agreements
where agency_id not in (select agency_id from agencies)
union all
select 'pending.agency_id', agency_id
from pending
where agency_id not in (select agency_id from agencies)
union all
select 'agreements.replaced_by', replaced_by
from agreements
where replaced_by is not null and replaced_by not in (select agreement_id from agreements)
union all
select 'id_aliases.agreement_id', agreement_id
from id_aliases
where agreement_id is not null
    and agreement_id not in (select agreement_id from agreements)
    and agreement_id not in (select application_id from pending)
union all
select 'events.row_number', event_id
from events
where agreement_id is not null and row_number is null and previous_row_number is null
union all
select 'id_aliases.event_id', event_id
from id_aliases
where event_id is not null and event_id not in (select event_id from events)
