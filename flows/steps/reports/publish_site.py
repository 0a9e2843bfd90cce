"""Write everything as a static site: pages, feeds, data and the database."""

from __future__ import annotations

import json
import os
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from flows.steps import archive
from flows.steps.common import wording
from flows.steps.common.causes import SystemFault, parsed
from flows.steps.common.errors import PactwatchError, UsageError
from flows.steps.common.files import put
from flows.steps.common.layout import SILENT_DAYS, Pages, Paths
from flows.steps.warehouse import database, exports
from flows.steps.warehouse.lookups import dictionary
from flows.steps.warehouse.publish import file_hash

from . import index_pages, site, write
from .charts.history import history
from .pages import age_note, age_script, finding, lede

MANIFEST = ".pactwatch-site.json"
LINKS = re.compile(rb"<!-- site links -->.*?<!-- end of site links -->", re.DOTALL)
Files = dict[str, bytes | Path]


@dataclass(frozen=True, slots=True)
class Published:
    """What a publication did to its folder."""

    folder: Path
    files: int
    written: int
    removed: int


def publish(
    paths: Paths,
    target: Path,
    site_url: str = "",
    now: datetime | None = None,
    silent_days: int = SILENT_DAYS,
) -> Published:
    """Write the whole site into a folder, bringing reports and exports up to date before.

    A file is replaced whole and only when its bytes differ; one that an earlier publication wrote
    and this one does not is removed. Raises `UsageError` for a folder with files of others.
    """
    before = check_target(target)
    write.newest_week(paths)
    write.write_missing(paths, now=now, pages=Pages(site_url, silent_days), every=True)
    today = now.date() if now else write.newest_list(paths) or date.min
    return write_site(target, before, site_files(paths, site_url, today, silent_days))


def check_target(target: Path) -> set[str]:
    """Return the files of an earlier publication; raises `UsageError` when others' are there."""
    manifest = target / MANIFEST
    if manifest.is_file():
        try:
            return {str(name) for name in json.loads(manifest.read_bytes())["files"]}
        except (ValueError, KeyError, TypeError):
            raise PactwatchError(
                f"{manifest} is damaged: empty {target} and publish again."
            ) from None
    if target.exists() and not target.is_dir():
        raise UsageError(f"{target} is a file: say --to with a folder.")
    if target.is_dir() and any(target.iterdir()):
        raise UsageError(
            f"{target} holds files that pactwatch did not write: say --to with an empty folder."
        )
    return set()


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
        "data/latest.json": text.encode(),
    }


def write_site(target: Path, before: set[str], files: Files) -> Published:
    """Write the files that differ and remove those of before that no longer belong.

    The manifest names old and new files while at work: a publication that broke off can be done
    again, and leaves none of its files behind.
    """
    foreign = [name for name in files.keys() - before if os.path.lexists(target / name)]
    if foreign:
        raise UsageError(
            f"{target / min(foreign)} is there already and pactwatch did not write it:"
            " move it away and publish again."
        )
    target.mkdir(parents=True, exist_ok=True)
    gone = before - files.keys()
    try:
        _write_manifest(target, before | files.keys())
        # Pages last, so that none points to what is not there yet.
        ordered = sorted(files, key=lambda name: (name.endswith(".html"), name))
        written = sum(put(target / name, files[name]) for name in ordered)
        for name in sorted(gone, reverse=True):
            _remove(target, name)
        _write_manifest(target, set(files))
    except OSError as problem:
        raise SystemFault(problem, target, "the published site", "written") from problem
    return Published(target, len(files), written, len(gone))


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
    for path in sorted(layout.reports.glob("*-W*/**/*")):
        if path.is_file() and not path.name.startswith("."):
            name = f"reports/{path.relative_to(layout.reports).as_posix()}"
            is_page = path.name == "index.html"
            found[name] = _linked(path.read_bytes(), "../../") if is_page else path
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


def _remove(target: Path, name: str) -> None:
    """Remove a file of ours, and the folders it leaves empty; a path out of the site is left."""
    path = target / name
    if not path.resolve().is_relative_to(target.resolve()):
        return
    path.unlink(missing_ok=True)
    for folder in path.relative_to(target).parents:
        with suppress(OSError):  # not empty
            if folder != Path():
                (target / folder).rmdir()


def _write_manifest(target: Path, names: set[str]) -> None:
    text = json.dumps({"made_by": "pactwatch publish", "files": sorted(names)}, indent=1) + "\n"
    put(target / MANIFEST, text.encode())
