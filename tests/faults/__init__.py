"""The fault campaign: what hostile input and failing systems do to a run, trial by trial.

Each module of this package makes one kind of trial. A trial is survived when nothing is lost,
nothing wrong is published, the run ends in time, and it says in one sentence what happened.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Trial:
    """One trial of a kind: `run` gets an empty folder, and returns what fell short, else ''."""

    name: str
    run: Callable[[Path], str]
