-- One row per agreement that a list prints otherwise than the list before: name, date, state or
-- model.
with

joins as (
    select
        links.list,
        links.step,
        links.rule,
        links.evidence,
        came.agreement_id,
        gone.signed_on as signed_before,
        came.signed_on as signed_after,
        gone.state as state_before,
        came.state as state_after,
        gone.model as model_before,
        came.model as model_after,
        -- A name put back is the one that stood before its misprint.
        gone.agency_key <> came.agency_key
            and not (links.rule = 'all_but_one' and came.first_step < links.step) as is_renamed
    from loaded_links as links
    inner join loaded_variants as gone on links.left = gone.variant
    inner join loaded_variants as came on links.came = came.variant
    where links.rule not in ('renewed', 'signed_as')
),

-- The names before and after stand in the rows that the event names.
renames as (
    select list, step, 'renamed' as kind, agreement_id, null as before, null as after,
        rule || ': ' || evidence as rule, false as is_provisional
    from joins
    where is_renamed
),

redates as (
    select list, step, 'redated' as kind, agreement_id, cast(signed_before as varchar) as before,
        cast(signed_after as varchar) as after, rule || ': ' || evidence as rule,
        false as is_provisional
    from joins
    where signed_before <> signed_after or (signed_before is null) <> (signed_after is null)
),

restatements as (
    select list, step, 'restated' as kind, agreement_id, state_before as before,
        state_after as after, rule || ': ' || evidence as rule, false as is_provisional
    from joins
    where state_before <> state_after
    union all
    select list, step, 'restated' as kind, agreement_id, model_before as before,
        model_after as after, rule || ': ' || evidence as rule, false as is_provisional
    from joins
    where model_before <> model_after
)

select * from renames
union all
select * from redates
union all
select * from restatements
