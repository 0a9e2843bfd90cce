-- One row per agreement that another one took over without linking another document.
create temp view audit_renewals as
select
    'renewed_without_document' as finding,
    came.state,
    came.agency_id,
    came.agreement_id,
    gone.agency_id as other_agency_id,
    gone.agreement_id as other_agreement_id,
    came.agency || ' (' || came.model || ') took over from ' || gone.agency || ' (' || gone.model
    || ') on ' || events.published_on || ', and '
    || if(len(came.moa_files) = 0, 'links no document.', 'links the same document.') as says,
    events.publication_id,
    events.row_number,
    events.previous_publication_id as other_publication_id,
    events.previous_row_number as other_row_number
from events
inner join stg_ends as came using (list, agreement_id)
inner join stg_ends as gone
    on events.list = gone.list and events.before = gone.agreement_id
where events.kind in ('renewed', 'switched')
    and list_has_all(gone.moa_files, came.moa_files)
