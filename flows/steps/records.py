"""The values that steps hand to each other, and the errors a user may see."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Literal

ListKind = Literal["participating", "pending"]
Source = Literal["ice", "wayback", "folder", "git", "seed"]
Outcome = Literal["new", "unchanged", "failed", "rejected"]
Status = Literal["accepted", "held", "rejected"]

LISTS: tuple[ListKind, ...] = ("participating", "pending")


class PactwatchError(Exception):
    """Something a person can mend: one sentence that says what and what to do.

    The command line prints the sentence and leaves with `exit_code`; it shows no traceback.
    """

    exit_code = 1


class UsageError(PactwatchError):
    """The call itself was wrong: a missing file, an unknown week, a bad option."""

    exit_code = 2


class Unreadable(PactwatchError):
    """Bytes that are no list: a block page, a truncated zip, a workbook without the columns."""


class CheckFailed(PactwatchError):
    """A rule of sql/90_checks returned rows, so the new warehouse was not published."""


@dataclass(frozen=True, slots=True)
class Capture:
    """One attempt to get a list: a row of the manifest, also when nothing new came.

    `attempted_at` is when we looked and `captured_at` when the bytes are known to have been on the
    web; both are UTC. `list` is what the source called it: the content decides later.
    """

    attempted_at: datetime
    source: Source
    outcome: Outcome
    list: ListKind | None = None
    url: str | None = None
    file_name: str | None = None
    captured_at: datetime | None = None
    http_status: int | None = None
    etag: str | None = None
    last_modified: datetime | None = None
    sha256: str | None = None
    size: int | None = None
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """A news article as read: what it is, and its main text without the clutter around it.

    `published_precision` is `day`, `month`, `year` or `unknown`; `text` is the text that the
    character spans of its claims count in.
    """

    article_id: str
    title: str
    text: str
    publisher: str | None = None
    authors: tuple[str, ...] = ()
    published_on: date | None = None
    published_precision: Literal["day", "month", "year", "unknown"] = "unknown"
    url: str | None = None
    language: str = "en"
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Claim:
    """One figure an article gives, with what it counts and for when.

    `value` to `value_high` is a range when the article gives one. `as_of` to `as_of_end` is the
    period the figure stands for, `since` the start of a count of new ones. `start` and `end` are
    the character span in the article's text.
    """

    claim_id: str
    article_id: str
    position: int
    metric: str
    value: float
    value_high: float | None
    unit: str
    qualifier: Literal["exactly", "at_least", "about", "nearly", "more_than", "up_to"]
    as_of: date | None
    as_of_end: date | None
    as_of_precision: Literal["day", "month", "year", "period", "unknown"]
    since: date | None
    state: str | None
    model: str | None
    start: int
    end: int
    continues: str | None = None


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
    def database(self) -> Path:
        """Return the published warehouse file."""
        return self.data / "pactwatch.duckdb"

    @property
    def reports(self) -> Path:
        """Return the folder of weekly reports."""
        return self.data / "reports"

    @property
    def exports(self) -> Path:
        """Return the folder of Parquet and CSV exports."""
        return self.data / "exports"


@dataclass(frozen=True, slots=True)
class Tally:
    """What a long job did, for its summary: counts by outcome and the sentences worth reading."""

    counts: dict[str, int] = field(default_factory=dict)
    messages: tuple[str, ...] = ()
