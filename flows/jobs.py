"""What every job shares: its folders and bounds, the ledger, and the summary it leaves."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from flows import from_archive, gaps, progress, report
from flows.build import Built, build
from flows.places import Places
from flows.snapshot import snapshot
from flows.steps import archive, fetch, internet_archive, words
from flows.steps.records import Capture, Job, Layout, PactwatchError, UsageError
from flows.telling import Telling, tell

NOBODY = Telling()


@dataclass(slots=True)
class Summary:
    """What a run did, for the terminal, the ledger and the Prefect artifact."""

    captures: list[Capture] = field(default_factory=list)
    built: Built | None = None
    weeks: list[str] = field(default_factory=list)
    newest_report: report.Written | None = None
    is_offline: bool = False
    mended: list[str] = field(default_factory=list)
    untold: list[str] = field(default_factory=list)
    skipped: str = ""


def places_of(job: Job) -> Places:
    """Return the folders of a job."""
    return Places(Layout(Path(job.data)))


def bounds_of(job: Job) -> fetch.Bounds:
    """Return what the job's downloads may do."""
    return fetch.Bounds(
        job.allowed_hosts,
        job.allow_http,
        job.contact,
        timeout=job.timeout_seconds,
        total=job.total_seconds,
    )


def access_of(job: Job) -> internet_archive.Access:
    """Return how the job asks the Internet Archive.

    Raises `UsageError` for an address that is neither https nor allowed.
    """
    if not job.archive_url.startswith(
        "https://" if not job.allow_http else ("https://", "http://")
    ):
        raise UsageError(
            f"PACTWATCH_ARCHIVE_URL is {job.archive_url}: it must begin with https://"
            " (PACTWATCH_ALLOW_HTTP=1 accepts http:// for a server of your own)."
        )
    return internet_archive.Access(job.archive_url, job.archive_pause_seconds, job.contact)


def utc_now() -> datetime:
    """Return the time now in UTC, without a zone, to the second."""
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)


@contextmanager
def at_work(
    layout: Layout, name: str, telling: Telling = NOBODY, patience: float = 0
) -> Iterator[list[str]]:
    """Hold the data folder and keep a ledger row of the run, also when it is killed.

    First it puts right what killed runs left: their rows of the ledger, temporary files, and the
    manifest rows they owed. Waits up to `patience` seconds for another run to end, then raises
    `archive.Busy`. Sentences added to the list it gives stand in the row when the run has
    finished; an error that ends the run is told to those who want notices.
    """
    with archive.only_one(layout, patience):
        archive.sweep(layout)
        archive.end_broken_runs(layout)
        started = utc_now().isoformat()
        run = {"run_id": f"{name}-{started}-{os.getpid()}", "job": name, "started_at": started}
        archive.write_ledger(layout, {**run, "pid": os.getpid(), "outcome": "running"})
        said: list[str] = []
        try:
            archive.adopt(layout)
            yield said
        except BaseException as problem:
            detail = str(problem) or type(problem).__name__
            ended = {"ended_at": utc_now().isoformat(), "outcome": "failed", "detail": detail}
            with suppress(PactwatchError):  # of a full disk, the first word is the one to hear
                archive.write_ledger(layout, {**run, **ended})
                if isinstance(problem, Exception):
                    tell(Places(layout), telling, utc_now(), [detail], only_failures=True)
            raise
        ended = {"ended_at": utc_now().isoformat(), "outcome": "finished"}
        archive.write_ledger(
            layout, {**run, **ended, **({"detail": " ".join(said)} if said else {})}
        )


def tell_news(places: Places, summary: Summary, telling: Telling) -> None:
    """Tell what the run found to those who want notices; what fails is said in the summary."""
    failures = [c.why for c in summary.captures if c.outcome == "failed" and c.why]
    try:
        summary.untold = tell(places, telling, utc_now(), failures)
    except PactwatchError as problem:
        summary.untold = [f"No notice was sent: {problem}"]


def stages(job: Job) -> list[tuple[str, Callable[[Summary], None]]]:
    """Return the main job's stages in order, each a function that adds to the summary."""
    places = places_of(job)

    def read_articles(summary: Summary) -> None:
        if job.articles and not job.offline:
            from flows.ingest import ingest

            summary.captures += ingest(places, list(job.articles), bounds_of(job), utc_now())

    def look(summary: Summary) -> None:
        summary.is_offline = job.offline
        if not job.offline:
            taken = snapshot(places, bounds_of(job), utc_now(), job.page)
            summary.captures += taken.captures

    def make(summary: Summary) -> None:
        summary.built = build(places)

    def mend(summary: Summary) -> None:
        if job.offline:
            return
        mended = gaps.mend(places, access_of(job), utc_now())
        summary.mended = mended.lines
        if mended.versions:
            summary.built = build(places)

    def write(summary: Summary) -> None:
        tell = progress.of("reports")
        written = report.write_missing(places, tell, utc_now(), job.site_url)
        summary.weeks = [one.week for one in written if one.is_new]
        newest = report.weeks_of_record(places)[-1:]
        reports = written or report.write_reports(places, newest)
        summary.newest_report = reports[-1] if reports else None

    return [
        ("ingest", read_articles),
        ("snapshot", look),
        ("build", make),
        ("mend", mend),
        ("report", write),
    ]


def run_plainly(job: Job) -> Summary:
    """Do the main job without Prefect: the same stages, for measuring and for tests."""
    summary = Summary()
    with at_work(places_of(job).layout, "run") as said:
        for _, stage in stages(job):
            stage(summary)
        said.extend(summary.mended)
    return summary


def backfill(
    job: Job, days: from_archive.Days, tell: from_archive.Progress | None = None
) -> tuple[from_archive.Plan, from_archive.Filled, Built]:
    """Take the Internet Archive's captures between two days, and build from what came.

    Raises `ArchiveSilent` when the archive does not even list them.
    """
    places = places_of(job)
    with (
        at_work(places.layout, "backfill") as said,
        internet_archive.Archive(access_of(job)) as source,
    ):
        planned = from_archive.plan(places, source, [days], utc_now())
        filled = from_archive.fill(places, source, planned, tell)
        said.append(f"{filled.count('new')} new captures, {filled.left} left.")
        said.extend([filled.stopped] if filled.stopped else [])
        return planned, filled, build(places)


def summary_lines(summary: Summary) -> list[str]:
    """Return what a run did in plain sentences."""
    lines = [summary.skipped] if summary.skipped else []
    if summary.is_offline:
        lines.append("Worked without a network, from the archive and the seed record.")
    lines += [capture.why for capture in summary.captures if capture.why]
    if new := sum(capture.outcome == "new" for capture in summary.captures):
        lines.append(f"{new} new files came in.")
    lines += summary.mended
    if built := summary.built:
        if built.is_new:
            lines.append(
                f"Built the warehouse: {built.accepted} of {built.publications} list versions"
                f" accepted, the newest of {built.as_of}."
            )
        else:
            lines.append(f"Nothing new since the last build (newest list of {built.as_of}).")
        lines += [
            f"Held for review: {held['publication_id']} ({', '.join(held['reasons'])})."
            for held in built.held
        ]
    lines += summary.untold
    if summary.newest_report is None:  # a job that writes no report
        return lines
    if summary.weeks:
        lines.append(
            f"Wrote {len(summary.weeks)} weekly reports, the last for {summary.weeks[-1]}."
        )
    else:
        lines.append("All weekly reports are up to date.")
    return lines


def summary_markdown(summary: Summary, layout: Layout, site_url: str = "") -> str:
    """Return the run's summary as Markdown: headline, changes, and a link to the newest report.

    The link goes to the published site when `site_url` says where it stands.
    """
    lines = [f"- {line}" for line in summary_lines(summary)]
    if newest := summary.newest_report:
        page = (layout.reports / newest.week / "index.html").resolve().as_uri()
        if site_url:
            page = f"{site_url}reports/{newest.week}/index.html"
        tallies = Counter(row["Change"] for row in changes_table(newest))
        changed = "; ".join(f"{change}: {number}" for change, number in tallies.items())
        told = [f"**{report.finding(newest)}**", "", f"[Report for {newest.week}]({page})", ""]
        lines = [*told, f"- Changes in {newest.week}: {changed}", *lines]
    return "\n".join(["# Pactwatch", "", *lines, ""])


CHANGES = {
    "joined": "Joined",
    "left": "Left",
    "returned": "Came back after leaving",
    "taken_over": "Renewed or switched",
}


def changes_table(newest: report.Written) -> list[dict[str, str]]:
    """Return the changes of a week's report as a table for people; one row when there is none."""
    rows = [
        {
            "Change": f"{title}, not yet confirmed" if row["is_provisional"] else title,
            "State": row["state"] or "",
            "Agency": words.clean(row["agency"] or "Agency not named"),
            "Model": row["model"] or "",
            "Signed": row["signed_on"] or "",
            "List": row["published_on"],
        }
        for group, title in CHANGES.items()
        for row in newest.facts["changes"][group]
    ]
    return rows or [{"Change": "No agreement joined or left", "List": newest.week}]
