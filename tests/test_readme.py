"""README.md shows what the commands print: every marked block is run and compared."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.steps.common.layout import Paths
from tests.readme import README, blocks, output

BLOCKS = blocks(README.read_text())


@pytest.mark.parametrize(
    ("command", "shown"),
    [block for block in BLOCKS if block[0] != "pactwatch run"],
    ids=lambda text: text[:40],
)
def test_a_command_prints_what_the_readme_shows(
    command: str, shown: str, seed_places: Paths
) -> None:
    assert f"$ {command}\n{output(command, seed_places.layout.data)}" == shown


def test_the_readme_shows_five_queries_and_the_main_job() -> None:
    commands = [command for command, _ in BLOCKS]
    assert commands[0] == "pactwatch run"
    assert sum(command.startswith("pactwatch query") for command in commands) == 5


def test_the_readme_picture_is_there() -> None:
    picture = Path(README).parent / ".readme" / "report-2025-W22.png"
    assert picture.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
