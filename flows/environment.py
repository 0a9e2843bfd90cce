"""What the process was told from outside: settings, and what Prefect reads.

The only module that reads the environment.
"""

from __future__ import annotations

import difflib
import os
import shutil
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from flows.places import Places
from flows.steps.records import Job, Layout, PactwatchError, UsageError

if TYPE_CHECKING:
    from flows.steps.settings import Settings
    from flows.telling import Telling

PREFIX = "PACTWATCH_"
ROOM_FOR_PREFECT = 50_000_000
PREFECT_DEFAULTS = {
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    # Four cold starts at once need far longer than the 20 seconds Prefect allows.
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
    "PREFECT_LOGGING_LEVEL": "WARNING",
    # Prefect forgets runs of more than 90 days ago only when asked; runs.jsonl keeps them all.
    "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
}


def settings() -> Settings:
    """Return the settings; raises `UsageError` naming the one that is not right."""
    import tomllib

    from pydantic import ValidationError

    from flows.steps.settings import Settings

    _refuse_misspelt(Settings.model_fields)
    try:
        return Settings()
    except tomllib.TOMLDecodeError as problem:
        raise UsageError(f"pactwatch.toml is no valid TOML ({problem}): mend that line.") from None
    except ValidationError as problem:
        first = problem.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        if first["type"] == "extra_forbidden":
            raise UsageError(
                f"There is no setting {name}: mend that line of pactwatch.toml"
                " (`pactwatch status --settings` lists the settings)."
            ) from None
        raise UsageError(
            f"The setting {name} is not right ({first['msg']}):"
            " `pactwatch status --settings` lists the settings and their defaults."
        ) from None


def _refuse_misspelt(known: Collection[str]) -> None:
    """Raise `UsageError` for a variable that is all but a setting: as it is, it would do nothing.

    Others of our prefix may be a wrapper's own, and are left alone.
    """
    for variable in sorted(os.environ):
        name = variable.removeprefix(PREFIX).lower()
        if not variable.startswith(PREFIX) or name in known:
            continue
        if near := difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.8):
            raise UsageError(
                f"There is no setting {variable} (`pactwatch status --settings` lists them): did"
                f" you mean {PREFIX}{near[0].upper()}?"
            )


def job() -> Job:
    """Return what a run needs to know, from the settings."""
    known = settings()
    chosen = known.model_dump(include=set(Job.__dataclass_fields__) - {"busy_wait_seconds"})
    return Job(**{**chosen, "data": str(known.data.resolve())})


def places() -> Places:
    """Return the folders that a command reads and writes."""
    return Places(Layout(settings().data))


def telling() -> Telling:
    """Return whom to tell of news, from this process's own settings.

    A served run asks here too: addresses hold secrets, and the Prefect server shows a job's values.
    """
    from flows.telling import Telling

    known = settings()
    addresses = tuple(address.get_secret_value() for address in known.notify)
    return Telling(addresses, known.site_url, known.silent_days, known.offline)


def prepare_prefect(data: Path) -> None:
    """Set Prefect's defaults before it is imported; what the user set stays."""
    for name, value in PREFECT_DEFAULTS.items():
        os.environ.setdefault(name, value)
    home = Path(os.environ.setdefault("PREFECT_HOME", str((data / "prefect").resolve())))
    try:
        home.mkdir(parents=True, exist_ok=True)  # Prefect makes the folder, but not those above it
    except OSError as problem:
        raise PactwatchError(
            f"Prefect's folder {home.name}/ cannot be made ({problem.strerror}): mend the rights of"
            " the folder above it, or set PREFECT_HOME to a folder of your own."
        ) from problem
    if (free := shutil.disk_usage(home).free) < ROOM_FOR_PREFECT:
        raise PactwatchError(  # Prefect itself would only time out, minutes later
            f"Only {free / 1e6:.0f} MB are free for Prefect's database in {home.name}/: free some"
            f" disk space ({ROOM_FOR_PREFECT / 1e6:.0f} MB at least), then run again; nothing"
            " was changed."
        )


def hush_prefect() -> None:
    """Keep Prefect's own lines off the terminal, unless the user asked for them."""
    os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "CRITICAL")


def prefect_server() -> str | None:
    """Return the API address of the Prefect server that the user named, if any."""
    return os.environ.get("PREFECT_API_URL")


def use_prefect_server(address: str) -> None:
    """Have this process, and those it starts, use the Prefect server at this API address."""
    os.environ["PREFECT_API_URL"] = address
