"""A week's facts and charts as the files of its report: one page, Markdown, CSV and JSON."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from .files import to_csv, to_json
from .headline import finding, lede
from .view import view

__all__ = ["age_note", "age_script", "finding", "lede", "render"]

TEMPLATES = Path(__file__).parent / "templates"
_PAGE_FORMS = ("-page", "-phone")
# Inline in a page or a table cell these would start markup; "@" would call people on some sites.
_MARKDOWN = re.compile(r"[\\`*_\[\]<>|#~&@]")
_AUTOLINK = re.compile(r"(?i)\b(https?|ftp|mailto|xmpp)(?=:)|\bwww(?=\.)")


class Ready(str):
    """Markdown that is markup already: links and code made from checked parts."""

    __slots__ = ()


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
        "index.html": _html()
        .get_template("index.html.j2")
        .render(view=shown, drawn=drawn, facts=facts, age=_age_parts(facts.get("age"))),
        "report.md": re.sub(
            r"\n{3,}",
            "\n\n",
            _markdown()
            .get_template("report.md.j2")
            .render(view=shown, facts=facts, age=facts.get("age")),
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
    return str(_html().get_template("age.html.j2").render(age=age)).strip()


def age_script() -> str:
    """Return the script that tells that age by the reader's day."""
    return (TEMPLATES / "age.js").read_text(encoding="utf-8")


def _age_parts(age: Mapping[str, Any] | None) -> dict[str, str]:
    """Return the note, its script and the script's hash for the page's policy; empty without."""
    if age is None:
        return {"note": "", "script": "", "script_hash": ""}
    script = age_script()
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return {"note": age_note(age), "script": script, "script_hash": f"sha256-{digest}"}


def escape_markdown(value: object) -> str:
    """Return text that Markdown prints as it stands, on one line."""
    text = " ".join(str(value).split())
    text = _MARKDOWN.sub(lambda found: f"&#{ord(found[0])};", text)
    return _AUTOLINK.sub(lambda found: f"{found[0][:-1]}&#{ord(found[0][-1])};", text)


def _link(text: object, url: str) -> Ready:
    """Return a Markdown link; the address was checked and encoded when its cell was made."""
    return Ready(f"[{escape_markdown(text)}](<{url}>)")


def _code(text: object) -> Ready:
    """Return inline code, fenced by more backticks than the text holds in a row."""
    plain = " ".join(str(text).split()).replace("|", "\\|")
    runs = re.findall(r"`+", plain)
    fence = "`" * (max((len(run) for run in runs), default=0) + 1)
    space = " " if runs else ""
    return Ready(f"{fence}{space}{plain}{space}{fence}")


def _printed(value: object) -> object:
    return value if isinstance(value, Ready) else escape_markdown(value)


@cache
def _html() -> Any:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )


@cache
def _markdown() -> Any:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=False,  # noqa: S701 - Markdown has its own escapes, put on everything printed
        finalize=_printed,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters |= {"link": _link, "code": _code, "ready": Ready}
    return environment
