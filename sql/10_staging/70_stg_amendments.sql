-- One row per agreement and field that changed from one accepted list to the next under the same
-- key: the MOA link that appeared, vanished or leads elsewhere, and the type of agency.
with

listed as (
    select
        publications.step,
        listed.line,
        lag(publications.step) over in_order as previous_step,
        lag(listed.line) over in_order as previous_line
    from stg_listed as listed
    inner join stg_publications as publications using (publication_no)
    where publications.list = 'participating' and publications.step is not null
    window in_order as (partition by listed.agreement_no order by publications.step)
),

-- Rows that print something else than the list before; their first ones are there to know the link.
turned as (
    select
        listed.step,
        listed.previous_step,
        lines.agreement_id,
        lines.state,
        lines.model,
        lines.moa_url,
        lines.moa_key,
        lines.agency_type,
        previous.state as previous_state,
        previous.model as previous_model,
        previous.moa_url as previous_moa_url,
        previous.agency_type as previous_type,
        last_value(lines.moa_url ignore nulls) over before_it as known_moa_url,
        last_value(lines.moa_key ignore nulls) over before_it as known_moa_key
    from listed
    inner join stg_lines as lines using (line)
    left join stg_lines as previous on listed.previous_line = previous.line
    where listed.previous_line is null or listed.line <> listed.previous_line
    window before_it as (
        partition by lines.agreement_no order by listed.step
        rows between unbounded preceding and 1 preceding
    )
),

changed as (
    select * from turned
    where previous_step = step - 1
),

links as (
    select
        step,
        agreement_id,
        if(moa_url is null, 'moa_withdrawn', 'moa_posted') as kind,
        previous_moa_url as before,
        moa_url as after,
        'moa_url' as field,
        'moa_link' as rule
    from changed
    where (moa_url is null) <> (previous_moa_url is null)
),

-- Another document than the last one linked, also when none was linked in between; an address that
-- is only written another way has the same key.
replaced as (
    select
        step,
        agreement_id,
        'moa_replaced' as kind,
        known_moa_url as before,
        moa_url as after,
        'moa_url' as field,
        'moa_link' as rule
    from changed
    where moa_key <> known_moa_key
),

-- A type printed for the first time corrects nothing; a corrected state or model is an event
-- already.
types as (
    select
        step,
        agreement_id,
        'restated' as kind,
        previous_type as before,
        agency_type as after,
        'agency_type' as field,
        'type_printed' as rule
    from changed
    where agency_type <> previous_type and state = previous_state
        and model = previous_model
)

select * from links
union all
select * from replaced
union all
select * from types
