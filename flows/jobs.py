"""What every job shares: its folders and bounds, the ledger, and the summary it leaves."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from flows import progress, report
from flows.build import Built, build
from flows.places import Places
from flows.snapshot import snapshot
from flows.steps import archive, fetch, words
from flows.steps.records import Capture, Job, Layout


@dataclass(slots=True)
class Summary:
    """What a run did, for the terminal, the ledger and the Prefect artifact."""

    captures: list[Capture] = field(default_factory=list)
    built: Built | None = None
    weeks: list[str] = field(default_factory=list)
    newest_report: report.Written | None = None
    is_offline: bool = False


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


def utc_now() -> datetime:
    """Return the time now in UTC, without a zone, to the second."""
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)


@contextmanager
def at_work(layout: Layout, name: str) -> Iterator[None]:
    """Hold the data folder and keep a ledger row of the run, also when it is killed.

    Prefect leaves killed runs "Running"; a row of ours without an end and without a living process
    is one that broke off.
    """
    with archive.only_one(layout):
        started = utc_now().isoformat()
        run = {"run_id": f"{name}-{started}-{os.getpid()}", "job": name, "started_at": started}
        archive.write_ledger(layout, {**run, "pid": os.getpid(), "outcome": "running"})
        try:
            yield
        except BaseException as problem:
            detail = str(problem) or type(problem).__name__
            ended = {"ended_at": utc_now().isoformat(), "outcome": "failed", "detail": detail}
            archive.write_ledger(layout, {**run, **ended})
            raise
        archive.write_ledger(
            layout, {**run, "ended_at": utc_now().isoformat(), "outcome": "finished"}
        )


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

    def write(summary: Summary) -> None:
        tell = progress.of("reports")
        written = report.write_missing(places, tell, utc_now(), job.site_url)
        summary.weeks = [one.week for one in written if one.is_new]
        newest = report.weeks_of_record(places)[-1:]
        summary.newest_report = (written or report.write_reports(places, newest))[-1]

    return [("ingest", read_articles), ("snapshot", look), ("build", make), ("report", write)]


def run_plainly(job: Job) -> Summary:
    """Do the main job without Prefect: the same stages, for measuring and for tests."""
    summary = Summary()
    with at_work(places_of(job).layout, "run"):
        for _, stage in stages(job):
            stage(summary)
    return summary


def summary_lines(summary: Summary) -> list[str]:
    """Return what a run did in plain sentences."""
    lines = []
    if summary.is_offline:
        lines.append("Worked without a network, from the archive and the seed record.")
    failed = [c for c in summary.captures if c.outcome in ("failed", "rejected")]
    lines += [capture.why or "A download failed." for capture in failed]
    if new := sum(capture.outcome == "new" for capture in summary.captures):
        lines.append(f"{new} new files came in.")
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
