"""Archive every version of every list file in the history of a git repository."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from flows.steps import archive
from flows.steps.common import seeds
from flows.steps.common.errors import UsageError
from flows.steps.common.layout import Paths
from flows.steps.common.records import Capture, Progress
from flows.steps.lists import parse

from . import git_history
from .git_history import FileVersion
from .intake import (
    LIST_SUFFIXES,
    NAMED_AS_LIST,
    PAGE_SUFFIXES,
    Imported,
    is_list,
    take_in,
)

Versions = Iterable[tuple[FileVersion, bytes | None]]
"""Versions of files with their bytes, None where the repository lacks them."""


def import_git(
    paths: Paths,
    source: str,
    now: datetime,
    progress: Progress | None = None,
    *,
    allow_http: bool = False,
) -> Imported:
    """Archive every version of every list file in all branches of a repository.

    `source` is a local path or an http(s) address. The commit's time is the capture time, and the
    address, without what may identify a person in it, the captures' URL. Files that neither are
    named as lists nor read as lists are left alone; Git LFS pointers that are named as lists are
    told. Raises `UsageError` when git cannot read the source or it holds no list.
    """
    told: list[Capture] = []
    left_alone: list[str] = []
    headers = seeds.read_lists_config(paths.seeds)["columns"]

    def sift(files: Versions, url: str | None) -> Iterable[tuple[str, bytes, Capture]]:
        for version, data in files:
            name, capture = version.name, _capture(version, url, now)
            if why := _unfit(name, data):
                told.append(replace(capture, outcome="rejected", why=why))
            elif data and is_list(name, data, headers):
                yield name, data, capture
            else:
                left_alone.append(name)

    with git_history.opened(source, allow_http=allow_http) as (repository, url):
        found = git_history.versions(repository, LIST_SUFFIXES + PAGE_SUFFIXES)
        files = git_history.contents(repository, found, parse.MAX_BYTES)
        taken = take_in(paths, sift(files, url), len(found), progress)
    archive.append_manifest(paths.layout, told)
    if not taken.captures and not told:
        raise UsageError(
            "The history holds no list file (.xlsx, .csv or a page with the list):"
            " give the repository that the lists were committed to."
        )
    return Imported([*taken.captures, *told], len(left_alone))


def _capture(version: FileVersion, url: str | None, now: datetime) -> Capture:
    saved = version.committed_at
    return Capture(
        attempted_at=now,
        source="git",
        outcome="new",
        url=url,
        file_name=version.name,
        captured_at=saved if saved and saved <= now else None,
    )


def _unfit(name: str, data: bytes | None) -> str | None:
    """Return why a file that means to be a list has no bytes of one in this history."""
    if data is None:
        return (
            f"{name} is named in this history, but its bytes are not there:"
            " fetch the whole of it (a partial clone has only some) and import again."
        )
    if git_history.is_pointer(data) and NAMED_AS_LIST.search(name):
        return (
            f"{name} is a Git LFS pointer in this history, not the list itself:"
            " import the files that `git lfs fetch --all` gets."
        )
    return None
