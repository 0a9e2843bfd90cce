"""Keep a row for every attempt to get a list or an article: the manifest, one JSON object a line.

Rows are added to its end; one that a crash left half written is known as such and cut off.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from datetime import datetime
from pathlib import Path
from typing import Any

from flows.steps.common.errors import PactwatchError
from flows.steps.common.files import append_lines, read_lines
from flows.steps.common.layout import Layout
from flows.steps.common.records import Capture

_TIMES = ("attempted_at", "captured_at", "last_modified")


def read_manifest(layout: Layout, *, articles: bool = False) -> list[Capture]:
    """Return every attempt so far, oldest first: to get a list, or to get an article.

    Raises `PactwatchError` naming the line when one is damaged: a manifest is never mended by
    guessing.
    """
    path = layout.article_manifest if articles else layout.manifest
    captures = []
    for number, line in enumerate(read_lines(path), start=1):
        try:
            captures.append(as_capture(json.loads(line)))
        except (ValueError, TypeError):
            raise PactwatchError(
                f"Line {number} of raw/{path.name} is damaged: restore the file from a backup, or"
                " remove that line and import its file again; nothing was changed."
            ) from None
    return captures


def append_manifest(layout: Layout, captures: Iterable[Capture], *, articles: bool = False) -> None:
    """Add attempts to the manifest; call it while holding the data folder."""
    path = layout.article_manifest if articles else layout.manifest
    captures = list(captures)
    append_lines(path, (json.dumps(as_row(capture)) for capture in captures))
    for capture in captures:
        if capture.sha256 and capture.url:
            note_of(layout, capture.sha256).unlink(missing_ok=True)


def note_of(layout: Layout, sha256: str) -> Path:
    """Return where fetched bytes are noted until their manifest row is written."""
    return layout.data / "raw" / "incoming" / f"{sha256}.json"


def as_row(capture: Capture) -> dict[str, Any]:
    """Return a capture as a row of JSON, without what is not known of it."""
    row = {k: v for k, v in asdict(capture).items() if v is not None}
    return {k: v.isoformat() if isinstance(v, datetime) else v for k, v in row.items()}


def as_capture(row: Mapping[str, Any]) -> Capture:
    """Return a row as a capture; keys that a later release may add are left out."""
    known = {field.name for field in fields(Capture)}
    values = {k: v for k, v in row.items() if k in known}
    times = {k: datetime.fromisoformat(values[k]) for k in _TIMES if values.get(k)}
    return Capture(**{**values, **times})
