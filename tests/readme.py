"""The commands shown in README.md and their outputs: `python -m tests.readme` writes them anew."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from flows.settings import ROOT, paths_at
from flows.steps.warehouse.build import build

README = ROOT / "README.md"
BLOCK = re.compile(r"<!-- output: (pactwatch [^\n]+) -->\n(?:\n```console\n(.*?)```\n)?", re.S)


def blocks(text: str) -> list[tuple[str, str]]:
    """Return (command, output shown) of every marked block."""
    return [(match[1], match[2]) for match in BLOCK.finditer(text)]


def output(command: str, data: Path) -> str:
    """Return what a command prints on a data folder, with that folder called warehouse."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PREFECT_")}
    done = subprocess.run(
        [sys.executable, "-c", "from flows.cli import main; main()", *shlex.split(command)[1:]],
        env={**environment, "PACTWATCH_DATA": str(data), "PACTWATCH_OFFLINE": "1"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{command} failed: {done.stderr}")
    plain = "\n".join(line.rstrip() for line in done.stdout.splitlines())
    return plain.replace(str(data), "warehouse").strip("\n") + "\n"


def shown(command: str, said: str) -> str:
    """Return a block as README.md prints it."""
    return f"<!-- output: {command} -->\n\n```console\n$ {command}\n{said}```\n"


def main() -> None:
    """Write every marked block of README.md with what its command prints now."""
    text = README.read_text()
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "warehouse"
        build(paths_at(data))

        def renew(match: re.Match[str]) -> str:
            fresh = Path(folder) / "fresh" if match[1] == "pactwatch run" else data
            return shown(match[1], output(match[1], fresh))

        text = BLOCK.sub(renew, text)
    README.write_text(text)


if __name__ == "__main__":
    main()
