-- One row per article read.
select * from loaded_articles order by article_id
