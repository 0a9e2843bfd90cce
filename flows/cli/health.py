"""Look at how fresh the record is, and at whether what it needs to work is well."""

from __future__ import annotations

import importlib.metadata
import os
import re
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from flows.settings import ROOT
from flows.steps import archive
from flows.steps.common import wording
from flows.steps.common.causes import sentence
from flows.steps.common.errors import PactwatchError
from flows.steps.common.files import Busy, only_one
from flows.steps.common.layout import Layout, Paths
from flows.steps.common.records import Capture
from flows.steps.notify.outbox import Telling, waiting
from flows.steps.sources.looks import days_seen, last_look, linked_before
from flows.steps.warehouse import database
from flows.steps.warehouse.build import published

from .schedule import START, Schedule

PINNED = ("prefect", "fastapi", "sqlalchemy", "duckdb", "polars", "fastexcel")
ENOUGH_DISK = 500_000_000


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing `doctor` looked at: is it well, and if not, how to mend it.

    A warning is no fault of this installation, and has its mend all the same.
    """

    name: str
    is_well: bool
    found: str
    mend: str = ""
    is_warning: bool = False


def status(paths: Paths, today: date, silent_days: int) -> dict[str, Any]:
    """Return how fresh the record is, the last runs and captures, and what is held."""
    built = published(paths.layout)
    captures = archive.read_manifest(paths.layout)
    if built is None:
        runs = archive.read_ledger(paths.layout)[-5:]
        return {"warehouse": None, "last_look": last_look(captures), "runs": runs}
    newest = database.query(
        paths.layout.database,
        """
        select list, max(published_on) as newest, count(*) as lists
        from publications where status = 'accepted' group by list order by list
        """,
    ).to_dicts()
    told = database.query(paths.layout.database, _BEFALLEN).to_dicts()
    for one in newest:
        one["states"] = [row for row in told if row["list"] == one["list"]]
        one["days_ago"] = (today - one["newest"]).days
        one["is_silent"] = one["days_ago"] > silent_days
    for one in newest:
        for state in one["states"]:
            state["same_on"] = _seen_the_same(captures, state, today)
            state["was_linked"] = linked_before(captures, state["list"], state["since"])
    return {
        "warehouse": {k: v for k, v in asdict(built).items() if k not in ("held", "is_new")},
        "lists": newest,
        "held": built.held,
        "doubts": database.query(paths.layout.database, _DOUBTED).to_dicts()[0],
        "last_capture": asdict(captures[-1]) if captures else None,
        "last_look": last_look(captures),
        "runs": archive.read_ledger(paths.layout)[-5:],
    }


_DOUBTED = """
select
    count(distinct coalesce(agreement_id, "right")) as count,
    count(distinct coalesce(agreement_id, "right")) filter (where is_due) as due,
    min(since) as since
from doubts
where until is null
"""


_BEFALLEN = """
with newest as (select max(published_on) as day from publications)
select events.list, events.kind, events.published_on as since, events.before, events.after,
    events.publication_id
from events cross join newest
where (events.kind in ('silent', 'unlinked') and events.after is null)
    or (events.kind in ('replaced_in_place', 'stale_repost') and events.published_on >= day - 30)
order by events.published_on, events.event_id
"""
"""What a list is in, or what befell its files in the last 30 days of the record."""


def _seen_the_same(captures: list[Capture], state: dict[str, Any], today: date) -> date | None:
    """Return the day of our last look that found a silent list on ICE's page as it was, if any."""
    seen = days_seen(captures, state["list"], state["publication_id"])
    last = max((day for day in seen if day <= today), default=date.min)
    return last if state["kind"] == "silent" and last >= state["since"] else None


def is_running(run: dict[str, Any]) -> bool:
    """Say whether a ledger row without an end belongs to a living process."""
    try:
        os.kill(int(run["pid"]), 0)
    except (KeyError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return True


def doctor(
    paths: Paths,
    api_url: str | None,
    telling: Telling,
    today: date,
    faults: Sequence[str] = (),
) -> list[Finding]:
    """Look at pins, server, data folder, record and notices; say how to mend what is not well.

    `faults` are sentences on settings that are not right; their defaults were taken for them.
    """
    layout = paths.layout
    mend = "set it right where it stands: among the variables PACTWATCH_*, or in pactwatch.toml"
    return [
        *_pins(),
        *(Finding("settings", False, said, mend) for said in faults),
        _server(api_url),
        _lock(layout),
        _disk(layout),
        _objects(layout),
        _ledgers(layout),
        *_database(layout, telling.silent_days, today),
        *_notices(layout, telling),
    ]


def _pins() -> list[Finding]:
    locked = dict(
        re.findall(r"(?m)^([a-z0-9-]+)==([^\s\\;]+)", (ROOT / "requirements.lock").read_text())
    )
    return [
        Finding(
            f"{name} version",
            (installed := importlib.metadata.version(name)) == locked[name],
            f"{installed} installed, {locked[name]} locked",
            "remove .venv and run `make run`",
        )
        for name in PINNED
    ]


def _server(api_url: str | None) -> Finding:
    from flows.steps import fetch

    if not api_url:
        return Finding("Prefect server", True, "none set; `pactwatch serve` starts its own")
    return Finding(
        "Prefect server",
        fetch.answers(f"{api_url.rstrip('/')}/health"),
        api_url,
        "start the server, or unset PREFECT_API_URL to use one of pactwatch's own",
    )


def of_schedule(served: Schedule) -> list[Finding]:
    """Return what is found of the schedules; that nobody serves them is no fault, as with cron."""
    if served.faults:
        return [Finding("schedule", False, found, mend) for found, mend in served.faults]
    is_none = served.served is None
    mend = START if is_none else ""
    return [Finding("schedule", True, served.found, mend, is_warning=is_none)]


def _lock(layout: Layout) -> Finding:
    try:
        with only_one(layout):
            return Finding("data folder", True, "free")
    except Busy as busy:
        return Finding("data folder", False, str(busy), "wait, or end that process by its number")
    except PactwatchError as problem:
        return Finding("data folder", False, str(problem), "mend the folder's rights")


def _disk(layout: Layout) -> Finding:
    if not layout.data.exists():
        return Finding("disk", False, "there is no data folder", "see the data folder above")
    free = shutil.disk_usage(layout.data).free
    return Finding(
        "disk", free > ENOUGH_DISK, f"{free / 1e9:.1f} GB free", "free some space on that disk"
    )


def _objects(layout: Layout) -> Finding:
    mend = "restore warehouse/raw from a backup, or import those lists again"
    try:
        captures = archive.read_manifest(layout)
        orphans = archive.orphans(layout)
    except (PactwatchError, OSError) as problem:
        return Finding("archive", False, sentence(problem), "restore the manifest from a backup")
    wanted = {c.sha256 for c in captures if c.sha256}
    for sha256 in sorted(wanted):
        try:
            archive.load(layout, sha256)
        except (PactwatchError, OSError) as problem:
            return Finding("archive", False, sentence(problem), mend)
    if orphans:
        known = ", ".join(sorted(sha256[:12] for sha256 in orphans)[:3])
        return Finding(
            "archive",
            False,
            f"{len(orphans)} objects have no row in the manifest ({known}): a run broke off",
            "run it again (`pactwatch import` or `snapshot`); it completes the rows",
        )
    return Finding("archive", True, f"{len(wanted)} objects, every hash matches")


def _ledgers(layout: Layout) -> Finding:
    damaged = [path.name for path in sorted(layout.data.glob("*.damaged"))]
    return Finding(
        "run ledger",
        not damaged,
        f"a damaged ledger was set aside as {', '.join(damaged)}" if damaged else "whole",
        "look what damaged it, then delete the copy",
    )


def _notices(layout: Layout, telling: Telling) -> list[Finding]:
    if not telling.addresses:
        return [Finding("notices", True, "no address is set (PACTWATCH_NOTIFY)")]
    mend = "check that address in PACTWATCH_NOTIFY; `pactwatch run` sends what waits"
    try:
        failing = [Finding("notices", False, said, mend) for said in waiting(layout, telling)]
    except OSError as problem:
        return [Finding("notices", False, sentence(problem), "mend the file that it names")]
    told = f"{len(telling.addresses)} addresses, nothing waits"
    return failing or [Finding("notices", True, told)]


def _database(layout: Layout, silent_days: int, today: date) -> list[Finding]:
    try:
        rows = database.query(
            layout.database,
            """
            select count(*) as lists, max(published_on) filter (list = 'participating') as newest
            from publications where status = 'accepted'
            """,
        )
    except PactwatchError as problem:
        return [Finding("warehouse", False, str(problem), "run `pactwatch run`")]
    whole = Finding("warehouse", True, f"{wording.count(rows['lists'][0], 'accepted list')}")
    if rows["newest"][0] is None:
        return [whole]
    age = wording.age(rows["newest"][0], today, silent_days)
    newest = Finding(
        "newest list",
        True,
        f"of {age['listed']}, {age['ago']}",
        "newer ones are most likely missing: `pactwatch snapshot` looks for them, `pactwatch"
        " backfill` asks the Internet Archive, `pactwatch import` takes files"
        if age["is_old"]
        else "",
        is_warning=age["is_old"],
    )
    return [whole, newest]
