-- Every table's key is unique.
select 'publications' as table_name, publication_id as key from publications
group by publication_id having count(*) > 1
union all
select 'line_places', publication_no || ':' || row_number from line_places
group by publication_no, row_number having count(*) > 1
union all
select 'line_texts', cast(line as varchar) from line_texts
group by line having count(*) > 1
union all
select 'agreements', agreement_id from agreements
group by agreement_id having count(*) > 1
union all
select 'agencies', agency_id from agencies
group by agency_id having count(*) > 1
union all
select 'pending', application_id from pending
group by application_id having count(*) > 1
union all
select 'pending', agency_id || ':' || model from pending
group by agency_id, model having count(*) > 1
union all
select 'events', event_id from events
group by event_id having count(*) > 1
union all
select 'id_aliases', alias_id from id_aliases
group by alias_id having count(*) > 1
union all
select 'totals', publication_id from totals
group by publication_id having count(*) > 1
union all
select 'growth', publication_id || ':' || baseline_id from growth
group by publication_id, baseline_id having count(*) > 1
union all
select 'state_growth', state || ':' || baseline_id from state_growth
group by state, baseline_id having count(*) > 1
union all
select 'weekly', list || ':' || week from weekly
group by list, week having count(*) > 1
