"""Read every version of every list file in a git history, without a work tree.

The `git` program reads the objects; nothing is checked out, no hook, filter, pager or helper of the
repository runs, and no transport is open but http(s) while cloning.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import IO
from urllib.parse import urlunsplit

from flows.steps.common.errors import PactwatchError, UsageError
from flows.steps.common.urls import parts_of
from flows.steps.lists.list_names import is_named_as_list
from flows.steps.lists.name_dates import dates_in

LFS_POINTER = b"version https://git-lfs.github.com/spec/"
PIECE = 1 << 20
# `env` takes away what would point git elsewhere; the rest of the environment stays.
GIT = (
    "/usr/bin/env",
    *("-u", "GIT_DIR", "-u", "GIT_WORK_TREE", "-u", "GIT_OBJECT_DIRECTORY", "-u", "GIT_INDEX_FILE"),
    *("-u", "GIT_CONFIG_PARAMETERS", "-u", "GIT_CONFIG_COUNT", "-u", "GIT_EXTERNAL_DIFF"),
    *("GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null", "GIT_TERMINAL_PROMPT=0"),
    *("GIT_NO_REPLACE_OBJECTS=1", "GIT_OPTIONAL_LOCKS=0", "GIT_NO_LAZY_FETCH=1", "LC_ALL=C"),
    *("git", "--no-pager", "-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false"),
    *("-c", "protocol.allow=never", "-c", "protocol.ext.allow=never", "-c", "credential.helper="),
    *("-c", "log.showSignature=false", "-c", "log.showRoot=true", "-c", "log.mailmap=false"),
    *("-c", "http.lowSpeedLimit=1000", "-c", "http.lowSpeedTime=60"),
)

# Each option that the repository's own configuration could turn otherwise is given in full.
LOG = (
    *("log", "--all", "--raw", "-z", "--diff-merges=separate", "--no-renames", "--no-abbrev"),
    *("--no-ext-diff", "--no-textconv", "--no-relative", "--no-color", "--encoding=UTF-8"),
    *("--ignore-submodules=all", "--format=tformat:%x01%ct"),
)


@dataclass(frozen=True, slots=True)
class FileVersion:
    """Distinct bytes in the history: their id, the path, and when first committed (UTC).

    `committed_at` is None when the commit's time is none that a calendar has.
    """

    blob: str
    path: str
    committed_at: datetime | None

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of its folders, outermost first, and its own."""
        return PurePosixPath(self.path).parts

    @property
    def name(self) -> str:
        """Return the file's name without its folders."""
        return PurePosixPath(self.path).name


@contextmanager
def opened(
    source: str, room: Path, *, allow_http: bool = False
) -> Iterator[tuple[Path, str | None]]:
    """Give (folder of the repository, its public address) of a local path or an http(s) address.

    An address is cloned bare into a folder in `room` that is gone afterwards; a killed clone is
    swept up with what else is half done there. A local path is read in place and has no public
    address. Raises `UsageError` for other addresses and for folders without a repository.
    """
    if "://" not in source and not source.startswith("-"):
        if not Path(source).is_dir():
            raise UsageError(f"There is no folder {source}: give a git repository or its address.")
        _run(
            Path(source), "rev-parse", "--git-dir", what=f"{Path(source).name} as a git repository"
        )
        yield Path(source), None
        return
    parts = parts_of(source)
    if parts.scheme not in (("https", "http") if allow_http else ("https",)):
        raise UsageError(
            f"{source} is no address we clone from: give one that begins with https://, or the"
            " path of a local repository."
        )
    public = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    room.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".git-", suffix=".part", dir=room) as temporary:
        scheme = ("-c", f"protocol.{parts.scheme}.allow=always")
        cloning = ("clone", "--quiet", "--bare", "--template=", "--", source, "history")
        _run(Path(temporary), *scheme, *cloning, what=public, hidden=(source, public))
        yield Path(temporary) / "history", public


def versions(repository: Path, suffixes: Sequence[str]) -> list[FileVersion]:
    """Return the distinct versions of files with these suffixes in all branches, oldest first.

    Each blob stands once, with the time of its earliest commit: a file that was renamed, copied,
    merged or brought back is no new version. Of its names one with a date in it is told. Merges are
    compared with each parent, so that what only a merge changed is there too.
    """
    out = _run(repository, *LOG, what="the history")
    first: dict[bytes, int] = {}
    names: dict[bytes, tuple[bool, bool, int, str]] = {}
    seconds = 0
    tokens = iter(out.split(b"\0"))
    for token in tokens:
        if token.startswith(b"\x01"):
            seconds = int(token[1:].split(b"\n")[0])
        elif token.lstrip(b"\n").startswith(b":"):
            _, mode, _, blob, status = token.split()
            path = next(tokens).decode("utf-8", "replace")
            if status == b"D" or not mode.startswith(b"100"):  # gone, a link or a submodule
                continue
            if path.lower().strip("\"'").endswith(tuple(suffixes)):
                parts = PurePosixPath(path).parts
                named = (not is_named_as_list(parts), not dates_in(parts[-1]), seconds, path)
                first[blob] = min(seconds, first.get(blob, seconds))
                names[blob] = min(named, names.get(blob, named))
    ordered = sorted((at, names[blob][3], blob.decode()) for blob, at in first.items())
    return [FileVersion(blob, path, _moment(at)) for at, path, blob in ordered]


def contents(
    repository: Path, wanted: Sequence[FileVersion], most: int
) -> Iterator[tuple[FileVersion, bytes | None]]:
    """Give the bytes of each version, at most one more than `most`, from one `git cat-file`.

    None stands for bytes that the repository lacks.
    """
    command = (*GIT, "-C", str(repository), "cat-file", "--batch")
    with subprocess.Popen(  # noqa: S603 - our own arguments; ids are from git itself
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as git:
        if not git.stdin or not git.stdout:
            raise PactwatchError("git could not be started: check that it is installed.")
        for version in wanted:
            git.stdin.write(f"{version.blob}\n".encode())
            git.stdin.flush()
            header = git.stdout.readline().split()
            if header[1:] == [b"missing"]:
                yield version, None
            elif len(header) == 3:
                yield version, _read(git.stdout, int(header[2]), most)
            else:
                raise PactwatchError(
                    f"git stopped at {version.path}: check the repository with `git fsck`, fetch"
                    " its whole history if it is a partial clone, and import again."
                )
        git.stdin.close()


def is_pointer(data: bytes) -> bool:
    """Say whether bytes are a Git LFS pointer, which only names the file that is kept elsewhere."""
    return data.startswith(LFS_POINTER)


def _read(stream: IO[bytes], size: int, most: int) -> bytes:
    data = stream.read(min(size, most + 1))
    left = size - len(data) + 1  # and the line end after it
    while left > 0 and (piece := stream.read(min(left, PIECE))):
        left -= len(piece)
    return data


def _run(folder: Path, *arguments: str, what: str, hidden: tuple[str, str] = ("", "")) -> bytes:
    """Run git and return what it prints; `hidden` is an address with a password and one without."""
    try:
        done = subprocess.run(  # noqa: S603 - our own arguments
            (*GIT, "-C", str(folder), *arguments), capture_output=True, check=False
        )
    except OSError as problem:
        raise PactwatchError("git could not be started: check that it is installed.") from problem
    if done.returncode == 0:
        return done.stdout
    said = done.stderr.decode("utf-8", "replace").strip().splitlines() or ["no reason given"]
    reason = said[-1].removeprefix("fatal: ")
    if hidden[0]:
        reason = reason.replace(hidden[0], hidden[1])
    if done.returncode == 127:
        reason = "the git program is not installed"
    raise UsageError(f"git cannot read {what} ({reason}): check the path or the address.")


def _moment(seconds: int) -> datetime | None:
    try:
        return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)
    except (OverflowError, OSError, ValueError):
        return None
