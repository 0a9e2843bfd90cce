-- One row per join made between two printed keys, with the rule and its evidence.
select
    links.list,
    gone.agency_id,
    came.agreement_id,
    gone."key" as "left",
    came."key" as "right",
    links.rule,
    links.evidence,
    before.publication_id as previous_publication_id,
    now.publication_id
from loaded_links as links
inner join loaded_variants as gone on links.left = gone.variant
inner join loaded_variants as came on links.came = came.variant
inner join stg_publications as now on links.list = now.list and links.step = now.step
left join stg_comebacks as comebacks
    on came.agreement_id = comebacks.agreement_id
    and links.list = comebacks.list
    and links.step = comebacks.step
left join stg_publications as before
    on links.list = before.list
    and coalesce(comebacks.previous_step, links.step - 1) = before.step
order by now.published_on, links.list, links.step, "left"
