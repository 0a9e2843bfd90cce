"""The questions the site's pages put to the warehouse, each for all states at once."""

from __future__ import annotations

_NEWEST = """
select
    newest.publication_id,
    cast(newest.published_on as varchar) as published_on,
    publications.part,
    strftime(newest.published_on, '%G-W%V') as week,
    newest.agreements,
    newest.agencies,
    newest.states,
    cast(previous.published_on as varchar) as previous_on,
    newest.agreements - previous.agreements as agreements_change,
    newest.agencies - previous.agencies as agencies_change,
    newest.states - previous.states as states_change,
    (
        select cast(max(publications.published_on) as varchar)
        from list_states
        inner join publications using (publication_id)
        where list_states.list = 'pending' and list_states.state = 'silent'
            and list_states.until is null
    ) as pending_ended
from totals as newest
inner join publications using (publication_id)
left join totals as previous
    on previous.list = 'participating'
    and previous.published_on < date_trunc('week', newest.published_on)
where newest.list = 'participating'
order by newest.seq desc, previous.seq desc
limit 1
"""

_AGREEMENTS = """
with

spans as (
    select
        agreement_id,
        arg_min(first_publication_id, run_number) as first_publication_id,
        arg_max(last_publication_id, run_number) as last_publication_id
    from listings
    where list = 'participating'
    group by agreement_id
),

printed as (
    select spans.agreement_id, min(list_rows.row_number) as row_number
    from spans
    inner join list_rows
        on spans.last_publication_id = list_rows.publication_id
        and spans.agreement_id = list_rows.agreement_id
    group by spans.agreement_id
),

gone as (
    select agreement_id, arg_max(still_listed, published_on) as still_listed
    from events
    where kind = 'removed'
    group by agreement_id
)

select
    agreements.agreement_id,
    agreements.agency_id,
    agreements.agency,
    agreements.state,
    agreements.county,
    agreements.agency_type,
    agreements.model,
    cast(agreements.signed_on as varchar) as signed_on,
    cast(agreements.first_listed as varchar) as first_listed,
    cast(agreements.removed_on as varchar) as removed_on,
    agreements.status,
    agreements.ended_how,
    gone.still_listed,
    agreements.moa_url,
    agreements.state as before_state,
    taker.agency as after_agency,
    taker.state as after_state,
    taker.model as after_model,
    cast(taker.signed_on as varchar) as after_signed_on,
    spans.first_publication_id,
    strftime(agreements.first_listed, '%G-W%V') as first_week,
    spans.last_publication_id,
    cast(last_list.published_on as varchar) as last_published_on,
    last_list.part as last_part,
    strftime(last_list.published_on, '%G-W%V') as last_week,
    printed.row_number
from agreements
inner join spans using (agreement_id)
inner join publications as last_list
    on spans.last_publication_id = last_list.publication_id
left join printed using (agreement_id)
left join gone using (agreement_id)
left join agreements as taker on agreements.replaced_by = taker.agreement_id
order by agreements.state, agreements.agency, agreements.model, agreements.signed_on,
    agreements.agreement_id
"""

_HISTORY = """
with

lists as (
    select publication_id, step, seq, published_on
    from publications
    where list = 'participating' and status = 'accepted'
),

counted as (
    select
        lists.seq,
        agreements.state,
        count(*) as agreements,
        count(distinct agreements.agency_id) as agencies,
        count(*) filter (where agreements.model = 'JEM') as jem,
        count(*) filter (where agreements.model = 'TFM') as tfm,
        count(*) filter (where agreements.model = 'WSO') as wso
    from lists
    inner join listings
        on listings.list = 'participating'
        and lists.step between listings.first_step and listings.last_step
    inner join agreements using (agreement_id)
    group by lists.seq, agreements.state
),

states as (
    select distinct state from agencies
),

every as (
    select
        states.state,
        lists.seq,
        cast(lists.published_on as varchar) as published_on,
        coalesce(counted.agreements, 0) as agreements,
        coalesce(counted.agencies, 0) as agencies,
        coalesce(counted.jem, 0) as jem,
        coalesce(counted.tfm, 0) as tfm,
        coalesce(counted.wso, 0) as wso
    from states
    cross join lists
    left join counted using (state, seq)
)

select * from every order by state, seq
"""

_PENDING = """
select
    pending.agency_id,
    agencies.name as agency,
    pending.state,
    pending.model,
    cast(pending.first_listed as varchar) as first_listed,
    cast(pending.last_listed as varchar) as last_listed,
    pending.outcome,
    pending.days_waited
from pending
inner join agencies using (agency_id)
-- A signed application shows as its agreement, unless that is listed under another agency.
where pending.outcome <> 'signed'
    or pending.agency_id not in (select agency_id from agreements)
order by pending.state, agencies.name, pending.model
"""

_GROWTH = """
select
    state_growth.state,
    state_growth.baseline_id,
    baselines.label,
    state_growth.agreements_then,
    state_growth.agreements_now,
    state_growth.net,
    state_growth.ratio,
    state_growth.share,
    state_growth.rank
from state_growth
inner join baselines using (baseline_id)
order by state_growth.state, baselines.as_of
"""

_AGENCIES = """
with

owners as (
    select agreement_id, agency_id from agreements
    union
    select application_id, agency_id from pending
),

ids as (
    select agency_id, agency_id as known from agencies
    union
    select agency_id, agreement_id from owners
    union
    select coalesce(aliases.agency_id, owners.agency_id), aliases.alias_id
    from id_aliases as aliases
    left join owners on aliases.agreement_id = owners.agreement_id
),

held as (
    select
        agency_id,
        count(*) filter (where status in ('active', 'in_doubt')) as active,
        list_sort(
            list(distinct model) filter (where status in ('active', 'in_doubt'))
        ) as models
    from agreements
    group by agency_id
),

known as (
    select agency_id, list_sort(list(known)) as ids from ids group by agency_id
)

select
    agencies.agency_id,
    agencies.name,
    agencies.state,
    agencies.agency_type,
    agencies.county,
    agencies.other_names,
    coalesce(held.active, 0) as active,
    held.agency_id is not null as was_listed,
    coalesce(held.models, []) as models,
    known.ids
from agencies
left join held using (agency_id)
left join known using (agency_id)
order by agencies.state, agencies.name, agencies.agency_id
"""

QUERIES = {
    "newest": _NEWEST,
    "agreements": _AGREEMENTS,
    "history": _HISTORY,
    "pending": _PENDING,
    "growth": _GROWTH,
    "agencies": _AGENCIES,
}
"""Every query of the site by name: what `states.views` and `lists` take the rows of."""
