-- One row per departure and row of that state and model that came within thirty days of it with the
-- same linked file, a like name, the same county or signing date.
create temp view audit_departures as
with

gone as (
    select
        events.published_on as gone_on,
        events.previous_publication_id,
        events.previous_row_number,
        listed.*
    from events
    inner join stg_ends as listed using (list, agreement_id)
    where events.kind = 'removed' and events.standing <> 'retracted'
),

-- While both stand, a county or signing date says nothing; and a county has many agencies, so that
-- it counts for the nine days of a gap only.
pairs as (
    select
        gone,
        came,
        list_filter(
            [
                if(list_has_any(gone.moa_files, came.moa_files), 'linked file', null),
                if(are_alike(gone, came), 'like name', null),
                if(
                    came.first_on between gone.gone_on and gone.gone_on + 9
                    and gone.county = came.county,
                    'county',
                    null
                ),
                if(
                    came.first_on >= gone.gone_on and gone.signed_on = came.signed_on,
                    'signing date',
                    null
                )
            ],
            lambda one: one is not null
        ) as shared
    from gone
    inner join stg_ends as came
        on gone.list = came.list
        and gone.state = came.state
        and gone.model = came.model
        and gone.agreement_id <> came.agreement_id
        and came.first_step > gone.first_step
        and came.first_on between gone.gone_on - 30 and gone.gone_on + 30
)

select
    'departed_as_another_came' as finding,
    gone.state,
    gone.agency_id,
    gone.agreement_id,
    came.agency_id as other_agency_id,
    came.agreement_id as other_agreement_id,
    gone.agency || ' (' || gone.model || ') left on ' || gone.gone_on || ', and ' || came.agency
    || ' came on ' || came.first_on || ': the same state and model, and '
    || array_to_string(shared, ' and ') || '.' as says,
    gone.previous_publication_id as publication_id,
    gone.previous_row_number as row_number,
    came.first_publication_id as other_publication_id,
    came.first_row_number as other_row_number
from pairs
where len(shared) > 0
