"""A week's facts and charts as the files of its report: one page, Markdown, CSV and JSON."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flows.steps.reports import templates

from .headline import finding, lede
from .page_files import to_csv, to_json
from .view import view

__all__ = ["age_note", "age_script", "finding", "lede", "render"]

_PAGE_FORMS = ("-page", "-phone")


def render(facts: Mapping[str, Any], charts: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the report's files by name: the page, Markdown, changes as CSV and JSON, charts.

    The newest report's facts have an `age` (`words.age`), which its page tells. `charts` are the
    files of `charts.draw`; those made for the page are set into it. Nothing but the arguments is
    read, so the same facts give the same bytes.
    """
    shown = view(facts)
    # Vega gives every mark a role without a name; the page describes each chart as a whole.
    drawn = {
        name: body.decode().replace("<svg ", '<svg aria-hidden="true" ', 1)
        for name, body in charts.items()
        if name.endswith(".svg")
    }
    files = {
        "index.html": templates.html(
            "index.html.j2",
            view=shown,
            drawn=drawn,
            facts=facts,
            age=_age_parts(facts.get("age")),
        ),
        "report.md": re.sub(
            r"\n{3,}",
            "\n\n",
            templates.markdown("report.md.j2", view=shown, facts=facts, age=facts.get("age")),
        ),
    }
    found = {
        name: (text.strip() + "\n").encode("utf-8", errors="replace")
        for name, text in files.items()
    }
    found |= {"changes.csv": to_csv(facts), "changes.json": to_json(facts)}
    for name, body in charts.items():
        if not name.rsplit(".", 1)[0].endswith(_PAGE_FORMS):
            found[f"charts/{name}"] = body
    return found


def age_note(age: Mapping[str, Any]) -> str:
    """Return the line that tells the age of the newest list (`words.age`), as HTML."""
    return templates.html("age.html.j2", age=age).strip()


def age_script() -> str:
    """Return the script that tells that age by the reader's day."""
    return templates.text("age.js")


def _age_parts(age: Mapping[str, Any] | None) -> dict[str, str]:
    """Return the note, its script and the script's hash for the page's policy; empty without."""
    if age is None:
        return {"note": "", "script": "", "script_hash": ""}
    script = age_script()
    return {"note": age_note(age), "script": script, "script_hash": templates.script_hash(script)}
