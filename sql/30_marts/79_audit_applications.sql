-- One row per application withdrawn though another agency of that state, of a like name, signed the
-- model: from when it was asked for until half a year after it left.
create temp view audit_applications as
with

-- Few: to be found before their names are held against all that were signed.
withdrawn as materialized (
    select
        events.published_on,
        events.previous_publication_id,
        events.previous_row_number,
        gone
    from events
    inner join stg_ends as gone using (list, agreement_id)
    where events.kind = 'pending_withdrawn' and events.standing <> 'retracted'
)

select
    'withdrawn_as_another_signed' as finding,
    gone.state,
    gone.agency_id,
    gone.agreement_id,
    came.agency_id as other_agency_id,
    came.agreement_id as other_agreement_id,
    gone.agency || ' (' || gone.model || ') left the pending list on ' || withdrawn.published_on
    || ', and ' || came.agency || ' was first listed as signed on ' || came.first_on || '.' as says,
    withdrawn.previous_publication_id as publication_id,
    withdrawn.previous_row_number as row_number,
    came.first_publication_id as other_publication_id,
    came.first_row_number as other_row_number
from withdrawn
inner join stg_ends as came
    on gone.state = came.state
    and gone.model = came.model
    and gone.agency_id <> came.agency_id
    and came.list = 'participating'
    and came.first_on between gone.first_on and withdrawn.published_on + 180
where are_alike(gone, came)
    -- An agreement that its own agency had asked for answers that.
    and not exists (
        select 1 from pending
        where pending.agreement_id = came.agreement_id
            and pending.application_id <> gone.agreement_id
            and pending.agency_id = came.agency_id
    )
