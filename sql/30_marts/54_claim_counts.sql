-- One row per claimed scope (state, model, since when) and list: what the list shows within it.
create temp table claim_counts as
with

scopes as (
    select distinct scope_no, state, model, counted_from, signed_to
    from claim_windows
    where not_checkable is null
),

lists as (
    select list, step, publication_id, published_on
    from publications
    where step is not null
),

base_steps as (
    select scopes.scope_no, max(lists.step) as base_step
    from scopes
    inner join lists on lists.list = 'participating' and lists.published_on <= scopes.counted_from
    group by scopes.scope_no
),

items as (
    select agreement_id, agency_id, state, model, signed_on from agreements
    union all
    select application_id, agency_id, state, model, null from pending
),

scoped as (
    select
        scopes.scope_no,
        base_steps.base_step,
        items.*,
        items.signed_on >= scopes.counted_from
            and (scopes.signed_to is null or items.signed_on <= scopes.signed_to) as is_signed_since,
        exists (
            from listings as base
            where base.agreement_id = items.agreement_id
                and base.list = 'participating'
                and base_steps.base_step between base.first_step and base.last_step
        ) as is_on_base
    from scopes
    left join base_steps using (scope_no)
    inner join items
        on (scopes.state is null or items.state = scopes.state)
        and (scopes.model is null or items.model = scopes.model)
)

select
    scoped.scope_no,
    lists.list,
    lists.step,
    any_value(lists.publication_id) as publication_id,
    coalesce(
        lists.list = 'participating' and lists.step = any_value(scoped.base_step), false
    ) as is_base,
    -- Runs of one agreement do not overlap: each stands once on a list.
    count(*) as agreements,
    count(distinct agency_id) as agencies,
    list_sort(list(distinct state)) as states,
    count(*) filter (is_signed_since) as signed_since,
    count(distinct agency_id) filter (is_signed_since) as agencies_since,
    count(distinct state) filter (is_signed_since) as states_since,
    count(distinct state) filter (not is_on_base and base_step is not null) as states_added
from scoped
inner join listings using (agreement_id)
inner join lists
    on listings.list = lists.list
    and lists.step between listings.first_step and listings.last_step
group by scoped.scope_no, lists.list, lists.step
