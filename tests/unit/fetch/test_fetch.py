"""What a download gives besides its bytes, and that hostile bytes cost no memory."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib
from collections.abc import Iterator
from datetime import datetime

import pytest

from flows.steps import fetch
from tests.world import Reply, World
from tests.world import site as plays
from tests.world.site import Site

BOUNDS = fetch.Bounds(("127.0.0.1",), allow_http=True, timeout=10, total=60, max_bytes=1_000_000)


@pytest.fixture
def site() -> Site:
    return Site(datetime(2025, 10, 2, 12))


@pytest.fixture
def world(site: Site) -> Iterator[World]:
    with World(site) as world:
        yield world


@pytest.mark.parametrize(
    ("path", "disposition", "name"),
    [
        ("/a/participatingAgencies04232026.xlsx", "", "participatingAgencies04232026.xlsx"),
        ("/a/participating%20pm.xlsx%22?v=1", "", "participating pm.xlsx"),
        ("/file-download/download/public/7", 'attachment; filename="p 1.xlsx"', "p 1.xlsx"),
        (
            "/7",
            "attachment; filename=participatingAgencies04232026.xlsx",
            "participatingAgencies04232026.xlsx",
        ),
        ("/7", "attachment; filename*=UTF-8''p%C3%A4.xlsx", "pä.xlsx"),
        ("/7", 'attachment; filename="participating%2004.xlsx"', "participating 04.xlsx"),
        ("/7", 'attachment; filename="../../etc/p.xlsx"', "p.xlsx"),
        ("/7", 'attachment; filename="C:\\lists\\p.xlsx"', "p.xlsx"),
        ("/7", "inline", "7"),
        ("/", "", "list"),
    ],
)
def test_the_name_comes_from_the_header_or_the_address(
    site: Site, world: World, path: str, disposition: str, name: str
) -> None:
    headers = {"Content-Disposition": disposition} if disposition else {}
    world.handlers = [lambda _: Reply(200, b"x", headers)]
    assert fetch.get(world.base + path, BOUNDS).file_name == name


def test_times_are_read_as_utc_and_nonsense_as_none(site: Site, world: World) -> None:
    site.put("/list", b"x", Last_Modified="Wed, 01 Oct 2025 20:00:00 -0400")
    answer = fetch.get(f"{world.base}/list", BOUNDS)
    assert (answer.last_modified, answer.server_time) == (
        datetime(2025, 10, 2),
        datetime(2025, 10, 2, 12),
    )
    for nonsense in ("yesterday", "0", "Wed, 99 Oct 2025 20:00:00 GMT", ""):
        site.put("/list", b"x", Last_Modified=nonsense, Date=nonsense)
        answer = fetch.get(f"{world.base}/list", BOUNDS)
        assert (answer.last_modified, answer.server_time) == (None, None)


def test_a_file_at_the_cap_is_kept_and_one_byte_more_is_not(site: Site, world: World) -> None:
    site.put("/list", bytes(BOUNDS.max_bytes))
    assert len(fetch.get(f"{world.base}/list", BOUNDS).data) == BOUNDS.max_bytes
    site.put("/list", bytes(BOUNDS.max_bytes + 1))
    with pytest.raises(fetch.TooLarge, match="sends more than 1,000,000 bytes") as refused:
        fetch.get(f"{world.base}/list", BOUNDS)
    assert refused.value.status == 200


@pytest.mark.parametrize("bomb", [plays.gzip_bomb(200_000_000), plays.endless()])
def test_a_bomb_costs_no_more_memory_than_the_cap(site: Site, world: World, bomb: Reply) -> None:
    site.plays["/list"] = plays.always(bomb)
    tracemalloc.start()
    try:
        with pytest.raises(fetch.TooLarge):
            fetch.get(f"{world.base}/list", BOUNDS)
        assert tracemalloc.get_traced_memory()[1] < 8 * BOUNDS.max_bytes
    finally:
        tracemalloc.stop()


RAW = zlib.compressobj(wbits=-15)
WORKBOOK = b"PK\x03\x04 a workbook"
GZIP = gzip.compress(WORKBOOK, mtime=0)  # the same bytes at every run


@pytest.mark.parametrize(
    ("coding", "sent", "kept"),
    [
        *((name, WORKBOOK, WORKBOOK) for name in ("none", "UTF-8", "identity", "binary", "")),
        *((name, WORKBOOK, WORKBOOK) for name in ("gzip", "deflate", "br", "zstd", "gzip, br")),
        ("br", b"STATE,AGENCY\nFLORIDA,Baker\n", b"STATE,AGENCY\nFLORIDA,Baker\n"),
        *((name, GZIP, WORKBOOK) for name in ("gzip", "X-GZIP", "utf-8, gzip")),
        *((name, GZIP, WORKBOOK) for name in ("identity, gzip", "gzip, none")),
        ("gzip, gzip", gzip.compress(GZIP, mtime=0), WORKBOOK),
        ("gzip, gzip", GZIP, WORKBOOK),
        ("deflate", zlib.compress(WORKBOOK), WORKBOOK),
        ("deflate", RAW.compress(WORKBOOK) + RAW.flush(), WORKBOOK),
        ("deflate", b"\x01no stream of deflate", b"\x01no stream of deflate"),
    ],
)
def test_the_bytes_decide_what_they_are_packed_with(
    site: Site, world: World, coding: str, sent: bytes, kept: bytes
) -> None:
    site.put("/list", sent, Content_Encoding=coding)
    assert fetch.get(f"{world.base}/list", BOUNDS).data == kept


@pytest.mark.parametrize("coding", ["br", "zstd", "compress", "none, br"])
def test_a_coding_that_nobody_asked_for_is_refused(site: Site, world: World, coding: str) -> None:
    site.put("/list", b"\x1b\x00\xf8\x8d", Content_Encoding=coding)
    with pytest.raises(
        fetch.Refused, match=r"came packed as .*, which was not asked for: download"
    ):
        fetch.get(f"{world.base}/list", BOUNDS)


def test_a_deflated_bomb_stops_at_the_cap(site: Site, world: World) -> None:
    site.put("/list", zlib.compress(bytes(50_000_000)), Content_Encoding="deflate")
    with pytest.raises(fetch.TooLarge):
        fetch.get(f"{world.base}/list", BOUNDS)


@pytest.mark.parametrize("status", [202, 403, 405, 406, 429, 503])
def test_a_block_page_is_called_one_whatever_its_status(
    site: Site, world: World, status: int
) -> None:
    site.plays["/list"] = plays.always(plays.refused(status))
    with pytest.raises(
        fetch.Refused, match=r"block page.*, which says nothing of the list"
    ) as said:
        fetch.get(f"{world.base}/list", fetch.Bounds(("127.0.0.1",), allow_http=True, total=10))
    assert said.value.status == status
    assert "run `pactwatch import FILE`" in str(said.value)
    assert "set its page" not in str(said.value)


def test_a_challenge_may_say_so_in_its_headers_alone(site: Site, world: World) -> None:
    site.plays["/list"] = plays.always(Reply(202, b"", {"x-amzn-waf-action": "challenge"}))
    with pytest.raises(fetch.Refused, match=r"answered with a block page \(202\)"):
        fetch.get(f"{world.base}/list", BOUNDS)


def test_an_address_that_is_gone_may_have_moved(site: Site, world: World) -> None:
    site.plays["/list"] = plays.always(Reply(404, b"<h1>Page not found</h1>"))
    with pytest.raises(fetch.Refused, match=r"answered 404: .*if the list moved, set its page"):
        fetch.get(f"{world.base}/list", BOUNDS)


def test_an_address_may_not_carry_another_scheme_or_host(world: World) -> None:
    for address in ("ftp://127.0.0.1/x", "http://127.0.0.1.example.org/x", "http://[::1]/x"):
        with pytest.raises(fetch.Refused, match="is not on an allowed host"):
            fetch.get(address, BOUNDS)
    with pytest.raises(fetch.Refused, match="is no address"):
        fetch.get("http://127.0.0.1:99999/x", BOUNDS)


def test_a_server_that_is_not_there_is_a_failure_in_words() -> None:
    with World() as gone:
        address = f"{gone.base}/list"
    with pytest.raises(fetch.Refused, match=r"127\.0\.0\.1 did not give the file") as refused:
        fetch.get(address, fetch.Bounds(("127.0.0.1",), allow_http=True, total=10))
    assert refused.value.status is None
