-- One row per claim: its best reading, what the record shows for it, and the verdict.
create temp table claim_verdicts as
with

measured as (
    select
        readings.*,
        windows.window_from - readings.exact_to as days_before,
        abs(readings.difference) <= case windows.unit
            when 'ratio' then 0.5
            when 'percent' then greatest(1, 0.02 * windows.value)
            else greatest(1, 0.01 * windows.value)
        end as is_near
    from claim_readings as readings
    inner join claim_windows as windows using (claim_id)
    where readings.role <> 'arithmetic'
),

graded as (
    select
        *,
        case
            when role in ('plain', 'defensible') and is_match then 1
            when role in ('plain', 'defensible') and days_before between 1 and 60 then 2
            when role = 'other unit' and is_match then 3
            when role = 'header row' and is_match then 4
            when role = 'plain' and is_near then 5
            -- Nobody copies a figure that is years old: one that old is right by chance.
            when role in ('plain', 'defensible') and days_before between 1 and 730 then 6
            when role = 'plain' then 7
            else 8
        end as grade
    from measured
),

best as (
    select *
    from graded
    qualify row_number() over (
        partition by claim_id order by grade, role <> 'plain', abs(difference), rank
    ) = 1
),

-- A match that only explains: the whole list's states said of the new agreements.
mixed_up as (
    select claim_id, reading as mixed_up_with
    from claim_readings
    where role = 'explains' and is_match
    qualify row_number() over (partition by claim_id order by rank) = 1
),

arithmetic as (
    select
        claim_id,
        is_match as adds_up,
        'the article''s own figures give ' || made_of || ' = '
            || if(contains(query, '100 *'), in_figures(observed) || ' % growth', in_figures(observed))
            as sum
    from claim_readings
    where role = 'arithmetic'
),

judged as (
    select
        windows.*,
        best.* exclude (claim_id, article_id, position, window_from, window_to),
        mixed_up.mixed_up_with,
        arithmetic.sum,
        arithmetic.adds_up,
        plain.reading as plain_reading,
        plain.observed as plain_observed,
        case
            -- What only the other unit shows does not make figures add up that do not.
            when best.grade = 1 or (best.grade = 3 and coalesce(arithmetic.adds_up, true))
                then 'confirmed'
            when not arithmetic.adds_up and coalesce(best.grade, 0) <> 5 then 'contradicted'
            -- "Added 41 agreements last week": only a match shows since when they are counted.
            when windows.metric = 'agreements_new' and windows.since is null and best.grade <> 5
                then 'not_checkable'
            when best.grade is null or windows.day < windows.first_on - 42 then 'not_checkable'
            when best.grade in (4, 5) then 'close'
            when best.grade in (2, 6) then 'outdated'
            else 'contradicted'
        end as verdict
    from claim_windows as windows
    left join best using (claim_id)
    left join mixed_up using (claim_id)
    left join arithmetic using (claim_id)
    left join claim_readings as plain on windows.claim_id = plain.claim_id and plain.rank = 1
)

select * from judged
