"""Read a hostile file beside a sound one, as a run does."""

from __future__ import annotations

import time
from pathlib import Path

from flows.settings import ROOT
from flows.steps.common import seeds
from flows.steps.common.contained import SECONDS, Workers
from flows.steps.lists.batch import read_lists

HEADERS = seeds.read_lists_config(ROOT / "seeds")["columns"]


def survives(folder: Path, name: str, data: bytes) -> str:
    """Return what fell short: the sound list must be read, and the other told of in a sentence."""
    from tests.faults.workbooks import a_list

    files = {"hostile": (name, data), "sound": ("participatingAgencies05282025am.xlsx", a_list())}
    names = {key: name for key, (name, _) in files.items()}
    before = time.monotonic()
    with Workers() as workers:
        found = read_lists(names, lambda key: files[key][1], HEADERS, workers)
    spent = time.monotonic() - before
    if "sound" not in found.contents:
        return "the sound list beside it was not read"
    said = found.refused.get("hostile", "")
    if not said and "hostile" not in found.contents:
        return "nothing is told of it"
    if said and (not said.startswith(name) or not said.endswith(".") or "\n" in said):
        return f"it is told of like this: {said}"
    return f"it took {spent:.0f} seconds" if spent > 4 * SECONDS else ""
