"""The kinds of trials, by the names that the campaign prints."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.faults import Trial

KINDS = ("kills", "errors", "workbooks", "pages", "texts", "processes", "month")


def trials_of(kind: str, seed: int) -> list[Trial]:
    """Return the trials of a kind, the same ones for the same seed."""
    make: Callable[[int], list[Trial]] = import_module(f"tests.faults.{kind}").trials
    return make(seed)


def spread(count: int, most: int | None) -> list[int]:
    """Return the places of at most so many trials, spread over all of them."""
    if most is None or most >= count:
        return list(range(count))
    return [count * at // most for at in range(most)]


def try_one(asked: tuple[str, int, int]) -> str:
    """Run the trial of a kind, seed and place; return its name and what fell short, else ''."""
    kind, seed, at = asked
    trial = trials_of(kind, seed)[at]
    with TemporaryDirectory(prefix="pactwatch-trial-") as folder:
        try:
            said = trial.run(Path(folder))
        except Exception as problem:
            said = f"{type(problem).__name__}: {problem}"
    return f"{trial.name}: {said}" if said else ""
