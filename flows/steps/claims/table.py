"""What a table says of a figure in its row and column: which model, and which day."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from .claim_dates import When, find_dates
from .scene import Scene
from .words import MODELS, mask


def cell_model(scene: Scene, place: int) -> str | None:
    """Return the model that labels a figure's row or heads its column, None outside tables."""
    cells = _cells_before(scene, place)
    if len(cells) < 2:
        return None
    labels = [cells[0], _heading(scene, place)]
    found = {name for label in labels for pattern, name in MODELS if pattern.search(label)}
    return found.pop() if len(found) == 1 else None


def column_date(scene: Scene, place: int, published: date | None) -> When | None:
    """Return the date in the heading of a figure's column; its span counts in the heading."""
    return _only_date(_heading(scene, place), published)


@lru_cache(256)  # each figure of a column asks
def _only_date(heading: str, published: date | None) -> When | None:
    """Return the date of a heading that names just one."""
    dates = find_dates(mask(heading), published)
    return dates[0] if len(dates) == 1 else None


def _heading(scene: Scene, place: int) -> str:
    """Return the first row's cell over a figure, empty when there is none."""
    column = len(_cells_before(scene, place)) - 1
    return scene.header[column] if 0 < column < len(scene.header) else ""


def _cells_before(scene: Scene, place: int) -> list[str]:
    """Return the cells of a figure's row up to its own."""
    return scene.before(place).rsplit("\n", 1)[-1].split(" | ")
