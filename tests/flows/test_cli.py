"""The command line as a user meets it: what it prints, exit codes, one-sentence errors."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from flows import settings as environment
from flows.settings import ROOT
from flows.steps import archive
from flows.steps.common.layout import Layout, Paths
from flows.steps.common.records import Capture
from tests.command import Said, command
from tests.conftest import COMMAND, NOBODY, published_copy
from tests.workbooks import HEADER, agreement, workbook


def settings(data: Path, **more: str) -> dict[str, str]:
    """Return an environment for a command, offline, on a data folder."""
    known = {k: v for k, v in os.environ.items() if not k.startswith("PACTWATCH_")}
    ours = {"PYTHONPATH": str(ROOT), "PACTWATCH_DATA": str(data), "PACTWATCH_OFFLINE": "1"}
    ours["PACTWATCH_ARCHIVE_URL"] = NOBODY
    return {**known, **ours, **more}


def pactwatch(*arguments: str, data: Path, cwd: Path = ROOT, **environment: Any) -> Said:
    """Run a command, offline, on a data folder."""
    return command(*arguments, env=settings(data, **environment), cwd=cwd)


def process(*arguments: str, data: Path) -> subprocess.CompletedProcess[str]:
    """Run a command in a process of its own, as a user does."""
    return subprocess.run(
        [*COMMAND, *arguments],
        env=settings(data),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def data(seed_places: Paths, tmp_path: Path) -> Path:
    """Return a data folder of the test's own with the seed warehouse published in it."""
    return published_copy(seed_places, tmp_path / "data")


@pytest.fixture
def short(short_record: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return such a folder with the last month of the record alone, which builds at once."""
    seeds, own = short_record.seeds, environment.paths_at
    monkeypatch.setattr(environment, "paths_at", lambda data: own(data, seeds))
    return published_copy(short_record, tmp_path / "data")


def test_query_in_its_three_forms(data: Path) -> None:
    sql = (
        "select agreements, states from totals"
        " where publication_id like 'participating-2025-05-28am%'"
    )
    assert "628" in process("query", sql, data=data).stdout
    as_json = pactwatch("query", sql, "--json", data=data)
    assert json.loads(as_json.stdout) == [{"agreements": 628, "states": 40}]
    assert pactwatch("query", sql, "--csv", data=data).stdout == "agreements,states\n628,40\n"


def test_query_csv_makes_formulas_inert(data: Path) -> None:
    asked = pactwatch("query", "select '=1+1' as a, ['@x'] as b, -1 as c", "--csv", data=data)
    assert asked.stdout == "a,b,c\n'=1+1,'@x,-1\n"


def test_tables_prints_the_dictionary(data: Path) -> None:
    assert (
        "One row per change from one accepted list to the next, or thing that befell a list as"
        " a whole." in pactwatch("tables", data=data).stdout
    )
    assert "Sheet row on the list before" in pactwatch("tables", "events", data=data).stdout
    wrong = pactwatch("tables", "nothing", data=data)
    assert (wrong.returncode, wrong.stderr.startswith("There is no table nothing: ")) == (2, True)


def test_explain_finds_one_agency_and_asks_when_several_fit(data: Path) -> None:
    found = pactwatch("explain", "fl-baker-county-sheriffs-office", "--json", data=data)
    told = json.loads(found.stdout)
    assert told["agency"]["name"] == "Baker County Sheriff's Office"
    assert [one["agreement_id"] for one in told["agreements"]] == [
        "fl-baker-county-sheriffs-office/tfm/2025-02-26",
        "fl-baker-county-sheriffs-office/wso/2019-10-15",
    ]
    assert pactwatch("explain", "baker county", "--json", data=data).stdout == found.stdout
    several = pactwatch("explain", "franklin county sheriff", data=data)
    assert several.returncode == 2
    assert " agencies fit" in several.stderr
    assert "al-franklin-county-sheriffs-office" in several.stderr


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_terminal_without_our_signs_shows_all_the_rest(data: Path, encoding: str) -> None:
    """Events have arrows; JSON keeps every sign in a form that any terminal takes."""
    env = settings(data, PYTHONIOENCODING=encoding, PYTHONUTF8="0")
    words = ("explain", "fl-tampa-police-department")

    def said(*more: str) -> str:
        done = subprocess.run(
            [*COMMAND, *words, *more], env=env, cwd=ROOT, capture_output=True, check=True
        )
        assert done.stderr == b""
        return done.stdout.decode(encoding)

    whole = pactwatch(*words, data=data).stdout
    assert "\u2192" in whole
    shown = said()
    assert (shown.count(" ? "), "\u2192" in shown) == (whole.count(" \u2192 "), False)
    assert re.findall(r"[\w'/.-]{2,}", shown.replace("--", "")) == re.findall(
        r"[\w'/.-]{2,}", whole
    )
    assert json.loads(said("--json")) == json.loads(pactwatch(*words, "--json", data=data).stdout)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("bakr county", "the nearest are: fl-baker-county-sheriffs-office, "),
        ("miami", "5 agencies fit: fl-city-of-miami-police-department, "),
        ("zzzzqq", "No agency is called zzzzqq: give a word of its name, or its id."),
    ],
)
def test_explain_offers_what_is_near_a_misspelt_name(data: Path, name: str, says: str) -> None:
    asked = pactwatch("explain", name, data=data)
    assert (asked.returncode, says in asked.stderr) == (2, True)


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("", "The query is empty: write one, such as `select * from totals`."),
        ("select * from agreement", "(`pactwatch tables` lists the tables)."),
        ("select nope from totals", "(`pactwatch tables NAME` lists a table's columns)."),
        ("drop table agreements", "(a query only reads, and `pactwatch build` makes the"),
        ("copy totals to 'x.csv'", "(a query reads the warehouse alone, and `--csv` prints rows)."),
    ],
)
def test_a_query_that_cannot_run_says_what_to_do(data: Path, sql: str, says: str) -> None:
    asked = pactwatch("query", sql, data=data)
    assert (asked.returncode, len(asked.stderr.splitlines())) == (2, 1)
    assert says in asked.stderr


def test_a_warehouse_held_open_for_writing_is_not_called_damaged(data: Path) -> None:
    with duckdb.connect(str(data / "pactwatch.duckdb")):
        asked = process("query", "select 1", data=data)
    assert (asked.returncode, asked.stderr) == (
        1,
        f"pactwatch.duckdb is open for writing in another program (process {os.getpid()}): close it"
        " there, and open it read-only (`duckdb -readonly`) next time.\n",
    )


@pytest.mark.parametrize("form", ["--csv", "--json", None])
def test_a_reader_that_stops_early_is_no_failure(data: Path, form: str | None) -> None:
    words = [*COMMAND, "query", "select * from list_rows limit 5000", *([form] if form else [])]
    with subprocess.Popen(
        words,
        env=settings(data),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as asked:
        assert asked.stdout is not None
        assert asked.stderr is not None
        assert asked.stdout.readline()
        asked.stdout.close()
        assert (asked.stderr.read(), asked.wait()) == (b"", 0)


def test_words_beyond_the_locale_are_taken_as_they_were_typed(data: Path) -> None:
    ascii_only = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    env = settings(data, **ascii_only)
    for words, code in ((["explain", "\u2192\u7f57"], 2), (["query", "select '\u2192' as a"], 0)):
        done = subprocess.run([*COMMAND, *words], env=env, capture_output=True, check=False)
        assert (done.returncode, b"did not expect" in done.stderr) == (code, False)


def test_a_table_too_wide_for_the_terminal_is_printed_one_value_a_line(data: Path) -> None:
    sql = "select event_id, agreement_id, publication_id, previous_publication_id from events"
    asked = pactwatch("query", f"{sql} where kind = 'redated' order by 1 limit 1", data=data)
    assert asked.stdout.splitlines()[1].startswith("agreement_id             ")
    assert asked.stdout.endswith("\n\n1 row\n")


def test_a_setting_that_is_none_is_refused(data: Path, tmp_path: Path) -> None:
    assert pactwatch("status", data=data, PACTWATCH_IMAGE="a wrapper's own").returncode in (0, 3)
    asked = pactwatch("query", "select 1", data=data, PACTWATCH_OFLINE="1")
    assert (asked.returncode, asked.stderr) == (
        2,
        "There is no setting PACTWATCH_OFLINE (`pactwatch status --settings` lists them): did you"
        " mean PACTWATCH_OFFLINE?\n",
    )
    (tmp_path / "pactwatch.toml").write_text("offlin = true\n")
    asked = pactwatch("query", "select 1", data=data, cwd=tmp_path)
    assert (asked.returncode, "There is no setting offlin: mend" in asked.stderr) == (2, True)


def test_a_week_to_come_has_no_report(data: Path) -> None:
    asked = pactwatch("report", "--week", "2999-W10", data=data)
    assert (asked.returncode, asked.stderr.strip().startswith("2999-W10 has not begun: ask")) == (
        2,
        True,
    )


def test_explain_shows_the_articles_that_name_an_agency(data: Path) -> None:
    told = pactwatch("explain", "md-frederick-county-sheriffs-office", "--json", data=data)
    named = [(one["article_id"], one["named_as"]) for one in json.loads(told.stdout)["articles"]]
    assert named == [
        ("000_d6d12809eb043f2a", "Frederick County, Maryland"),
        ("001_b01255468c4e7b32", "Frederick County, Maryland"),
    ]


def test_an_alias_explains_the_agency_it_became(data: Path) -> None:
    told = pactwatch("explain", "fl-tampa-police-department", "--json", data=data)
    assert json.loads(told.stdout)["agency"]["agency_id"] == "fl-tampa-pd"


def test_status_and_settings(data: Path) -> None:
    told = pactwatch("status", "--json", data=data)
    assert told.returncode == 0  # nothing of the record is held
    found = json.loads(told.stdout)
    assert [(one["list"], one["newest"]) for one in found["lists"]] == [
        ("participating", "2026-05-18"),
        ("pending", "2026-02-27"),
    ]
    assert found["held"] == []
    said = pactwatch("status", data=data).stdout
    assert "    silent since 2026-03-07: no newer list than that of 2026-02-27 is known\n" in said
    assert "we looked" not in said  # nobody did
    assert "PACTWATCH_OFFLINE" in pactwatch("status", "--settings", data=data).stdout
    wrong = pactwatch("status", data=data, PACTWATCH_TIMEOUT_SECONDS="soon")
    assert (wrong.returncode, "The setting timeout_seconds is not right" in wrong.stdout) == (
        2,
        True,
    )


def test_review_shows_what_is_held_why_and_what_would_let_it_pass(
    short: Path, tmp_path: Path
) -> None:
    assert pactwatch("review", data=short).stdout.splitlines()[0] != "List versions"
    assert json.loads(pactwatch("review", "--json", data=short).stdout)["versions"] == []
    path = tmp_path / "participatingAgencies05192026am.xlsx"
    path.write_bytes(workbook([agreement()], saved=datetime(2026, 5, 19, 12)))
    assert pactwatch("import", str(path), data=short).returncode == 3
    told = json.loads(pactwatch("review", "--json", data=short).stdout)
    [version] = told["versions"]
    reasons = ["rows_down", "agreements_gone", "links_halved", "signing_stale"]
    assert (version["file_name"], version["reasons"]) == (path.name, reasons)
    assert version["why_held"][:2] == [
        "it has 1 row, 1 day after the 1,843 of 18 May 2026: fewer than 1,751 are held",
        "1,842 of the 1,843 agreements of 18 May 2026 are gone from it: more than 92 are held",
    ]
    said = pactwatch("review", data=short).stdout
    assert "It counts only when a person accepts it." in said
    assert "pactwatch review accept|reject ID --reason" in said
    assert pactwatch("status", data=short).returncode == 3


def test_doctor_finds_a_changed_object_and_a_damaged_warehouse(short: Path) -> None:
    assert pactwatch("doctor", data=short).returncode == 0
    layout = Layout(short)
    sha256, _ = archive.store(layout, b"PK\x03\x04x", "a.xlsx")
    archive.append_manifest(
        layout,
        [Capture(datetime(2026, 11, 22), "folder", "new", sha256=sha256, file_name="a.xlsx")],
    )
    path = archive.object_path(layout, sha256)
    assert path is not None
    path.write_bytes(b"changed")
    layout.database.write_bytes(b"no database" * 500)
    told = pactwatch("doctor", "--json", data=short)
    bad = {one["name"]: one for one in json.loads(told.stdout) if not one["is_well"]}
    assert told.returncode == 1
    assert set(bad) == {"archive", "warehouse"}
    assert "no longer matches its hash" in bad["archive"]["found"]
    assert "could not be used (it is damaged)" in bad["warehouse"]["found"]


def exported(data: Path) -> dict[str, bytes]:
    """Return every public table as the CSV file that the warehouse exports."""
    assert pactwatch("export", data=data).returncode == 0
    return {path.name: path.read_bytes() for path in (data / "exports").glob("*.csv")}


def bad_file(folder: Path, name: str, data: bytes) -> str:
    path = folder / name
    path.write_bytes(data)
    return str(path)


def test_bad_input_gets_one_sentence_a_code_and_changes_nothing(
    short: Path, tmp_path: Path
) -> None:
    before = exported(short)
    (tmp_path / "empty").mkdir()
    html = b"<!DOCTYPE html><html><body>Access Denied</body></html>"
    cases = [
        (str(tmp_path / "nowhere.xlsx"), 2, "There is nothing at "),
        (str(tmp_path / "empty"), 2, "The folder empty holds no .xlsx or .csv file"),
        (bad_file(tmp_path, "text.xlsx", b"hello"), 1, "text.xlsx is not a workbook"),
        (bad_file(tmp_path, "page.xlsx", html), 1, "page.xlsx is a block page"),
        (
            bad_file(tmp_path, "cut.xlsx", workbook([agreement()])[:2000]),
            1,
            "cut.xlsx is a broken or truncated workbook",
        ),
        (
            bad_file(tmp_path, "other.xlsx", workbook([("a",)], ("NAME",))),
            1,
            "other.xlsx has no sheet with the columns",
        ),
    ]
    for path, code, says in cases:
        told = pactwatch("import", path, data=short)
        said = told.stderr + told.stdout
        assert (told.returncode, says in said, "Traceback" in said) == (code, True, False), said
    rejected = [c for c in archive.read_manifest(Layout(short)) if c.outcome == "rejected"]
    assert [c.file_name for c in rejected] == ["text.xlsx", "page.xlsx", "cut.xlsx", "other.xlsx"]
    assert all(c.why and c.sha256 for c in rejected)
    after = exported(short)
    assert len(before) == 31
    changed = {name for name in before if before[name] != after[name]}
    assert (changed, set(after) - set(before)) == ({"captures.csv"}, set())


def test_a_build_speaks_of_the_warehouse_and_not_of_reports(data: Path) -> None:
    told = pactwatch("build", "--force", data=data)
    assert told.returncode == 0
    built, age = told.stdout.splitlines()
    assert built == (
        "  Built the warehouse: 1,122 of 1,124 list versions accepted, the newest of 2026-05-18."
    )
    assert age.startswith("  The newest list is of 18 May 2026, ")


def test_wrong_use_is_told_in_one_sentence(data: Path) -> None:
    for arguments in (["nothing"], ["query"], ["report", "--week", "2025-22"], ["backfill"]):
        told = pactwatch(*arguments, data=data)
        assert (told.returncode, told.stdout) == (2, ""), arguments
        assert len(told.stderr.strip().splitlines()) <= 2
        assert "Traceback" not in told.stderr
    asked = pactwatch("query", "select * from nowhere", data=data)
    assert (asked.returncode, "The query does not run: " in asked.stderr) == (2, True)


def test_without_a_warehouse_every_question_says_how_to_get_one(tmp_path: Path) -> None:
    told = process("query", "select 1", data=tmp_path / "new")
    assert told.returncode == 2
    assert (
        told.stderr == "There is no warehouse at pactwatch.duckdb yet: run `pactwatch run` first.\n"
    )


def listed(days: int, signed: int = 12) -> bytes:
    rows = [
        agreement(agency=f"County {n} Sheriff's Office", signed=date(2025, 9, 30))
        for n in range(days)
    ]
    return workbook(rows, HEADER)


@pytest.mark.usefixtures("data")
def test_unknown_values_hold_the_version_and_keep_the_rows(short: Path, tmp_path: Path) -> None:
    """A list with a state and a model nobody knows is held, each row is there with its issue."""
    unknown = [{"state": "ATLANTIS"}, {"model": "Hybrid Model"}, {"state": "MORDOR"}]
    rows = [agreement(), *(agreement(**one) for one in unknown)]
    path = tmp_path / "participatingAgencies05192026am.xlsx"
    path.write_bytes(workbook(rows, saved=datetime(2026, 5, 19, 12)))
    before = pactwatch(
        "query", "select max(published_on) d from totals", "--csv", data=short
    ).stdout
    told = pactwatch("import", str(path), data=short)
    assert told.returncode == 3
    assert "3 of its 4 rows have values no rule settles" in told.stdout
    sql = (
        "select row_number, code, severity, printed from issues where publication_id like"
        " 'participating-2026-05-19am%' and row_number is not null order by row_number"
    )
    found = json.loads(pactwatch("query", sql, "--json", data=short).stdout)
    assert found == [
        {"row_number": 3, "code": "state_unknown", "severity": "unsettled", "printed": "ATLANTIS"},
        {
            "row_number": 4,
            "code": "model_unknown",
            "severity": "unsettled",
            "printed": "Hybrid Model",
        },
        {"row_number": 5, "code": "state_unknown", "severity": "unsettled", "printed": "MORDOR"},
    ]
    after = pactwatch("query", "select max(published_on) d from totals", "--csv", data=short).stdout
    assert before == after == "d\n2026-05-18\n"


def test_importing_the_same_folder_again_adds_no_object_and_no_publication(
    imported: Paths, shared_record: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    shutil.copytree(imported.layout.data, data)
    objects = archive.stored(Layout(data))
    assert len(objects) == 1123
    told = pactwatch("import", str(shared_record), data=data)
    assert told.returncode == 0
    assert archive.stored(Layout(data)) == objects
    manifest = archive.read_manifest(Layout(data))
    parts = (manifest[:1287], manifest[1287:])
    assert [len(part) for part in parts] == [1287, 1287]
    assert [sum(c.outcome == "new" for c in part) for part in parts] == [1123, 0]
    sql = "select list, status, count(*) n from publications group by all order by all"
    assert pactwatch("query", sql, "--csv", data=data).stdout.splitlines()[1:] == [
        "participating,accepted,879",
        "participating,rejected,2",
        "pending,accepted,243",
    ]


def test_two_files_with_one_name_and_other_bytes_are_two_versions(
    short: Path, tmp_path: Path
) -> None:
    rows = [agreement(agency=f"County {n} Sheriff's Office") for n in range(3)]
    for folder, count in (("a", 2), ("b", 3)):
        (tmp_path / folder).mkdir()
        path = tmp_path / folder / "pendingAgencies10022025am.xlsx"
        path.write_bytes(
            workbook(
                [row[:5] for row in rows[:count]], HEADER[:5], saved=datetime(2025, 10, 2, count)
            )
        )
    told = pactwatch("import", str(tmp_path), data=short)
    assert told.returncode == 0, told.stdout + told.stderr
    sql = (
        "select row_count, status from publications where file_name ="
        " 'pendingAgencies10022025am.xlsx' order by seq"
    )
    assert pactwatch("query", sql, "--csv", data=short).stdout.splitlines()[1:] == [
        "2,accepted",
        "3,accepted",
    ]
    kinds = "select kind from events where kind = 'replaced_in_place'"
    assert pactwatch("query", kinds, "--csv", data=short).stdout == "kind\nreplaced_in_place\n"


def test_a_corrupt_object_stops_the_build_and_keeps_the_warehouse(
    imported: Paths, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    shutil.copytree(imported.layout.data, data)
    layout = Layout(data)
    shutil.rmtree(data / "cache")
    victim = archive.object_path(layout, sorted(archive.stored(layout))[0])
    assert victim is not None
    victim.write_bytes(b"PK\x03\x04changed")
    before = layout.database.read_bytes()
    told = pactwatch("build", "--force", data=data)
    assert told.returncode == 1
    assert "no longer matches its hash" in told.stderr
    assert layout.database.read_bytes() == before


def test_settings_come_from_the_file_too_and_a_broken_one_is_named(
    data: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    file = folder / "pactwatch.toml"
    file.write_text("silent_days = 3\n")
    told = pactwatch("status", "--settings", data=data, cwd=folder)
    [line] = [line for line in told.stdout.splitlines() if "PACTWATCH_SILENT_DAYS" in line]
    assert [cell.strip() for cell in line.split("│")[2:4]] == ["3", "10"]
    for text, says in (
        ("silent_dayz = 3", "no setting silent_dayz: mend"),
        ("x = [", "no valid TOML"),
    ):
        file.write_text(text)
        told = pactwatch("status", "--settings", data=data, cwd=folder)
        assert (told.returncode, says in told.stdout) == (2, True)
