-- One row per id that resolves to another: quoted once, it always leads somewhere. An event has one for
-- every other id of its agreement, one in the form of the first release (publication, kind, agreement),
-- and one for each kind that the same change may have been told as.
with

other_kinds as (
    select unnest(kinds) as kind, kinds
    from (
        values
        (['renamed', 'reassigned']),
        (['redated', 'renewed']),
        (['removed', 'renewed', 'switched', 'duplicate_dropped']),
        (['added', 'returned']),
        (['pending_added', 'returned_to_pending', 'returned']),
        (['pending_signed', 'pending_withdrawn'])
    ) as families (kinds)
),

subjects as (
    select event_id, agreement_id as subject from events where agreement_id is not null
    union
    select events.event_id, aliases.alias_id
    from events
    inner join loaded_aliases as aliases using (agreement_id)
    union
    select event_id, before from events where kind in ('renewed', 'switched', 'duplicate_dropped')
    union
    select event_id, null from events where agreement_id is null
),

told as (
    select
        events.event_id,
        events.list,
        events.kind,
        events.publication_id,
        events.published_on,
        subjects.subject,
        events.agreement_id,
        unnest(list_distinct(list_append(coalesce(other_kinds.kinds, []), events.kind)))
            as other_kind
    from events
    inner join subjects using (event_id)
    left join other_kinds using (kind)
),

minted as (
    select
        *,
        concat_ws(
            ':',
            coalesce(publication_id, list),
            other_kind,
            case
                when subject is not null then subject
                when kind in ('stale_repost', 'silent', 'unlinked') then cast(published_on as varchar)
            end
        ) as alias_id
    from told
    union all
    select *, concat_ws(':', list, kind, subject, split_part(event_id, ':', -1))
    from told
    where subject <> agreement_id and other_kind = kind
),

of_events as (
    select alias_id, event_id
    from minted
    where alias_id not in (select event_id from events)
    qualify row_number() over (
        partition by alias_id
        order by kind <> other_kind, coalesce(subject <> agreement_id, true), event_id
    ) = 1
)

select alias_id, agreement_id, agency_id, cast(null as varchar) as event_id from loaded_aliases
union all
select alias_id, null, null, event_id from of_events
order by alias_id
