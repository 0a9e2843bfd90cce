"""A short run of the simulator of ICE: what is told of its lists is what happened."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from flows.settings import ROOT, paths_at
from tests.conftest import seeds_without_record
from tests.world.ice.play import World, play
from tests.world.ice.rates import read_rates
from tests.world.ice.score import KINDS, Score, compare
from tests.world.ice.told import tell
from tests.world.ice.truth import true_events
from tests.world.ice.write import write_world

SEED, LISTS = 6, 60
HAPPENED = {
    "added": 487,
    "removed": 12,
    "gap_left": 1,
    "gap_back": 1,
    "renamed": 39,
    "redated": 6,
    "renewed": 2,
}


@pytest.fixture(scope="module")
def world() -> World:
    return play(SEED, LISTS, read_rates(), ROOT / "seeds")


@pytest.fixture(scope="module")
def score(world: World, tmp_path_factory: pytest.TempPathFactory) -> Score:
    folder = tmp_path_factory.mktemp("ice")
    paths = paths_at(folder / "data", seeds=seeds_without_record(folder / "seeds"))
    telling = tell(world, paths)
    return compare(true_events(telling.lists, world.pacts), telling)[0]


def test_nobody_is_said_to_have_left_or_joined_who_did_not(score: Score) -> None:
    assert (score.left, score.joined) == (0, 0)


def test_every_event_of_the_signed_list_is_told(score: Score) -> None:
    told = {kind: score.right[kind] for kind in KINDS if kind in HAPPENED}
    assert told == HAPPENED
    assert not any(score.missed[kind] or score.wrong[kind] for kind in HAPPENED)


def test_most_applications_are_told_to_be_signed(score: Score) -> None:
    assert score.right["pending_signed"] + score.missed["pending_signed"] == 231
    assert score.missed["pending_signed"] <= 1
    assert score.recall("pending_added") == 1


def test_a_seed_plays_the_same_lists_again(world: World) -> None:
    again = play(SEED, LISTS, read_rates(), ROOT / "seeds")
    assert again.rows.equals(world.rows)
    assert again.publications.equals(world.publications)


def test_the_workbooks_stand_beside_their_truth(tmp_path: Path) -> None:
    small = play(SEED, 12, read_rates(), ROOT / "seeds", agreements=30)
    write_world(small, tmp_path)
    names = set(small.publications["file_name"])
    assert {path.name for path in tmp_path.iterdir()} == {*names, "truth.csv"}


@pytest.mark.parametrize(
    "path", sorted((ROOT / "tests/world/ice").glob("*.py")), ids=lambda path: path.name
)
def test_the_simulator_knows_nothing_of_identity(path: Path) -> None:
    tree = ast.parse(path.read_text())
    named = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    named += [a.name for node in ast.walk(tree) if isinstance(node, ast.Import) for a in node.names]
    assert not [name for name in named if name.startswith("flows.steps.identity")]


def test_identity_cannot_import_the_simulator() -> None:
    texts = [path.read_text() for path in (ROOT / "flows").rglob("*.py")]
    assert not any("tests.world" in text for text in texts)
