"""Every cause has its words: what was refused, why, and what to do."""

from __future__ import annotations

import copy
import errno
import json
import os
import tempfile
from pathlib import Path

import duckdb
import polars as pl
import pytest

from flows.steps.common.causes import CAUSES, explained, naming, parsed, sentence
from flows.steps.common.errors import PactwatchError
from flows.steps.common.files import write_whole
from flows.steps.common.roles import role_of

WHOLE = ", then run again; what is published is whole."
WORDS = {
    errno.ENOSPC: "written (the disk is full): free some disk space",
    errno.EDQUOT: "written (the disk quota of this user is used up): delete files on that disk or"
    " have the quota raised",
    errno.EFBIG: "written (a file may not grow that large there): raise the limit on the size of"
    " files (`ulimit -f`)",
    errno.EROFS: "written (the disk is read-only): make that disk writable",
    errno.EACCES: "used (this user has no right to it): mend its rights and those of the folder it"
    " is in",
    errno.EMFILE: "used (too many files are open in this process): raise the limit on open files"
    " (`ulimit -n`)",
    errno.ENFILE: "used (too many files are open on this machine): end other programs",
    errno.EIO: "used (the disk failed to read or write): check that disk for faults",
    errno.ENAMETOOLONG: "used (the name is too long for this disk): choose shorter names of"
    " folders",
    errno.ENOENT: "used (it is not there any more): put it back",
    errno.EISDIR: "used (a folder stands where a file is to be): move that folder away",
    errno.ENOTDIR: "used (a file stands where a folder is to be): move that file away",
    errno.ESTALE: "used (the disk does not answer): connect that disk again",
}


@pytest.mark.parametrize("number", WORDS, ids=errno.errorcode.get)
def test_a_cause_of_the_system_says_what_to_do(number: int) -> None:
    problem = OSError(number, os.strerror(number), "/srv/data/runs.jsonl")
    said = f"The ledger of runs (runs.jsonl) could not be {WORDS[number]}{WHOLE}"
    assert sentence(problem) == said


def test_every_cause_is_in_plain_words_and_ends_as_a_sentence() -> None:
    for number, (cause, mend) in CAUSES.items():
        assert os.strerror(number).lower() not in cause.lower().replace("the disk is full", "")
        assert (cause[-1], mend[-1]) != (".", "."), number


@pytest.mark.parametrize(
    ("path", "role"),
    [
        ("/d/.lock", "the lock of the data folder"),
        ("/d/raw/captures.jsonl", "the manifest of captures"),
        ("/d/raw/captures.jsonl.end", "the manifest of captures"),
        ("/d/raw/.articles.jsonl.77.part", "the manifest of articles"),
        ("/d/raw/objects/ab/.abcd.xlsx.77.part", "the archive"),
        ("/d/raw/incoming/abcd.json", "the archive"),
        ("/d/.runs.jsonl.4242.part", "the ledger of runs"),
        ("/d/notices.jsonl", "the log of notices"),
        ("/d/.pactwatch.duckdb.part", "the warehouse"),
        ("/d/.pactwatch.duckdb.part.wal", "the warehouse"),
        ("/d/pactwatch.duckdb", "the warehouse"),
        ("/d/published/.pactwatch-2025-05-29.duckdb.part", "the dated copy of the warehouse"),
        ("/d/latest.json", "the pointer to the warehouse"),
        ("/d/cache/rows-1.parquet", "the cache of what was read"),
        ("/d/exports/totals.csv", "the export"),
        ("/d/reports/2025-W22/index.html", "the report"),
        ("/d/latest/index.html", "the report"),
        ("/d/feed.xml", "the report"),
        ("/d/prefect/prefect.db", "Prefect's folder"),
        ("seeds/states.csv", "the reviewed seeds"),
        ("/p/sql/10_staging/01_lines.sql", "the models in sql/"),
        ("pactwatch.toml", "the settings file"),
        (f"{tempfile.gettempdir()}/pactwatch-git-1/history", "a temporary folder"),
        ("/home/jo/May lists/a.xlsx", "the file or folder"),
    ],
)
def test_a_path_is_called_by_where_it_lies(path: str, role: str) -> None:
    assert role_of(Path(path)) == role


def test_duckdb_words_are_understood(tmp_path: Path) -> None:
    with pytest.raises(duckdb.Error) as met:
        duckdb.connect(":memory:").execute(
            "copy (select range from range(200000)) to '/dev/full' (format csv)"
        )
    assert "could not be written (the disk is full): free" in sentence(met.value)
    damaged = tmp_path / "pactwatch.duckdb"
    damaged.write_bytes(b"no database" * 2000)
    with pytest.raises(duckdb.Error) as met:
        duckdb.connect(str(damaged), read_only=True)
    assert sentence(met.value) == (
        "The warehouse (pactwatch.duckdb) could not be used (it is damaged): `pactwatch build"
        f" --force` makes it anew from the archive{WHOLE}"
    )
    with duckdb.connect() as db:
        db.execute("set memory_limit = '5MB'; set temp_directory = ''")
        with pytest.raises(duckdb.Error) as met:
            db.execute("create table t as select range, hash(range) from range(5000000)")
    assert "(memory ran out): end other programs or give the machine more" in sentence(met.value)


def test_what_a_query_asks_wrongly_is_no_cause_of_the_system() -> None:
    with pytest.raises(duckdb.Error) as met, duckdb.connect() as db:
        db.execute("select checksum, 'Permission denied' from 'Corrupt'.nowhere")
    assert explained(met.value) is None


def test_polars_words_are_understood(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as gone:
        pl.read_parquet(tmp_path / "cache" / "rows-1.parquet")
    assert sentence(gone.value).startswith("The cache of what was read (rows-1.parquet) could not")
    long = tmp_path / "a-folder-with-a-long-name" / "and-another-one-in-it" / "cache" / "a.parquet"
    with pytest.raises(FileNotFoundError) as gone:
        pl.read_parquet(long)
    assert sentence(gone.value).startswith("The cache of what was read (a.parquet) could not")
    said = "parquet: underlying IO error: No space left on device (os error 28)"
    assert "(the disk is full)" in sentence(pl.exceptions.ComputeError(said))


def test_memory_that_ran_out_and_groups_are_told_in_one_sentence() -> None:
    memory = (
        "What was asked for could not be used (memory ran out): end other programs or give the"
        f" machine more memory{WHOLE}"
    )
    assert sentence(MemoryError()) == memory
    assert sentence(ExceptionGroup("two", [ValueError("x"), MemoryError()])) == memory
    assert sentence(PactwatchError("Do this.")) == "Do this."


def test_a_sentence_comes_whole_out_of_another_process() -> None:
    problem = OSError(errno.EIO, os.strerror(errno.EIO), "/d/seeds/states.csv")
    known = explained(problem)
    assert str(copy.copy(known)) == str(known)  # copied as pickle does it


def test_what_is_not_known_asks_for_a_report() -> None:
    assert sentence(KeyError("x")) == (
        "Something we did not expect went wrong (KeyError: 'x'): run again with --debug and report"
        " what it prints."
    )
    assert sentence(KeyboardInterrupt()) == "KeyboardInterrupt"


def test_a_read_that_names_no_path_is_told_of_the_file_at_hand(tmp_path: Path) -> None:
    path = tmp_path / "raw" / "captures.jsonl"
    path.mkdir(parents=True)

    def read(path: Path) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with pytest.raises(OSError, match="Input/output") as met:
        read(path)
    assert sentence(met.value).startswith("The manifest of captures (captures.jsonl) could not be")


def test_a_known_place_is_named_for_all_that_lies_in_it(tmp_path: Path) -> None:
    site = tmp_path / "public"
    (site / "reports" / "index.html").mkdir(parents=True)
    with (
        pytest.raises(PactwatchError) as met,
        naming(site, "the published site"),
    ):
        write_whole(site / "reports" / "index.html", b"x")
    assert str(met.value) == (
        "The published site (index.html) could not be written (a folder stands where a file is to"
        f" be): move that folder away, or give another folder with --to{WHOLE}"
    )
    with pytest.raises(KeyError), naming(site, "the published site"):
        raise KeyError


def test_a_file_of_ours_that_cannot_be_parsed_is_named(tmp_path: Path) -> None:
    path = tmp_path / "reports" / "2025-W22" / "facts.json"
    path.parent.mkdir(parents=True)
    for damaged in (b"{", b"\xff\xfe"):
        path.write_bytes(damaged)
        with pytest.raises(PactwatchError, match=r"^The report \(facts\.json\) could not be read"):
            parsed(path, json.loads)
    path.write_text('{"a": 1}')
    assert parsed(path, json.loads) == {"a": 1}
