-- One row per agency or place an article names, linked to the agency when exactly one of the state
-- given fits; what fits several or none is listed unlinked, and a name without a state is never
-- linked.
with

named as (
    select article_id, unnest(named, recursive := true)
    from loaded_articles
),

known as (
    select
        agency_id,
        name,
        state,
        lower(replace(name, '’', '''')) as plain_name,
        -- What is left of "City of Miami Police Department" is its place: "miami".
        regexp_replace(
            regexp_replace(plain_name, '^(city|town|village|county) of ', ''),
            ' (sheriff.?s?.?.?( office| department)?|police( department)?|department of public safety|marshal.*)$',
            ''
        ) as place
    from agencies
),

fitting as (
    select
        named.article_id,
        named.named_as,
        named.state,
        known.agency_id,
        known.name
    from named
    inner join known
        on known.state = named.state
        and case named.body
            when 'sheriff'
                then contains(known.plain_name, 'sheriff')
                    and known.place in (lower(named.place), lower(named.place) || ' county')
            when 'police'
                then contains(known.plain_name, 'police') and known.place = lower(named.place)
            when 'patrol' then contains(known.plain_name, 'highway patrol')
            else known.place = lower(named.place)
                or regexp_matches(named.place, '(County|Parish)$')
                and starts_with(known.plain_name, lower(named.place) || ' ')
        end
),

counted as (
    select
        article_id,
        named_as,
        state,
        count(*) as fits,
        min(agency_id) as agency_id,
        string_agg(name, ', ' order by name) as names
    from fitting
    group by article_id, named_as, state
)

select
    named.article_id,
    if(counted.fits = 1, counted.agency_id, null) as agency_id,
    named.named_as,
    named.state,
    case
        when named.state is null then 'the article gives no state beside it'
        when counted.fits is null then 'no agency of ' || named.state || ' on the lists has that name'
        when counted.fits = 1 then 'the only agency of ' || named.state || ' that fits: ' || names
        else counted.fits || ' agencies of ' || named.state || ' fit: ' || names
    end as evidence
from named
left join counted
    on named.article_id = counted.article_id
    and named.named_as = counted.named_as
    and named.state = counted.state
order by named.article_id, named.named_as, named.state
