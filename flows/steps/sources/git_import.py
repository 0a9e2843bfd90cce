"""Archive every version of every list file in the history of a git repository."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from functools import partial

from flows.steps import archive
from flows.steps.common.errors import UsageError
from flows.steps.common.layout import Paths
from flows.steps.common.records import Capture, Progress
from flows.steps.lists import parse
from flows.steps.lists.list_names import is_named_as_list
from flows.steps.lists.read import Reader

from . import git_history, intake
from .git_history import FileVersion
from .intake import LIST_SUFFIXES, PAGE_SUFFIXES, Imported, is_meant, time_named

Versions = Iterable[tuple[FileVersion, bytes | None]]
"""Versions of files with their bytes, None where the repository lacks them."""

NO_LIST = (
    "The history holds no file that is named as a participating or pending list (.xlsx or .csv),"
    " and no page with the list that is named by its time: give the repository that the lists were"
    " committed to."
)


def import_git(
    paths: Paths,
    source: str,
    now: datetime,
    progress: Progress | None = None,
    *,
    allow_http: bool = False,
) -> Imported:
    """Archive every version of every list file in all branches of a repository.

    `source` is a local path or an http(s) address. The capture time is the one that the names of
    a file and its folders give, else the commit's; the address without who asks is the captures'
    URL. Files not named as lists are left alone (`intake.is_meant`); Git LFS pointers that are
    named so are told. Raises `UsageError` when git cannot read the source or it holds no list.
    """
    told: list[Capture] = []
    left_alone: list[str] = []

    def sift(
        files: Versions, url: str | None, reader: Reader
    ) -> Iterable[tuple[str, bytes, Capture]]:
        for version, data in files:
            capture = _capture(version, url, now)
            if why := _unfit(version, data):
                told.append(replace(capture, outcome="rejected", why=why))
            elif data and is_meant(version.names, partial(bytes, data), reader):
                yield version.name, data, capture
            else:
                left_alone.append(version.path)

    room = paths.layout.data
    with git_history.opened(source, room, allow_http=allow_http) as (repository, url):
        found = git_history.versions(repository, LIST_SUFFIXES + PAGE_SUFFIXES)
        files = git_history.contents(repository, found, parse.MAX_BYTES)
        with intake.opened(paths) as desk:
            taken = desk.take(sift(files, url, desk.reader), len(found), progress)
    archive.append_manifest(paths.layout, told)
    if not taken and not told:
        raise UsageError(NO_LIST)
    return Imported([*taken, *told], tuple(left_alone))


def _capture(version: FileVersion, url: str | None, now: datetime) -> Capture:
    committed = version.committed_at
    named = time_named(version.names, now)
    return Capture(
        attempted_at=now,
        source="git",
        outcome="new",
        url=url,
        file_name=version.name,
        captured_at=named or (committed if committed and committed <= now else None),
        is_stamped=bool(named) or None,
    )


def _unfit(version: FileVersion, data: bytes | None) -> str | None:
    """Return why a file that means to be a list has no bytes of one in this history."""
    if not is_named_as_list(version.names):
        return None
    if data is None:
        return (
            f"{version.name} is named in this history, but its bytes are not there:"
            " fetch the whole of it (a partial clone has only some) and import again."
        )
    if git_history.is_pointer(data):
        return (
            f"{version.name} is a Git LFS pointer in this history, not the list itself:"
            " import the files that `git lfs fetch --all` gets."
        )
    return None
