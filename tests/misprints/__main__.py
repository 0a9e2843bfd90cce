"""Run many courses on whole lists and print what fell short: `make misprints`."""

from __future__ import annotations

import argparse
import random
import tempfile
from pathlib import Path

from flows.settings import paths_at
from tests.conftest import seeds_without_record

from . import courses, misprint
from .outcome import shortfall


def main() -> None:
    """Print each course that fell short with its misprints, and how many there were."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--courses", type=int, default=1000)
    asked.add_argument("--rows", type=int, default=0, help="cut lists to so many rows; 0: whole")
    asked.add_argument("--seed", type=int, default=1)
    wanted = asked.parse_args()
    rng = random.Random(wanted.seed)
    with tempfile.TemporaryDirectory() as folder:
        real = paths_at(Path(folder) / "data")
        drawn, run, short = courses(real, rng), 0, 0
        paths = paths_at(real.layout.data, seeds=seeds_without_record(Path(folder) / "seeds"))
        while run < wanted.courses:
            clean = next(drawn)
            clean = clean.cut(rng, wanted.rows) if wanted.rows else clean
            is_lasting = rng.random() < 0.5
            course, misprints = misprint(clean, rng, rng.choice((1, 3)), is_lasting=is_lasting)
            found = shortfall(clean, course, paths)
            if found is None:
                continue
            run += 1
            if found:
                short += 1
                print(f"course {run}, {'lasting' if is_lasting else 'once'}: {found}")
                for one in misprints:
                    print(
                        f"    {one.field} {one.kind}: {one.before!r} -> {one.after!r} ({one.row})"
                    )
    print(f"{run:,} courses, {short} fell short")


if __name__ == "__main__":
    main()
