"""The pages that list things: home, all weeks, agencies with search, data, feeds."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from flows.steps.common.wording import (
    SHORT_MODELS,
    clean,
    count,
    day,
    list_name,
    number,
    series,
    short_day,
    signed,
    span,
    state,
)
from flows.steps.reports.pages.cells import (
    Row,
    Table,
    cell,
    num,
    report,
    standing,
    state_page,
    table,
)

Facts = Mapping[str, Any]

LONGEST_FOUND = 4000
"""Characters of names and ids that the search looks through for one agency."""


def archive(weeks: Sequence[Row], root: str = "../") -> Table:
    """Return the table of all weeks, newest first.

    A week is `week`, `monday`, `sunday`, `listed_on`, `is_silent`, `finding`, `joined`, `gone`
    (agreements), `left` (agencies), `net`, `agreements`, `agencies`, `corrections`.
    """
    body = [
        [
            cell(
                one["week"],
                href=report(one["week"], root),
                about=span(one["monday"], one["sunday"]),
                tight=True,
            ),
            {**cell(""), "text": clean(one["finding"], None), "long": True},
            cell("no new list" if one["is_silent"] else day(one["listed_on"]), tight=True),
            num(one["joined"]),
            num(one["gone"]),
            num(one["left"]),
            cell(signed(one["net"]), num=True),
            num(one["agreements"]),
            num(one["agencies"]),
            {**cell(""), "links": _forms(one["week"], root)},
        ]
        for one in sorted(weeks, key=lambda one: str(one["week"]), reverse=True)
    ]
    heads = [
        "Week",
        "Finding",
        "List of",
        "Joined",
        "Gone",
        "Agencies left",
        "Net",
        "Agreements",
        "Agencies",
    ]
    return table("Every weekly report, newest first", [*heads, "Other forms"], body)


def _forms(week: str, root: str) -> list[dict[str, str]]:
    names = {
        "Markdown": "report.md",
        "CSV": "changes.csv",
        "JSON": "changes.json",
        "Facts": "facts.json",
    }
    return [
        {"text": text, "href": f"{root}reports/{week}/{name}", "label": f"{text} of {week}"}
        for text, name in names.items()
    ]


def week_row(facts: Facts, finding: str) -> dict[str, Any]:
    """Return a week of the archive from its report's facts."""
    return {
        "week": facts["week"]["id"],
        "monday": facts["week"]["monday"],
        "sunday": facts["week"]["sunday"],
        "listed_on": facts["current"]["published_on"],
        "is_silent": not facts["has_list"],
        "finding": finding,
        "joined": facts["ledger"]["joined"]["value"],
        "gone": facts["ledger"]["left"]["value"],
        "left": facts["ledger"]["agencies_left"]["value"],
        "net": facts["figures"]["agreements"]["change"],
        "agreements": facts["figures"]["agreements"]["value"],
        "agencies": facts["figures"]["agencies"]["value"],
    }


def agencies(rows: Sequence[Row], pages: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Return the entries of the agencies page, by state and name.

    `href` leads to the agency on its state's page; `find` is what the search looks through: names,
    other names, county, state and every id that ever meant the agency, as `fold` leaves them.
    """
    anchors = {page["code"]: page["anchors"] for page in pages}
    found = []
    for row in rows:
        if row["state"] not in anchors:
            continue
        page = state_page(row["state"])
        is_there = row["agency_id"] in anchors[row["state"]]
        texts = [row["name"], *row["other_names"], row["county"] or "", state(row["state"])]
        texts += [row["state"], row["agency_type"] or "", *(row["ids"] or [])]
        found.append(
            {
                "name": clean(row["name"]),
                "href": f"../states/{page}#{row['agency_id']}" if is_there else f"../states/{page}",
                "about": _about(row, is_there),
                "find": fold(" ".join(clean(text, 400) for text in texts))[:LONGEST_FOUND],
            }
        )
    return found


def fold(text: str) -> str:
    """Return a text as the search compares it; search.js does the same to what is typed."""
    plain = unicodedata.normalize("NFKD", text.lower())
    plain = "".join(mark for mark in plain if not unicodedata.combining(mark))
    plain = re.sub(r"['\u2019\u2018`]", "", plain)
    return " ".join(re.sub(r"[^\w]+|_+", " ", plain).split())


def _about(row: Row, is_there: bool) -> str:
    where = (
        f"{clean(row['county'])}, {state(row['state'])}" if row["county"] else state(row["state"])
    )
    if row["active"]:
        models = series([SHORT_MODELS.get(one, one).lower() for one in row["models"]])
        return f"{where}: {count(row['active'], 'agreement')} ({models})"
    if row["was_listed"]:
        return f"{where}: no longer on the list"
    return f"{where}: {'pending list only' if is_there else 'a name printed for another agency'}"


def home(newest: Row, facts: Facts, finding: str, lede: str) -> dict[str, Any]:
    """Return what the home page says of the newest list and the newest report."""
    labels = (
        ("agreements", "Agreements"),
        ("agencies", "Agencies"),
        ("states", "States and territories"),
    )
    since = "first list of the record"
    if newest["previous_on"]:
        since = f"since {short_day(newest['previous_on'])}"
    cards = [
        {
            "label": label,
            "value": number(newest[key]),
            "change": f"{signed(newest[f'{key}_change'])} {since}"
            if newest["previous_on"]
            else since,
        }
        for key, label in labels
    ]
    named = list_name(newest["published_on"], newest["part"])
    totals = facts["series"]["totals"]
    history = [{"day": row["published_on"], "value": row["agreements"]} for row in totals]
    first, last = history[0], history[-1]
    return {
        "finding": finding,
        "lede": lede,
        "as_of": f"As of the list of {named}.",
        "history": history,
        "history_words": f"Step chart of agreements on the list: {number(first['value'])} on"
        f" {day(first['day'])}, {number(last['value'])} on {day(last['day'])}.",
        "week": facts["week"]["id"],
        "dates": span(facts["week"]["monday"], facts["week"]["sunday"]),
        "rests_on": f"The newest list of the record is of {named}: {standing(newest)}.",
        "cards": cards,
        "cite": f"Pactwatch, the public record of 287(g) agreements, as of the list of {named}"
        f" ({newest['publication_id']}).",
    }
