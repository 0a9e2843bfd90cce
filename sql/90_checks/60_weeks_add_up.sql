-- For every week of every list: opening + added + returned - removed + replaced + unplaced = closing.
select week, list, opening, added, removed, returned, replaced, unplaced, closing
from weekly
where opening + added + returned - removed + replaced + unplaced <> closing
