-- One row per agreement gone from a participating list, with the models of its agency's other
-- agreements there, one entry each. One that was only missing from that list counts as listed.
with

steps as (
    select step, publication_no
    from stg_publications
    where list = 'participating' and step is not null
),

gone as (
    select
        absences.agreement_id,
        absences.gone_step as step,
        -- When a row that was missing for a list or two stood again, under its date or a new one.
        coalesce(
            if(absences.is_gap, absences.back_step, null),
            if(absences.back_step is null, takeovers.taken_step, null)
        ) as back_step,
        lines.agency_id,
        lines.model
    from stg_absences as absences
    inner join steps on absences.listed_step = steps.step
    inner join stg_listed as listed using (publication_no, agreement_no)
    inner join stg_lines as lines using (line)
    left join stg_takeovers as takeovers
        on absences.agreement_id = takeovers.agreement_id and takeovers.rule = 'after_gap'
    where absences.list = 'participating'
),

-- For a row whose model cell nobody can read: what the agreement's other rows print.
models as (
    select agreement_no, max(model) as model
    from stg_lines
    group by agreement_no
),

others as (
    select gone.step, gone.agreement_id, coalesce(lines.model, models.model) as model
    from gone
    inner join steps using (step)
    inner join stg_listed as listed using (publication_no)
    inner join stg_lines as lines
        on listed.line = lines.line and gone.agency_id = lines.agency_id
    inner join models on listed.agreement_no = models.agreement_no
    union all
    select gone.step, gone.agreement_id, missing.model
    from gone
    inner join gone as missing
        on gone.agency_id = missing.agency_id
        and gone.agreement_id <> missing.agreement_id
        and gone.step >= missing.step
        and gone.step < missing.back_step
),

counted as (
    select step, agreement_id, list_sort(list(model)) as models
    from others
    group by step, agreement_id
)

select
    'removed' as kind,
    gone.step,
    gone.agreement_id,
    coalesce(counted.models, []) as still_listed
from gone
left join counted using (step, agreement_id)
