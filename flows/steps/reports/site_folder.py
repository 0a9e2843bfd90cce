"""Put a site into a folder so that nobody meets pages of two publications, whenever a run ends.

Two trees hold the site: the folder that was asked for, and a hidden one beside it whose unchanged
files are the same files (hard links). The hidden one is brought up to date, the two swap names in
one step, and the one that stands hidden now follows. So the folder has one whole publication at
every moment, stays a plain folder, and a program that holds it open, as a container does that it
is mounted into, is served the new pages too.

Where that cannot be - the folder has files of others too, is a mount point, lies where nothing may
be written beside it, or on a disk without hard links or swaps - it is brought up to date in place,
pages before what points to them. `publish.json` says in both cases whether the folder is whole: in
place it says that it is not from the first change until the last.
"""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flows.steps import archive
from flows.steps.common import folders
from flows.steps.common.causes import SystemFault
from flows.steps.common.errors import PactwatchError, UsageError
from flows.steps.common.files import is_as, put, sync_folder

MANIFEST, STATE = ".pactwatch-site.json", "publish.json"
MADE_BY = {"made_by": "pactwatch publish"}
Files = dict[str, bytes | Path]
NO_TWIN = {
    *(errno.EPERM, errno.EACCES, errno.EROFS, errno.EXDEV, errno.EMLINK),
    *(errno.ENOSYS, errno.EOPNOTSUPP),
}
"""What a system answers that does not allow two linked trees; anything else is a failure."""


@dataclass(frozen=True, slots=True)
class Published:
    """What a publication did to its folder."""

    folder: Path
    files: int
    written: int
    removed: int


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


def publish_files(target: Path, files: Files, about: Mapping[str, Any]) -> Published:
    """Make a folder hold these files: with the tree beside it, or in place where that cannot be.

    A file is written only when its bytes differ, and one of an earlier publication that is not
    among them is removed. `about` is what `publish.json` tells of the publication. A link is
    followed: the folder that it leads to is published. Raises `UsageError` for files of others.
    """
    before = check_target(target)
    refuse_foreign(target, before, files)
    folder = target.resolve()
    twin = folder.with_name(f".{folder.name}.twin")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _sweep(folder, before)
        done = None
        if _is_ours_alone(folder, before) and _follow(twin, folder):
            done = write_site(twin, before, files, about)
            if not is_same_file(twin / STATE, folder / STATE):  # else nothing changed
                done = done if folders.swap(twin, folder) else None
        if done is None:
            if _is_of_ours(twin):
                shutil.rmtree(twin, ignore_errors=True)
            done = write_site(folder, before, files, about)
        else:
            _follow(twin, folder)
    except OSError as problem:
        raise SystemFault(problem, target, "the published site", "written") from problem
    return Published(target, done.files, done.written, done.removed)


def refuse_foreign(target: Path, before: Collection[str], files: Files) -> None:
    """Raise `UsageError` when a file of the site would take the place of another's."""
    foreign = [
        name for name in {*files, STATE}.difference(before) if os.path.lexists(target / name)
    ]
    if foreign:
        raise UsageError(
            f"{target / min(foreign)} is there already and pactwatch did not write it:"
            " move it away and publish again."
        )


def write_site(target: Path, before: set[str], files: Files, about: Mapping[str, Any]) -> Published:
    """Write the files that differ and remove those of before that no longer belong, in place.

    The manifest names old and new files while at work: a publication that broke off can be done
    again, and leaves none of its files behind.
    """
    names = {*files, STATE}
    gone = before - names
    manifest = _json({"files": sorted(names)})
    end = {**about, "files": len(files), "manifest_sha256": archive.digest(manifest)}
    state = _json({**end, "is_whole": True})
    differing = [name for name, body in files.items() if not is_as(target / name, body)]
    if differing or gone or not is_as(target / STATE, state):
        target.mkdir(parents=True, exist_ok=True)
        put(target / MANIFEST, _json({"files": sorted(before | names)}))
        put(target / STATE, _json({"is_whole": False}))
        for name in sorted(differing, key=_rank):
            put(target / name, files[name])
        for name in sorted(gone, reverse=True):
            _remove(target, name)
        put(target / MANIFEST, manifest)
        put(target / STATE, state)
    return Published(target, len(files), len(differing), len(gone))


def is_same_file(one: Path, other: Path) -> bool:
    """Say whether two names stand for one file; a name that stands for none does not."""
    try:
        return os.path.samefile(one, other)
    except FileNotFoundError:
        return False


def _rank(name: str) -> tuple[int, int, bool, str]:
    """Return where a file comes in order: what is pointed to before what points to it.

    Data and charts, then pages from the deepest up, each folder's own page last; feeds, and the
    home page.
    """
    kind = 3 if name == "index.html" else 2 if name.endswith(".xml") else name.endswith(".html")
    return (kind, -name.count("/"), name.endswith("index.html"), name)


def _is_ours_alone(folder: Path, names: Collection[str]) -> bool:
    """Say whether nothing else is in a folder: what others put there must stay where it is."""
    links = [name for place, below, _ in os.walk(folder) for name in below if _is_link(place, name)]
    return not links and set(folders.files_within(folder)) <= {*names, MANIFEST}


def _is_link(place: str, name: str) -> bool:
    return (Path(place) / name).is_symlink()


def _follow(twin: Path, folder: Path) -> bool:
    """Make the hidden tree hold the files of the folder, as links; say if it can be done here.

    Who still reads it is told by `publish.json`, which is taken away first and comes last. Every
    folder in it has the rights of the one it follows.
    """
    if not _is_of_ours(twin) or os.path.ismount(folder):
        return False
    try:
        _like(twin, folder)
        names = folders.files_within(folder)
        old = set(folders.files_within(twin))
        missing = [name for name in names if not is_same_file(twin / name, folder / name)]
        if missing:
            (twin / STATE).unlink(missing_ok=True)
        for name in sorted(
            missing, key=lambda name: (name != MANIFEST, name == STATE, _rank(name))
        ):
            _like_above(twin, folder, name)
            _link(folder / name, twin / name)
        for above in {above for name in missing for above in Path(name).parents}:
            sync_folder(twin / above)
        for name in sorted(old.difference(names), key=lambda name: name == MANIFEST):
            _remove(twin, name)
    except OSError as problem:
        if problem.errno not in NO_TWIN:
            raise
        return False
    return True


def _is_of_ours(twin: Path) -> bool:
    """Say whether a hidden folder is ours to use: none is there yet, or it has our manifest."""
    return not twin.exists() or not any(twin.iterdir()) or (twin / MANIFEST).exists()


def _like_above(twin: Path, folder: Path, name: str) -> None:
    for above in reversed(Path(name).parents[:-1]):
        if not (twin / above).exists():
            _like(twin / above, folder / above)


def _like(new: Path, folder: Path) -> None:
    """Make a folder with owner, rights and labels of another; raises `OSError` when it may not."""
    if not new.exists():
        new.mkdir()
    if _rights(new) != _rights(folder):
        owner = folder.stat()
        os.chown(new, owner.st_uid, owner.st_gid)
        shutil.copystat(folder, new)
    if _rights(new) != _rights(folder):
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM), str(new))


def _rights(folder: Path) -> list[object]:
    known = folder.stat()
    labels = {}
    if hasattr(os, "listxattr"):  # Linux alone has it
        with suppress(OSError):
            labels = {name: os.getxattr(folder, name) for name in os.listxattr(folder)}
    return [known.st_uid, known.st_gid, known.st_mode, labels]


def _link(file: Path, path: Path) -> None:
    """Put a second name of a file in the place of `path`."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    part.unlink(missing_ok=True)
    os.link(file, part)
    part.replace(path)


def _sweep(target: Path, names: Collection[str]) -> None:
    """Remove what a publication that was killed left half written of our files."""
    for name in folders.files_within(target):
        known = name.endswith(".part") and re.fullmatch(r"((?:.+/)?)\.(.+)\.\d+\.part", name)
        if known and known[1] + known[2] in {*names, MANIFEST, STATE}:
            (target / name).unlink()


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


def _json(found: Mapping[str, Any]) -> bytes:
    return (json.dumps({**MADE_BY, **found}, indent=1) + "\n").encode()
