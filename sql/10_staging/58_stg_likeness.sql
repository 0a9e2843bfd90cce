-- One row per departed agreement and another one that could have taken over: what the two have in
-- common, and what the one that stays has of its own.
select
    departures.agreement_id,
    departures.gone_step,
    departures.listed_step,
    others.agreement_id as taken_by,
    others.first_step as taken_step,
    others.model = departures.model as is_model,
    others.agency_id = departures.agency_id as is_agency,
    others.canonical = departures.canonical as is_name,
    others.state = departures.state as is_state,
    coalesce(others.signed_on = departures.signed_on, false) as is_date,
    others.signed_on > departures.signed_on as is_later,
    others.first_on >= departures.gone_on - 30 and others.first_step > 0 as is_lately,
    -- Digits and words such as North tell two bodies of nearly one name apart.
    others.marks = departures.marks as is_marked,
    damerau_levenshtein(others.canonical, departures.canonical) <= 3 as is_near,
    len(departures.bodies) = 0 or len(others.bodies) = 0
    or list_has_any(others.bodies, departures.bodies) as is_body,
    len(departures.telling) > 1 and len(others.telling) > 1 as is_telling,
    others.telling = departures.telling
    or list_has_all(
        string_split(departures.canonical, ' '), string_split(others.canonical, ' ')
    )
    or list_has_all(
        string_split(others.canonical, ' '), string_split(departures.canonical, ' ')
    ) as is_part,
    coalesce(others.county = departures.county, true) as is_county,
    len(departures.moa_files) = 0 as is_bare,
    len(others.moa_files) > 0 as is_other_linked,
    -- It came beside the other and was dropped soon.
    coalesce(departures.gone_on - departures.first_on <= 30, false) as is_brief,
    len(departures.moa_files) > 0
    and list_has_all(others.moa_files, departures.moa_files) as is_same_document
from stg_departures as departures
inner join stg_successors as others
    on departures.agreement_id = others.departed_id
