"""A report as the templates take it: sections with sentences, tables and charts, all in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flows.steps.common.wording import (
    SHORT_MODELS,
    anchor,
    capital,
    clean,
    count,
    day,
    list_name,
    model,
    number,
    percent,
    safe_url,
    signed,
    span,
)

from . import asides, changes, headline
from . import sentences as say
from .cards import cards
from .cells import Cell, Table, cell, num, table
from .notes import cite, notes, proofs, versions
from .state_section import states

Facts = Mapping[str, Any]
Section = dict[str, Any]


def view(facts: Facts) -> dict[str, Any]:
    """Return everything the page and the Markdown print, in order; templates add no words."""
    week = facts["week"]
    days = {
        row["publication_id"]: list_name(row["published_on"], row["part"])
        for row in facts["versions"]
    }
    sections = [
        _changed(facts, days),
        _growth(facts),
        states(facts),
        _models(facts),
        _pending(facts, days),
        _pace(facts),
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
        "finding": headline.finding(facts),
        "lede": headline.lede(facts),
        "cards": cards(facts),
        "sections": [_section(section) for section in sections],
    }


def _section(section: Section) -> Section:
    lists = ("text", "parts", "charts", "tables", "lines")
    return {"lines_title": None, "is_pair": False, **{name: [] for name in lists}, **section}


def _changed(facts: Facts, days: Mapping[str, str]) -> Section:
    return {
        "id": "changes",
        "title": "What changed",
        "text": [headline.balance(facts)],
        "parts": changes.sections(facts, days),
    }


def _growth(facts: Facts) -> Section:
    rows = facts["growth"]
    measured = [row for row in rows if row["trend"] not in (None, "before_baseline")]
    tables = [_growth_table(measured)] if measured else []
    since = day(facts["series"]["totals"][0]["published_on"]).split(" ", 1)[1]
    points = [
        [
            cell(day(row["published_on"])),
            *(num(number(row[key])) for key in ("agreements", "agencies", "states")),
        ]
        for row in _changed_lists(facts, ("agreements", "agencies", "states"))
    ]
    chart = {
        "name": "totals",
        "title": f"Agreements on the list since {since}",
        "text": "Each step is a published list. Where no accepted list came for more than 14 days"
        " the line is broken and the ground grey. Rings and level lines mark the two baselines, the"
        " band marks this week.",
        "alt": f"Step chart: {say.span_of_totals(facts)}",
        "table": table(
            "Every list that changed a figure",
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


def _changed_lists(facts: Facts, figures: tuple[str, ...]) -> list[Mapping[str, Any]]:
    """Return the lists on which one of the figures differs from the list before."""
    rows = facts["series"]["totals"]
    pairs = zip([None, *rows[:-1]], rows, strict=True)
    return [
        row
        for before, row in pairs
        if before is None or any(before[key] != row[key] for key in figures)
    ]


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
            num(number(row["agencies_left"])),
            num(number(row["lists"])),
        ]
        for row in facts["series"]["weeks"]
    ]
    chart = {
        "name": "weekly",
        "title": "Joined and gone, week by week",
        "text": "Agreements that joined stand above the line, those that are gone below it; a ring"
        " marks a week without a list. Rows missing for only a list or two are left out.",
        "alt": f"Bar chart by week: in this week {headline.moves(facts)}.",
        "table": table(
            "Agreements that joined and are gone, and agencies that left, by ISO week",
            ["Week", "Joined", "Gone", "Agencies left", "Lists"],
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
    return {
        "id": "models",
        "title": "Which model",
        "text": [text + "."],
        "charts": [_model_chart(facts)],
        "tables": [table("Agreements by model at the end of the week", heads, body)],
    }


def _model_chart(facts: Facts) -> dict[str, Any]:
    told = (f"{model(row['model'])} {number(row['agreements'])}" for row in facts["models"])
    return {
        "name": "models",
        "title": "Agreements by model",
        "table": _model_points(facts),
        "text": "TFM is the Task Force Model, WSO Warrant Service Officer, JEM the Jail Enforcement"
        " Model. An agency may hold several agreements.",
        "alt": f"Step chart of three models: {'; '.join(told)}",
    }


def _model_points(facts: Facts) -> Table:
    rows = [
        [cell(day(row["published_on"])), *(num(number(row[key])) for key in ("tfm", "wso", "jem"))]
        for row in _changed_lists(facts, ("tfm", "wso", "jem"))
    ]
    heads = ["List of", *(SHORT_MODELS[key] for key in ("TFM", "WSO", "JEM"))]
    return table(
        "Agreements by model on every list that changed them",
        heads,
        rows,
        fold="The figures of this chart",
    )


def _pending(facts: Facts, days: Mapping[str, str]) -> Section:
    return {
        "id": "pending",
        "title": "Pending applications",
        "text": say.pending(facts),
        "tables": changes.pending_tables(facts, days),
    }


LONGEST_SENTENCE = 600


def _claims(facts: Facts) -> list[Section]:
    """Return the section of claims checked, when there are any."""
    rows = facts["claims"]
    if not rows:
        return []
    body = []
    for row in rows:
        publisher = f" ({clean(row['publisher'])})" if row.get("publisher") else ""
        article = cell(clean(row.get("article") or "") + publisher, foreign=True)
        article["href"] = safe_url(row["url"]) if row.get("url") else None
        # The rest are sentences of our own, longer than a name may be.
        claim, verdict, evidence = (
            {**cell(""), "text": capital(clean(row.get(key) or "", LONGEST_SENTENCE))}
            for key in ("claim", "verdict", "evidence")
        )
        tone = VERDICT_TONES.get(row["verdict"], "fair")
        body.append([claim | {"note": article}, verdict | {"verdict": tone}, evidence])
    heads = ["What an article says", "Verdict", "What the record shows"]
    found = table("Figures quoted in articles, checked against the record", heads, body)
    text = [asides.checked(facts)]
    return [{"id": "claims", "title": "Figures checked", "text": text, "tables": [found]}]


VERDICT_TONES = {"confirmed": "good", "close": "fair", "outdated": "fair", "contradicted": "bad"}
"""How a verdict is coloured, beside its word."""
