-- agreements_as_of(day): one row per agreement on the list in force at the end of that day.
create macro agreements_as_of(day) as table
with

in_force as (
    select publication_id, step, published_on
    from publications
    where list = 'participating' and published_on <= cast(day as date)
    order by step desc
    limit 1
)

select
    agreements.agreement_id,
    agreements.agency_id,
    agreements.agency,
    agreements.state,
    agreements.county,
    agreements.agency_type,
    agreements.model,
    agreements.signed_on,
    listings.first_listed,
    in_force.published_on as list_published_on,
    in_force.publication_id
from in_force
inner join listings
    on listings.list = 'participating'
    and in_force.step between listings.first_step and listings.last_step
inner join agreements using (agreement_id)
order by agreements.state, agreements.agency, agreements.model
