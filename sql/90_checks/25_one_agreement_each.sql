-- Every listed row belongs to exactly one agreement, or says why it has none.
select cast(line as varchar) as line, agreement_id, issues
from line_texts
where agreement_id is null
    and not list_has_any(issues, [
        'state_unknown', 'model_unknown', 'agency_missing', 'signed_unreadable', 'signed_after_list'
    ])
    and line not in (select line from stg_lines where is_odd)
union all
select cast(places.line as varchar), null, null
from line_places as places
anti join line_texts using (line)
