-- Agreements + exact duplicates + rows with issues that nothing settles = printed rows.
with

counted as (
    select
        list_rows.publication_id,
        count(*) as printed,
        count(distinct list_rows.agreement_id) as agreements,
        count(list_rows.agreement_id) - count(distinct list_rows.agreement_id) as duplicates,
        count(*) filter (
            where list_has_any(
                list_rows.issues, ['state_unknown', 'model_unknown', 'agency_missing']
            )
        ) as unsettled
    from list_rows
    inner join publications using (publication_id)
    where publications.status = 'accepted'
    group by list_rows.publication_id
)

select *
from counted
where agreements + duplicates + unsettled <> printed
