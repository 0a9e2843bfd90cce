-- One row per attempt to get a list, also when nothing new came.
select
    attempted_at,
    list,
    source,
    url,
    file_name,
    captured_at,
    http_status,
    etag,
    last_modified,
    sha256,
    size,
    outcome,
    why
from loaded_captures
order by attempted_at, list, file_name, sha256
