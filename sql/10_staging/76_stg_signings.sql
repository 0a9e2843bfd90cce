-- One row per application and agreement that may be its answer: the same agency and model, or a pair
-- that identity matched by spelling.
with

asked as (
    select distinct agreement_no, agency_id, state, agency_key, model
    from stg_lines
    where list = 'pending' and agreement_no is not null
),

listed as (
    select
        runs.agreement_no,
        min(firsts.published_on) as first_listed,
        max(lasts.published_on) as last_listed
    from stg_runs as runs
    inner join stg_publications as firsts
        on runs.list = firsts.list and runs.first_step = firsts.step
    inner join stg_publications as lasts
        on runs.list = lasts.list and runs.last_step = lasts.step
    where runs.list = 'participating'
    group by runs.agreement_no
),

signed as (
    select distinct
        lines.agreement_id,
        lines.agency_id,
        lines.state,
        lines.agency_key,
        lines.model,
        lines.signed_on,
        listed.first_listed,
        listed.last_listed
    from stg_lines as lines
    inner join listed using (agreement_no)
),

said as (
    select distinct gone.agreement_id as application_id, came.agreement_id
    from loaded_links as links
    inner join loaded_variants as gone on links.left = gone.variant
    inner join loaded_variants as came on links.came = came.variant
    where links.rule in ('signed_as', 'signed_elsewhere')
)

select
    asked.agreement_no,
    signed.agreement_id,
    signed.first_listed,
    signed.last_listed,
    signed.signed_on,
    asked.state = signed.state and asked.agency_key = signed.agency_key as is_exact
from asked
inner join signed
    on asked.agency_id = signed.agency_id and asked.model = signed.model
union
select
    applications.agreement_no,
    said.agreement_id,
    signed.first_listed,
    signed.last_listed,
    signed.signed_on,
    false
from said
inner join stg_applied as applications using (application_id)
inner join signed on said.agreement_id = signed.agreement_id
