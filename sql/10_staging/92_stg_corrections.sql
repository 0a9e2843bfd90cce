-- One row per agreement that a list prints otherwise than the one before it: name, date, state or
-- model. A name of another kind of body is no spelling: where a document is linked, the list then
-- says that another body holds the agreement (reassigned).
with

joins as (
    select
        links.list,
        links.step,
        -- Over a gap the list before is the last one that printed the agreement.
        coalesce(comebacks.previous_step, links.step - 1) as previous_step,
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
        and not (links.rule = 'all_but_one' and came.first_step < links.step) as is_renamed,
        len(gone.bodies) > 0 and len(came.bodies) > 0
        and not list_has_any(gone.bodies, came.bodies) and lines.moa_url is not null as is_other_body
    from loaded_links as links
    inner join loaded_variants as gone on links.left = gone.variant
    inner join loaded_variants as came on links.came = came.variant
    inner join stg_publications as publications
        on links.list = publications.list and links.step = publications.step
    left join (select distinct agreement_id, agreement_no from stg_runs) as numbers
        on came.agreement_id = numbers.agreement_id
    left join stg_listed as listed
        on publications.publication_no = listed.publication_no
        and numbers.agreement_no = listed.agreement_no
    left join stg_lines as lines on listed.line = lines.line
    left join stg_comebacks as comebacks
        on numbers.agreement_no = comebacks.agreement_no and links.step = comebacks.step
    where links.rule not in ('renewed', 'signed_as', 'signed_elsewhere')
),

-- The names before and after stand in the rows that the event names.
renames as (
    select *, if(is_other_body, 'reassigned', 'renamed') as kind, null as before, null as after,
        'agency' as field
    from joins
    where is_renamed
),

redates as (
    select *, 'redated' as kind, cast(signed_before as varchar) as before,
        cast(signed_after as varchar) as after, 'signed_on' as field
    from joins
    where signed_before <> signed_after or (signed_before is null) <> (signed_after is null)
),

restatements as (
    select *, 'restated' as kind, state_before as before, state_after as after, 'state' as field
    from joins
    where state_before <> state_after
    union all
    select *, 'restated', model_before, model_after, 'model'
    from joins
    where model_before <> model_after
),

corrections as (
    select * from renames
    union all
    select * from redates
    union all
    select * from restatements
)

select list, step, previous_step, kind, agreement_id, before, after, field, rule, evidence
from corrections
