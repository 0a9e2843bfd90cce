"""Every setting with its default, and the folders: the only module that reads the environment."""

from __future__ import annotations

import difflib
import json
import os
import re
import shutil
import tomllib
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import (
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from flows.steps.common.causes import SystemFault
from flows.steps.common.errors import PactwatchError, UsageError
from flows.steps.common.fingerprint import of_text
from flows.steps.common.layout import SILENT_DAYS, Job, Layout, Paths

if TYPE_CHECKING:
    from flows.steps.notify.outbox import Telling

ROOT = Path(__file__).parent.parent
PREFIX = "PACTWATCH_"
SERVED_BY = "PACTWATCH_SERVED_BY"
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


class Settings(BaseSettings):
    """`PACTWATCH_*` variables, then `pactwatch.toml` in the working folder, then the defaults."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, toml_file="pactwatch.toml", extra="forbid")

    data: Path = Field(Path("warehouse"), description="archive, warehouse, exports and reports")
    offline: bool = Field(False, description="never use the network")
    page: str = Field("", description="address of the list page; empty: as in seeds/lists.toml")
    allowed_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="hosts a download may come from, apart by blanks or commas; empty: as in"
        " seeds/lists.toml",
    )
    allow_http: bool = Field(False, description="accept plain http, for a server of your own")
    articles: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="addresses or folders of articles that the schedule reads daily, apart by"
        ' blanks or commas; names that have some as a JSON list: ["my articles"]',
    )
    contact: str = Field("", description="address or page that the User-Agent names")
    timeout_seconds: float = Field(30.0, gt=0, description="per request, connecting and reading")
    total_seconds: float = Field(180.0, gt=0, description="per file, all retries together")
    archive_url: str = Field(
        "https://web.archive.org", description="the Internet Archive, or a mirror of its services"
    )
    archive_pause_seconds: float = Field(
        1.5, ge=0, description="pause between two requests to the Internet Archive"
    )
    schedule_snapshot: str = Field(
        "0 */6 * * *",
        description="when `serve` looks for lists: a cron line in UTC, a sixth field counts"
        " seconds; empty: never",
    )
    schedule_ingest: str = Field("30 5 * * *", description="when `serve` reads the articles")
    schedule_run: str = Field("0 12 * * 1", description="when `serve` writes the weekly report")
    busy_wait_seconds: float = Field(
        600.0, ge=0, description="how long a scheduled run waits for another run to end"
    )
    notify: Annotated[tuple[SecretStr, ...], NoDecode] = Field(
        (), description="Apprise addresses that are told of news, apart by blanks"
    )
    site_url: str = Field("", description="address where the published site stands, ending in /")
    silent_days: int = Field(
        SILENT_DAYS, gt=0, description="days without a new list before people are told"
    )

    @field_validator("allowed_hosts", "articles", "notify", mode="before")
    @classmethod
    def _listed(cls, given: object, field: ValidationInfo) -> object:
        """Take a list apart by blanks or commas, or as JSON; an Apprise address may hold commas."""
        if not isinstance(given, str):
            return given
        if given.lstrip().startswith("["):
            return json.loads(given)
        between = r"\s+" if field.field_name == "notify" else r"[\s,]+"
        return [one for one in re.split(between, given) if one]

    @field_validator("contact")
    @classmethod
    def _for_a_header(cls, given: str) -> str:
        if not (given.isascii() and given.isprintable()):
            raise ValueError("write it in ASCII, as a request's headers allow no other signs")
        return given

    @model_validator(mode="before")
    @classmethod
    def _without_empty(cls, given: dict[str, object]) -> dict[str, object]:
        """Take an empty value for none, except where empty means something: those are texts."""
        fields = cls.model_fields
        return {
            name: value
            for name, value in given.items()
            if value != "" or name not in fields or fields[name].annotation is str
        }

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read arguments first, then the environment, then pactwatch.toml."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


class _WithoutUnknown(Settings):
    """The settings where pactwatch.toml has lines of others."""

    model_config = SettingsConfigDict(extra="ignore")


class _WithoutFile(Settings):
    """The settings where pactwatch.toml cannot be read."""

    model_config = SettingsConfigDict(toml_file=None)


def read() -> Settings:
    """Return the settings; raises `UsageError` naming the one that is not right."""
    known, faults = look()
    if faults:
        raise UsageError(faults[0])
    return known


def look() -> tuple[Settings, list[str]]:
    """Return the settings, with the default for each that is not right, and a sentence on each."""
    faults = _misspelt(Settings.model_fields)
    kind: type[Settings] = Settings
    mended: dict[str, Any] = {}
    while True:
        try:
            return kind(**mended), faults
        except tomllib.TOMLDecodeError as problem:
            said = f"pactwatch.toml is no valid TOML ({problem}): mend that line."
        except UnicodeDecodeError:
            said = "pactwatch.toml is not written in UTF-8: save it in that encoding."
        except OSError as problem:
            said = str(SystemFault(problem, Path("pactwatch.toml"), verb="read"))
        except ValidationError as problem:
            for first in problem.errors():
                faults.append(_not_right(first))
                name = str(first["loc"][0])
                if name in Settings.model_fields:
                    mended[name] = Settings.model_fields[name].default
                else:
                    kind = _WithoutUnknown
            continue
        faults.append(said)
        kind = _WithoutFile


def _not_right(first: Any) -> str:
    """Return a sentence on a setting that does not hold, without what it is set to."""
    name = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        return (
            f"There is no setting {name}: mend that line of pactwatch.toml"
            " (`pactwatch status --settings` lists the settings)."
        )
    return (
        f"The setting {name} is not right ({first['msg']}):"
        " `pactwatch status --settings` lists the settings and their defaults."
    )


def _misspelt(known: Collection[str]) -> list[str]:
    """Return a sentence on each variable that is all but a setting: as it is, it does nothing.

    Others of our prefix may be a wrapper's own, and are left alone.
    """
    found = []
    for variable in sorted(os.environ):
        name = variable.removeprefix(PREFIX).lower()
        if not variable.startswith(PREFIX) or name in known:
            continue
        if near := difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.8):
            found.append(
                f"There is no setting {variable} (`pactwatch status --settings` lists them): did"
                f" you mean {PREFIX}{near[0].upper()}?"
            )
    return found


def job() -> Job:
    """Return what a run needs to know, from the settings."""
    known = read()
    chosen = known.model_dump(include=set(Job.__dataclass_fields__) - {"busy_wait_seconds"})
    return Job(**{**chosen, "data": str(known.data.resolve())})


def paths_at(data: Path, seeds: Path = ROOT / "seeds", sql: Path = ROOT / "sql") -> Paths:
    """Return the folders of a data folder: by default with the seeds and models beside flows/."""
    return Paths(Layout(data), seeds, sql)


def paths() -> Paths:
    """Return the folders that a command reads and writes."""
    return paths_at(read().data)


def telling(known: Settings | None = None) -> Telling:
    """Return whom to tell of news, from this process's own settings, unless they are given.

    A served run asks here too: addresses hold secrets, and the Prefect server shows a job's values.
    """
    from flows.steps.notify.outbox import Telling

    known = known or read()
    addresses = tuple(address.get_secret_value() for address in known.notify)
    return Telling(addresses, known.site_url, known.silent_days, known.offline)


def set_prefect_defaults(data: Path) -> Path:
    """Set Prefect's defaults before it is imported; what the user set stays. Return its folder."""
    for name, value in PREFECT_DEFAULTS.items():
        os.environ.setdefault(name, value)
    return Path(os.environ.setdefault("PREFECT_HOME", str((data / "prefect").resolve())))


def prepare_prefect(data: Path) -> Path:
    """Make ready for flow runs, before Prefect is imported: its defaults, and a folder with room.

    Returns the folder.
    Raises `PactwatchError` when the folder cannot be made, or the disk is all but full.
    """
    home = set_prefect_defaults(data)
    try:
        home.mkdir(parents=True, exist_ok=True)  # Prefect makes the folder, but not those above it
    except OSError as problem:
        raise SystemFault(problem, home, "Prefect's folder", "made") from problem
    if (free := shutil.disk_usage(home).free) < ROOM_FOR_PREFECT:
        raise PactwatchError(  # Prefect itself would only time out, minutes later
            f"Only {free / 1e6:.0f} MB are free for Prefect's database in {home.name}/: free some"
            f" disk space ({ROOM_FOR_PREFECT / 1e6:.0f} MB at least), then run again; nothing"
            " was changed."
        )
    return home


def hush_prefect() -> None:
    """Keep Prefect's own lines off the terminal, unless the user asked for them."""
    os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "CRITICAL")


def prefect_server() -> str | None:
    """Return the API address of the Prefect server that the user named, if any."""
    return os.environ.get("PREFECT_API_URL")


def use_prefect_server(address: str) -> None:
    """Have this process, and those it starts, use the Prefect server at this API address."""
    os.environ["PREFECT_API_URL"] = address


def schedule_name(data: Path) -> str:
    """Return the name that the schedules of a data folder have on their Prefect server.

    Where the server or its database may be that of other folders too, none may take another's.
    """
    own = str((data / "prefect").resolve())
    if not prefect_server() and os.environ.get("PREFECT_HOME", own) == own:
        return "schedule"
    return f"schedule-{of_text(str(data.resolve()))[:8]}"


def tell_served_by() -> None:
    """Have the processes that this one starts know that it serves them."""
    os.environ[SERVED_BY] = str(os.getpid())


def served_by() -> int | None:
    """Return the process of the `pactwatch serve` that started this one, if one did."""
    number = os.environ.get(SERVED_BY, "")
    return int(number) if number.isdecimal() else None
