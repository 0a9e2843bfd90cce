"""Every setting with its default. Only flows/environment.py makes one from the environment."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from .records import SILENT_DAYS


class Settings(BaseSettings):
    """`PACTWATCH_*` variables, then `pactwatch.toml` in the working folder, then the defaults."""

    model_config = SettingsConfigDict(
        env_prefix="PACTWATCH_", toml_file="pactwatch.toml", extra="forbid"
    )

    data: Path = Field(Path("warehouse"), description="archive, warehouse, exports and reports")
    offline: bool = Field(False, description="never use the network")
    page: str = Field("", description="address of the list page; empty: as in seeds/lists.toml")
    allowed_hosts: tuple[str, ...] = Field(
        (), description="hosts a download may come from; empty: as in seeds/lists.toml"
    )
    allow_http: bool = Field(False, description="accept plain http, for a server of your own")
    articles: tuple[str, ...] = Field(
        (), description="addresses or folders of articles that the schedule reads daily"
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

    @field_validator("notify", mode="before")
    @classmethod
    def _apart_by_blanks(cls, given: object) -> object:
        return given.split() if isinstance(given, str) else given

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
