-- One row per agreement and field that changed from one accepted list to the next under the same
-- key: the MOA link that appeared or vanished, and the type of agency.
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

changed as (
    select
        listed.step,
        lines.agreement_id,
        lines.state,
        lines.model,
        lines.moa_url,
        lines.agency_type,
        previous.state as previous_state,
        previous.model as previous_model,
        previous.moa_url as previous_moa_url,
        previous.agency_type as previous_type
    from listed
    inner join stg_lines as lines using (line)
    inner join stg_lines as previous on listed.previous_line = previous.line
    where listed.previous_step = listed.step - 1 and listed.line <> listed.previous_line
),

links as (
    select
        step,
        agreement_id,
        if(moa_url is null, 'moa_withdrawn', 'moa_posted') as kind,
        previous_moa_url as before,
        moa_url as after,
        'moa_link' as rule
    from changed
    where (moa_url is null) <> (previous_moa_url is null)
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
        'type_printed' as rule
    from changed
    where agency_type <> previous_type and state = previous_state
        and model = previous_model
)

select * from links
union all
select * from types
