"""Notices as they arrive: real Apprise posts to a webhook on the loopback address."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from flows import stages
from flows.settings import ROOT, paths_at
from flows.steps import archive, fetch
from flows.steps.common.errors import PactwatchError
from flows.steps.common.layout import Layout, Paths
from flows.steps.common.records import Capture
from flows.steps.notify import messages, send
from flows.steps.notify.outbox import Telling, tell, waiting
from flows.steps.reports import write
from flows.steps.sources.intake import import_path
from flows.steps.sources.live import snapshot
from flows.steps.warehouse.build import build
from tests.conftest import cut_seeds, seeds_without_record
from tests.flows.test_cli import pactwatch
from tests.workbooks import Row, agreement, workbook
from tests.world import Reply, Request, World
from tests.world.inbox import Inbox

NAMES = ("Baker", "Bay", "Clay", "Dixie", "Duval", "Lake", "Leon", "Levy", "Polk", "Taylor")
NOW = datetime(2025, 6, 1, 12, 0)


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    with Inbox() as inbox:
        yield inbox


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return paths_at(tmp_path / "data", seeds=seeds_without_record(tmp_path / "seeds"))


def row(name: str, state: str = "FLORIDA") -> Row:
    county = f"{name} County"
    return agreement(
        state, f"{county} Sheriff's Office", signed=date(2025, 5, 20), moa="", county=county
    )


def take_in(paths: Paths, day: date, rows: list[Row], part: str = "am") -> None:
    """Import the list of a day and build."""
    data = workbook(rows, saved=datetime(day.year, day.month, day.day, 10))
    path = paths.layout.data.parent / f"participatingAgencies{day:%m%d%Y}{part}.xlsx"
    path.write_bytes(data)
    with stages.at_work(paths.layout, "import"):
        import_path(paths, path, NOW)
        build(paths)


def build_aloud(paths: Paths, wanted: Telling) -> None:
    with stages.at_work(paths.layout, "build", wanted):
        build(paths)


def telling(inbox: Inbox, *names: str, site_url: str = "", silent_days: int = 10) -> Telling:
    return Telling(tuple(inbox.address(name) for name in names), site_url, silent_days)


TWENTY = [row(name) for name in NAMES] + [row(name, "TEXAS") for name in NAMES]


def test_a_change_is_told_with_counts_names_and_link_once(paths: Paths, inbox: Inbox) -> None:
    wanted = telling(inbox, "a", "b", site_url="https://record.example/287g/")
    take_in(paths, date(2025, 5, 28), TWENTY)
    assert tell(paths, wanted, NOW) == []
    assert inbox.messages == {}  # the first check marks where the record stands
    joined = [row("Ector", "TEXAS"), row("Liberty"), row("Union")]
    take_in(paths, date(2025, 5, 29), [*TWENTY[1:], *joined])
    assert tell(paths, wanted, NOW) == []
    assert tell(paths, wanted, NOW) == []
    [message] = inbox.messages["a"]
    assert inbox.messages["b"] == [message]
    assert message["title"] == (
        "287(g) list of 29 May 2025: 3 joined, 1 agreement gone, 1 agency left (provisional)"
    )
    assert message["message"].splitlines() == [
        "22 agreements with 22 agencies in 2 states and territories; +2 since the list of 28 May"
        " 2025 (20).",
        "Joined (3): Florida: Liberty County Sheriff's Office (WSO), Union County Sheriff's Office"
        " (WSO); Texas: Ector County Sheriff's Office (WSO).",
        "Left the list, provisional until two more lists and nine days confirm it (1): Florida:"
        " Baker County Sheriff's Office (WSO).",
        "Report: https://record.example/287g/reports/2025-W22/index.html",
    ]


def test_what_comes_with_longer_seeds_is_history(tmp_path: Path, inbox: Inbox) -> None:
    """An update of the program brings lists from before and after the record that was here."""
    layout, wanted = Layout(tmp_path / "data"), telling(inbox, "a")
    first = cut_seeds(tmp_path / "first", date(2025, 8, 25), date(2025, 9, 8))
    paths = paths_at(layout.data, seeds=first)
    build(paths)
    write.write_missing(paths, now=datetime(2025, 9, 9))
    assert tell(paths, wanted, datetime(2025, 9, 9)) == []
    longer = paths_at(
        layout.data, seeds=cut_seeds(tmp_path / "new", date(2025, 8, 13), date(2025, 9, 30))
    )
    build(longer)
    written = write.write_missing(longer, now=datetime(2025, 10, 1))
    assert tell(longer, wanted, datetime(2025, 10, 1)) == []
    assert written[-1].week == "2025-W40"
    assert inbox.messages == {}
    assert not layout.errata.exists()


def test_a_departure_that_returned_is_told_as_withdrawn(paths: Paths, inbox: Inbox) -> None:
    wanted = telling(inbox, "a")
    take_in(paths, date(2025, 5, 28), TWENTY)
    tell(paths, wanted, NOW)
    take_in(paths, date(2025, 5, 29), TWENTY[1:])
    tell(paths, wanted, NOW)
    take_in(paths, date(2025, 5, 30), TWENTY)
    tell(paths, wanted, NOW)
    gone, back = inbox.messages["a"]
    assert gone["title"] == (
        "287(g) list of 29 May 2025: 1 agreement gone, 1 agency left (provisional)"
    )
    assert back["title"] == "287(g) list of 30 May 2025: 1 back on the list"
    assert back["message"].splitlines()[1:] == [
        "Listed again, so that the departure told earlier is withdrawn (1): Florida: Baker County"
        " Sheriff's Office (WSO).",
        "Report: week 2025-W22.",
    ]


def test_many_new_versions_make_one_message_and_older_ones_none(paths: Paths, inbox: Inbox) -> None:
    wanted = telling(inbox, "a")
    take_in(paths, date(2025, 5, 28), TWENTY)
    tell(paths, wanted, NOW)
    for day in (24, 25, 26, 27):  # history that comes in late is no news
        take_in(paths, date(2025, 5, day), TWENTY[: day - 8])
    tell(paths, wanted, NOW)
    assert inbox.messages == {}
    take_in(paths, date(2025, 5, 29), TWENTY[1:])
    take_in(paths, date(2025, 5, 30), [*TWENTY, row("Union")])
    tell(paths, wanted, NOW)
    [message] = inbox.messages["a"]
    assert message["title"] == "287(g) list of 30 May 2025: 1 joined"
    assert message["message"].splitlines()[1] == "2 new versions of the list together."


def test_a_held_version_is_told_with_why_and_how_to_settle_it(paths: Paths, inbox: Inbox) -> None:
    wanted = telling(inbox, "a")
    take_in(paths, date(2025, 5, 28), TWENTY)
    tell(paths, wanted, NOW)
    take_in(paths, date(2025, 5, 29), TWENTY[:9])
    tell(paths, wanted, NOW)
    tell(paths, wanted, NOW)
    [message] = inbox.messages["a"]
    name = message["title"].removeprefix("287(g): a list version is held (").rstrip(")")
    assert name.startswith("participating-2025-05-29am-")
    assert (
        "participatingAgencies05292025am.xlsx is held: it has 9 rows, 1 day after the 20 of"
        " 28 May 2025: fewer than 19 are held" in message["message"]
    )
    assert f"pactwatch review accept {name} --reason" in message["message"]


def test_a_failing_address_is_told_of_and_tried_again_and_the_other_gets_it_once(
    paths: Paths, inbox: Inbox
) -> None:
    wanted = telling(inbox, "a", "b")
    take_in(paths, date(2025, 5, 28), TWENTY)
    tell(paths, wanted, NOW)
    inbox.refused = {"a"}
    take_in(paths, date(2025, 5, 29), TWENTY[1:])
    said = [
        "1 notice not told yet: address 1 (json://\u2026) did not take the notice:"
        " it is tried again with the next run."
    ]
    assert tell(paths, wanted, NOW) == said
    assert waiting(paths.layout, wanted) == said
    assert (len(inbox.titles("a")), len(inbox.titles("b"))) == (0, 1)
    inbox.refused = set()
    assert tell(paths, wanted, NOW) == []
    assert inbox.messages["a"] == inbox.messages["b"]
    assert len(inbox.titles("b")) == 1
    assert "s3cret" not in paths.layout.notices.read_text()


def test_an_address_nobody_understands_stops_nothing(paths: Paths, inbox: Inbox) -> None:
    wanted = Telling(("nonsense", inbox.address("a")))
    take_in(paths, date(2025, 5, 28), TWENTY)
    said = tell(paths, wanted, NOW, ["The list page is away."])
    assert said == [
        "1 notice not told yet: address 1 is no address that Apprise understands:"
        " mend PACTWATCH_NOTIFY."
    ]
    assert inbox.titles("a") == ["287(g): Pactwatch could not do its work"]


def test_a_run_that_fails_tells_why_once_a_day(paths: Paths, inbox: Inbox) -> None:
    wanted = telling(inbox, "a")
    paths.layout.manifest.parent.mkdir(parents=True)
    paths.layout.manifest.write_text("half a row\n")
    for _ in range(2):
        with pytest.raises(PactwatchError, match="is damaged"):
            build_aloud(paths, wanted)
    [message] = inbox.messages["a"]
    assert message["message"].startswith("Line 1 of raw/captures.jsonl is damaged: restore")
    tell(paths, wanted, NOW, ["Away."], only_failures=True)
    tell(paths, wanted, NOW + timedelta(days=1), ["Away."], only_failures=True)
    assert [m["message"] for m in inbox.messages["a"][1:]] == ["Away.", "Away."]


def test_a_list_that_stays_the_same_is_told_once_when_the_page_was_seen(
    paths: Paths, inbox: Inbox
) -> None:
    wanted = telling(inbox, "a")
    data = workbook(TWENTY, saved=datetime(2025, 5, 28, 10))
    page = b'<a href="/participatingAgencies05282025am.xlsx">Participating</a>'

    def site(request: Request) -> Reply:
        return Reply(body=data if request.path.endswith(".xlsx") else page)

    with World(site) as world:
        bounds = fetch.Bounds(("127.0.0.1",), allow_http=True, timeout=5, total=8)
        for days in (0, 8, 11, 12, 13):
            now = datetime(2025, 5, 28, 12) + timedelta(days=days)
            snapshot(paths, bounds, now, f"{world.base}/")
            build(paths)
            tell(paths, wanted, now)
    [message] = inbox.messages["a"]
    assert message["title"] == "287(g): no new list since 28 May 2025"
    assert "11 days ago" in message["message"]


def test_a_look_at_a_time_to_come_says_nothing_of_silence(paths: Paths, inbox: Inbox) -> None:
    wanted = telling(inbox, "a")
    take_in(paths, date(2025, 5, 28), TWENTY)
    tell(paths, wanted, NOW)
    ahead = datetime(2035, 1, 1)
    row = Capture(ahead, "ice", "unchanged", "participating", captured_at=ahead, sha256="0" * 64)
    archive.append_manifest(paths.layout, [row])
    tell(paths, wanted, NOW + timedelta(days=1))
    assert inbox.messages == {}


def test_a_notice_that_was_made_before_a_break_is_sent_by_the_next_run(
    paths: Paths, inbox: Inbox
) -> None:
    """Offline a notice is made and not sent, which is how a kill before sending leaves it."""
    wanted = telling(inbox, "a")
    take_in(paths, date(2025, 5, 28), TWENTY)
    tell(paths, wanted, NOW)
    take_in(paths, date(2025, 5, 29), TWENTY[1:])
    offline = Telling(wanted.addresses, offline=True)
    [said] = tell(paths, offline, NOW)
    assert said.endswith("is still to be told. (PACTWATCH_OFFLINE is set)")
    assert inbox.messages == {}
    tell(paths, wanted, NOW)
    assert len(inbox.titles("a")) == 1


def test_printed_names_are_plain_and_bounded() -> None:
    assert messages.plain("Leon \u202eytnuoC\x07\n\x1b[31m <@everyone> *x*") == (
        "Leon ytnuoC [31m everyone x"
    )
    assert len(messages.plain("x" * 10_000)) == messages.MAX_NAME
    newest = {
        "list": "participating",
        "publication_id": "p",
        "published_on": date(2025, 5, 29),
        "agreements": 500,
        "agencies": 500,
        "states": 1,
    }
    event = {"kind": "added", "state": "FL", "model": "TFM", "rule": "first_listed"}
    many = [{**event, "agency": f"{at} " + "x" * 200, "is_provisional": False} for at in range(500)]
    notice = messages.change(newest, {**newest, "agreements": 0}, many, 1)
    assert notice is not None
    assert len(notice.body) <= messages.MAX_BODY
    assert notice.body.endswith("\u2026\nReport: week 2025-W22.")


def test_an_application_that_was_signed_before_is_not_told_as_signed() -> None:
    newest = {
        "list": "pending",
        "publication_id": "pending-2025-07-22pm-f2d09a9c",
        "published_on": date(2025, 7, 22),
        **{"agreements": 30, "agencies": 30, "states": 9},
    }
    one = {"kind": "pending_signed", "before": None, "is_provisional": False, "model": "TFM"}
    events = [
        {**one, "rule": "signed", "state": "TX", "agency": "Ector County Sheriff's Office"},
        {**one, "rule": "signed_before", "state": "AL", "agency": "Marion County Sheriff's Office"},
    ]
    notice = messages.change(newest, {**newest, "agreements": 32}, events, 1)
    assert notice is not None
    assert notice.title == (
        "287(g) pending list of 22 July 2025: 1 signed, 1 no longer pending (signed before)"
    )
    told = [line for line in notice.body.splitlines() if "County" in line]
    assert [line.split(" (")[0] for line in told] == [
        "Signed",
        "No longer listed as pending, signed before they were",
    ]


def test_the_commands_hide_addresses_and_say_what_waits(
    paths: Paths, inbox: Inbox, tmp_path: Path
) -> None:
    settings: dict[str, Any] = {"PACTWATCH_NOTIFY": f"{inbox.address('a')} {inbox.address('b')}"}
    take_in(paths, date(2025, 5, 28), TWENTY)
    data = paths.layout.data
    wanted = telling(inbox, "a", "b")
    inbox.refused = {"b"}
    tell(paths, wanted, NOW, ["Away."])
    shown = pactwatch("status", "--settings", data=data, **settings)
    told = pactwatch("status", data=data, **settings)
    found = pactwatch("doctor", "--json", data=data, **settings)
    for done in (shown, told, found):
        assert "s3cret" not in done.stdout + done.stderr
    assert "1 notice not told yet: address 2 (json://\u2026) did not take the notice" in told.stdout
    [finding] = [one for one in json.loads(found.stdout) if one["name"] == "notices"]
    assert (finding["is_well"], finding["found"][:28]) == (False, "1 notice not told yet: addre")
    assert "PACTWATCH_NOTIFY" in finding["mend"]


def test_the_snapshot_command_sends_and_ends_well_when_an_address_fails(
    paths: Paths, inbox: Inbox
) -> None:
    def away(_: Request) -> Reply:
        return Reply(403, b"no")

    inbox.refused = {"b"}
    with World(away) as world:
        done = pactwatch(
            "snapshot",
            data=paths.layout.data,
            PACTWATCH_NOTIFY=f"{inbox.address('a')} {inbox.address('b')}",
            PACTWATCH_OFFLINE="0",
            PACTWATCH_PAGE=f"{world.base}/",
            PACTWATCH_ALLOW_HTTP="1",
            PACTWATCH_ALLOWED_HOSTS='["127.0.0.1"]',
        )
    assert done.returncode == 3  # the look failed
    [message] = inbox.messages["a"]
    assert "refuses this machine (403)" in message["message"]
    assert "1 notice not told yet: address 2 (json://\u2026) did not take" in done.stderr
    assert "s3cret" not in done.stdout + done.stderr
    to = send.address_id(inbox.address("b"))
    log = archive.read_notices(paths.layout)
    assert [one["to"][to] for one in log if to in one.get("to", {})] == [""]


FLOW = """
import sys
from pathlib import Path
from flows import settings
settings.prepare_prefect(Path(sys.argv[1]))
from flows.snapshot import snapshot
from flows.steps.common.layout import Job
snapshot(Job(sys.argv[1], offline=False, page=sys.argv[2], allow_http=True,
             archive_url="https://127.0.0.1:9",
                   allowed_hosts=("127.0.0.1",)))
"""


def test_the_flow_asks_for_addresses_itself_and_prefect_never_sees_them(
    paths: Paths, inbox: Inbox
) -> None:
    data = paths.layout.data
    data.mkdir()
    known = {k: v for k, v in os.environ.items() if not k.startswith(("PACTWATCH_", "PREFECT_"))}
    own = {"PACTWATCH_NOTIFY": inbox.address("a"), "PACTWATCH_DATA": str(data)}
    with World(lambda _: Reply(403, b"no")) as world:
        done = subprocess.run(
            [sys.executable, "-c", FLOW, str(data), f"{world.base}/"],
            env={**known, "PYTHONPATH": str(ROOT), **own},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
    assert "LookFailed: The list page did not come. 127.0.0.1 refuses this machine" in done.stderr
    assert inbox.titles("a") == ["287(g): Pactwatch could not do its work"]
    kept = list((data / "prefect").rglob("*.db*"))
    assert kept != []
    assert [path.name for path in kept if b"s3cret" in path.read_bytes()] == []
    assert "s3cret" not in done.stdout + done.stderr
