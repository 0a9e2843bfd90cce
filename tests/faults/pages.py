"""Hostile pages: HTML that is deep, endless or false, where a list or a link to one should be."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from flows.steps.common.contained import Stopped, Workers
from flows.steps.common.errors import PactwatchError
from flows.steps.sources.list_page import find_links
from tests.faults import Trial
from tests.faults.reading import HEADERS, survives
from tests.pages import page, table

ROW = ("Florida", "Baker County Sheriff's Office", "Task Force Model", "5/20/2025", "/a.pdf")
LINK = '<a href="/participatingAgencies05282025am.xlsx">Participating</a>'


def bodies() -> dict[str, str]:
    """Return what stands around the table, or the link, of each page."""
    cells = "<tr>" + "<td>Florida</td>" * 5 + "</tr>"
    return {
        "tables 2,000 deep": "<table><tr><td>" * 2_000,
        "tables 20,000 deep": "<table><tr><td>" * 20_000,
        "div 100,000 deep": "<div>" * 100_000,
        "20,000 unclosed fonts": "<font color=red>text" * 20_000,
        "100,000 unclosed bold": "<b>text" * 100_000,
        "unclosed paragraphs": "<p>text" * 300_000,
        "unclosed anchors": '<a href="/x">text' * 50_000,
        "200,000 rows": f"<table>{cells * 200_000}</table>",
        "200,000 short rows": "<table>" + "<tr><td>a" * 200_000 + "</table>",
        "200,000 cells in a row": "<table><tr>" + "<td>a" * 200_000 + "</table>",
        "100,000 tables": "<table><tr><td>a</td></tr></table>" * 100_000,
        "cells over a million": '<table><tr><td colspan="1000000" rowspan="1000000">a' * 3_000,
        "endless attribute": '<p title="' + "a" * 15_000_000 + '">',
        "200,000 attributes": "<p " + " ".join(f'a{n}="1"' for n in range(200_000)) + ">",
        "endless comment": "<!--" + "<td>" * 4_000_000 + "-->",
        "comment without an end": "<!--" + "<td>" * 2_000_000,
        "100,000 comments": "<!-- a -->" * 100_000,
        "many less-than": "<" * 1_000_000,
        "many ampersands": "&amp" * 1_000_000,
        "references past all": "&#99999999999;" * 100_000,
        "script without an end": "<script>" + "<table>" * 500_000,
        "deep lists": "<ul><li>" * 30_000,
        "deep spans closed wrong": "<span><b></span>" * 50_000,
        "frames of frames": "<iframe><table>" * 20_000,
        "endless word": "a" * 15_000_000,
        "endless blanks": " " * 15_000_000,
        "controls": "\0\x01\x02\ufffe" * 500_000,
        "base that is no address": '<base href="http://[::1">',
    }


def reads(name: str, body: str, folder: Path) -> str:
    """Return what fell short in a page with a table, and in one with a link."""
    if short := survives(folder, "287g.html", page(table([ROW]) + body)):
        return f"as a list: {short}"
    with Workers(1) as workers:
        try:
            found = workers.call(find_links, page(LINK + body), "https://www.ice.gov/", HEADERS)
        except PactwatchError as refused:
            return "" if str(refused).endswith(".") else f"as a list page it says: {refused}"
    if isinstance(found, Stopped):
        return ""
    is_told = found.links.get("participating") or found.problems
    return "" if is_told else "as a list page it says nothing"


def trials(seed: int) -> list[Trial]:
    """Return the trials with hostile pages; the seed changes nothing of them."""
    made: list[tuple[str, Callable[[Path], str]]] = [
        (name, partial(reads, name, body)) for name, body in bodies().items()
    ]
    made += [
        ("no text at all", lambda folder: survives(folder, "287g.html", b"<html>")),
        ("bytes of no coding", lambda folder: survives(folder, "a.html", b"<table>\xff\xfe" * 99)),
    ]
    return [Trial(f"page: {name}", run) for name, run in made]
