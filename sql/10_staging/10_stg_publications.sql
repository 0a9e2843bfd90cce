-- One row per distinct list version, accepted or not; `step` counts the accepted ones of a list.
with

publications as (
    select * from loaded_publications
),

numbered as (
    select
        publication_no,
        publication_id,
        list,
        published_on,
        part,
        seq,
        date_rule,
        sha256,
        file_name,
        url,
        captured_at,
        saved_at,
        is_copy,
        status,
        reasons,
        why_held,
        passes_when,
        step,
        max(step) over (partition by list) as last_step,
        max(published_on) filter (where status = 'accepted')
            over (partition by list) as last_published_on
    from publications
)

select * from numbered
