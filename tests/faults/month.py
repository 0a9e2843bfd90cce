"""A month of looks, every six hours, of which a quarter meets a fault of the site."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path

from flows import stages
from flows.settings import paths_at
from flows.steps import fetch
from flows.steps.common.layout import Paths
from flows.steps.sources.live import snapshot
from flows.steps.warehouse import database
from flows.steps.warehouse.build import build
from tests.conftest import seeds_without_record
from tests.workbooks import agreement, workbook
from tests.world import Reply, World
from tests.world import site as plays
from tests.world.site import FOLDER, PAGE, Site, page_of

from . import Trial
from .pages import bodies
from .workbooks import cells

FIRST = datetime(2025, 6, 1, 6)
LOOKS = 120
FAULTS = 0.25
BOUNDS = fetch.Bounds(("127.0.0.1",), allow_http=True, timeout=2, total=3)
MORE_HANDLES, MORE_MEMORY = 4, 150_000_000
Fault = Callable[[Site, str, bytes], None]


def trials(seed: int) -> list[Trial]:
    """Return the one trial of this kind."""
    return [Trial("a month of looks, a quarter with a fault", partial(looks, seed=seed))]


def looks(folder: Path, seed: int, count: int = LOOKS) -> str:
    """Look so many times at a page whose list grows every day; return what fell short."""
    chance = random.Random(seed)
    paths = paths_at(folder / "data", seeds=seeds_without_record(folder / "seeds"))
    site = Site(FIRST)
    truth: dict[str, int] = {}
    used: list[tuple[int, int]] = []
    with World(site) as world:
        for at in range(count):
            now = FIRST + timedelta(hours=6 * at)
            name, data, listed = _published(now.date())
            truth[str(now.date())] = listed
            site.clock = now
            site.links((name, "Participating Agencies"))
            site.put(name, data)
            if chance.random() < FAULTS and at < count - 1:
                chance.choice(FAULTY)(site, name, data)
            _look(paths, world, now)
            if short := _wrong(paths, truth):
                return f"at {now}: {short}"
            used.append((len(os.listdir("/proc/self/fd")), _memory()))
    if _totals(paths).get(max(truth)) != truth[max(truth)]:
        return "the last list did not come in"
    handles, memory = (last - first for first, last in zip(used[10], used[-1], strict=True))
    if handles > MORE_HANDLES or memory > MORE_MEMORY:
        return f"{handles} more handles are open, and {memory / 1e6:.0f} MB more in use"
    return ""


def _published(day: date) -> tuple[str, bytes, int]:
    """Return the address, bytes and rows of the list that stands on the page on a day."""
    count = 40 + (day - FIRST.date()).days
    rows = [
        agreement(agency=f"Agency {at} County Sheriff's Office", signed=date(2025, 5, 20), moa="")
        for at in range(count)
    ]
    data = workbook(rows, saved=datetime(day.year, day.month, day.day, 5))
    return f"{FOLDER}/participatingAgencies{day:%m%d%Y}am.xlsx", data, count


def _look(paths: Paths, world: World, now: datetime) -> None:
    with stages.at_work(paths.layout, "snapshot"):
        snapshot(paths, BOUNDS, now, world.base + PAGE)
        build(paths)


def _totals(paths: Paths) -> dict[str, int]:
    rows = database.query(
        paths.layout.database, "select cast(published_on as varchar), agreements from totals"
    )
    return dict(rows.rows())


def _wrong(paths: Paths, truth: dict[str, int]) -> str:
    """Return what is published that was never on the page."""
    for day, count in _totals(paths).items():
        if truth.get(day) != count:
            return f"{count} agreements are told for {day}, where {truth.get(day)} stood"
    left = "select count(*) from events where kind not in ('added', 'silent', 'unlinked')"
    [[count]] = database.query(paths.layout.database, left).rows()
    return f"{count} changes are told that were none" if count else ""


def _memory() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")


def _file(play: Callable[[bytes], Reply]) -> Fault:
    """Return a fault of the file: what is sent in place of its bytes."""

    def put(site: Site, name: str, data: bytes) -> None:
        site.plays[name] = plays.always(play(data))

    return put


def _page(play: Callable[[bytes], Reply]) -> Fault:
    """Return a fault of the page: what is sent in place of its bytes."""

    def put(site: Site, name: str, data: bytes) -> None:
        page = page_of((name, "Participating Agencies"))
        site.plays[PAGE] = plays.always(play(page))

    return put


_CRASHING = cells()["last cell"]()
_DEEP = page_of(more=bodies()["div 100,000 deep"])
FAULTY: tuple[Fault, ...] = (
    *(
        of(play)
        for of in (_file, _page)
        for play in (
            lambda _: plays.refused(),
            lambda _: Reply(200, plays.BLOCK_PAGE),
            lambda _: Reply(202, b"", {"x-amzn-waf-action": "challenge"}),
            lambda _: Reply(500, b"no"),
            lambda _: Reply(200, b""),
            lambda data: plays.cut(data, len(data) // 2),
            lambda data: plays.promising(data, len(data) - 9),
            lambda data: plays.dripping(data, 0.3),
            lambda _: plays.moved("http://127.0.0.2/"),
            lambda _: plays.gzip_bomb(60_000_000),
        )
    ),
    _file(lambda _: Reply(200, plays.zip_bomb(300_000_000))),
    _file(lambda _: Reply(200, _CRASHING)),
    _file(lambda data: Reply(200, data[: len(data) // 2])),
    _file(lambda _: Reply(200, workbook([]))),
    _page(lambda _: Reply(200, _DEEP)),
    _page(lambda _: Reply(200, page_of())),
)
