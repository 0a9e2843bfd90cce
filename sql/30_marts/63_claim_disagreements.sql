-- One row per two articles' figures for one matter and time that do not agree; what the record says
-- of each stands beside them, and none is preferred.
-- One matter: the same quantity, state, model and start of counting (signed agreements and those
-- signed or pending are one: the press does not tell them apart). One time: last days within six
-- weeks, or for what is told by the year or the decade, spans that overlap. A figure that the other
-- article gives too is no disagreement.
with

told as (
    select
        claims.claim_id,
        claims.article_id,
        claims.metric,
        claims.value,
        claims.value_high,
        claims.qualifier,
        claims.state,
        claims.model,
        claims.place,
        windows.day,
        windows.last_day,
        windows.counted_from,
        if(claims.metric = 'agreements_signed_or_pending', 'agreements', claims.metric) as matter,
        windows.last_day - windows.day > 100 as is_long,
        checks.verdict,
        checks.evidence
    from claims
    inner join claim_windows as windows using (claim_id)
    inner join claim_checks as checks using (claim_id)
    where windows.day is not null
        and claims.metric not in ('other', 'models', 'share_percent', 'localities')
        and not claims.is_part
),

once as (
    select *
    from told
    qualify row_number() over (
        partition by article_id, matter, value, state, model, is_long, day order by claim_id
    ) = 1
),

paired as (
    select one.claim_id, other.claim_id as other_claim_id
    from told as one
    inner join told as other
        on one.article_id <> other.article_id
        and one.matter = other.matter
        and coalesce(one.state, '') = coalesce(other.state, '')
        and coalesce(one.model, '') = coalesce(other.model, '')
        and one.is_long = other.is_long
        and (
            one.counted_from is null
            or other.counted_from is null
            or abs(one.counted_from - other.counted_from) <= 42
        )
        and if(
            one.is_long,
            one.day <= other.last_day and other.day <= one.last_day,
            abs(one.last_day - other.last_day) <= 42
        )
)

select
    one.claim_id,
    other.claim_id as other_claim_id,
    one.article_id,
    other.article_id as other_article_id,
    one.matter as metric,
    one.state,
    one.model,
    one.day as as_of,
    other.day as other_as_of,
    one.qualifier,
    one.value,
    other.qualifier as other_qualifier,
    other.value as other_value,
    one.verdict,
    other.verdict as other_verdict,
    one.evidence,
    other.evidence as other_evidence
from paired
inner join once as one on paired.claim_id = one.claim_id
inner join once as other on paired.other_claim_id = other.claim_id
where one.article_id < other.article_id
    and one.value <> other.value
    -- Either article giving the other's figure too means that they agree on it.
    and not exists (
        from paired as agreed
        inner join told as same on agreed.other_claim_id = same.claim_id
        where agreed.claim_id = one.claim_id
            and same.article_id = other.article_id
            and same.value = one.value
    )
    and not exists (
        from paired as agreed
        inner join told as same on agreed.other_claim_id = same.claim_id
        where agreed.claim_id = other.claim_id
            and same.article_id = one.article_id
            and same.value = other.value
    )
order by one.claim_id, other.claim_id
