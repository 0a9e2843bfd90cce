"""Run the fault campaign, two trials at a time, and print how many of each kind are survived.

    python -m tests.faults [--kind texts] [--seed 1] [--each 5]

With `--each` only so many of each kind are tried, spread over all of them.
"""

from __future__ import annotations

import argparse
import sys
import time
from multiprocessing import get_context

from tests.faults.kinds import KINDS, spread, trials_of, try_one

WORKERS = 2


def main() -> int:
    """Run the trials; return 1 when one fell short."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--kind", choices=KINDS, action="append")
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--each", type=int)
    asked = words.parse_args()
    is_well = True
    begun = time.monotonic()
    with get_context("spawn").Pool(WORKERS) as pool:
        for kind in asked.kind or KINDS:
            count = len(trials_of(kind, asked.seed))
            tried = [(kind, asked.seed, at) for at in spread(count, asked.each)]
            short = [said for said in pool.imap_unordered(try_one, tried) if said]
            spent = time.monotonic() - begun
            print(
                f"{kind}: survived {len(tried) - len(short)} of {len(tried)} ({spent:.0f} s)",
                flush=True,
            )
            for said in short:
                print(f"  fell short: {said}", flush=True)
            is_well &= not short
    return 0 if is_well else 1


if __name__ == "__main__":
    sys.exit(main())
