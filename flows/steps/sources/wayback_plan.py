"""Choose and take the Internet Archive's captures of the lists, each distinct digest once."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import groupby
from typing import Any
from urllib.parse import unquote

from flows.steps import archive
from flows.steps.common import seeds
from flows.steps.common.errors import UsageError
from flows.steps.common.layout import Job, Paths
from flows.steps.common.records import Capture, Progress, Taken
from flows.steps.common.urls import parts_of

from . import intake, wayback
from .intake import Intake
from .wayback import Archive, ArchiveCapture, ArchiveSilent, Unplayable

Days = tuple[date, date]
LIST_NAME = re.compile(r"(participating|pending).*\.(xlsx|xlsm|csv)", re.I)
# An address that ends in a number or word names no file: what lies there is told by its media type.
FILE_NAME = re.compile(r"\.[a-z]{2,5}\d?$", re.I)
MAY_BE_LIST = re.compile(
    r"spreadsheet|ms-?excel|csv|octet-stream|zip|force-download|x-download|^unk$|^$", re.I
)
REVISIT = "warc/revisit"
# What a capture costs beside the pause: the archive's own answer time (seconds).
SECONDS_A_CAPTURE = 2.0
MOST_BROKEN = 3


@dataclass(frozen=True, slots=True)
class Wanted:
    """A capture to take: the name its file goes by, and whether it is the page itself.

    `is_named` says that the address names the file; else the name comes with the bytes.
    """

    capture: ArchiveCapture
    file_name: str
    is_page: bool
    is_named: bool = True


@dataclass(frozen=True, slots=True)
class Plan:
    """What a backfill would take, oldest first; `told` are rows for what it would not, and why."""

    attempted_at: datetime
    wanted: list[Wanted]
    told: list[Capture] = field(default_factory=list)
    known: int = 0

    @property
    def size(self) -> int:
        """Return how many bytes the archive says they have, packed."""
        return sum(one.capture.size or 0 for one in self.wanted)

    def seconds(self, pause: float) -> float:
        """Return about how long taking them lasts."""
        return len(self.wanted) * (pause + SECONDS_A_CAPTURE)


@dataclass(slots=True)
class Filled(Taken):
    """What came: a manifest row for each capture asked for; `stopped` says why the rest did not."""

    captures: list[Capture] = field(default_factory=list)
    left: int = 0
    stopped: str | None = None


def access_of(job: Job) -> wayback.Access:
    """Return how a job asks the Internet Archive.

    Raises `UsageError` for an address that is neither https nor allowed.
    """
    if not job.archive_url.startswith(
        "https://" if not job.allow_http else ("https://", "http://")
    ):
        raise UsageError(
            f"PACTWATCH_ARCHIVE_URL is {job.archive_url}: it must begin with https://"
            " (PACTWATCH_ALLOW_HTTP=1 accepts http:// for a server of your own)."
        )
    return wayback.Access(job.archive_url, job.archive_pause_seconds, job.contact)


def plan(paths: Paths, source: Archive, windows: Sequence[Days], now: datetime) -> Plan:
    """Ask what captures there are between the first and last days (UTC) of each window.

    Workbooks and CSV files below the known folders count by name, those under addresses that name
    no file by their media type, and captures of the page itself for as long as it held the table.
    What the archive here holds, by address or by digest, is not wanted again. Raises
    `ArchiveSilent` when the Internet Archive does not answer.
    """
    config = seeds.read_lists_config(paths.seeds)["internet_archive"]
    attempt = Capture(attempted_at=now, source="wayback", outcome="failed")
    found: list[Wanted] = []
    others: set[str] = set()
    told: list[Capture] = []
    first, last = min(w[0] for w in windows), max(w[1] for w in windows)
    searches = [(address, True, last) for address in config["prefixes"]]
    searches += [(page, False, min(last, config["page_table_until"])) for page in config["pages"]]
    for address, is_prefix, until in searches:
        if first > until:
            continue
        try:
            for capture in source.search(address, first, until, is_prefix=is_prefix):
                if one := _wanted(capture, is_page=not is_prefix):
                    found.append(one)
                elif not MAY_BE_LIST.search(capture.media_type):
                    others.add(capture.digest)
        except Unplayable as problem:
            told.append(replace(attempt, url=address, why=str(problem)))
    found = [one for one in found if _is_within(one, windows) and not _repeats(one, others)]
    return _choose(paths, found, told, attempt)


def fill(
    paths: Paths,
    source: Archive,
    planned: Plan,
    progress: Progress | None = None,
    most: int | None = None,
) -> Filled:
    """Take the planned captures, at most so many; a manifest row for each as it comes.

    A kill loses the capture in hand and no other; the next plan leaves out what is here by then.
    """
    archive.append_manifest(paths.layout, planned.told)
    filled = Filled(list(planned.told), left=len(planned.wanted))
    broken = 0
    with intake.opened(paths) as desk:
        for at, one in enumerate(planned.wanted[:most], start=1):
            attempt = _attempt(one, planned.attempted_at)
            try:
                filled.captures += _take(paths, desk, source, one, attempt)
                broken = 0
            except Unplayable as problem:
                filled.captures.append(_told(paths, replace(attempt, why=str(problem))))
                broken = broken + 1 if problem.is_broken else 0
                if broken == MOST_BROKEN:
                    filled.stopped = (
                        f"The Internet Archive broke off {broken} times in a row: try again later;"
                        f" {wayback.GO_ON}"
                    )
            except ArchiveSilent as problem:
                filled.captures.append(_told(paths, replace(attempt, why=str(problem))))
                filled.stopped = str(problem)
            if filled.stopped:
                break
            filled.left -= 1
            if progress:
                progress(at, len(planned.wanted))
    return filled


def _attempt(one: Wanted, now: datetime) -> Capture:
    return Capture(
        attempted_at=now,
        source="wayback",
        outcome="failed",
        url=one.capture.raw_url,
        file_name=one.file_name,
        captured_at=one.capture.captured_at,
    )


def _wanted(capture: ArchiveCapture, *, is_page: bool) -> Wanted | None:
    if is_page:
        return Wanted(capture, f"287g-{capture.captured_at:%Y%m%d%H%M%S}.html", is_page)
    name = unquote(parts_of(capture.url).path.rstrip("/").rsplit("/", 1)[-1])
    if FILE_NAME.search(name.strip("\"' ")):
        return Wanted(capture, name, is_page) if LIST_NAME.search(name) else None
    is_revisit = capture.media_type == REVISIT
    is_file = capture.status == 200 and (capture.size or 0) <= wayback.MAX_BYTES
    if not is_revisit and not (is_file and MAY_BE_LIST.search(capture.media_type)):
        return None
    return Wanted(capture, name or "list", is_page, is_named=False)


def _repeats(one: Wanted, others: set[str]) -> bool:
    """Say whether a revisit repeats bytes that are known to be no list, such as a form."""
    is_revisit = not one.is_named and one.capture.media_type == REVISIT
    return is_revisit and one.capture.digest in others


def _is_within(one: Wanted, windows: Iterable[Days]) -> bool:
    day = one.capture.captured_at.date()
    return any(first <= day <= last for first, last in windows)


def _choose(paths: Paths, found: Iterable[Wanted], told: list[Capture], attempt: Capture) -> Plan:
    """Keep one capture a digest: the oldest that holds a file, a revisit only for want of one."""
    layout = paths.layout
    asked = {c.url for c in archive.read_manifest(layout) if c.url and c.outcome != "failed"}
    found = list(found)
    held = _digests(paths) if found else set()
    wanted: list[Wanted] = []
    known = 0
    for digest, group in groupby(sorted(found, key=_rank), key=_digest):
        same = list(group)
        one, capture = same[0], same[0].capture
        if digest in held or any(other.capture.raw_url in asked for other in same):
            known += 1
        elif capture.status in (200, None):
            wanted.append(one)
        else:
            told.append(
                replace(
                    _attempt(one, attempt.attempted_at),
                    outcome="rejected",
                    http_status=capture.status,
                    why=f"The capture of {capture.url} of {capture.captured_at} UTC holds"
                    f" {_answer(capture.status)}, not a list.",
                )
            )
    wanted.sort(key=lambda one: (one.capture.captured_at, one.capture.raw_url))
    return Plan(attempt.attempted_at, wanted, told, known)


def _answer(status: int | None) -> str:
    return f"a redirect ({status})" if str(status).startswith("3") else f"the answer {status}"


def _digest(one: Wanted) -> str:
    """Return what tells a capture's bytes apart: its digest, or its address where it has none."""
    digest = one.capture.digest.strip("-")
    return digest or one.capture.raw_url


def _rank(one: Wanted) -> tuple[Any, ...]:
    status = one.capture.status
    quality = 0 if status == 200 else 1 if status is None else 2
    return _digest(one), quality, one.capture.captured_at, one.capture.raw_url


def _digests(paths: Paths) -> set[str]:
    """Return the digests of what is archived here, as the Internet Archive writes them."""
    objects = paths.layout.objects.glob("??/*.*")
    return {
        base64.b32encode(hashlib.sha1(path.read_bytes(), usedforsecurity=False).digest()).decode()
        for path in objects
    }


def _take(
    paths: Paths, desk: Intake, source: Archive, one: Wanted, attempt: Capture
) -> list[Capture]:
    memento = source.get(one.capture)
    name = one.file_name if one.is_named else memento.file_name
    capture = replace(attempt, outcome="new", http_status=200, etag=memento.etag, file_name=name)
    if not one.is_page:
        # A page is made anew at each load, so that its Last-Modified says nothing of the table.
        capture = replace(capture, last_modified=memento.last_modified)
    elif not desk.reader.is_list(one.file_name, memento.data):
        moment = one.capture.captured_at
        why = f"The page {one.capture.url} held no table of agreements on {moment} UTC."
        sha256, _ = archive.store(paths.layout, memento.data, one.file_name)
        size = len(memento.data)
        refused = replace(capture, outcome="rejected", sha256=sha256, size=size, why=why)
        return [_told(paths, refused)]
    return desk.take([(name, memento.data, capture)])


def _told(paths: Paths, capture: Capture) -> Capture:
    archive.append_manifest(paths.layout, [capture])
    return capture
