-- One row per join that evidence speaks for and no rule may make: for a person to decide.
select
    refused.list,
    concat_ws(' | ', gone.state, gone.agency_key, gone.model, gone.signed_on) as "left",
    concat_ws(' | ', came.state, came.agency_key, came.model, came.signed_on) as "right",
    refused.rule,
    refused.evidence || '; both stand on one list' as evidence,
    now.publication_id
from loaded_refused as refused
inner join loaded_variants as gone on refused.left = gone.variant
inner join loaded_variants as came on refused.came = came.variant
inner join stg_publications as now on refused.list = now.list and refused.step = now.step
order by now.published_on, refused.list, refused.step, "left"
