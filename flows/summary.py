"""What a run did: for the terminal, the ledger and the artifacts of Prefect."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from flows import report
from flows.build import Built
from flows.steps import words
from flows.steps.records import Capture, Layout

CHANGES = {
    "joined": "Joined",
    "left": "Left",
    "returned": "Came back after leaving",
    "taken_over": "Renewed or switched",
}


@dataclass(slots=True)
class Summary:
    """What a run did, for the terminal, the ledger and the Prefect artifact."""

    captures: list[Capture] = field(default_factory=list)
    built: Built | None = None
    weeks: list[str] = field(default_factory=list)
    weeks_without_report: int = 0
    age: str = ""
    newest_report: report.Written | None = None
    is_offline: bool = False
    mended: list[str] = field(default_factory=list)
    untold: list[str] = field(default_factory=list)
    skipped: str = ""


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
                f"Built the warehouse: {built.accepted:,} of {built.publications:,} list versions"
                f" accepted, the newest of {built.as_of}."
            )
        else:
            lines.append("Nothing new since the last build.")
        lines += [summary.age] if summary.age else []
        lines += [
            f"Held for review: {held['publication_id']}: {words.why_held(held)}"
            f" Settle it with {words.how_to_settle(held['publication_id'])}."
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
    if summary.weeks_without_report:
        older = words.count(summary.weeks_without_report, "older week")
        lines.append(
            f"{older} of the record have no report yet: a run writes the newest"
            f" {report.NEWEST_WEEKS} and those of the baselines, `pactwatch report --all` and"
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
        tallies = Counter(row["Change"] for row in changes_table(newest))
        changed = "; ".join(f"{change}: {number}" for change, number in tallies.items())
        told = [f"**{report.finding(newest)}**", "", f"[Report for {newest.week}]({page})", ""]
        lines = [*told, f"- Changes in {newest.week}: {changed}", *lines]
    return "\n".join(["# Pactwatch", "", *lines, ""])


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
