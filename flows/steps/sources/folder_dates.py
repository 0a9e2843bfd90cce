"""Read the time of a download from the names people give to the folders they keep lists in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time

from flows.steps.lists.name_dates import Written, dates_in

# A day without a time is the same day in Washington and in UTC from noon on.
HOUR_OF_PART = {"am": 12, "mid": 16, "pm": 20}
NOON = 12


def time_in_folders(names: Sequence[str]) -> datetime | None:
    """Return the time (UTC) that folder names give, outermost name first; the nearest one counts.

    Known are moments such as `2025-05-28T14-03-11Z`, `2025-05-28_1403`, `20250528140311` or
    `2025-05-28T10-03-11-0400` (UTC unless an offset is given), and days in any form that a file
    name may have, which stand for noon or the part of the day beside them; with words around them,
    and `2025/05/28` as nested folders. Names that give no possible time give None.
    """
    path = "/".join(name.replace("/", "") for name in names)
    times = [moment for one in dates_in(path) if (moment := _moment(one))]
    return times[-1] if times else None


def _moment(written: Written) -> datetime | None:
    if written.moment or not written.day:
        return written.moment
    hour = HOUR_OF_PART.get((written.part or "")[:3].rstrip("_"), NOON)
    return datetime.combine(written.day, time(hour))
