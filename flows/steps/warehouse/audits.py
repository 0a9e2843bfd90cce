"""Ask the published warehouse what a careful editor would doubt."""

from __future__ import annotations

import polars as pl

from flows.steps.common import seeds
from flows.steps.common.errors import UsageError
from flows.steps.common.layout import Paths

from . import database

FINDINGS = ("finding", "place", "says")


def audit(paths: Paths, *, state: str | None = None, finding: str | None = None) -> pl.DataFrame:
    """Return the table `audit`, or what it has of one state or one kind of `finding`.

    Raises `UsageError` for a state or a finding that there is not.
    """
    _known(finding, seeds.read_table(paths.seeds / "audit_findings.csv", FINDINGS)["finding"])
    state = state.upper() if state else None
    _known(state, seeds.read_table(paths.seeds / "states.csv", ("code", "name"))["code"])
    found = database.query(paths.layout.database, "select * from audit")
    for column, value in (("state", state), ("finding", finding)):
        found = found.filter(pl.col(column) == value) if value else found
    return found


def _known(value: str | None, all_of_them: pl.Series) -> None:
    if value and value not in all_of_them:
        known = ", ".join(all_of_them.unique(maintain_order=True))
        raise UsageError(f"Nothing is called {value} here: give one of {known}.")
