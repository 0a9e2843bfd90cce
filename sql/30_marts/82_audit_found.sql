-- One row per finding of any kind that no decision of a person has settled, with its question.
create temp view audit_found as
with

found as (
    select * from audit_departures
    union all
    select * from audit_undecided
    union all
    select * from audit_states
    union all
    select * from audit_applications
    union all
    select * from audit_sheriffs
    union all
    select * from audit_names
    union all
    select * from audit_relabels
    union all
    select * from audit_renewals
    union all
    select * from audit_doubts
    union all
    select * from audit_cells
    union all
    select * from audit_files
)

select found.*, kinds.says as question, cast(kinds.place as integer) as place
from found
inner join seed_audit_findings as kinds using (finding)
where not exists (
        select 1 from audit_decided as decided
        where (decided.one, decided.other) in (
            (found.agreement_id, found.other_agreement_id),
            (found.agency_id, found.other_agency_id)
        )
    )
