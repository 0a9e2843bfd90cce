"""The kinds of trials, by the names that the campaign prints."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

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
