-- For every week of every list: opening + added + returned - removed + replaced = closing.
select week, list, opening, added, removed, returned, replaced, closing
from weekly
where opening + added + returned - removed + replaced <> closing
