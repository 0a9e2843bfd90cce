"""Where each state and territory stands on the tile map.

Tiles of one size show the small states of the north-east as well as the large ones of the west,
and need no boundaries from elsewhere. Neighbours stand side by side as far as a grid allows;
territories stand apart at the foot, in the ocean they belong to.
"""

from __future__ import annotations

_GRID = """
AK .  .  .  .  .  .  .  .  .  .  ME
.  .  .  .  .  .  .  .  .  .  VT NH
.  WA ID MT ND MN WI MI .  NY MA RI
.  OR NV WY SD IA IL IN OH PA NJ CT
.  CA UT CO NE MO KY WV VA MD DE .
.  .  AZ NM KS AR TN NC SC DC .  .
.  .  .  .  OK LA MS AL GA .  .  .
HI .  .  .  TX .  .  .  .  FL .  .
AS GU MP .  .  .  .  .  .  .  PR VI
"""

TILES: dict[str, tuple[int, int]] = {
    code: (column, row)
    for row, line in enumerate(_GRID.strip().splitlines())
    for column, code in enumerate(line.split())
    if code != "."
}
"""Column and row of each code's tile, counted from the upper left."""

COLUMNS = 1 + max(column for column, _ in TILES.values())
ROWS = 1 + max(row for _, row in TILES.values())
