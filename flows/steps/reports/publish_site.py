"""Write everything as a static site: pages, feeds, data and the database."""

from __future__ import annotations

import json
import re
from datetime import date, datetime
from pathlib import Path
from typing import Any

from flows.steps import archive
from flows.steps.common import folders, wording
from flows.steps.common.causes import parsed
from flows.steps.common.errors import UsageError
from flows.steps.common.layout import SILENT_DAYS, Pages, Paths
from flows.steps.warehouse import database, exports
from flows.steps.warehouse.lookups import dictionary
from flows.steps.warehouse.publish import file_hash

from . import index_pages, site, write
from .charts.history import history
from .pages import age_note, age_script, finding, lede
from .site_folder import Files, Published, check_target, publish_files

POINTER = "data/latest.json"
LINKS = re.compile(rb"<!-- site links -->.*?<!-- end of site links -->", re.DOTALL)


def publish(
    paths: Paths,
    target: Path,
    site_url: str = "",
    now: datetime | None = None,
    silent_days: int = SILENT_DAYS,
) -> Published:
    """Write the whole site into a folder, bringing reports and exports up to date before.

    `site_folder` says how it is put there. Raises `UsageError` for a folder with files of others.
    """
    check_target(target)
    write.newest_week(paths)
    write.write_missing(paths, now=now, pages=Pages(site_url, silent_days), every=True)
    today = now.date() if now else write.newest_list(paths) or date.min
    files = site_files(paths, site_url, today, silent_days)
    pointer = files[POINTER]
    about = {
        "as_of": str(write.newest_list(paths)),
        "pointer": POINTER,
        "pointer_sha256": archive.digest(pointer) if isinstance(pointer, bytes) else "",
    }
    return publish_files(target, files, about)


def site_files(paths: Paths, site_url: str, today: date, silent_days: int = SILENT_DAYS) -> Files:
    """Return every file of the site by its path: bytes, or the file to copy.

    The home page tells how old the newest list is `today`.
    """
    changes = index_pages.read_changes(paths)
    with database.reading(paths.layout.database) as db:
        rows = {name: database.read_dicts(db, sql) for name, sql in site.QUERIES.items()}
    data = data_files(paths)
    files: Files = {
        **index_pages.corrections_and_feeds(paths, changes, site_url),
        **data,
        **_reports(paths),
        "reports/index.html": index_pages.all_weeks(paths, changes, whole=True),
    }
    facts = parsed(index_pages.newest_report(paths) / "facts.json", json.loads)
    described = _described(paths, data)
    rows["changes"] = changes
    listed_on = date.fromisoformat(facts["current"]["published_on"])
    note = age_note(wording.age(listed_on, today, silent_days))
    newest = (facts, finding(facts), lede(facts), (note, age_script()))
    pages = site.pages(rows, newest, described, index_pages.style(), history)
    return {**files, **pages}


def data_files(paths: Paths) -> Files:
    """Return the exports, the database and a pointer to it, after writing the exports anew."""
    layout = paths.layout
    exports.export(paths)
    names = sorted(path.name for path in layout.exports.iterdir() if path.name[0] != ".")
    pointer = parsed(layout.data / "latest.json", json.loads)
    pointer |= {"file": "pactwatch.duckdb", "sha256": file_hash(layout.database)}
    text = json.dumps(pointer, indent=2) + "\n"
    return {
        **{f"data/{name}": layout.exports / name for name in names},
        "data/pactwatch.duckdb": layout.database,
        POINTER: text.encode(),
    }


def serve(folder: Path, port: int, ready: Any) -> None:
    """Serve a published folder on 127.0.0.1 until interrupted; `ready` is told the address."""
    from functools import partial
    from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Say nothing: this is a look at the site, not a log."""

    try:
        server = ThreadingHTTPServer(("127.0.0.1", port), partial(Quiet, directory=str(folder)))
    except OSError as problem:
        raise UsageError(
            f"Port {port} cannot be used ({problem.strerror}): say another with --port."
        ) from problem
    with server:
        ready(f"http://127.0.0.1:{server.server_address[1]}/")
        server.serve_forever()


def _reports(paths: Paths) -> Files:
    """Return the weekly reports and the newest under latest/, with links to the whole site."""
    layout = paths.layout
    found: Files = {}
    for week in index_pages.weeks_written(paths):
        for name in folders.files_within(layout.reports / week):
            if not Path(name).name.startswith("."):
                path = layout.reports / week / name
                is_page = path.name == "index.html"
                linked = _linked(path.read_bytes(), "../../") if is_page else path
                found[f"reports/{week}/{name}"] = linked
    for name, body in index_pages.latest(paths).items():
        found[name] = _linked(body, "../")
    return found


def _linked(body: bytes, root: str) -> bytes:
    links = site.links(root).encode()
    return LINKS.sub(lambda _: links, body, count=1)


def _described(paths: Paths, data: Files) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the files for download with size and hash, and the tables with their meanings."""
    package = parsed(paths.layout.exports / "datapackage.json", json.loads)
    rows = {one["name"]: one["rows"] for one in package["resources"]}
    files = [
        {
            "name": name.removeprefix("data/"),
            "rows": rows.get(Path(name).stem),
            "size": len(body) if isinstance(body, bytes) else body.stat().st_size,
            "sha256": archive.digest(body) if isinstance(body, bytes) else file_hash(body),
        }
        for name, body in data.items()
    ]
    tables = [
        {"name": name, "grain": one["grain"], "columns": list(one["columns"].items())}
        for name, one in dictionary(paths.sql).items()
        if name in rows
    ]
    return files, tables
