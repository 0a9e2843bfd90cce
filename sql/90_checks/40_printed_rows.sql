-- Agreements + exact duplicates + rows with issues that nothing settles = printed rows.
with

counted as (
    select
        publications.publication_id,
        count(*) as printed,
        count(distinct line_texts.agreement_id) as agreements,
        count(line_texts.agreement_id) - count(distinct line_texts.agreement_id) as duplicates,
        count(*) filter (
            where list_has_any(
                line_texts.issues, ['state_unknown', 'model_unknown', 'agency_missing']
            )
        ) as unsettled
    from line_places
    inner join line_texts using (line)
    inner join publications using (publication_no)
    where publications.status = 'accepted'
    group by publications.publication_id
)

select *
from counted
where agreements + duplicates + unsettled <> printed
