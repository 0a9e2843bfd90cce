-- One row per documented baseline, with what the list in force on that day shows.
with

documented as (
    select * from seed_baselines
),

in_force as (
    select
        documented.baseline_id,
        totals.publication_id,
        totals.agreements,
        totals.agencies,
        totals.states
    from documented
    inner join totals
        on totals.list = 'participating' and totals.published_on <= documented.as_of
    qualify row_number() over (
        partition by documented.baseline_id order by totals.seq desc
    ) = 1
),

compared as (
    select
        documented.baseline_id,
        documented.label,
        documented.as_of,
        documented.as_of_precision,
        documented.agreements,
        documented.states,
        documented.article_id,
        in_force.agreements as observed_agreements,
        in_force.agencies as observed_agencies,
        in_force.states as observed_states,
        in_force.publication_id as observed_publication_id
    from documented
    left join in_force using (baseline_id)
)

select
    *,
    case
        when observed_agreements is null then 'not_checkable'
        when agreements = observed_agreements and states = observed_states then 'confirmed'
        when agreements = observed_agreements then 'agreements confirmed, states contradicted'
        when states = observed_states then 'states confirmed, agreements contradicted'
        else 'contradicted'
    end as verdict
from compared
order by as_of
