-- One row per agreement whose MOA link appeared or vanished from one accepted list to the next.
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
)

select
    listed.step,
    lines.agreement_id,
    if(lines.moa_url is null, 'moa_withdrawn', 'moa_posted') as kind,
    previous.moa_url as before,
    lines.moa_url as after
from listed
inner join stg_lines as lines using (line)
inner join stg_lines as previous on listed.previous_line = previous.line
where listed.previous_step = listed.step - 1
    and listed.line <> listed.previous_line
    and (lines.moa_url is null) <> (previous.moa_url is null)
