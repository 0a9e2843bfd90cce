"""Play ICE, build the record of its lists and say what that tells wrong: `make simulate`."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from flows.settings import ROOT, paths_at
from tests.conftest import seeds_without_record

from .play import AGREEMENTS, play
from .rates import read_rates
from .report import fault_text, results, table, write_results
from .score import Score, compare
from .told import tell
from .truth import true_events
from .write import write_world


def main() -> None:
    """Print the scores of each seed and of all together."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seeds", type=int, default=10, help="how many worlds")
    asked.add_argument("--first", type=int, default=1, help="the first seed")
    asked.add_argument("--lists", type=int, default=200, help="participating lists of each")
    asked.add_argument("--agreements", type=int, default=AGREEMENTS, help="on the first list")
    asked.add_argument("--often", type=float, default=1, help="times the measured rates")
    asked.add_argument("--show", action="store_true", help="print each wrong or missed event")
    asked.add_argument(
        "--write",
        type=Path,
        help="write workbooks and truth.csv there instead; their days are those of the seed record",
    )
    asked.add_argument("--results", type=Path, help="write the scores into that page")
    wanted = asked.parse_args()
    rates = read_rates(wanted.often)
    total = Score()
    with tempfile.TemporaryDirectory() as folder:
        bare = seeds_without_record(Path(folder) / "seeds")
        paths = paths_at(Path(folder) / "data", seeds=bare)
        for seed in range(wanted.first, wanted.first + wanted.seeds):
            world = play(seed, wanted.lists, rates, ROOT / "seeds", wanted.agreements)
            if wanted.write:
                write_world(world, wanted.write / f"seed-{seed}")
                continue
            telling = tell(world, paths)
            truth = true_events(telling.lists, world.pacts)
            score, faults = compare(truth, telling)
            print(table(f"seed {seed}", score), *telling.held, sep="\n", flush=True)
            if wanted.show:
                for fault in faults:
                    print(fault_text(fault, truth), flush=True)
            total += score
    if wanted.results:
        write_results(results(total, wanted.seeds, wanted.lists), wanted.results)
    if not wanted.write:
        print(table(f"{wanted.seeds} seeds", total))
        for kind, number in total.faults.most_common():
            print(f"{number:5}  {kind}")


if __name__ == "__main__":
    main()
