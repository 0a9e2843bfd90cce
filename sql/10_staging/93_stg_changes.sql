-- One row per change of a row, and per version that changed none: what `events` tells.
with

steps as (
    select list, step, file_name, sha256
    from stg_publications
    where step is not null
),

replacements as (
    select
        'participating' as list,
        if(rule = 'after_gap', taken_step, gone_step) as step,
        kind,
        if(rule = 'after_gap', taken_by, agreement_id) as agreement_id,
        agreement_id as before,
        taken_by as after,
        rule,
        false as is_provisional
    from stg_takeovers
),

amendments as (
    select 'participating' as list, step, kind, agreement_id, before, after, rule,
        false as is_provisional
    from stg_amendments
),

changes as (
    select * from stg_arrivals
    union all
    select * from stg_removals
    union all
    select * from replacements
    union all
    select * from stg_corrections
    union all
    select * from amendments
),

reissues as (
    select
        steps.list,
        steps.step,
        'reissued' as kind,
        null as agreement_id,
        before.sha256 as before,
        steps.sha256 as after,
        'same_rows' as rule,
        false as is_provisional
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
        null as agreement_id,
        arg_max(earlier.sha256, earlier.step) as before,
        steps.sha256 as after,
        'same_name' as rule,
        false as is_provisional
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
union all
select * from reissues
union all
select * from replaced_files
