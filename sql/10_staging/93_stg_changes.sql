-- One row per change of a row, and per version that changed none: what `events` tells. The row of the
-- list before is that of `previous_id` on `previous_step`, usually the same agreement's on the step
-- before.
with

steps as (
    select list, step, file_name, sha256
    from stg_publications
    where step is not null
),

-- It concerns the agreement that lives on.
replacements as (
    select
        'participating' as list,
        greatest(taken_step, gone_step) as step,
        if(rule = 'after_gap', listed_step, gone_step - 1) as previous_step,
        kind,
        taken_by as agreement_id,
        agreement_id as previous_id,
        agreement_id as before,
        taken_by as after,
        rule,
        evidence
    from stg_takeovers
),

changes as (
    select * from stg_arrivals
    union all by name
    select * from stg_removals
    union all by name
    select * from replacements
    union all by name
    select * from stg_corrections
    union all by name
    select 'participating' as list, * from stg_amendments
),

reissues as (
    select
        steps.list,
        steps.step,
        'reissued' as kind,
        before.sha256 as before,
        steps.sha256 as after,
        'same_rows' as rule
    from steps
    inner join steps as before
        on steps.list = before.list and steps.step = before.step + 1
    where not exists (
        select 1 from changes
        -- What the rows print is the same where but a link leads elsewhere.
        where changes.list = steps.list and changes.step = steps.step
            and changes.kind <> 'moa_replaced'
    )
),

replaced_files as (
    select
        steps.list,
        steps.step,
        'replaced_in_place' as kind,
        arg_max(earlier.sha256, earlier.step) as before,
        steps.sha256 as after,
        'same_name' as rule
    from steps
    inner join steps as earlier
        on steps.list = earlier.list
        and lower(steps.file_name) = lower(earlier.file_name)
        and earlier.step < steps.step
    -- The page's own table always stands at the page's address.
    where regexp_matches(lower(steps.file_name), '\.(xlsx|xlsm|csv)')
    group by steps.list, steps.step, steps.sha256
)

select * from changes
union all by name
select * from reissues
union all by name
select * from replaced_files
