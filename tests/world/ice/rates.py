"""How often lists do what, as measured on the record, and draws from it."""

from __future__ import annotations

import math
import random
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from .measure import RATES


@dataclass(frozen=True, slots=True)
class Rates:
    """The measured rates; `often` multiplies those of everything but joins and applications."""

    of: dict[str, dict[str, Any]]
    often: float = 1.0

    def a_year(self, what: str) -> float:
        """Return how often something befalls an agreement in a year."""
        return float(self.of["per_year"][what]) * self.often

    def a_list(self, what: str) -> float:
        """Return how often something befalls a list."""
        return float(self.of["per_list"][what]) * self.often


def read_rates(often: float = 1.0) -> Rates:
    """Read rates.toml."""
    return Rates(tomllib.loads(RATES.read_text()), often)


def draw(rng: random.Random, deciles: Sequence[float]) -> int:
    """Draw a whole number that lies in each tenth of a distribution equally often."""
    tenth = rng.randrange(len(deciles) - 1)
    return round(rng.uniform(deciles[tenth], deciles[tenth + 1]))


def some(rng: random.Random, mean: float) -> int:
    """Draw how often something happens that does so independently, `mean` times on average."""
    number, left = 0, rng.random()
    term = math.exp(-mean)
    while left > term and number < 1000:
        left -= term
        number += 1
        term *= mean / number
    return number


def batches(rng: random.Random, mean: float, sizes: Sequence[float]) -> list[int]:
    """Draw batches of the sizes given, so that `mean` of what they hold come on average."""
    middles = [(one + other) / 2 for one, other in pairwise(sizes)]
    number = some(rng, mean * len(middles) / sum(middles))
    return [max(1, draw(rng, sizes)) for _ in range(number)]
