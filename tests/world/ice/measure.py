"""Measure on the real record how often lists do what, and write it down in rates.toml.

`python -m tests.world.ice.measure WAREHOUSE` reads a warehouse built from the seed record alone
(`PACTWATCH_DATA=FOLDER PACTWATCH_OFFLINE=1 pactwatch build`). What identity tells of the record
stands for what happened: a rate needs its order of magnitude only, and the simulator's own events
are true by themselves.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import duckdb

HERE = Path(__file__).parent
RATES = HERE / "rates.toml"
HEAD = """\
# How often ICE's lists do what, measured on the published lists of January 2021 to May 2026 as the
# seed record has them, by `python -m tests.world.ice.measure WAREHOUSE` (measure.sql has the
# queries). Values per year are per agreement listed for a year; there are {years:,} such years.
"""


def measured(warehouse: Path) -> str:
    """Return the text of rates.toml, measured on a warehouse."""
    setup, *asked = re.split(
        r"^-- (?=\w+\.\w+: )", (HERE / "measure.sql").read_text(), flags=re.MULTILINE
    )
    with duckdb.connect(":memory:") as db:
        db.execute(f"attach '{warehouse}' as record (read_only)")
        db.execute("set search_path = 'record.main,memory.main'")
        db.execute(setup)
        [years] = db.execute("select years from years where list = 'participating'").fetchall()[0]
        written = [HEAD.format(years=round(years))]
        room = ""
        for one in asked:
            title, query = one.split("\n", 1)
            name, what = title.split(": ", 1)
            section, key = name.split(".")
            if section != room:
                room = section
                written.append(f"\n[{section}]\n")
            found = db.execute(query).fetchall()[0][0]
            written.append(f"# {what}\n{key} = {json.dumps(found)}\n")
    return "".join(written)


if __name__ == "__main__":
    RATES.write_text(measured(Path(sys.argv[1])))
