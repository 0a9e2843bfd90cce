-- One row per departure, or application withdrawn, and agreement of that name and model that came in
-- another state within thirty days.
create temp view audit_states as
select
    'in_another_state' as finding,
    gone.state,
    gone.agency_id,
    gone.agreement_id,
    came.agency_id as other_agency_id,
    came.agreement_id as other_agreement_id,
    gone.agency || ' (' || gone.model || ') left the ' || events.list || ' list of ' || gone.state
    || ' on ' || events.published_on || ', and one of that name was first listed in ' || came.state
    || ' on ' || came.first_on || '.' as says,
    events.previous_publication_id as publication_id,
    events.previous_row_number as row_number,
    came.first_publication_id as other_publication_id,
    came.first_row_number as other_row_number
from events
inner join stg_ends as gone using (list, agreement_id)
inner join stg_ends as came
    on gone.agency_key = came.agency_key
    and gone.model = came.model
    and gone.state <> came.state
    and came.list = 'participating'
    and came.first_step > 0
    and came.first_on between events.published_on and events.published_on + 30
where events.kind in ('removed', 'pending_withdrawn')
    and events.standing <> 'retracted'
    -- Those that joins in identity_candidates tell of are told as such.
    and (gone.agency_id, came.agency_id) not in (select ("left", "right") from identity_candidates)
