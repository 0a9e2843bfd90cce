"""The site around the reports: home, all weeks, states, agencies with search, data, feeds.

Every link is relative, so that the site works below any address and from a folder. Pages print
text of lists escaped, cleaned and cut short; none holds data in a script.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from typing import Any

from flows.steps.common.wording import STATES, count, day, number, state
from flows.steps.reports import templates
from flows.steps.reports.pages.cells import Row, cell, num, state_page, table

from . import lists, site_states
from .lists import fold, week_row
from .site_queries import QUERIES

__all__ = ["QUERIES", "archive_page", "fold", "links", "pages", "week_row"]

Draw = Callable[[str, list[dict[str, Any]]], tuple[bytes, bytes]]


def archive_page(
    weeks: Sequence[Row], corrections: Sequence[Row], style: str, *, whole: bool
) -> bytes:
    """Return the page of all weeks; `whole` links to the pages that only a published site has."""
    known = count(len(corrections), "correction")
    return _page(
        "archive",
        here="reports/index",
        broad=True,
        title="All weekly reports",
        description=f"{count(len(weeks), 'week')} of changes to ICE's list of 287(g) agreements,"
        " each with the figures that its own lists showed.",
        table=lists.archive(weeks),
        corrections=corrections,
        corrections_words=f"Earlier reports have {known}; each also stands on its report.",
        style=style,
        whole=whole,
    )


def pages(
    rows: Mapping[str, Sequence[Row]],
    newest: tuple[Mapping[str, Any], str, str, tuple[str, str]],
    data: tuple[Sequence[Row], Sequence[Row]],
    style: str,
    draw: Draw,
) -> dict[str, bytes]:
    """Return the site's own pages by path, all but the page of all weeks.

    `rows` are those of each of `QUERIES` and, as `changes`, those of `feeds.QUERY`; `newest` the
    facts of the newest report with its finding, what stands below it, and the line that tells the
    age of the newest list, as HTML with its script; `data` the files for
    download (name, rows, size, sha256) and the tables (name, grain, columns as pairs of name and
    meaning). `draw` makes the SVG of a history, wide and narrow.
    """
    [current] = rows["newest"]
    found = site_states.views(rows)
    shown = [{**page, "count": number(page["agreements"])} for page in found]
    common: dict[str, Any] = {"style": style, "whole": True}
    facts, finding, lede, age = newest
    home = lists.home(current, facts, finding, lede)
    made = {
        "index.html": _home(home, shown, age, draw, common),
        "states/index.html": _states(found, home["rests_on"], common),
        "agencies/index.html": _agencies(rows["agencies"], found, common),
        "feeds/index.html": _feeds(common),
        "data/index.html": _data(*data, common),
    }
    return made | {page["path"]: _state(page, draw, common) for page in found}


def links(root: str) -> str:
    """Return the links of a whole site, as the navigation of a report takes them."""
    return templates.html("links.html.j2", root=root, here="").strip()


def _home(
    home: Mapping[str, Any],
    shown: Sequence[Row],
    age: tuple[str, str],
    draw: Draw,
    common: Mapping[str, Any],
) -> bytes:
    from markupsafe import Markup

    wide, narrow = _drawn(draw, "Agreements on the list", home["history"])
    return _page(
        "home",
        here="index",
        root="",
        title="287(g) agreements",
        description=home["finding"],
        age=Markup(age[0]),  # noqa: S704 - made by our own template
        script=age[1],
        home=home,
        pages=shown,
        wide=wide,
        narrow=narrow,
        **common,
    )


def _drawn(draw: Draw, title: str, history: list[dict[str, Any]]) -> tuple[str, str]:
    """Return a history wide and narrow: our own drawings, of numbers and days alone."""
    from markupsafe import Markup

    wide, narrow = draw(title, history)
    return Markup(wide.decode()), Markup(narrow.decode())  # noqa: S704


def _states(found: Sequence[Row], rests_on: str, common: Mapping[str, Any]) -> bytes:
    return _page(
        "states",
        here="states/index",
        title="287(g) agreements by state",
        description=rests_on,
        table=site_states.summary(found),
        **common,
    )


def _feeds(common: Mapping[str, Any]) -> bytes:
    return _page(
        "feeds",
        here="feeds/index",
        title="Feeds",
        description="Each entry is a list that changed something, with the names by state. A"
        " departure that is taken back gets an entry of its own.",
        states=[
            {"name": name, "href": f"{code.lower()}.xml"}
            for code, name in sorted(STATES.items(), key=lambda item: item[1])
        ],
        **common,
    )


def _state(page: dict[str, Any], draw: Draw, common: Mapping[str, Any]) -> bytes:
    wide, narrow = _drawn(draw, f"Agreements in {page['name']}", page["history"])
    texts = _texts(page)
    sections = [
        {"id": "growth", "title": "Growth"},
        *(
            {"id": key, "title": title, "text": texts[key], "table": page[name]}
            for key, title, name in (
                ("agreements", "Agreements", "listed"),
                ("changes", "Latest changes", "changes"),
                ("left", "No longer on the list", "left"),
                ("pending", "Pending applications", "pending"),
            )
        ),
    ]
    return _page(
        "state",
        here="",
        broad=True,
        title=f"287(g) agreements in {page['name']}",
        description=page["finding"],
        page=page,
        feed=page["feed"],
        sections=sections,
        wide=wide,
        narrow=narrow,
        **common,
    )


def _texts(page: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return what stands above the tables of a state's page, by section."""
    waiting = sum(1 for row in page["pending"]["rows"] if row[4]["text"] == "Waiting")
    texts = {
        "agreements": [] if page["listed"]["rows"] else ["No agreement is on the newest list."],
        "changes": [] if page["changes"]["rows"] else ["Nothing changed since the first list."],
        "left": [
            f"{page['gone_words']} A departure counts as final once two more lists and 9 days have"
            " passed without it.".lstrip()
            if page["left"]["rows"]
            else "No agreement of this state is gone from the list."
        ],
        "pending": [_pending_words(page, waiting)],
    }
    if page["more_changes"]:
        texts["changes"].append(
            f"{number(page['more_changes'])} earlier changes are in the weekly reports."
        )
    return texts


def _pending_words(page: Mapping[str, Any], waiting: int) -> str:
    if not page["pending"]["rows"]:
        return "The record has no application but those that became agreements."
    if page["pending_ended"]:
        return (
            "The list of pending agencies is no longer published: the last one in the record is of"
            f" {day(page['pending_ended'])}."
        )
    return f"{count(waiting, 'application').capitalize()} waiting on the newest pending list."


def _agencies(
    rows: Sequence[Row], found: Sequence[dict[str, Any]], common: Mapping[str, Any]
) -> bytes:
    ordered = sorted(rows, key=lambda row: state(row["state"]))
    groups = [
        {
            "code": code.lower(),
            "name": state(code),
            "page": state_page(code),
            "agencies": lists.agencies(list(own), found),
        }
        for code, own in groupby((row for row in ordered if row["state"]), lambda row: row["state"])
    ]
    known = sum(len(group["agencies"]) for group in groups)
    return _page(
        "agencies",
        here="agencies/index",
        title="Agencies",
        description="Every law-enforcement agency that ever stood on the list or on the pending"
        " list, under the name printed last.",
        groups=groups,
        all_words=f"{count(known, 'agency', 'agencies')} in all.",
        script=templates.text("search.js"),
        **common,
    )


def _data(files: Sequence[Row], tables: Sequence[Row], common: Mapping[str, Any]) -> bytes:
    listed = [
        [
            cell(row["name"], href=row["name"]),
            num(row["rows"]) if row["rows"] is not None else cell("\u2013", num=True),
            num(row["size"]),
            cell(row["sha256"], code=True),
        ]
        for row in files
    ]
    described = [
        {
            "name": row["name"],
            "grain": row["grain"],
            "summary": count(len(row["columns"]), "column"),
            "table": table(
                f"Columns of {row['name']}",
                ["Column", "Meaning"],
                [[cell(name), {**cell(""), "text": text}] for name, text in row["columns"]],
            ),
        }
        for row in tables
    ]
    return _page(
        "data",
        here="data/index",
        broad=True,
        title="Data",
        description="Every table as CSV and Parquet, the whole database in one DuckDB file, and a"
        " datapackage.json that describes them.",
        files=table("Files for download", ["File", "Rows", "Bytes", "SHA-256"], listed),
        tables=described,
        **common,
    )


def _page(template: str, *, style: str, root: str = "../", script: str = "", **shown: Any) -> bytes:
    from markupsafe import Markup

    text = templates.html(
        f"{template}.html.j2",
        root=root,
        style=Markup(style),  # noqa: S704 - the style sheets of the repository
        script=Markup(script),  # noqa: S704 - templates/search.js
        script_hash=templates.script_hash(script),
        **{"feed": None, "broad": False, **shown},
    )
    return (text.strip() + "\n").encode("utf-8", errors="replace")
