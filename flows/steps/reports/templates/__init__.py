"""The templates of pages and reports, and the one environment that renders them."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from flows.steps.reports.markdown import Ready, code, link, printed

FOLDER = Path(__file__).parent


def html(name: str, **shown: Any) -> str:
    """Return a template rendered as HTML: everything printed is escaped."""
    return str(_html().get_template(name).render(**shown))


def markdown(name: str, **shown: Any) -> str:
    """Return a template rendered as Markdown: everything printed is escaped, but what is markup."""
    return str(_markdown().get_template(name).render(**shown))


def text(name: str) -> str:
    """Return a style sheet or script as it stands."""
    return (FOLDER / name).read_text(encoding="utf-8")


def script_hash(script: str) -> str:
    """Return the hash by which a page's policy allows its own script."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return f"sha256-{digest}"


def rel(href: str) -> Any:
    """Return what a link to another host says of it, as an attribute; nothing for one of ours.

    The page that it opens learns nothing of ours, and gets no hold of it.
    """
    from markupsafe import Markup

    is_ours = not href.lower().startswith(("http:", "https:", "//"))
    return Markup("") if is_ours else Markup(' rel="noopener noreferrer"')


@cache
def _html() -> Any:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.globals["rel"] = rel
    return environment


@cache
def _markdown() -> Any:
    # Markdown has its own escapes, put on everything printed.
    environment = _html().overlay(autoescape=False, finalize=printed)
    environment.filters = {**environment.filters, "link": link, "code": code, "ready": Ready}
    return environment
