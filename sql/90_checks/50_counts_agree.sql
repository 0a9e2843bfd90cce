-- What a list prints, counted by its cleaned keys, is what its agreements count to.
with

by_agreement as (
    select publications.publication_id, count(*) as agreements
    from stg_listed
    inner join publications using (publication_no)
    group by publications.publication_id
)

select
    totals.publication_id,
    totals.agreements as by_key,
    coalesce(by_agreement.agreements, 0) as by_agreement
from totals
left join by_agreement using (publication_id)
where totals.agreements <> coalesce(by_agreement.agreements, 0)
