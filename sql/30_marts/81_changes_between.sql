-- changes_between(first_day, last_day): the events of lists published after first_day, up to and
-- including last_day: what a reader of the list of first_day has missed.
create macro changes_between(first_day, last_day) as table
select *
from events
where published_on > cast(first_day as date) and published_on <= cast(last_day as date)
order by published_on, list, kind, agreement_id
