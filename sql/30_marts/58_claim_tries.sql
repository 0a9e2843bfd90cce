-- One row per claim, reading and moment: what the claim, read so, meets on the lists in force.
create temp table claim_tries as
with

measures as (
    select claim_id, moment, measure, observed, made_of from claim_measures
    union all
    select claim_id, moment, 'percent', 100 * (observed - 1), made_of
    from claim_measures
    where measure = 'ratio'
    union all
    select claim_id, moment, 'percent_of', 100 * observed, made_of
    from claim_measures
    where measure = 'ratio'
    union all
    select claim_id, moment, 'agencies_percent', 100 * (observed - 1), made_of
    from claim_measures
    where measure = 'agencies_ratio'
)

select
    claims.claim_id,
    menu.rank,
    moments.moment,
    menu.role,
    menu.measure,
    menu.reading || claims.scope as reading,
    moments.on_day,
    moments.valid_to,
    if(contains(menu.measure, 'pending'), moments.on_day, moments.listed_on) as shown_on,
    moments.publication_id,
    moments.pending_publication_id,
    measures.observed,
    measures.made_of,
    measures.observed - claims.value as difference,
    is_said(
        measures.observed, claims.value, claims.value_high, claims.qualifier, claims.unit
    ) as is_match,
    moments.on_day <= claims.window_to
        and if(claims.is_flow, moments.listed_on, moments.valid_to) >= claims.window_from
        as is_in_window
from claim_windows as claims
inner join claim_menu as menu
    on claims.kind = menu.kind
    and (menu.role <> 'header row' or claims.qualifier = 'exactly')
inner join measures on claims.claim_id = measures.claim_id and menu.measure = measures.measure
inner join claim_moments as moments on measures.moment = moments.moment
