-- One row per figure an article gives, with what it counts and for when.
select * from loaded_claims order by article_id, position
