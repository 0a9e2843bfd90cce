"""The fault campaign in short: a few trials of each kind. `make faults` runs all of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults import month
from tests.faults.kinds import KINDS, spread, trials_of

SEED = 1
FEW = {"kills": 2, "errors": 5, "workbooks": 6, "pages": 4, "texts": 4, "processes": 1, "month": 0}


@pytest.mark.faults
@pytest.mark.parametrize(
    ("kind", "at"),
    [
        pytest.param(kind, at, id=f"{kind}-{at}")
        for kind in KINDS
        for at in spread(len(trials_of(kind, SEED)), FEW[kind])
    ],
)
def test_a_trial_is_survived(kind: str, at: int, tmp_path: Path) -> None:
    trial = trials_of(kind, SEED)[at]
    assert trial.run(tmp_path) == "", trial.name


@pytest.mark.faults
def test_four_days_of_looks_that_meet_faults_lose_nothing(tmp_path: Path) -> None:
    assert month.looks(tmp_path, SEED, count=16) == ""


def test_the_campaign_has_as_many_trials_as_it_promises() -> None:
    tried = {kind: len(trials_of(kind, SEED)) for kind in KINDS}
    assert tried == {
        "kills": 100,
        "errors": 50,
        "workbooks": 76,
        "pages": 30,
        "texts": 85,
        "processes": 12,
        "month": 1,
    }
