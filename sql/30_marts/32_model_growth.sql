-- One row per model and baseline: its agreements on the list in force then, and on the newest.
with

models as (
    unpivot totals on jem, tfm, wso into name model value agreements
),

newest as (
    select upper(model) as model, agreements
    from models
    where list = 'participating'
    qualify row_number() over (partition by model order by seq desc) = 1
),

in_force as (
    select baselines.baseline_id, upper(models.model) as model, models.agreements
    from baselines
    inner join models on baselines.observed_publication_id = models.publication_id
)

select
    newest.model,
    in_force.baseline_id,
    in_force.agreements as agreements_then,
    newest.agreements as agreements_now,
    newest.agreements - in_force.agreements as net,
    newest.agreements / nullif(in_force.agreements, 0) as ratio,
    newest.agreements / nullif(sum(newest.agreements) over (partition by in_force.baseline_id), 0)
        as share
from newest
inner join in_force using (model)
order by in_force.baseline_id, newest.model
