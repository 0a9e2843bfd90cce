"""Where things are: the repository, and the folders that a job reads and writes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from flows.steps.records import Layout

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True)
class Places:
    """The folders a build reads and writes: data at rest, reviewed seeds, SQL models."""

    layout: Layout
    seeds: Path = ROOT / "seeds"
    sql: Path = ROOT / "sql"
