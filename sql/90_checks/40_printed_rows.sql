-- Printed rows = agreements counted + exact duplicates - agreements in doubt beyond the rows that
-- may be them.
with

printed as (
    select
        publications.publication_id,
        count(*) as printed,
        count(line_texts.agreement_id) - count(distinct line_texts.agreement_id) as duplicates
    from line_places
    inner join line_texts using (line)
    inner join publications using (publication_no)
    where publications.status = 'accepted'
    group by publications.publication_id
),

doubtful as (
    select
        publications.publication_id,
        count(distinct doubts.agreement_no) as agreements,
        count(distinct doubts.row_number) as may_be
    from stg_doubts as doubts
    inner join publications using (publication_no)
    group by publications.publication_id
)

select
    totals.publication_id,
    totals.agreements,
    printed.printed,
    printed.duplicates,
    doubtful.agreements as in_doubt,
    doubtful.may_be
from totals
left join printed using (publication_id)
left join doubtful using (publication_id)
where coalesce(printed.printed, 0) <> totals.agreements + coalesce(printed.duplicates, 0)
    - coalesce(doubtful.agreements, 0) + coalesce(doubtful.may_be, 0)
