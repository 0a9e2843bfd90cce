"""What a run did: for the terminal, the ledger and Prefect's pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from prefect import get_run_logger
from prefect.artifacts import (
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)

from flows.steps.common import wording
from flows.steps.common.layout import Layout, Paths
from flows.steps.common.records import Capture, Taken
from flows.steps.reports import write
from flows.steps.reports.site_folder import Published
from flows.steps.sources import looks
from flows.steps.sources.wayback_plan import Filled, Plan
from flows.steps.warehouse.build import Built

CHANGES = {
    "joined": "Joined",
    "left": "Left the list",
    "dropped": "Dropped",
    "returned": "Came back to the list",
    "taken_over": "Replaced by another row",
}
GONE = ("left", "dropped")
NOTHING = "No agreement joined or is gone"
PROGRESS_STEP = 10.0
"""Percent between two updates of a progress artifact: each is a call to the server."""


@dataclass(slots=True)
class Summary(Taken):
    """What a run did, as far as its stages have come.

    `captures` has a manifest row for each file looked at, and `left_alone` the names of those that
    are not named as lists. `weeks` are those whose report is new, `written` the reports asked for.
    `mended` and `untold` are sentences: on gaps in the record, and on notices that were not sent.
    """

    captures: list[Capture] = field(default_factory=list)
    left_alone: tuple[str, ...] = ()
    planned: Plan | None = None
    filled: Filled | None = None
    built: Built | None = None
    weeks: list[str] = field(default_factory=list)
    weeks_without_report: int = 0
    age: str = ""
    newest_report: write.Written | None = None
    written: list[write.Written] = field(default_factory=list)
    published: Published | None = None
    exported: list[tuple[str, int]] = field(default_factory=list)
    is_offline: bool = False
    mended: list[str] = field(default_factory=list)
    untold: list[str] = field(default_factory=list)
    skipped: str = ""

    @property
    def look_failed(self) -> str:
        """Return why the look at ICE's page failed, in sentences; empty when it did not."""
        return " ".join(map(looks.in_words, looks.failed(self.captures)))

    def for_ledger(self) -> list[str]:
        """Return the sentences that the run's row of the ledger keeps."""
        if self.filled is None:
            return [*([self.look_failed] if self.look_failed else []), *self.mended]
        said = f"{self.count('new')} new captures, {self.filled.left} left."
        return [said, *([self.filled.stopped] if self.filled.stopped else [])]


def age_of(paths: Paths, today: date, silent_days: int) -> str:
    """Return how old the newest list is, as a sentence; what to do when it is too old."""
    listed_on = write.newest_list(paths)
    if listed_on is None:
        return ""
    age = wording.age(listed_on, today, silent_days)
    said = f"The newest list is of {age['listed']}, {age['ago']}"
    if not age["is_old"]:
        return f"{said}."
    return (
        f"{said}: newer ones are most likely missing (`pactwatch snapshot` looks for them,"
        " `pactwatch backfill` asks the Internet Archive)."
    )


def summary_lines(summary: Summary) -> list[str]:
    """Return what a run did in plain sentences."""
    lines = [summary.skipped] if summary.skipped else []
    if summary.is_offline:
        lines.append("Worked without a network, from the archive and the seed record.")
    lines += [capture.why for capture in summary.captures if capture.why]
    if new := summary.count("new"):
        lines.append(f"{new} new files came in.")
    lines += summary.mended
    if summary.filled and summary.filled.stopped:
        lines.append(summary.filled.stopped)
    if built := summary.built:
        if built.is_new:
            lines.append(
                f"Built the warehouse: {built.accepted:,} of {built.publications:,} list versions"
                f" accepted, the newest of {built.as_of}."
            )
        else:
            lines.append("Nothing new since the last build.")
        lines += [summary.age] if summary.age else []
        lines += [
            f"Held for review: {held['publication_id']}: {wording.why_held(held)}"
            f" Settle it with {wording.how_to_settle(held['publication_id'])}."
            for held in built.held
        ]
    return lines + summary.untold + _report_lines(summary)


def _report_lines(summary: Summary) -> list[str]:
    """Return what was written of the weekly reports; nothing for a job that writes none."""
    if summary.newest_report is None:
        return []
    lines = ["All weekly reports are up to date."]
    if summary.weeks:
        lines = [f"Wrote {len(summary.weeks)} weekly reports, the last for {summary.weeks[-1]}."]
    if summary.weeks_without_report:
        older = wording.count(summary.weeks_without_report, "older week")
        lines.append(
            f"{older} of the record have no report yet: a run writes the newest"
            f" {write.NEWEST_WEEKS} and those of the baselines, `pactwatch report --all` and"
            " `pactwatch publish` write all."
        )
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
        told = [f"**{write.finding(newest)}**", "", f"[Report for {newest.week}]({page})", ""]
        lines = [*told, f"- Changes in {newest.week}: {_tallies(newest)}", *lines]
    return "\n".join(["# Pactwatch", "", *lines, ""])


def _tallies(newest: write.Written) -> str:
    """Return how many agreements changed how in a week, and how many agencies left."""
    changes, ledger = newest.facts["changes"], newest.facts["ledger"]
    said = [
        f"{title}: {len(changes[group])}"
        for group, title in CHANGES.items()
        if changes[group] and group not in GONE
    ]
    if left := ledger["left"]["value"]:
        said.insert(bool(changes["joined"]), wording.gone(left, ledger["agencies_left"]["value"]))
    return "; ".join(said) or NOTHING


def changes_table(newest: write.Written) -> list[dict[str, str]]:
    """Return the changes of a week's report as a table for people; one row when there is none.

    What an agency drops in one step is one row.
    """
    changes = newest.facts["changes"]
    rows = [
        _change_row(title, own)
        for group, title in CHANGES.items()
        for own in wording.together(changes[group])
    ]
    return rows or [{"Change": NOTHING, "List": newest.week}]


def _change_row(title: str, own: list[Mapping[str, Any]]) -> dict[str, str]:
    row = own[0]
    if still := row["still_listed"]:
        title = f"{title}, {wording.still_listed(still)}"
    if any(one["is_provisional"] for one in own):
        title += ", not yet confirmed"
    return {
        "Change": title,
        "State": row["state"] or "",
        "Agency": wording.clean(row["agency"] or "Agency not named"),
        "Model": ", ".join(one["model"] or "" for one in own),
        "Signed": ", ".join(dict.fromkeys(one["signed_on"] or "" for one in own)),
        "List": row["published_on"],
    }


def tell_prefect(name: str, summary: Summary, layout: Layout, site_url: str) -> None:
    """Tell in Prefect's pages what a flow run did, and where its report is."""
    for line in summary_lines(summary):
        get_run_logger().info(line)
    if summary.look_failed:
        get_run_logger().warning(summary.look_failed)
    create_markdown_artifact(
        key=f"pactwatch-{name}",
        markdown=summary_markdown(summary, layout, site_url),
        description="What the run did, and where its report is",
    )
    if summary.newest_report:
        create_table_artifact(
            key=f"pactwatch-{name}-changes",
            table=changes_table(summary.newest_report),
            description=f"What changed in {summary.newest_report.week}",
        )


def as_progress_artifacts(name: str) -> Callable[[str, int, int], None]:
    """Return a watcher that shows each long stage of a flow run as a progress artifact."""
    shown: dict[str, tuple[Any, float]] = {}

    def watch(stage: str, done: int, total: int) -> None:
        percent = 100.0 * done / total
        if stage not in shown:
            key = f"pactwatch-{name}-{stage}"
            shown[stage] = (
                create_progress_artifact(percent, key, f"{stage}: {total} in all"),
                percent,
            )
        artifact, before = shown[stage]
        if percent - before >= PROGRESS_STEP or (done == total and before < percent):
            update_progress_artifact(artifact, percent)
            shown[stage] = artifact, percent

    return watch
