"""The rules of the house, checked: who may import what, and which model may read which."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path

import pytest

from flows.settings import ROOT
from flows.steps.common.layout import Paths
from flows.steps.warehouse import database
from tests.conftest import environment

MODULES = sorted((ROOT / "flows").rglob("*.py"))
STEPS = sorted((ROOT / "flows" / "steps").rglob("*.py"))
CLI = sorted((ROOT / "flows" / "cli").rglob("*.py"))
FLOWS = (
    *("track.py", "snapshot.py", "ingest.py", "build.py", "report.py", "backfill.py"),
    "publish.py",
)
MOST_FLAT_FILES = 13
LONGEST_FLOW_FILE = 90
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


def test_prefect_only_at_the_edge() -> None:
    users = {place(path) for path in MODULES if "prefect" in tops(path)}
    edge = {"stages.py", "run_summary.py", "serve.py", "prefect_server.py", "cli/start.py"}
    assert users == {*FLOWS, *edge}
    start = ROOT / "flows" / "cli" / "start.py"  # names its types, and imports nothing of it
    assert "\nif TYPE_CHECKING:\n    from prefect import Flow\n" in start.read_text()


def test_a_flow_file_holds_flows_and_composition_only() -> None:
    for name in FLOWS:
        text = (ROOT / "flows" / name).read_text()
        assert len(text.splitlines()) <= LONGEST_FLOW_FILE, name
        made = [node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)]
        decorators = [ast.unparse(one.decorator_list[0]) for one in made]
        assert decorators
        assert all(one.startswith("flow(name='pactwatch-") for one in decorators)


def test_few_files_stand_in_the_hall() -> None:
    flat = sorted(path.name for path in (ROOT / "flows").glob("*.py"))
    beside = ["__init__.py", "run_summary.py", "settings.py", "stages.py"]
    beside += ["prefect_server.py", "serve.py"]
    assert flat == sorted([*FLOWS, *beside])
    assert len(flat) <= MOST_FLAT_FILES


def test_a_file_name_occurs_once() -> None:
    """A flow may share its name with the step that it composes."""
    names = [path.name for path in STEPS + CLI if path.name != "__init__.py"]
    assert [name for name, count in Counter(names).items() if count > 1] == []


def test_every_room_is_in_the_layers_that_lint_checks() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    [layers] = [one["layers"] for one in contracts["contracts"] if one["type"] == "layers"]
    rooms = {room for line in layers for room in line.split(" | ")}
    flat = {path.stem for path in (ROOT / "flows").glob("*.py")} - {"__init__"}
    steps = {path.name for path in (ROOT / "flows" / "steps").iterdir() if path.is_dir()}
    steps -= {"__pycache__"}
    assert rooms == {
        "flows.cli",
        *(f"flows.{name}" for name in flat),
        *(f"flows.steps.{name}" for name in steps),
    }


def test_commands_that_only_ask_do_not_import_prefect(seed_places: Paths) -> None:
    for arguments in (
        ["query", "select 1"],
        ["tables"],
        ["explain", "fl-lee-county-sheriffs-office"],
        ["claims"],
        ["status"],
        ["review"],
        ["audit"],
    ):
        code = (
            "import sys; from flows.cli import app;"
            f"app({arguments!r}, exit_on_error=False);"
            "print([name for name in sys.modules if name.split('.')[0] == 'prefect'])"
        )
        done = subprocess.run(
            [sys.executable, "-c", code],
            env=environment(seed_places.layout.data),
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.endswith("\n[]\n"), arguments


def test_network_only_where_lists_come_in_and_notices_go_out() -> None:
    assert {place(path) for path in MODULES if tops(path) & NETWORK} == {
        "prefect_server.py",  # a port on 127.0.0.1
        "steps/fetch/__init__.py",
        "steps/fetch/request.py",
        "steps/sources/wayback.py",
        "steps/notify/send.py",
    }


def test_duckdb_only_in_warehouse() -> None:
    assert {place(path) for path in MODULES if "duckdb" in tops(path)} == {
        "steps/warehouse/database.py"
    }


def test_workbooks_and_pages_are_read_in_three_places() -> None:
    users = {place(path).split("/")[1] for path in MODULES if tops(path) & READERS}
    assert users == {"lists", "sources", "articles"}


def test_one_module_reads_the_environment() -> None:
    reads = re.compile(r"os\.(environ|getenv)")
    users = {place(path) for path in MODULES if reads.search(path.read_text())}
    assert users == {"settings.py"}


@pytest.mark.parametrize("path", STEPS, ids=place)
def test_steps_have_no_clock(path: Path) -> None:
    assert not re.search(r"\.(now|today|utcnow)\(|time\.time\(", path.read_text())


def test_every_package_is_installed() -> None:
    """An editable install finds packages that the list forgets; a wheel lacks them."""
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]
    found = [path.parent.relative_to(ROOT) for path in MODULES if path.name == "__init__.py"]
    assert listed == sorted(".".join(package.parts) for package in found)


@pytest.mark.parametrize("path", MODULES, ids=place)
def test_functions_are_short(path: Path) -> None:
    long = [
        f"{node.name} {length}"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or 0) - node.lineno + 1) > LONGEST_FUNCTION
    ]
    assert long == []


def handles_a_frame(node: ast.AST) -> bool:
    """Say whether a public function takes or gives a frame."""
    if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
        return False
    return "DataFrame" in ast.unparse(node.args) + ast.unparse(node.returns or ast.Constant(None))


FRAMES = [
    path for path in STEPS if any(map(handles_a_frame, ast.walk(ast.parse(path.read_text()))))
]


@pytest.mark.parametrize("path", FRAMES, ids=place)
def test_functions_that_handle_frames_name_their_columns(path: Path) -> None:
    """In their own docstring, or in that of the module for all of them."""
    names = re.compile(r"`\w+`|[a-z]+_[a-z]+|SCHEMA|columns")
    tree = ast.parse(path.read_text())
    if names.search(ast.get_docstring(tree) or ""):
        return
    public = [node for node in tree.body if handles_a_frame(node)]
    public += [n for kind in tree.body if isinstance(kind, ast.ClassDef) for n in kind.body]
    unsaid = [
        node.name
        for node in public
        if isinstance(node, ast.FunctionDef)
        and handles_a_frame(node)
        and not names.search(ast.get_docstring(node) or "")
    ]
    assert unsaid == []


def test_a_model_reads_only_lower_numbered_models_and_loaded_frames() -> None:
    made: set[str] = set()
    for path in database.models(ROOT / "sql"):
        text = re.sub(r"--.*", "", path.read_text())
        named = set(re.findall(r"(?m)^\s*(?:,\s*)?(\w+) as (?:materialized )?\(", text))
        read = set(re.findall(r"\b(?:from|join|unpivot)\s+(\w+)", text)) - {"select", "unnest"}
        foreign = {
            name
            for name in read - named
            if name not in made and not name.startswith(("loaded_", "seed_"))
        }
        assert foreign == set(), path.name
        made.add(database.table_name(path))


def test_models_state_their_grain_and_keep_their_names() -> None:
    for path in sorted((ROOT / "sql").glob("*/*.sql")):
        assert path.read_text().startswith("-- "), path.name
        assert re.fullmatch(r"\d\d_[a-z_]+\.sql", path.name), path.name


def test_the_lock_names_no_index_and_pins_every_package_with_hashes() -> None:
    text = (ROOT / "requirements.lock").read_text()
    assert not re.search(r"://|--(index|extra-index|find-links)", text)
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
