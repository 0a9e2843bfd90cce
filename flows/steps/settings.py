"""Every setting with its default. Only flows/cli.py makes one from the environment."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)


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
    archive_pause_seconds: float = Field(
        1.5, ge=0, description="pause between two requests to the Internet Archive"
    )
    site_url: str = Field("", description="address where the published site stands, ending in /")
    silent_days: int = Field(10, gt=0, description="days without a new list before status warns")

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
