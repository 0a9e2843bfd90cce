"""Look at whether the schedules run: who serves them, and what its Prefect server knows of them."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from flows.steps import fetch
from flows.steps.common import serving
from flows.steps.common.layout import Layout
from flows.steps.common.serving import Serving

NOBODY = "no `pactwatch serve` is at work on this data folder: no schedule runs"
START = "start `pactwatch serve`, unless cron does `pactwatch run`"
AGAIN = "end that `pactwatch serve` and start it again"
STARTING = timedelta(minutes=5)
LATE = timedelta(hours=1)
"""How long a due run may wait for the ones before it."""


@dataclass(slots=True)
class Schedule:
    """Who serves, if anybody; when each flow runs next (UTC); what is wrong, with its mend."""

    served: Serving | None
    next_runs: dict[str, datetime] = field(default_factory=dict)
    faults: list[tuple[str, str]] = field(default_factory=list)

    @property
    def found(self) -> str:
        """Return who serves and what runs next, in words."""
        if self.served is None:
            return NOBODY
        runs = [f"{name} next {at:%Y-%m-%d %H:%M} UTC" for name, at in self.next_runs.items()]
        return "; ".join([f"served by {self.served.in_words}", *runs])

    @property
    def as_values(self) -> dict[str, Any]:
        """Return all of it as plain values."""
        return {
            "served": asdict(self.served) if self.served else None,
            "next_runs": self.next_runs,
            "faults": [{"found": found, "mend": mend} for found, mend in self.faults],
        }


def look(layout: Layout, now: datetime) -> Schedule:
    """Ask the Prefect server of whoever serves a data folder how its schedules stand.

    A schedule that is absent, paused, not planned or long due is a fault, and so is a server that
    does not answer; one that has just been started has a few minutes for all of it.
    """
    found = Schedule(serving.holder(layout))
    if (served := found.served) is None:
        return found
    is_starting = bool(served.since) and now - datetime.fromisoformat(served.since) < STARTING
    if not served.address:
        if not is_starting:
            said = f"{served.in_words} serves, and {layout.serving.name} does not say where"
            found.faults.append((said, AGAIN))
        return found
    for flow in served.flows:
        status, known = _ask(served, f"/deployments/name/pactwatch-{flow}/{served.deployment}")
        if status not in (200, 404):
            said = f"the Prefect server at {served.address} does not answer"
            found.faults.append((said, f"see {layout.server_log.name} in the data folder; {AGAIN}"))
            break
        at = _next_run(served, known["id"]) if status == 200 else None
        if at is not None:
            found.next_runs[flow] = at
        fault = _fault(served, flow, known if status == 200 else None, at, now)
        if fault and not (is_starting and fault[1] == AGAIN):
            found.faults.append(fault)
    return found


def _fault(
    served: Serving, flow: str, known: dict[str, Any] | None, at: datetime | None, now: datetime
) -> tuple[str, str] | None:
    """Return what is wrong with the schedule of a flow, and how to mend it."""
    if known is None:
        return f"the schedule of {flow} is not on the Prefect server", AGAIN
    page = served.address.removesuffix("/api")
    if known.get("paused") or not any(one["active"] for one in known.get("schedules", ())):
        return f"the schedule of {flow} is paused", f"resume it at {page}/deployments, or {AGAIN}"
    if at is None:
        return f"no run of {flow} is planned", AGAIN
    if now - at > LATE:
        return f"{flow} is due since {at:%Y-%m-%d %H:%M} UTC and did not run", AGAIN
    return None


def _next_run(served: Serving, deployment_id: str) -> datetime | None:
    """Return when a deployment runs next in UTC, also when that time has passed."""
    wanted = {
        "deployments": {"id": {"any_": [deployment_id]}},
        "flow_runs": {"state": {"type": {"any_": ["SCHEDULED"]}}},
        "sort": "EXPECTED_START_TIME_ASC",
        "limit": 1,
    }
    status, runs = _ask(served, "/flow_runs/filter", wanted)
    if status != 200 or not runs:
        return None
    at = datetime.fromisoformat(runs[0]["expected_start_time"])
    return at.astimezone(UTC).replace(tzinfo=None)


def _ask(served: Serving, path: str, body: dict[str, Any] | None = None) -> tuple[int, Any]:
    return fetch.asked(f"{served.address.rstrip('/')}{path}", body)
