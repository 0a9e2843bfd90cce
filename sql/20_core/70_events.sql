-- One row per change from one accepted list to the next, with the row it rests on in both. Its id is
-- made of list, kind, agreement and how many such the agreement had: what another list tells later
-- of other days changes no id.
with

steps as (
    select list, step, publication_no, publication_id, published_on, file_name, sha256
    from stg_publications
    where step is not null
),

numbers as (
    select distinct agreement_no, agreement_id from stg_runs
),

told as (
    select
        now.step,
        changes.list,
        changes.kind,
        now.published_on,
        changes.agreement_id,
        coalesce(lines_now.agency_id, lines_before.agency_id) as agency_id,
        coalesce(lines_now.state, lines_before.state) as state,
        coalesce(lines_now.model, lines_before.model) as model,
        if(changes.field = 'agency', lines_before.agency, changes.before) as before,
        if(changes.field = 'agency', lines_now.agency, changes.after) as after,
        changes.field,
        changes.rule,
        changes.evidence,
        changes.standing,
        still.still_listed,
        now.publication_id,
        row_now.row_number,
        before.publication_id as previous_publication_id,
        row_before.row_number as previous_row_number
    from stg_changes as changes
    inner join steps as now
        on changes.list = now.list and changes.step = now.step
    left join steps as before
        on changes.list = before.list
        and coalesce(changes.previous_step, changes.step - 1) = before.step
    left join numbers on changes.agreement_id = numbers.agreement_id
    left join numbers as numbers_before
        on coalesce(changes.previous_id, changes.agreement_id) = numbers_before.agreement_id
    left join stg_listed as row_now
        on now.publication_no = row_now.publication_no
        and numbers.agreement_no = row_now.agreement_no
    left join stg_listed as row_before
        on before.publication_no = row_before.publication_no
        and numbers_before.agreement_no = row_before.agreement_no
    left join stg_lines as lines_now on row_now.line = lines_now.line
    left join stg_lines as lines_before on row_before.line = lines_before.line
    left join stg_still_listed as still
        on changes.kind = still.kind
        and changes.step = still.step
        and changes.agreement_id = still.agreement_id
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
),

every as (
    select * from told
    union all by name
    select * from list_events
),

numbered as (
    select
        *,
        concat_ws(':', list, kind, coalesce(agreement_id, publication_id)) as subject,
        row_number() over (
            partition by list, kind, coalesce(agreement_id, publication_id)
            order by step, published_on, field, before, after
        ) as ordinal
    from every
)

select
    concat_ws(':', subject, ordinal) as event_id,
    list,
    kind,
    published_on,
    agreement_id,
    agency_id,
    state,
    model,
    before,
    after,
    field,
    rule,
    evidence,
    standing,
    coalesce(standing in ('waiting', 'retracted'), false) as is_provisional,
    still_listed,
    publication_id,
    row_number,
    previous_publication_id,
    previous_row_number
from numbered
order by published_on, list, step, kind, agreement_id, event_id
