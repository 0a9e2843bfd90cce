"""Archive articles from files, folders and addresses; the build reads their claims."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

from flows.steps import archive, fetch
from flows.steps.common.contained import Stopped, Workers
from flows.steps.common.errors import PactwatchError, UsageError
from flows.steps.common.layout import Layout, Paths
from flows.steps.common.records import Capture
from flows.steps.common.urls import parts_of

from .article_frames import read_whole, stopped_said

SUFFIXES = (".html", ".htm", ".txt")


def ingest(paths: Paths, sources: list[str], bounds: fetch.Bounds, now: datetime) -> list[Capture]:
    """Archive articles from files, folders or addresses; a manifest row for each.

    An article we cannot read is kept and marked rejected with its sentence; an address that does
    not give its page is a failed row, and the others are read. A file or folder that is not there
    raises `UsageError`.
    """
    with Workers(1) as workers:
        captures = _captures(paths.layout, sources, bounds, now, workers)
    archive.append_manifest(paths.layout, captures, articles=True)
    return captures


def _captures(
    layout: Layout, sources: list[str], bounds: fetch.Bounds, now: datetime, workers: Workers
) -> list[Capture]:
    known = {c.sha256 for c in archive.read_manifest(layout, articles=True)}
    captures = []
    for source in sources:
        try:
            found = _read(source, bounds)
        except fetch.Refused as problem:
            captures.append(Capture(now, "web", "failed", url=source, why=str(problem)))
            continue
        for name, url, data in found:
            sha256, _ = archive.store(layout, data, name)
            capture = Capture(
                attempted_at=now,
                source="web" if url else "folder",
                outcome="unchanged" if sha256 in known else "new",
                url=url,
                file_name=name,
                sha256=sha256,
                size=len(data),
            )
            known.add(sha256)
            captures.append(_checked(capture, data, workers))
    return captures


def _checked(capture: Capture, data: bytes, workers: Workers) -> Capture:
    name = capture.file_name or ""
    try:
        read = workers.call(read_whole, data, name, capture.url)
    except PactwatchError as problem:
        return replace(capture, outcome="rejected", why=str(problem))
    if isinstance(read, Stopped):
        return replace(capture, outcome="rejected", why=stopped_said(name, read))
    return capture


def _read(source: str, bounds: fetch.Bounds) -> list[tuple[str, str | None, bytes]]:
    if source.startswith(("http://", "https://")):
        host = parts_of(source).hostname or ""
        # Who names an address trusts its host; what it redirects to must be allowed as well.
        own = (host, f"www.{host}", host.removeprefix("www."))
        answer = fetch.get(source, replace(bounds, allowed_hosts=(*bounds.allowed_hosts, *own)))
        return [(answer.file_name, source, answer.data)]
    path = Path(source)
    if path.is_dir():
        files = sorted(file for file in path.iterdir() if file.suffix.lower() in SUFFIXES)
        if not files:
            raise UsageError(f"The folder {path.name} holds no .html or .txt article.")
        return [(file.name, None, file.read_bytes()) for file in files]
    if not path.is_file():
        raise UsageError(f"There is no article at {source}: give a file, a folder or an address.")
    return [(path.name, None, path.read_bytes())]
