-- Every claim has one verdict, and a verdict on a figure rests on a reading and a query.
select claims.claim_id, count(checks.claim_id) as checks, any_value(checks.verdict) as verdict
from claims
left join claim_checks as checks using (claim_id)
group by claims.claim_id
having count(checks.claim_id) <> 1
    or bool_or(checks.verdict in ('confirmed', 'close', 'outdated') and checks.query is null)
order by claims.claim_id
