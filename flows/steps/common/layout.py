"""Where a job works, and what it needs to know."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

SILENT_DAYS = 10
"""Days without a new list after which people are told, unless they set another number."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a data folder keeps things (`PACTWATCH_DATA`, by default warehouse/)."""

    data: Path

    @property
    def objects(self) -> Path:
        """Return the folder of content-addressed objects."""
        return self.data / "raw" / "objects"

    @property
    def manifest(self) -> Path:
        """Return the manifest of captures, one JSON object a line."""
        return self.data / "raw" / "captures.jsonl"

    @property
    def article_manifest(self) -> Path:
        """Return the manifest of articles, in the same form."""
        return self.data / "raw" / "articles.jsonl"

    @property
    def database(self) -> Path:
        """Return the published warehouse file."""
        return self.data / "pactwatch.duckdb"

    @property
    def ledger(self) -> Path:
        """Return the ledger of runs, one JSON object a line."""
        return self.data / "runs.jsonl"

    @property
    def notices(self) -> Path:
        """Return the log of notices told and to be told, one JSON object a line."""
        return self.data / "notices.jsonl"

    @property
    def serve_lock(self) -> Path:
        """Return the lock that `pactwatch serve` holds, apart from that of runs."""
        return self.data / ".serve.lock"

    @property
    def serving(self) -> Path:
        """Return the note on who serves the schedules."""
        return self.data / "serve.json"

    @property
    def server_log(self) -> Path:
        """Return the log of the Prefect servers that were started here."""
        return self.data / "prefect-server.log"

    @property
    def reports(self) -> Path:
        """Return the folder of weekly reports."""
        return self.data / "reports"

    @property
    def errata(self) -> Path:
        """Return the log of corrections to reports, one JSON object a line."""
        return self.reports / "errata.jsonl"

    @property
    def exports(self) -> Path:
        """Return the folder of Parquet and CSV exports."""
        return self.data / "exports"


@dataclass(frozen=True, slots=True)
class Paths:
    """The folders that a job reads and writes: data at rest, reviewed seeds, SQL models."""

    layout: Layout
    seeds: Path
    sql: Path


@dataclass(frozen=True, slots=True)
class Pages:
    """Where the published pages stand, and after how many days without a new list they warn."""

    site_url: str = ""
    silent_days: int = SILENT_DAYS


@dataclass(frozen=True, slots=True)
class Job:
    """What a scheduled run needs to know, as plain values that a Prefect server can keep.

    `data` is the data folder; the rest are the settings of the same names. The addresses of
    notices are not among them: they hold secrets, and the server shows a job's values.
    """

    data: str
    offline: bool = True
    page: str = ""
    allowed_hosts: tuple[str, ...] = ()
    allow_http: bool = False
    contact: str = ""
    timeout_seconds: float = 30.0
    total_seconds: float = 180.0
    archive_url: str = "https://web.archive.org"
    archive_pause_seconds: float = 1.5
    articles: tuple[str, ...] = ()
    busy_wait_seconds: float = 0.0
    site_url: str = ""
    silent_days: int = SILENT_DAYS
