"""The rules of the house, checked: who may import what, and which model may read which."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from flows.places import ROOT
from flows.steps import warehouse

MODULES = sorted((ROOT / "flows").rglob("*.py"))
STEPS = sorted((ROOT / "flows" / "steps").rglob("*.py"))
NETWORK = {
    "httpx",
    "requests",
    "urllib3",
    "socket",
    "wayback",
    "aiohttp",
    "urllib.request",
    "apprise",
}
LONGEST_FUNCTION = 40
READERS = {"fastexcel", "openpyxl", "bs4", "zipfile"}


def imports(path: Path) -> set[str]:
    """Return the modules a file imports, also inside functions, by their full names."""
    found: set[str] = set()
    package = path.relative_to(ROOT).with_suffix("").parts[:-1]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join([*above, *([node.module] if node.module else [])])
            named = node.module is None or module in ("flows", "flows.steps")
            found |= {f"{module}.{alias.name}" for alias in node.names} if named else {module}
    return found


def tops(path: Path) -> set[str]:
    return {name.split(".")[0] for name in imports(path)}


def place(path: Path) -> str:
    """Return where a module stands below flows/."""
    return path.relative_to(ROOT / "flows").as_posix()


def step_of(path: Path) -> str:
    """Return the step a file belongs to: its module, or the package it is in."""
    return path.relative_to(ROOT / "flows").with_suffix("").parts[:2][-1]


@pytest.mark.parametrize("path", STEPS, ids=step_of)
def test_a_step_imports_records_and_nothing_else_of_ours(path: Path) -> None:
    """Besides: a package imports its own modules, and `words`, which only puts values in words."""
    own = f"flows.steps.{step_of(path)}"
    shared = {"flows.steps.records", "flows.steps.words"}
    foreign = {
        name
        for name in imports(path)
        if name.startswith("flows") and name not in shared and not name.startswith(own)
    }
    assert foreign == set()


def test_prefect_only_at_the_edge() -> None:
    users = {path.name for path in MODULES if "prefect" in tops(path)}
    assert users == {"track.py", "schedule.py"}


def test_network_only_where_lists_come_in_and_notices_go_out() -> None:
    assert {place(path) for path in MODULES if tops(path) & NETWORK} == {
        "steps/fetch/__init__.py",
        "steps/fetch/request.py",
        "steps/internet_archive.py",
        "steps/notify.py",
    }


def test_duckdb_only_in_warehouse() -> None:
    assert {path.name for path in MODULES if "duckdb" in tops(path)} == {"warehouse.py"}


def test_workbooks_and_pages_are_read_in_three_places() -> None:
    users = {step_of(path) for path in MODULES if tops(path) & READERS}
    assert users <= {"discover", "parse", "articles"}


def test_one_module_reads_the_environment() -> None:
    reads = re.compile(r"os\.(environ|getenv)")
    users = {place(path) for path in MODULES if reads.search(path.read_text())}
    assert users == {"environment.py"}


@pytest.mark.parametrize("path", STEPS, ids=step_of)
def test_steps_have_no_clock(path: Path) -> None:
    assert not re.search(r"\.(now|today|utcnow)\(|time\.time\(", path.read_text())


def test_every_package_is_installed() -> None:
    """An editable install finds packages that the list forgets; a wheel lacks them."""
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]
    found = [path.parent.relative_to(ROOT) for path in MODULES if path.name == "__init__.py"]
    assert listed == sorted(".".join(package.parts) for package in found)


def test_functions_are_short() -> None:
    long = [
        f"{place(path)}:{node.name} {length}"
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or 0) - node.lineno + 1) > LONGEST_FUNCTION
    ]
    assert long == []


def test_a_model_reads_only_lower_numbered_models_and_loaded_frames() -> None:
    made: set[str] = set()
    for path in warehouse.models(ROOT / "sql"):
        text = re.sub(r"--.*", "", path.read_text())
        named = set(re.findall(r"(?m)^\s*(?:,\s*)?(\w+) as \(", text))
        read = set(re.findall(r"\b(?:from|join|unpivot)\s+(\w+)", text)) - {"select", "unnest"}
        foreign = {
            name
            for name in read - named
            if name not in made and not name.startswith(("loaded_", "seed_"))
        }
        assert foreign == set(), path.name
        made.add(warehouse.table_name(path))


def test_models_state_their_grain_and_keep_their_names() -> None:
    for path in sorted((ROOT / "sql").glob("*/*.sql")):
        assert path.read_text().startswith("-- "), path.name
        assert re.fullmatch(r"\d\d_[a-z_]+\.sql", path.name), path.name


def test_the_lock_names_no_index_and_pins_every_package_with_hashes() -> None:
    text = (ROOT / "requirements.lock").read_text()
    assert not re.search(r"https?://|--(index|extra-index|find-links)", text)
    packages = re.findall(r"(?m)^\S+==\S+ ?.*\\$", text)
    assert len(packages) > 100
    for block in re.split(r"(?m)^(?=\S)", text)[1:]:
        assert "--hash=sha256:" in block, block.splitlines()[0]


def test_the_web_framework_prefect_cannot_work_with_is_locked_out() -> None:
    [version] = re.findall(r"(?m)^fastapi==(\d+)\.(\d+)", (ROOT / "requirements.lock").read_text())
    assert (0, 139) <= (int(version[0]), int(version[1])) < (0, 155)


def test_no_committed_file_holds_a_mailbox_or_a_staff_name() -> None:
    listed = subprocess.run(
        ["/usr/bin/env", "git", "ls-files", "seeds"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    ).stdout.split()
    for name in listed:
        text = (ROOT / name).read_text()
        assert not re.search(r"[\w.]+@[\w.]+\.gov|safelinks|%40", text), name


def test_the_readme_names_every_command() -> None:
    from flows.cli import app

    readme = (ROOT / "README.md").read_text()
    commands = [name for name in app if not name.startswith("-")]
    assert [name for name in commands if f"pactwatch {name}" not in readme] == []
