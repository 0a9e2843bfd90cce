"""Run a command of the command line: what it prints and the code it leaves with.

In this process, as one of its own costs a second of imports each time; where a process may end, or
uses a copy of the program, it has to be one of its own.
"""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from flows import settings
from flows.cli import main
from flows.settings import ROOT
from flows.steps.common.layout import Paths
from tests.conftest import COMMAND, environment


@dataclass(frozen=True)
class Said:
    """What a command printed, and its exit code, under the names that subprocess gives them."""

    returncode: int
    stdout: str
    stderr: str


def command(
    *arguments: str, env: Mapping[str, str], cwd: Path = ROOT, seeds: Path | None = None
) -> Said:
    """Run `pactwatch` with these arguments and nothing but `env` as its environment.

    `seeds` is another folder than the repository's.
    """
    own = settings.paths_at

    def paths_at(data: Path) -> Paths:
        return own(data, seeds) if seeds else own(data)

    out, err = io.StringIO(), io.StringIO()
    code: object = 0
    with (
        mock.patch.dict(os.environ, env, clear=True),
        mock.patch.object(settings, "paths_at", paths_at),
        mock.patch.object(sys, "argv", ["pactwatch", *arguments]),
        contextlib.chdir(cwd),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            main()
        except SystemExit as ended:
            code = ended.code
    return Said(int(str(code or 0)), out.getvalue(), err.getvalue())


def call(
    clone: Path,
    data: Path,
    *words: str,
    command: Sequence[str] = COMMAND,
    timeout: Any = None,
    **more: Any,
) -> subprocess.CompletedProcess[str]:
    """Run a command of a copy of the program on a data folder, in a process of its own."""
    return subprocess.run(
        [*command, *words],
        env=environment(data, PYTHONPATH=str(clone), **more),
        cwd=clone,
        capture_output=True,
        text=True,
        check=False,
        timeout=timeout,
    )
