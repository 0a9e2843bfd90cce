"""Every failure has a sentence: errors of the system, and settings that are not right."""

from __future__ import annotations

import json
from pathlib import Path

from flows.settings import ROOT
from tests.command import Said, command
from tests.conftest import environment


def told(tmp_path: Path, *words: str, **more: str) -> Said:
    """Run a command in a folder of its own, whose pactwatch.toml it reads."""
    return command(*words, env=environment(tmp_path / "data", **more), cwd=tmp_path)


def test_lists_in_settings_are_apart_by_blanks_or_commas_or_json(tmp_path: Path) -> None:
    hosts = "127.0.0.1 a.example,b.example, c.example"
    said = told(
        tmp_path,
        *("status", "--settings"),
        PACTWATCH_ALLOWED_HOSTS=hosts,
        PACTWATCH_ARTICLES='["my articles", "https://a.example/b,c"]',
        COLUMNS="300",
    )
    assert (said.returncode, said.stderr) == (0, "")
    assert "127.0.0.1; a.example; b.example; c.example" in said.stdout
    assert "my articles; https://a.example/b,c" in said.stdout
    (tmp_path / "pactwatch.toml").write_text('articles = ["my articles"]\nallowed_hosts = "a b"\n')
    said = told(tmp_path, "status", "--settings", COLUMNS="300")
    assert "my articles" in said.stdout
    assert "a; b" in said.stdout
    said = told(tmp_path, "build", PACTWATCH_ARTICLES='["half')
    assert (said.returncode, len(said.stderr.splitlines())) == (2, 1)
    assert said.stderr.startswith("The setting articles is not right")


def test_status_and_doctor_name_each_setting_that_is_not_right_beside_the_rest(
    tmp_path: Path,
) -> None:
    wrong = {
        "PACTWATCH_NOTIFI": "x",
        "PACTWATCH_SILENT_DAYS": "ten",
        "PACTWATCH_SCHEDULE_RUN": "61 * * * *",
        "PACTWATCH_SCHEDULE_INGEST": "H 5 * * *",
        "PACTWATCH_NOTIFY": "nothing://secret-word json://127.0.0.1:9/",
    }
    expected = [
        "There is no setting PACTWATCH_NOTIFI (`pactwatch status --settings` lists them): did you"
        " mean PACTWATCH_NOTIFY?",
        "The setting silent_days is not right (Input should be a valid integer, unable to parse"
        " string as an integer): `pactwatch status --settings` lists the settings and their"
        " defaults.",
        "The setting schedule_ingest is 'H 5 * * *', which is no cron line: write it like `0 */6 *"
        " * *`.",
        "The setting schedule_run is '61 * * * *', which is no cron line: write it like `0 */6 * *"
        " *`.",
        "Address 1 (nothing://\u2026) is no address that Apprise understands: mend"
        " PACTWATCH_NOTIFY.",
    ]
    said = told(tmp_path, "status", "--json", **wrong)
    assert (said.returncode, json.loads(said.stdout)["settings"]) == (2, expected)
    said = told(tmp_path, "doctor", "--json", **wrong)
    findings = json.loads(said.stdout)
    assert [one["found"] for one in findings if one["name"] == "settings"] == expected
    assert "disk" in [one["name"] for one in findings]
    assert "secret-word" not in said.stdout
    said = told(tmp_path, "build", **wrong)
    assert (said.returncode, said.stderr) == (2, f"{expected[0]}\n")


def test_an_empty_value_is_none(tmp_path: Path) -> None:
    empty = ("SILENT_DAYS", "ALLOWED_HOSTS", "NOTIFY", "TIMEOUT_SECONDS", "OFFLINE", "PAGE")
    said = told(tmp_path, "status", **{f"PACTWATCH_{name}": "" for name in empty})
    assert (said.returncode, "setting" in said.stdout + said.stderr) == (0, False)


def test_a_settings_file_that_cannot_be_read_is_named_beside_the_rest(tmp_path: Path) -> None:
    for written, expected in (
        (b"\xff\xfe", "pactwatch.toml is not written in UTF-8: save it in that encoding."),
        (b"data = ", "pactwatch.toml is no valid TOML (Invalid value (at end of document)): mend"),
        (b"dat = 'x'", "There is no setting dat: mend that line of pactwatch.toml"),
    ):
        (tmp_path / "pactwatch.toml").write_bytes(written)
        said = told(tmp_path, "status")
        assert (said.returncode, expected in said.stdout) == (2, True), said
        assert "No run yet." in said.stdout
        said = told(tmp_path, "build")
        assert (said.returncode, said.stderr.startswith(expected)) == (2, True), said


def test_a_data_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("mine")
    expected = (
        "The data folder (data) could not be written (a file stands where a folder is to be): move"
        " that file away, or set PACTWATCH_DATA to a folder of your own, then run again; what is"
        " published is whole."
    )
    for words in (["build"], ["import", str(ROOT / "seeds")]):
        said = told(tmp_path, *words)
        assert (said.returncode, said.stderr) == (1, f"{expected}\n")
    said = told(tmp_path, "status")
    assert (said.returncode, expected in said.stdout) == (2, True)
    said = told(tmp_path, "doctor", "--json")
    assert expected in [one["found"] for one in json.loads(said.stdout)]


def test_an_address_that_is_none_is_refused_in_a_sentence(tmp_path: Path) -> None:
    said = told(tmp_path, "ingest", "http://[::1", PACTWATCH_OFFLINE="")
    assert said.returncode in (1, 2)
    assert "did not expect" not in said.stdout + said.stderr
