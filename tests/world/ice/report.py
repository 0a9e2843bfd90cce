"""Scores and faults in words, for a person who mends a rule."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from .score import KINDS, Fault, Score
from .truth import Row, Truth

HEADING = "## Identity against years of lists whose truth is known"
CELLS = (
    *("state_printed", "agency_printed", "type_printed", "county_printed", "model_printed"),
    *("signed_printed", "moa_url"),
)


def table(title: str, score: Score) -> str:
    """Return the precision and recall of each kind of event, and the false moves."""
    lines = [f"{title}: {score.lists} lists, of which a person had to accept {score.held}"]
    lines.append(
        f"  {'kind':18}{'right':>7}{'false':>7}{'missed':>7}{'precision':>11}{'recall':>8}"
    )
    for kind in KINDS:
        right, wrong, missed = (of[kind] for of in (score.right, score.wrong, score.missed))
        if right or wrong or missed:
            shares = f"{_share(score.precision(kind)):>11}{_share(score.recall(kind)):>8}"
            lines.append(f"  {kind:18}{right:7}{wrong:7}{missed:7}{shares}")
    lines.append(f"  false confirmed departures {score.left}, false additions {score.joined}")
    return "\n".join(lines)


def results(total: Score, seeds: int, lists: int) -> str:
    """Return the scores of several seeds as a section of RESULTS.md."""
    lines = [
        HEADING,
        "",
        f"`make simulate`: {seeds} seeds of {lists} participating lists, {total.lists:,} lists of"
        f" both kinds, of which a person had to accept {total.held}. False confirmed departures:"
        f" {total.left}; false additions: {total.joined}.",
        "",
        "| kind | right | false | missed | precision | recall |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for kind in KINDS:
        right, wrong, missed = (of[kind] for of in (total.right, total.wrong, total.missed))
        if right or wrong or missed:
            shares = f"{_share(total.precision(kind))} | {_share(total.recall(kind))}"
            lines.append(f"| `{kind}` | {right:,} | {wrong} | {missed} | {shares} |")
    return "\n".join([*lines, ""])


def write_results(text: str, path: Path) -> None:
    """Put the section into a page, in place of the one that it has."""
    before, _, rest = path.read_text(encoding="utf-8").partition(HEADING)
    _, heading, others = rest.partition("\n## ")
    path.write_text(before.rstrip() + "\n\n" + text + heading + others, encoding="utf-8")


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def fault_text(fault: Fault, truth: Truth) -> str:
    """Return a fault with the rows of its agreements on the list before and on this one."""
    lists = truth.lists[fault.of]
    before, now = lists[fault.step - 1], lists[fault.step]
    lines = [f"{fault.of} list {fault.step + 1}, {before.day} -> {now.day}: {fault.kind}"]
    lines += [f"    told: {told.words}" for told in fault.told]
    lines += [f"    happened: {event.kind}" for event in fault.missed]
    for title, one in (("before", before), ("now", now)):
        rows = [(place, row) for place, row in sorted(one.rows.items()) if place[0] in fault.pacts]
        lines += [f"    {title}: {_row_text(row)}" for _, row in rows] or [f"    {title}: no row"]
    if fault.of == "pending":
        lines += [f"    signed, {day}: {_row_text(row)}" for day, row in _signed(fault, truth)]
    return "\n".join(lines)


def _signed(fault: Fault, truth: Truth) -> list[tuple[date, Row]]:
    """Return the first row that the participating list has of each application, with its day."""
    first: dict[int, tuple[date, Row]] = {}
    for one in truth.lists["participating"]:
        for (no, _), row in one.rows.items():
            if no in fault.pacts:
                first.setdefault(no, (one.day, row))
    return list(first.values())


def _row_text(row: Row) -> str:
    cells = [str(row[name] or "-").removeprefix("https://www.ice.gov/doclib/") for name in CELLS]
    wrong = f"; misprinted: {row['misprint']}" if row["misprint"] else ""
    return (
        f"{row['row_number']}: {' | '.join(cells)} [agreement {row['pact']}.{row['copy']}{wrong}]"
    )
