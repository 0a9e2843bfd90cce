"""Read the time of a download from the names people give to the folders they keep lists in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

_TIME = re.compile(
    r"""(?<!\d)(20\d\d) [-_./]? (0\d|1[0-2]) [-_./]? ([0-2]\d|3[01])  # 2025-05-28, 2025/05/28
    (?: [T_\ ./-]{0,3} ([01]\d|2[0-3]) [-_:.h]? ([0-5]\d)              # 14-03, 1403, 14h03
        (?: [-_:.m]? ([0-5]\d) (?:[.,]\d+)? )? s?                      # -11, 11.250
        \ ? (Z | UTC | GMT | [+-]\d\d:?\d\d )? )?                      # UTC if it says nothing
    (?!\d)""",
    re.X | re.I,
)
# A day without a time is the same day in Washington and in UTC at noon.
NOON = 12


def time_in_folders(names: Sequence[str]) -> datetime | None:
    """Return the time (UTC) that folder names give, outermost name first; the nearest one counts.

    Known forms: `2025-05-28T14-03-11Z`, `2025-05-28_1403`, `20250528140311`, `2025-05-28 14.03`,
    `2025-05-28` (noon), with an offset such as `2025-05-28T10-03-11-0400`, with words around them,
    and `2025/05/28` as nested folders. Times are UTC unless an offset is given. Names that give no
    possible time give None.
    """
    path = "/".join(name.replace("/", "") for name in names)
    times = [time for found in _TIME.finditer(path) if (time := _moment(found))]
    return times[-1] if times else None


def _moment(found: re.Match[str]) -> datetime | None:
    year, month, day, hour, minute, second, zone = found.groups()
    try:
        moment = datetime(
            *(int(year), int(month), int(day)),
            int(hour or NOON),
            int(minute or 0),
            int(second or 0),
        )
    except ValueError:
        return None
    if zone and zone[0] in "+-":
        offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
        moment -= offset if zone[0] == "+" else -offset
    return moment
