"""A report as the templates take it: sections with sentences, tables and charts, all in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..words import (
    SHORT_MODELS,
    count,
    day,
    model,
    number,
    percent,
    short_day,
    signed,
    span,
    state,
)
from . import changes
from . import words as say
from .cells import Cell, Table, anchor, cell, clean, num, safe_url, table
from .notes import cite, notes, proofs, versions

Facts = Mapping[str, Any]
Section = dict[str, Any]


def view(facts: Facts) -> dict[str, Any]:
    """Return everything the page and the Markdown print, in order; templates add no words."""
    week = facts["week"]
    days = {row["publication_id"]: list_day(row) for row in facts["versions"]}
    sections = [
        _changed(facts, days),
        _growth(facts),
        _pace(facts),
        _models(facts),
        _states(facts),
        _pending(facts, days),
        *_claims(facts),
        {**notes(facts, days), "id": "notes", "title": "Notes on the data"},
        {**versions(facts), "id": "versions", "title": "The lists this report rests on"},
        {**cite(facts), "id": "cite", "title": "Cite and reproduce", "tables": [proofs(facts)]},
    ]
    return {
        "title": f"287(g) agreements, week {week['number']} of {week['year']}",
        "week": week["id"],
        "dates": span(week["monday"], week["sunday"]),
        "rests_on": f"As of the list of {days[facts['current']['publication_id']]}",
        "rests_href": "#" + anchor(facts["current"]["publication_id"]),
        "finding": say.finding(facts),
        "lede": say.lede(facts),
        "cards": _cards(facts),
        "sections": [_section(section) for section in sections],
    }


def list_day(row: Mapping[str, Any]) -> str:
    """Return when a list came: its day, and the part of the day when its name says so."""
    return day(row["published_on"]) + (f" {row['part']}" if row["part"] else "")


def _section(section: Section) -> Section:
    lists = ("text", "codes", "parts", "charts", "tables", "lines")
    return {"lines_title": None, **{name: [] for name in lists}, **section}


def _cards(facts: Facts) -> list[dict[str, str]]:
    names = {
        "agreements": "Agreements",
        "agencies": "Agencies",
        "states": "States and territories",
        "tfm": SHORT_MODELS["TFM"] + " agreements",
        "wso": SHORT_MODELS["WSO"] + " agreements",
        "jem": SHORT_MODELS["JEM"] + " agreements",
    }
    before = facts["previous"]
    cards = []
    for key, label in names.items():
        figure = facts["figures"][key]
        if before is None:
            change = "first list of the record"
        elif not facts["has_list"]:
            change = "no new list"
        else:
            change = f"{signed(figure['change'])} since {short_day(before['published_on'])}"
        cards.append({"label": label, "value": number(figure["value"]), "change": change})
    return cards


def _changed(facts: Facts, days: Mapping[str, str]) -> Section:
    return {
        "id": "changes",
        "title": "What changed",
        "text": [say.balance(facts)],
        "parts": changes.sections(facts, days),
    }


def _growth(facts: Facts) -> Section:
    rows = facts["growth"]
    measured = [row for row in rows if row["trend"] not in (None, "before_baseline")]
    tables = [_growth_table(measured)] if measured else []
    points = [
        [
            cell(day(row["published_on"])),
            *(num(number(row[key])) for key in ("agreements", "agencies", "states")),
        ]
        for row in facts["series"]["totals"]
    ]
    chart = {
        "name": "totals",
        "title": "Agreements on the list since December 2024",
        "text": "Each step is a published list. The line is dotted where no list came for more than"
        " 14 days; rings and level lines mark the two baselines, the band marks this week.",
        "alt": f"Step chart: {say.span_of_totals(facts)}",
        "table": table(
            "Every list so far",
            ["List of", "Agreements", "Agencies", "States"],
            points,
            fold="The figures of this chart",
        ),
    }
    return {
        "id": "growth",
        "title": "Growth since the two baselines",
        "text": [say.growth(row) for row in rows],
        "charts": [chart],
        "tables": tables,
        "lines": [say.check(row) for row in measured],
        "lines_title": "What was said, and what the record shows",
    }


def _growth_table(rows: list[Mapping[str, Any]]) -> Table:
    def figure(value: float | None, text: str) -> Cell:
        return num(text if value is not None else "not defined")

    body = []
    for row in rows:
        rate, doubling = row["weekly_rate"], row["doubling_days"]
        body.append(
            [
                cell(f"{row['label']} ({number(row['said_agreements'])})"),
                num(signed(row["net"])),
                figure(row["ratio"], f"{number(row['ratio'] or 0, 2)}"),
                figure(row["percent"], percent(row["percent"] or 0)),
                num(number(row["days"])),
                figure(row["per_week"], number(row["per_week"] or 0, 1)),
                figure(rate, percent((rate or 0) * 100)),
                num("none" if doubling is None else count(round(doubling), "day")),
            ]
        )
    heads = ["Since", "Net", "Ratio", "Percent", "Days", "Per week", "Weekly rate", "Doubles in"]
    return table("Growth of the number of agreements since each baseline", heads, body)


def _pace(facts: Facts) -> Section:
    rows = [
        [
            cell(row["week"]),
            num(number(row["joined"])),
            num(number(row["departed"])),
            num(number(row["lists"])),
        ]
        for row in facts["series"]["weeks"]
    ]
    chart = {
        "name": "weekly",
        "title": "Joined and left, week by week",
        "text": "Agreements that joined stand above the line, those that left below it; a ring"
        " marks a week without a list. Rows missing for only a list or two are left out.",
        "alt": f"Bar chart by week: in this week {say.moves(facts)}.",
        "table": table(
            "Agreements that joined and left, by ISO week",
            ["Week", "Joined", "Left", "Lists"],
            rows,
            fold="The figures of this chart",
        ),
    }
    return {"id": "pace", "title": "Pace", "text": [say.pace(facts)], "charts": [chart]}


def _models(facts: Facts) -> Section:
    labels = {row["baseline_id"]: row["label"] for row in facts["growth"]}
    since = [key for key in labels if key in facts["models"][0]["since"]]
    body = [
        [
            cell(f"{model(row['model'])} ({row['model']})"),
            num(number(row["agreements"])),
            num("\u2013" if row["share"] is None else percent(row["share"] * 100)),
            num(signed(row["change"])),
            *(num(signed(row["since"].get(key))) for key in since),
        ]
        for row in facts["models"]
    ]
    heads = [
        "Model",
        "Agreements",
        "Share",
        "In the week",
        *(f"Since {labels[key]}" for key in since),
    ]
    leading, second = facts["models"][:2]
    text = f"{model(leading['model'])}: {count(leading['agreements'], 'agreement')}"
    if leading["share"] is not None:
        text += f", {percent(leading['share'] * 100)} of the list"
    if leading["agreements"] > second["agreements"]:
        text += ", more than any other model"
    chart = {
        "name": "models",
        "title": "Agreements by model",
        "table": None,
        "text": "TFM is the Task Force Model, WSO Warrant Service Officer, JEM the Jail Enforcement"
        " Model. An agency may hold several agreements.",
        "alt": "Step chart of three models: "
        + "; ".join(
            f"{model(row['model'])} {number(row['agreements'])}" for row in facts["models"]
        ),
    }
    return {
        "id": "models",
        "title": "Which model",
        "text": [text + "."],
        "charts": [chart],
        "tables": [table("Agreements by model at the end of the week", heads, body)],
    }


def _states(facts: Facts) -> Section:
    top = facts["states"]["top"]
    most = top[0]["agreements"] if top else 1
    body = [
        [
            cell(state(row["state"]), bar=round(100 * row["agreements"] / most, 1)),
            num(number(row["agreements"])),
            num("\u2013" if row["share"] is None else percent(row["share"] * 100)),
            num(signed(row["change"])),
        ]
        for row in top
    ]
    heads = ["State", "Agreements", "Share", "In the week"]
    tables = [table("The states with most agreements", heads, body)]
    labels = {row["baseline_id"]: row["label"] for row in facts["growth"]}
    for key, rows in facts["states"]["fastest"].items():
        fastest = [
            [
                cell(state(row["state"]), bar=round(100 * row["net"] / rows[0]["net"], 1)),
                num(signed(row["net"])),
                num(number(row["then"])),
                num(number(row["agreements"])),
            ]
            for row in rows
        ]
        if rows:
            title = f"The states that added most since {labels[key]}"
            tables.append(table(title, ["State", "Added", "Then", "Now"], fastest))
    return {"id": "states", "title": "Where", "text": say.states(facts), "tables": tables}


def _pending(facts: Facts, days: Mapping[str, str]) -> Section:
    return {
        "id": "pending",
        "title": "Pending applications",
        "text": say.pending(facts),
        "tables": changes.pending_tables(facts, days),
    }


SAID = ("claim", "verdict", "evidence")
LONGEST_SENTENCE = 600


def _claims(facts: Facts) -> list[Section]:
    """Return the section of claims checked, when there are any."""
    rows = facts["claims"]
    if not rows:
        return []
    body = []
    for row in rows:
        article = cell(row.get("article") or "", foreign=True)
        article["href"] = safe_url(row["url"]) if row.get("url") else None
        # The rest are sentences of our own, longer than a name may be.
        said = [{**cell(""), "text": clean(row.get(key) or "", LONGEST_SENTENCE)} for key in SAID]
        publisher = cell(row.get("publisher") or "not named", foreign=True)
        body.append([article, publisher, *said])
    heads = ["Article", "Publisher", "What it says", "Verdict", "What the record shows"]
    found = table("Figures quoted in articles, checked against the record", heads, body)
    return [{"id": "claims", "title": "Figures checked", "tables": [found]}]
