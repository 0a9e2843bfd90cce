"""The values that steps hand to each other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

import polars as pl

ListKind = Literal["participating", "pending"]
Source = Literal["ice", "wayback", "folder", "git", "seed", "web"]
"""Where bytes came from; an article's address is `web`."""
Outcome = Literal["new", "unchanged", "failed", "rejected"]
Status = Literal["accepted", "held", "rejected"]

Progress = Callable[[int, int], None]
"""Is told how much is done, and of how much."""

LISTS: tuple[ListKind, ...] = ("participating", "pending")


@dataclass(frozen=True, slots=True)
class Capture:
    """One attempt to get a list: a row of the manifest, also when nothing new came.

    `attempted_at` is when we looked and `captured_at` when the bytes are known to have been on the
    web; both are UTC. `list` is what the source called it: the content decides later.
    `is_stamped` says that `captured_at` stands in the names of the file or its folders.
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
    is_stamped: bool | None = None


ROWS_SCHEMA = pl.Schema(
    {
        "sha256": pl.String(),
        "list": pl.String(),
        "row_number": pl.UInt32(),
        "state_printed": pl.String(),
        "agency_printed": pl.String(),
        "type_printed": pl.String(),
        "county_printed": pl.String(),
        "model_printed": pl.String(),
        "signed_printed": pl.String(),
        "moa_url": pl.String(),
        "addendum_url": pl.String(),
    }
)
"""Printed rows: `row_number` is the row of the published sheet, as a spreadsheet shows it.

Of a list over several sheets the rows of the second and later ones are numbered on.
"""

PRINTED_COLUMNS = tuple(ROWS_SCHEMA)[3:]
"""What a row prints, apart from where it stands: its file, its list and its row."""


class Taken:
    """What a source took: a manifest row for each file looked at."""

    __slots__ = ()
    captures: list[Capture]

    def count(self, outcome: str) -> int:
        """Return how many of the files looked at had this outcome."""
        return sum(capture.outcome == outcome for capture in self.captures)


@dataclass(frozen=True, slots=True)
class Contents:
    """What one list is, apart from its rows.

    `saved_at` is the workbook's own saved time (UTC). `is_copy` marks a file made by a program
    that copied the rows (an archive saving a page's table), whose saved time says nothing of ICE.
    `notes` are sentences on what in the file is not the list's: other sheets, totals, footnotes.
    """

    sha256: str
    list: ListKind
    saved_at: datetime | None
    is_copy: bool
    unknown_columns: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """One list as read: cells as text, a column a field, with row_number.

    moa_link and addendum_link are the addresses behind those cells, still wrapped. `header` maps a
    field to its header cell as looked up.
    """

    contents: Contents
    cells: pl.DataFrame
    header: dict[str, str]


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

    `claim_id` is `<article_id>#<position>`, positions counting from 1 in text order. `value` to
    `value_high` is a range when the article gives one. `as_of` to `as_of_end` is the period the
    figure stands for: equal for a day, both None when the article gives no date (its own date then
    applies). `since` is the start of a count of new ones, or of a growth. `state` is a two-letter
    code and `model` JEM, TFM or WSO; None means all of them. `start` and `end` are the character
    span in the article's text (`place` "text") or in its title ("headline"), hedge included ("at
    least 315"). `continues` is the claim whose date or subject this one takes over. `is_part` says
    that the text counts some of a kind that the lists do not tell apart ("officers from about 20
    agencies", "three campus police departments"), `is_baseline` that a change starts from the
    figure or is compared with it ("up from 135").
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
    place: Literal["headline", "text"] = "text"
    is_part: bool = False
    is_baseline: bool = False


@dataclass(frozen=True, slots=True)
class Reference:
    """The closed lists that values are read against, from seeds/.

    `states` maps an upper-case name to its two-letter code, `state_names` and
    `state_abbreviations` what else a state is called and how it is shortened, `models` and
    `agency_types` an upper-case spelling to ours. `value_fixes` maps (field, printed) to the
    reviewed value.
    """

    states: dict[str, str]
    models: dict[str, str]
    agency_types: dict[str, str]
    value_fixes: dict[tuple[str, str], str]
    state_names: dict[str, str] = field(default_factory=dict)
    state_abbreviations: dict[str, str] = field(default_factory=dict)


UNSETTLED = (
    *("state_unknown", "model_unknown", "agency_missing"),
    *("signed_unreadable", "signed_after_list"),
)
"""Row issues that leave a row without a key: it goes by what it continues, or counts in doubt."""

FLAGGED = ("signed_missing",)
"""Row issues that leave a row's signing date open; its key is one without a date."""


@dataclass(frozen=True, slots=True)
class Posting:
    """One appearance of a list's bytes under a name or at a time: what a version is dated from.

    `looked_at` is when we got it. `is_stamped` says that `captured_at` stands in the names of the
    file or its folders.
    """

    list: ListKind
    sha256: str
    file_name: str
    captured_at: datetime | None = None
    last_modified: datetime | None = None
    url: str | None = None
    source: Source = "folder"
    saved_at: datetime | None = None
    is_copy: bool = False
    looked_at: datetime | None = None
    is_stamped: bool = False


@dataclass(frozen=True, slots=True)
class Review:
    """A person's decision on a version: `accept` or `reject`, from seeds/version_reviews.csv."""

    list: ListKind
    sha256: str
    published_on: date
    decision: Literal["accept", "reject"]
    reason: str


@dataclass(frozen=True, slots=True)
class ShareBound:
    """More than this share of a list's rows, and at least so many of them, hold it."""

    share: float
    rows: int

    def is_passed(self, found: int, row_count: int) -> bool:
        """Say whether so many of a list's rows hold it."""
        return found > self.share * row_count and found >= self.rows


@dataclass(frozen=True, slots=True)
class GateBounds:
    """The bounds within which a list counts by itself, from seeds/rules.toml.

    Shares are of the last accepted list, and `per_day` widens a bound for each day since it.
    `days_after_saving` is the most that a name's date may lie after the workbook was saved.
    """

    rows_up_times: float
    rows_up_per_day: float
    confirmed_share: float
    rows_down_share: float
    rows_down_per_day: float
    rows_down_most: float
    gone_share: float
    gone_per_day: float
    links_kept: float
    signing_days: int
    unsettled: ShareBound
    unsettled_most: float
    repeated: ShareBound
    kind_share: float
    days_after_saving: int
    signed_late_share: float
