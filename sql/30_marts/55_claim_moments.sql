-- One row per day and pair of lists in force: each participating list with the pending list of its
-- day or the last before (at most six weeks old), and each later pending list until the next.
create temp table claim_moments as
with

participating as (
    select publication_id, step, published_on
    from publications
    where list = 'participating' and step is not null
),

pending_lists as (
    select
        published_on,
        max(step) as pending_step,
        max_by(publication_id, step) as pending_publication_id
    from publications
    where list = 'pending' and step is not null
    group by published_on
),

paired as (
    select
        participating.published_on as on_day,
        participating.published_on as listed_on,
        participating.publication_id,
        participating.step,
        pending_lists.published_on as pending_on,
        pending_lists.pending_step,
        pending_lists.pending_publication_id
    from participating
    asof left join pending_lists on participating.published_on >= pending_lists.published_on
    union all
    select
        pending_lists.published_on as on_day,
        participating.published_on as listed_on,
        participating.publication_id,
        participating.step,
        pending_lists.published_on as pending_on,
        pending_lists.pending_step,
        pending_lists.pending_publication_id
    from pending_lists
    asof inner join (
        select published_on, max(step) as step, max_by(publication_id, step) as publication_id
        from participating
        group by published_on
    ) as participating on pending_lists.published_on >= participating.published_on
    where pending_lists.published_on <> participating.published_on
)

select
    row_number() over in_order as moment,
    on_day,
    listed_on,
    greatest(on_day, coalesce(lead(on_day) over in_order - 1, on_day + 42)) as valid_to,
    publication_id,
    step,
    if(pending_on >= on_day - 42, pending_step, null) as pending_step,
    if(pending_on >= on_day - 42, pending_publication_id, null) as pending_publication_id
from paired
window in_order as (order by on_day, step, pending_step)
