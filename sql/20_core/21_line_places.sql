-- One row per printed row of every list version: which line stands in which sheet row.
select publication_no, row_number, line
from loaded_places
order by publication_no, row_number
