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

-- What became of an application's absences: signed when its agreement was listed by then.
signed as (
    select application_id, agreement_id, signed_listed
    from stg_applications
    where agreement_id is not null
),

-- Agencies and models whose agreement has left: an application after that is one gone back.
left_before as (
    select lines.agency_id, lines.model, min(absences.gone_on) as gone_on
    from stg_absences as absences
    inner join stg_runs as runs
        on absences.agreement_no = runs.agreement_no and absences.run_number = runs.run_number
    inner join stg_lines as lines
        on runs.agreement_no = lines.agreement_no
    where absences.list = 'participating'
    group by lines.agency_id, lines.model
),

arrivals as (
    select
        runs.list,
        runs.first_step as step,
        case
            when takeovers.taken_by is not null then 'returned'
            when runs.list = 'pending' and runs.run_number = 1 and (
                left_before.gone_on <= steps.published_on
                or signed.signed_listed < steps.published_on
            ) then 'returned_to_pending'
            when runs.list = 'pending' and runs.run_number = 1 then 'pending_added'
            when runs.run_number = 1 then 'added'
            when signed.signed_listed <= steps.published_on then 'returned_to_pending'
            else 'returned'
        end as kind,
        runs.agreement_id,
        cast(absences.gone_on as varchar) as before,
        if(absences.gone_on is null, null, cast(steps.published_on as varchar)) as after,
        case
            when takeovers.taken_by is not null then 'gap'
            when runs.run_number = 1 and runs.list = 'pending'
                and left_before.gone_on <= steps.published_on then 'left_before'
            when runs.run_number = 1 and signed.signed_listed < steps.published_on
                then 'signed_before'
            when runs.run_number = 1 then 'first_listed'
            when signed.signed_listed <= steps.published_on then 'signed_before'
            when absences.is_gap then 'gap'
            else 'new_period'
        end as rule,
        false as is_provisional
    from stg_runs as runs
    inner join steps
        on runs.list = steps.list and runs.first_step = steps.step
    left join stg_absences as absences
        on runs.agreement_no = absences.agreement_no
        and runs.run_number = absences.run_number + 1
    left join signed
        on runs.agreement_id = signed.application_id
    left join stg_applications as applications
        on runs.agreement_id = applications.application_id
    left join left_before
        on applications.agency_id = left_before.agency_id
        and applications.model = left_before.model
    left join takeovers
        on runs.agreement_id = takeovers.taken_by
        and takeovers.rule <> 'stood_beside'
        and runs.run_number = 1
    where runs.first_step > 0 and takeovers.rule is distinct from 'same_step'
),

removals as (
    select
        absences.list,
        absences.gone_step as step,
        case
            when absences.list = 'participating' then 'removed'
            when signed.application_id is not null then 'pending_signed'
            else 'pending_withdrawn'
        end as kind,
        absences.agreement_id,
        null as before,
        signed.agreement_id as after,
        case
            when signed.signed_listed < came.published_on then 'signed_before'
            when signed.application_id is not null then 'signed'
            when absences.is_gap or takeovers.rule = 'after_gap' then 'gap'
            when absences.is_confirmed then 'confirmed'
            else 'awaiting'
        end as rule,
        signed.application_id is null
            and (takeovers.rule is not null or not absences.is_confirmed) as is_provisional
    from stg_absences as absences
    inner join stg_runs as runs
        on absences.agreement_no = runs.agreement_no and absences.run_number = runs.run_number
    inner join steps as came
        on runs.list = came.list and runs.first_step = came.step
    left join signed
        on absences.agreement_id = signed.application_id
        and signed.signed_listed <= absences.gone_on + 9
    left join takeovers
        on absences.agreement_id = takeovers.agreement_id and absences.back_step is null
    where coalesce(takeovers.rule, 'after_gap') = 'after_gap'
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
    from takeovers
),

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
        gone.agency_key <> came.agency_key as is_renamed
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
),

amendments as (
    select 'participating' as list, step, kind, agreement_id, before, after, rule,
        false as is_provisional
    from stg_amendments
),

changes as (
    select * from arrivals
    union all
    select * from removals
    union all
    select * from replacements
    union all
    select * from renames
    union all
    select * from redates
    union all
    select * from restatements
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
    -- The page's own table always stands at the page's address.
    where regexp_matches(lower(steps.file_name), '\.(xlsx|xlsm|csv)')
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
),

told as (
    select
        now.step,
        now.publication_id || ':' || all_changes.kind
            || coalesce(':' || all_changes.agreement_id, '') as event_id,
        all_changes.list,
        all_changes.kind,
        now.published_on,
        all_changes.agreement_id,
        coalesce(lines_now.agency_id, lines_before.agency_id) as agency_id,
        coalesce(lines_now.state, lines_before.state) as state,
        coalesce(lines_now.model, lines_before.model) as model,
        if(all_changes.kind = 'renamed', lines_before.agency, all_changes.before) as before,
        if(all_changes.kind = 'renamed', lines_now.agency, all_changes.after) as after,
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
    left join stg_lines as lines_now on row_now.line = lines_now.line
    left join stg_lines as lines_before on row_before.line = lines_before.line
),

-- What befell a list as a whole: no row changed, and the version that stood is both sides.
list_events as (
    select
        held.list,
        'stale_repost' as kind,
        held.published_on,
        arg_max(earlier.file_name, earlier.step) as before,
        held.file_name as after,
        'same_bytes' as rule,
        held.publication_id,
        arg_max(earlier.publication_id, earlier.step) as previous_publication_id
    from stg_publications as held
    inner join steps as earlier on held.list = earlier.list and held.sha256 = earlier.sha256
    where list_contains(held.reasons, 'stale_repost')
    group by held.list, held.published_on, held.file_name, held.publication_id
    union all
    select
        list_states.list,
        list_states.state as kind,
        list_states.since as published_on,
        cast(stood.published_on as varchar) as before,
        cast(list_states.until as varchar) as after,
        if(list_states.state = 'silent', 'usual_gap_days', 'no_link_on_page') as rule,
        list_states.publication_id,
        list_states.publication_id as previous_publication_id
    from list_states
    left join steps as stood using (publication_id)
)

select * exclude (step)
from (
    select * from told
    union all by name
    select
        coalesce(publication_id, list) || ':' || kind || ':' || published_on as event_id,
        false as is_provisional,
        *
    from list_events
)
order by published_on, list, step, kind, agreement_id, event_id
