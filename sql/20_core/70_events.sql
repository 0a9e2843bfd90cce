-- One row per change from one accepted list to the next, with the row it rests on in both.
with

steps as (
    select list, step, publication_no, publication_id, published_on, file_name, sha256
    from stg_publications
    where step is not null
),

takeovers as (
    select * from stg_takeovers
),

arrivals as (
    select
        runs.list,
        runs.first_step as step,
        case
            when runs.list = 'pending' and runs.run_number = 1 then 'pending_added'
            when runs.run_number = 1 then 'added'
            when pending.outcome = 'signed' and absences.is_confirmed then 'returned_to_pending'
            else 'returned'
        end as kind,
        runs.agreement_id,
        null as before,
        null as after,
        case
            when runs.run_number = 1 then 'first_listed'
            when absences.is_gap then 'gap'
            else 'new_period'
        end as rule,
        false as is_provisional
    from stg_runs as runs
    left join stg_absences as absences
        on runs.list = absences.list
        and runs.agreement_id = absences.agreement_id
        and runs.run_number = absences.run_number + 1
    left join pending
        on runs.agreement_id = pending.application_id
    left join takeovers
        on runs.agreement_id = takeovers.taken_by
        and takeovers.is_same_step
        and runs.run_number = 1
    where runs.first_step > 0 and takeovers.taken_by is null
),

removals as (
    select
        absences.list,
        absences.gone_step as step,
        case
            when absences.list = 'participating' then 'removed'
            when pending.outcome = 'signed' and absences.back_step is null then 'pending_signed'
            else 'pending_withdrawn'
        end as kind,
        absences.agreement_id,
        null as before,
        case
            when pending.outcome = 'signed' and absences.back_step is null
                then pending.agreement_id
        end as after,
        case
            when pending.outcome = 'signed' and absences.back_step is null then 'signed'
            when absences.is_gap then 'gap'
            when absences.is_confirmed then 'confirmed'
            else 'awaiting'
        end as rule,
        not absences.is_confirmed
            and not coalesce(pending.outcome = 'signed' and absences.back_step is null, false)
            as is_provisional
    from stg_absences as absences
    left join pending
        on absences.agreement_id = pending.application_id
    left join takeovers
        on absences.agreement_id = takeovers.agreement_id and absences.back_step is null
    where takeovers.agreement_id is null
),

replacements as (
    select
        'participating' as list,
        gone_step as step,
        kind,
        agreement_id,
        agreement_id as before,
        taken_by as after,
        if(is_same_step, 'same_step', 'stood_beside') as rule,
        false as is_provisional
    from takeovers
),

amendments as (
    select
        links.list,
        links.step,
        links.rule as kind,
        came.agreement_id,
        cast(gone.signed_on as varchar) as before,
        cast(came.signed_on as varchar) as after,
        links.rule || ': ' || links.evidence as rule,
        false as is_provisional
    from loaded_links as links
    inner join loaded_variants as gone on links.left = gone.variant
    inner join loaded_variants as came on links.came = came.variant
),

links_posted as (
    select 'participating' as list, step, kind, agreement_id, before, after, 'moa_link' as rule,
        false as is_provisional
    from stg_moa_changes
),

changes as (
    select * from arrivals
    union all
    select * from removals
    union all
    select * from replacements
    union all
    select * from amendments
    union all
    select * from links_posted
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
        where changes.list = steps.list and changes.step = steps.step
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
    group by steps.list, steps.step, steps.sha256
),

numbers as (
    select distinct agreement_no, agreement_id from stg_runs
),

all_changes as (
    select * from changes
    union all
    select * from reissues
    union all
    select * from replaced_files
)

select
    now.publication_id || ':' || all_changes.kind
        || coalesce(':' || all_changes.agreement_id, '') as event_id,
    all_changes.list,
    all_changes.kind,
    now.published_on,
    all_changes.agreement_id,
    lines.agency_id,
    lines.state,
    lines.model,
    all_changes.before,
    all_changes.after,
    all_changes.rule,
    all_changes.is_provisional,
    now.publication_id,
    row_now.row_number,
    before.publication_id as previous_publication_id,
    row_before.row_number as previous_row_number
from all_changes
inner join steps as now
    on all_changes.list = now.list and all_changes.step = now.step
left join steps as before
    on all_changes.list = before.list and all_changes.step = before.step + 1
left join numbers using (agreement_id)
left join stg_listed as row_now
    on now.publication_no = row_now.publication_no
    and numbers.agreement_no = row_now.agreement_no
left join stg_listed as row_before
    on before.publication_no = row_before.publication_no
    and numbers.agreement_no = row_before.agreement_no
left join stg_lines as lines
    on coalesce(row_now.line, row_before.line) = lines.line
order by now.published_on, all_changes.list, all_changes.step, all_changes.kind,
    all_changes.agreement_id
