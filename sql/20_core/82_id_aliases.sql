-- One row per id that resolves to another: quoted once, it always leads somewhere.
select alias_id, agreement_id, agency_id
from loaded_aliases
order by alias_id
