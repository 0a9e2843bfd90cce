"""Articles from addresses, over real sockets: each attempt is a row, none stops the others."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from flows.settings import paths_at
from flows.steps import archive
from flows.steps.articles.article_frames import article_frames
from flows.steps.articles.ingest import ingest
from flows.steps.fetch import Bounds
from tests.world import Reply, Request, World

NOW = datetime(2026, 1, 1)
BOUNDS = Bounds((), allow_http=True, timeout=5, total=5)
TEXT = "ICE listed 628 agreements in 40 states on May 28, 2025. The sheriffs met in Ocala. " * 8


def page(advert: str, text: str = TEXT) -> bytes:
    body = f"<article><h1>Local partners</h1><p>{text}</p></article><aside>{advert}</aside>"
    return f"<html><body>{body}</body></html>".encode()


def test_an_article_that_fails_is_a_row_and_the_others_are_read(tmp_path: Path) -> None:
    def site(request: Request) -> Reply | None:
        return Reply(body=page("Hats")) if request.path == "/2025/partners" else None

    paths = paths_at(tmp_path / "data")
    with World(site) as world:
        sources = [f"{world.base}/gone", f"{world.base}/2025/partners"]
        rows = [(c.outcome, c.source, c.url) for c in ingest(paths, sources, BOUNDS, NOW)]
    assert rows == [("failed", "web", sources[0]), ("new", "web", sources[1])]
    [gone, _] = archive.read_manifest(paths.layout, articles=True)
    assert gone.why is not None
    assert "answered 404" in gone.why
    assert world.paths() == ["/gone", "/2025/partners"]


def test_a_page_read_again_stays_one_article_in_its_newest_form(tmp_path: Path) -> None:
    bodies = [page("Hats"), page("Shoes"), page("Hats"), page("Hats", TEXT.replace("628", "649"))]
    paths = paths_at(tmp_path / "data")
    found: list[str] = []
    with World(lambda _: Reply(body=bodies[len(found)])) as world:
        for _ in bodies:
            [capture] = ingest(paths, [f"{world.base}/story"], BOUNDS, NOW)
            found.append(capture.outcome)
    assert found == ["new", "new", "unchanged", "new"]
    assert len(archive.stored(paths.layout)) == 3
    articles, claims = article_frames(paths.layout, tmp_path / "no-seeds")
    assert articles.select("article_id", "url", "same_as").rows() == [
        ("story", f"{world.base}/story", None)
    ]
    values = claims.filter(metric="agreements").select("value", "as_of").unique().rows()
    assert [value for value, _ in values] == [649.0]


def test_an_address_is_trusted_for_its_own_host_only(tmp_path: Path) -> None:
    paths = paths_at(tmp_path / "data")
    away = Reply(302, headers={"Location": "http://localhost:9/story"})
    with World(lambda _: away) as world:
        [capture] = ingest(paths, [f"{world.base}/story"], BOUNDS, NOW)
    assert capture.outcome == "failed"
    assert capture.why is not None
    assert "http://localhost:9/story is not on an allowed host" in capture.why
