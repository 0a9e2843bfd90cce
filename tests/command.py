"""Run a command of the command line in this process: what it prints and the code it leaves with.

A process of its own costs a second of imports each time; a few tests of test_cli keep real ones.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from unittest import mock

from flows import environment
from flows.cli import main
from flows.places import ROOT, Places


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

    `seeds` is another folder than the repository's, for a command that runs no flow.
    """
    own = environment.places

    def places() -> Places:
        return replace(own(), seeds=seeds) if seeds else own()

    out, err = io.StringIO(), io.StringIO()
    code: object = 0
    with (
        mock.patch.dict(os.environ, env, clear=True),
        mock.patch.object(environment, "places", places),
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
