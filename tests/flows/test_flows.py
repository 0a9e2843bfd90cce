"""The flows on a real Prefect: the main job, its artifact, and a served schedule."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import httpx
import polars as pl
import pytest
import tenacity

from flows.run_summary import Summary, changes_table, summary_markdown
from flows.settings import ROOT
from flows.steps import archive
from flows.steps.common.layout import Layout, Paths
from flows.steps.lists import seed_record
from flows.steps.lists.read import seed_tables
from flows.steps.reports import facts, write
from flows.steps.warehouse import database
from tests.conftest import COMMAND, cut_seeds, environment, program
from tests.workbooks import Row, agreement, workbook
from tests.world import World
from tests.world import site as plays
from tests.world.site import FOLDER, PAGE, Site

WAIT_SECONDS = 150


def test_the_main_job_builds_and_reports_from_the_seeds_alone(first_run: tuple[Path, str]) -> None:
    data, said = first_run
    assert "Worked without a network, from the archive and the seed record." in said
    assert "1,122 of 1,124 list versions accepted, the newest of 2026-05-18" in said
    assert "Wrote 10 weekly reports, the last for 2026-W21" in said
    assert "270 older weeks of the record have no report yet: " in said
    weeks = ["2025-W01", "2025-W22", *(f"2026-W{number}" for number in range(14, 22))]
    assert sorted(path.parent.name for path in data.glob("reports/*/facts.json")) == weeks
    for name in ("index.html", "report.md", "facts.json", "changes.csv"):
        assert (data / "reports" / "2025-W22" / name).stat().st_size > 0
    for page in [*data.glob("reports/*/index.html"), *data.glob("reports/*/report.md")]:
        linked = set(re.findall(r"\b20\d\d-W\d\d(?=/)", page.read_text()))
        assert linked <= set(weeks), page
    [run] = archive.read_ledger(Layout(data))
    assert (run["job"], run["outcome"]) == ("run", "finished")


def test_the_main_job_says_how_old_the_newest_list_is(first_run: tuple[Path, str]) -> None:
    assert re.search(r"The newest list is of 18 May 2026, \d+ days ago: newer ones", first_run[1])


def test_no_report_after_the_pending_list_stopped_says_that_applications_wait(
    first_run: tuple[Path, str],
) -> None:
    for number in range(14, 22):
        report = (first_run[0] / "reports" / f"2026-W{number}" / "report.md").read_text()
        assert "| Pending applications | 0 | no longer published since 27 Feb |" in report
        assert "27 February 2026, so nobody is counted as waiting.\n" in report


def test_a_second_run_is_a_no_op_with_the_same_bytes(first_run: tuple[Path, str]) -> None:
    data, _ = first_run
    kept = [data / "pactwatch.duckdb", *sorted((data / "reports").rglob("*.*"))]
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in kept}
    done = subprocess.run(
        [*COMMAND, "run"],
        env=environment(data),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "Nothing new since the last build" in done.stdout
    assert "All weekly reports are up to date." in done.stdout
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in kept} == before


def test_a_run_leaves_artifacts(first_run: tuple[Path, str]) -> None:
    data, _ = first_run
    code = (
        "import asyncio, json\n"
        "from prefect.client.orchestration import get_client\n"
        "async def main():\n"
        "    async with get_client() as client:\n"
        "        found = await client.request('POST', '/artifacts/filter', json={})\n"
        "        print(json.dumps([[a['key'], a['type'], a['data']] for a in found.json()]))\n"
        "asyncio.run(main())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment(data),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    artifacts = json.loads(done.stdout.splitlines()[-1])
    assert {(key, kind) for key, kind, _ in artifacts} == {
        ("pactwatch-run", "markdown"),
        ("pactwatch-run-changes", "table"),
        ("pactwatch-run-reports", "progress"),
    }
    told = [text for _, kind, text in artifacts if kind == "markdown"]
    finding = "By 18 May 2026, ICE's list of 287(g) agreements had grown by 11 since 14 May, to"
    assert all(finding in text and "/reports/2026-W21/index.html" in text for text in told)
    assert any("1,122 of 1,124 list versions accepted" in text for text in told)
    tables = [json.loads(text) for _, kind, text in artifacts if kind == "table"]
    assert len(tables[0]) == 13 + 2
    assert tables[0][0] == {
        "Change": "Joined",
        "State": "MO",
        "Agency": "Kennett Police Department",
        "Model": "TFM",
        "Signed": "2026-05-17",
        "List": "2026-05-18",
    }
    assert [done for _, kind, done in artifacts if kind == "progress"] == [100.0]


STATES = """
import asyncio, json
from prefect.client.orchestration import get_client
async def main():
    async with get_client() as client:
        runs = (await client.request('POST', '/flow_runs/filter', json={})).json()
        logs = (await client.request('POST', '/logs/filter', json={})).json()
        print(json.dumps([
            [[run['state_type'], run['state_name'], run['state']['message']] for run in runs],
            [[row['level'], row['message']] for row in logs if row['level'] >= 30],
        ]))
asyncio.run(main())
"""


def test_a_run_whose_look_failed_does_its_work_and_ends_as_failed(tmp_path: Path) -> None:
    clone, data = program(tmp_path / "clone"), tmp_path / "data"
    cut_seeds(clone / "seeds", date(2026, 4, 20), date(2026, 5, 18))
    site = Site()
    site.plays[PAGE] = plays.always(plays.refused(403))
    with World(site) as world:
        env = environment(data, PYTHONPATH=str(clone), **site_settings(world))
        call = partial(subprocess.run, env=env, cwd=clone, capture_output=True, text=True)
        done = call([*COMMAND, "run"])
        seen = call([*COMMAND, "status"])
        told = call([sys.executable, "-c", STATES], check=True)
        listed = f"{FOLDER}/participatingAgencies05192026am.xlsx"
        site.put(listed, workbook(newest_rows(), saved=datetime(2026, 5, 19, 11)))
        site.links((listed, "Participating Agencies"))
        good = call([*COMMAND, "snapshot"])
        well = call([*COMMAND, "status"])
    reason = (
        "The list page did not come. 127.0.0.1 refuses this machine (403) with a block page, which"
        " says nothing of the list: download the list in a browser and run `pactwatch import FILE`."
    )
    assert (done.returncode, done.stderr.strip()) == (3, "")
    assert "Wrote 5 weekly reports, the last for 2026-W21." in done.stdout
    runs, logs = json.loads(told.stdout.splitlines()[-1])
    assert runs == [["FAILED", "Look failed", reason]]
    assert logs == [[30, reason]]
    assert (seen.returncode, ", failed:" in seen.stdout, reason in seen.stdout) == (3, True, True)
    first, second = archive.read_ledger(Layout(data))
    assert (first["outcome"], first["detail"].startswith(reason)) == ("failed", True)
    assert (second["outcome"], good.returncode, well.returncode) == ("finished", 0, 0)


def test_the_table_of_changes_names_each_with_its_list(seed_places: Paths) -> None:
    found = write.Written("2025-W39", Path("x"), True, facts_of(seed_places, "2025-W39"))
    table = changes_table(found)
    assert len(table) == 38 + 2
    assert table[0] == {
        "Change": "Joined",
        "State": "AL",
        "Agency": "Autauga County Sheriff's Office",
        "Model": "JEM",
        "Signed": "2025-09-22",
        "List": "2025-09-24",
    }
    assert [(row["Change"], row["Agency"], row["Model"]) for row in table[38:]] == [
        ("Left the list", "Fletcher Police Department", "TFM"),
        (
            "Dropped, still listed with the task force model",
            "Hopewell County Sheriff's Office",
            "JEM, WSO",
        ),
    ]
    summary = Summary(newest_report=found)
    told = summary_markdown(summary, seed_places.layout, "https://example.test/")
    assert "- Changes in 2025-W39: Joined: 38; 3 agreements gone, 1 agency left" in told
    assert "(https://example.test/reports/2025-W39/index.html)" in told
    still = write.Written("2025-W40", Path("x"), True, facts_of(seed_places, "2025-W40"))
    assert changes_table(still) == [
        {"Change": "No agreement joined or is gone", "List": "2025-W40"}
    ]


def facts_of(paths: Paths, week: str) -> dict[str, Any]:
    monday, sunday = (day.isoformat() for day in facts.week_bounds(week))
    with database.reading(paths.layout.database) as db:
        rows = {
            name: database.read_dicts(db, sql, {"monday": monday, "sunday": sunday})
            for name, sql in facts.QUERIES.items()
        }
    return facts.assemble(week, rows)


def api(port: int, path: str, body: dict[str, Any] | None = None) -> Any:
    """Call the Prefect API of the test's own server on the loopback address.

    A server whose SQLite file is busy answers 503, "try again"; Prefect's own client does too.
    """
    method = "GET" if body is None else "POST"
    busy = tenacity.retry_if_result(lambda answer: answer.status_code == 503)
    ask = tenacity.Retrying(
        retry=busy,
        wait=tenacity.wait_fixed(0.5),
        stop=tenacity.stop_after_delay(WAIT_SECONDS),
        retry_error_callback=lambda tries: tries.outcome and tries.outcome.result(),
    )
    address = f"http://127.0.0.1:{port}/api{path}"
    answer: httpx.Response = ask(httpx.request, method, address, json=body, timeout=10)
    return answer.raise_for_status().json()


def eventually(what: str, ask: Any, process: subprocess.Popen[bytes], log: Path) -> Any:
    """Ask until something true comes back; fail with the log when it never does."""
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if found := ask():
                return found
        except httpx.HTTPError:
            pass
        time.sleep(0.5)
    pytest.fail(f"{what} did not come about:\n{log.read_text()[-3000:]}")


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def served(
    clone: Path, data: Path, log: Path, *options: str, **settings: str
) -> Iterator[subprocess.Popen[bytes]]:
    """Run `pactwatch serve` of a clone until the block ends, then stop it as a person would."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*COMMAND, "serve", *options],
            env=environment(data, PYTHONPATH=str(clone), **settings),
            cwd=clone,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):  # the test ended it
            os.killpg(process.pid, signal.SIGINT)
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def flow_run_of_a_command(clone: Path, data: Path, port: int) -> tuple[str, dict[str, Any]]:
    """Run a command with a Prefect server named; return the state and parameters of its run."""
    named = {"PYTHONPATH": str(clone), "PREFECT_API_URL": f"http://127.0.0.1:{port}/api"}
    subprocess.run(
        [*COMMAND, "build", "--force"], env=environment(data, **named), cwd=clone, check=True
    )
    runs = {"flows": {"name": {"any_": ["pactwatch-build"]}}}
    [run] = api(port, "/flow_runs/filter", runs)
    parameters = run["parameters"]
    return run["state"]["type"], {**parameters, "job": parameters["job"]["data"]}


def site_settings(world: World) -> dict[str, str]:
    """Return the settings that make the stand-in the agency's site, looked at all the time."""
    return {
        **plays.looking_at(world.base + PAGE),
        "PACTWATCH_SCHEDULE_SNAPSHOT": "* * * * * */5",
        "PREFECT_RUNNER_POLL_FREQUENCY": "2",
    }


def newest_rows() -> list[Row]:
    """Return the rows of the newest participating list of the seed record, as a workbook has."""
    publications, listings = seed_tables(ROOT / "seeds")
    newest = publications.filter(list="participating").sort("published_on").tail(1)
    rows = seed_record.expand(publications, listings).filter(
        pl.col("sha256") == newest["sha256"].item()
    )
    printed = [f"{name}_printed" for name in ("state", "agency", "type", "county", "model")]
    return [
        (*row[:-2], date.fromisoformat(row[-2][:10]), ("link", row[-1]) if row[-1] else "")
        for row in rows.select(*printed, "signed_printed", "moa_url").iter_rows()
    ]


def test_a_served_schedule_runs_by_itself_and_takes_in_what_appears(tmp_path: Path) -> None:
    """Only the clock starts a look: one list before, and one that appears between two looks.

    The record of its clone is the newest month's, with which it builds quickly.
    """
    data, log, port = tmp_path / "data", tmp_path / "serve.log", free_port()
    layout, site, clone = Layout(data), Site(), program(tmp_path / "clone")
    cut_seeds(clone / "seeds", date(2026, 4, 20), date(2026, 5, 18))
    rows = newest_rows()
    old, new = (f"{FOLDER}/participatingAgencies{day}2026am.xlsx" for day in ("0519", "0520"))
    site.put(old, workbook(rows, saved=datetime(2026, 5, 19, 11)), ETag='"1"')
    site.plays[PAGE] = plays.always(plays.refused(403))

    def seen_to_fail() -> Any:
        """Say whether the look at a page that refuses us is a failed flow run."""
        states = {run["state"]["name"] for run in api(port, "/flow_runs/filter", {})}
        return "Look failed" in states

    def registered() -> Any:
        found = api(port, "/deployments/filter", {})
        return found if len(found) == 3 else None

    def look(path: str) -> None:
        """Wait until a look that comes from now on has taken in the list at the path."""
        looks = len(archive.read_ledger(layout))

        def taken() -> Any:
            runs = archive.read_ledger(layout)[looks:]
            known = {capture.url for capture in archive.read_manifest(layout)}
            is_done = any(run["outcome"] == "finished" for run in runs)
            return is_done and world.base + path in known

        eventually(f"a look that takes in {path}", taken, process, log)

    with (
        World(site) as world,
        served(clone, data, log, "--port", str(port), **site_settings(world)) as process,
    ):
        deployments = eventually("three deployments", registered, process, log)
        eventually("a failed look", seen_to_fail, process, log)
        site.links((old, "Participating Agencies"))
        look(old)
        newer = [*rows, agreement(agency="Town of Newly")]
        site.put(new, workbook(newer, saved=datetime(2026, 5, 20, 11)))
        site.links((new, "Participating Agencies"))
        look(new)
        by_command = flow_run_of_a_command(clone, tmp_path / "other", port)
    assert by_command == ("COMPLETED", {"job": str(tmp_path / "other"), "force": True})
    assert {
        one["entrypoint"].rsplit(".", 1)[-1]: (
            one["schedules"][0]["schedule"]["cron"],
            one["concurrency_limit"] or one["global_concurrency_limit"]["limit"],
        )
        for one in deployments
    } == {
        "snapshot": ("* * * * * */5", 1),
        "ingest": ("30 5 * * *", 1),
        "run": ("0 12 * * 1", 1),
    }
    assert {run["job"] for run in archive.read_ledger(layout)} == {"snapshot"}
    with duckdb.connect(str(layout.database), read_only=True) as db:
        assert db.execute(
            "select url, status, date_rule from publications where url is not null order by url"
        ).fetchall() == [
            (world.base + old, "accepted", "name"),
            (world.base + new, "accepted", "name"),
        ]
        added = "select kind, agency_id from events where published_on = '2026-05-20'"
        assert db.execute(added).fetchall() == [("added", "fl-town-of-newly")]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (
            {"PACTWATCH_SCHEDULE_RUN": "weekly"},
            "The setting schedule_run is 'weekly', which is no cron line: write it like"
            " `0 */6 * * *`.\n",
        ),
        (
            dict.fromkeys((f"PACTWATCH_SCHEDULE_{n}" for n in ("RUN", "INGEST", "SNAPSHOT")), ""),
            "No schedule is set: give a PACTWATCH_SCHEDULE_ setting a cron line.\n",
        ),
    ],
    ids=["no cron line", "none"],
)
def test_a_schedule_that_cannot_be_is_wrong_use(
    tmp_path: Path, lines: dict[str, str], said: str
) -> None:
    done = subprocess.run(
        [*COMMAND, "serve"],
        env=environment(tmp_path, **lines, PREFECT_API_URL="http://127.0.0.1:9/api"),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (2, said)
