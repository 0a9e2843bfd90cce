-- The rates of rates.toml, each a query on a warehouse built from the seed record alone. A line
-- `-- section.name: what it is` names the value of the query below it.

create temp table years as
select list, sum(agreements * days) / 365.25 as years
from (
    select list, agreements, coalesce(date_diff('day', published_on, lead(published_on) over (
        partition by list order by seq)), 0) as days
    from totals
) group by list;

create temp table steps as
select published_on, date_diff('day', published_on, lead(published_on) over (order by seq)) as days
from publications where list = 'participating' and status = 'accepted';

create temp macro signed_in_the_rush() as date '2025-02-20';
create temp macro rate(n, which) as
    round(n / (select years from years where list = which), 4);
create temp macro deciles(x) as quantile_disc(x, [0, .1, .2, .3, .4, .5, .6, .7, .8, .9, 1]);

create temp table told as
select events.*, events.published_on - agreements.first_listed as age
from events left join agreements using (agreement_id) where list = 'participating';

create temp table renames as
select
    case
        when regexp_matches(one, 'sheriffs? office') and regexp_matches(other, 'sheriffs? dep')
            or regexp_matches(other, 'sheriffs? office') and regexp_matches(one, 'sheriffs? dep')
            then 'office'
        when regexp_matches(one || ' ' || other, '\b(pd|dept|bocc|dps|ft|mt)\b') then 'abbreviated'
        when damerau_levenshtein(one, other) <= 3 then 'misspelt'
        when regexp_extract(one, 'sheriff|police|board|correction|jail|prison|attorney|trustee')
            <> regexp_extract(other, 'sheriff|police|board|correction|jail|prison|attorney|trustee')
            then 'body'
        when starts_with(other, one) or ends_with(other, one) or starts_with(one, other)
            or ends_with(one, other) or replace(one, ' county', '') = replace(other, ' county', '')
            then 'place'
        else 'reworded'
    end as kind
from (
    select regexp_replace(lower(before), '[^a-z0-9 ]', '', 'g') as one,
        regexp_replace(lower(after), '[^a-z0-9 ]', '', 'g') as other
    from told where kind = 'renamed'
);

-- lists.days_slow: days from a list to the next before 20 February 2025, deciles
select deciles(days) from steps where published_on < signed_in_the_rush();
-- lists.days_fast: the same since then, silences left out; 0 is the same day
select deciles(days) from steps where published_on >= signed_in_the_rush() and days < 12;
-- lists.silences: share of steps since then that take 12 days or more
select round(avg(cast(days >= 12 as int)), 4) from steps
where published_on >= signed_in_the_rush();

-- joins.share_of_lists: share of lists since then that add agreements
select round(count(distinct publication_id) / (
    select count(*) from steps where published_on >= signed_in_the_rush()
), 3) from told where kind = 'added';
-- joins.sizes: agreements that such a list adds, deciles
select deciles(n) from (
    select count(*) as n from told where kind = 'added' group by publication_id
);
-- joins.lag: days from signing to the first list, deciles
select deciles(first_listed - signed_on) from agreements
where first_listed > signed_in_the_rush() and first_listed - signed_on between 0 and 40;
-- joins.models: shares of the task force, warrant service and jail models among the new
select list_value(
    round(avg(cast(model = 'TFM' as int)), 3),
    round(avg(cast(model = 'WSO' as int)), 3),
    round(avg(cast(model = 'JEM' as int)), 3)
) from agreements where first_listed > signed_in_the_rush();
-- joins.by_members: share of the new whose agency is listed already
select round(avg(cast(exists(
    select 1 from agreements as b
    where b.agency_id = a.agency_id and b.first_listed < a.first_listed
) as int)), 3) from agreements as a where first_listed > signed_in_the_rush();
-- joins.together: share of joining agencies that sign several models at once
select round(avg(cast(n > 1 as int)), 3) from (
    select count(*) as n from agreements where first_listed > signed_in_the_rush()
    group by agency_id, first_listed
);
-- joins.linked_at_once: share of the new whose first list links their document
select round(count(moa_url) / count(*), 3)
from told inner join list_rows using (publication_id, row_number) where kind = 'added';
-- joins.days_to_link: days from the first list to the link, deciles
select deciles(age) from told
where kind = 'moa_posted' and published_on - cast(age as integer) > signed_in_the_rush();

-- per_year.departures: agreements gone for good, per agreement listed for a year
select rate(count(*), 'participating') from told where kind = 'removed' and rule = 'confirmed';
-- per_year.gaps: rows missing and back before that was confirmed
select rate(count(*), 'participating') from told where kind = 'removed' and rule = 'gap';
-- per_year.returns: agreements back after they were gone
select rate(count(*), 'participating') from told where kind = 'returned' and rule = 'new_period';
-- per_year.renames: rows printed under another name
select rate(count(*), 'participating') from told where kind = 'renamed';
-- per_year.redates: rows printed with another date of the same signing
select rate(count(*), 'participating') from told where kind = 'redated';
-- per_year.renewals: agreements signed anew
select rate(count(*), 'participating') from told
where kind = 'renewed' and not (rule = 'stood_beside' and split_part("before", '/', 3)
    = split_part("after", '/', 3));
-- per_year.switches: agreements taken over by another model in one step
select rate(count(*), 'participating') from told where kind = 'switched';
-- per_year.duplicates: rows printed twice for a while, alike or under two spellings
select rate((
    select count(distinct row_number) from list_rows
    where list_contains(issues, 'exact_duplicate')
) + count(*), 'participating') from told where kind = 'renewed' and rule = 'stood_beside';
-- per_year.replaced: links that lead to another document
select rate(count(*), 'participating') from told where kind = 'moa_replaced';
-- per_year.misprints: cells of state, type, model or date printed wrong that no event tells
select rate((
    select count(distinct (agreement_id, issue)) from (
        select agreement_id, unnest(issues) as issue from list_rows
        where state_printed <> 'PENNSLYVANIA'
    ) where issue in (
        'state_repaired', 'signed_repaired', 'signed_missing', 'type_repaired', 'model_repaired',
        'model_unknown', 'exact_duplicate'
    )
) + (
    select count(distinct (agreement_id, model_printed)) from list_rows
    where trim(model_printed) not in (
        'Warrant Service Officer', 'Task Force Model', 'Jail Enforcement Model'
    )
), 'participating');
-- per_year.formats: rows printed with other blanks, apostrophes or letter cases
select rate(53, 'participating');  -- tests/golden/identity.csv

-- per_list.state_misspelt: share of lists that misspell one state on all of its rows
select round(1 / count(*), 5) from publications where list = 'participating';
-- per_list.links_withdrawn: share of lists that withdraw the links of many rows at once
select round(count(*) / (select count(*) from steps), 5) from (
    select publication_id from told where kind = 'moa_withdrawn'
    group by publication_id having count(*) > 2
);

-- young.renames: share of renames in the first 30 days of an agreement
select round(avg(cast(age <= 30 as int)), 2) from told where kind = 'renamed';
-- young.redates: share of corrected dates in them
select round(avg(cast(age <= 30 as int)), 2) from told where kind = 'redated';
-- young.departures: share of departures in them
select round(avg(cast(age <= 30 as int)), 2) from told where kind = 'removed';

-- batches.renames: renames of a list that has any, deciles
select deciles(n) from (
    select count(*) as n from told where kind = 'renamed' group by publication_id
);
-- batches.redates: corrected dates of a list that has any, deciles
select deciles(n) from (
    select count(*) as n from told where kind = 'redated' group by publication_id
);

-- renames.abbreviated: Police Department and PD
select round(avg(cast(kind = 'abbreviated' as int)), 3) from renames;
-- renames.misspelt: at most three letters otherwise
select round(avg(cast(kind = 'misspelt' as int)), 3) from renames;
-- renames.office: Sheriff's Office and Sheriff's Department
select round(avg(cast(kind = 'office' as int)), 3) from renames;
-- renames.place: the state, county or kind of place named or not
select round(avg(cast(kind = 'place' as int)), 3) from renames;
-- renames.body: another body of the same place
select round(avg(cast(kind = 'body' as int)), 3) from renames;
-- renames.reworded: the rest
select round(avg(cast(kind = 'reworded' as int)), 3) from renames;

-- redates.days: share of corrected dates that move by three days or less
select round(avg(cast(abs(date_diff('day', cast("before" as date), cast("after" as date))) <= 3
    as int)), 3) from told where kind = 'redated' and "before" is not null;
-- redates.month: share that move by 28 to 31 days or a year, as a slip of the month or year does
select round(avg(cast(abs(date_diff('day', cast("before" as date), cast("after" as date)))
    in (28, 29, 30, 31, 365) as int)), 3) from told where kind = 'redated' and "before" is not null;

-- misprints.lists: lists that print a wrong cell, deciles
select deciles(n) from (
    select count(*) as n
    from issues inner join list_rows using (publication_id, row_number)
    where code like '%repaired' or code like '%missing'
    group by agreement_id, code, printed
);

-- pending.share: share of new agreements whose application was listed, while there was a list
select round(avg(cast(p.agency_id is not null as int)), 3) from agreements as a left join (
    select distinct agency_id, model from pending where outcome = 'signed'
) as p using (agency_id, model)
where a.first_listed between '2025-03-15' and '2026-02-20';
-- pending.waited: days that an application that was signed is listed, deciles
select deciles(days_waited) from pending where outcome = 'signed';
-- pending.withdrawn: share of applications that left without being signed
select round(avg(cast(outcome = 'withdrawn' as int)), 3) from pending where outcome <> 'waiting';
-- pending.withdrawn_after: days that these are listed, deciles
select deciles(days_waited) from pending where outcome = 'withdrawn';
-- pending.leaves_late: days from the agreement's first list to the application's leaving, deciles
select deciles(p.last_listed - a.first_listed) from pending as p
inner join agreements as a using (agency_id, model)
where p.outcome = 'signed' and abs(p.last_listed - a.first_listed) < 10;
