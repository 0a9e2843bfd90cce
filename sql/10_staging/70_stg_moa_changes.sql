-- One row per agreement whose MOA link appeared or vanished from one accepted list to the next.
with

links as (
    select
        list,
        agreement_id,
        step,
        moa_url,
        lag(step) over listing as previous_step,
        lag(moa_url) over listing as previous_url
    from stg_listed
    where list = 'participating'
    window listing as (partition by agreement_id order by step)
)

select
    list,
    agreement_id,
    step,
    if(moa_url is null, 'moa_withdrawn', 'moa_posted') as kind,
    previous_url as before,
    moa_url as after
from links
where previous_step = step - 1 and (moa_url is null) <> (previous_url is null)
