-- One row per agreement: the files that its rows ever linked.
select
    agreement_no,
    coalesce(list(distinct moa_file) filter (where moa_file is not null), []) as moa_files
from stg_lines
where list = 'participating' and agreement_no is not null
group by agreement_no
