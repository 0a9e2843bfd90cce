"""What a download gives besides its bytes, and that hostile bytes cost no memory."""

from __future__ import annotations

import tracemalloc
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
        fetch.get(address, fetch.Bounds(("127.0.0.1",), allow_http=True, total=0.5))
    assert refused.value.status is None
