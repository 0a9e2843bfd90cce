"""Archive the lists that ICE's page links; a look leaves a row also when it brought nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from flows.steps import archive, fetch
from flows.steps.common import seeds
from flows.steps.common.block_pages import is_block_page
from flows.steps.common.contained import Stopped
from flows.steps.common.errors import PactwatchError
from flows.steps.common.layout import Paths
from flows.steps.common.records import LISTS, Capture, ListKind
from flows.steps.lists import dates
from flows.steps.lists.publications import postings_of
from flows.steps.lists.read import seed_tables

from . import asking, intake, list_page, looks
from .intake import Imported

# How many links are asked for one list in one look; a page that links more gives the others later.
MOST_LINKS = 12


@dataclass(frozen=True, slots=True)
class _Tried:
    """What files gave whose links name no list: rows, and under each one's name what it is."""

    taken: list[Capture]
    found: dict[str, str]
    is_all: bool


def snapshot(paths: Paths, bounds: fetch.Bounds, now: datetime, page: str = "") -> Imported:
    """Look at the list page and take in each list it shows; every attempt leaves a manifest row.

    `page` overrides the address in seeds/lists.toml. A failure is a row with its sentence, not an
    exception: one list's failure does not stop the other, and the run goes on with what is there.
    """
    config = seeds.read_lists_config(paths.seeds)
    address = page or config["site"]["page"]
    if not bounds.allowed_hosts:
        bounds = replace(bounds, allowed_hosts=tuple(config["site"]["allowed_hosts"]))
    attempt = Capture(attempted_at=now, source="ice", outcome="failed", url=address)
    with intake.opened(paths) as desk:
        return Imported(
            looks.in_order(_look_at(asking.Look(paths, desk, bounds, attempt), config["columns"]))
        )


def _look_at(look: asking.Look, columns: Mapping[str, str]) -> list[Capture]:
    try:
        answer = fetch.get(look.attempt.url or "", look.bounds)
    except PactwatchError as problem:
        return asking.record(look, [asking.failed(look.attempt, problem)])
    look = replace(look, attempt=replace(look.attempt, url=answer.url))
    found = look.intake.workers.call(list_page.find_links, answer.data, answer.url, columns)
    if isinstance(found, Stopped):
        said = (
            f"The page at {answer.url} {found.why}, which no list page does: open it in a browser,"
            " download the lists and run `pactwatch import FILE`."
        )
        return asking.record(look, [replace(look.attempt, why=said)])
    taken = asking.take_in(look, "participating", answer) if found.holds_roster else []
    for kind, urls in found.links.items():
        for url in _worth_asking(look, urls):
            taken += asking.take_list(asking.at(look, url, kind))
    if not found.holds_roster and "participating" not in found.links:
        tried = _try_others(look, found.others)
        taken += tried.taken
        found = _after(found, tried, answer.url)
    problems = [*found.problems.items(), *_contradictions(look, taken)]
    if found.links.get("participating") and (why := _other_lists(taken)):
        problems.append(("participating", why))
    came = looks.lists_that_came(taken)  # one file may hold both lists
    missing = [kind for kind in found.missing if kind not in came]
    return taken + asking.record(look, _of_page(look, answer, problems, missing))


def _worth_asking(look: asking.Look, urls: Iterable[str]) -> list[str]:
    """Return the addresses to ask of those linked for one list: those never met come first."""
    met = {capture.url for capture in archive.read_manifest(look.paths.layout) if capture.sha256}
    return sorted(urls, key=lambda url: url in met)[:MOST_LINKS]


def _try_others(look: asking.Look, others: Mapping[str, str]) -> _Tried:
    """Ask for the files whose links name no list: their bytes say what they are.

    What is no table leaves no row: the sentence of the page names it.
    """
    tried = _Tried([], {}, is_all=len(others) <= MOST_LINKS)
    for url in _worth_asking(look, others):
        name = f"{others[url]} ({url})" if others[url] else url
        at = asking.at(look, url, None)
        try:
            answer, before = asking.ask(at)
        except PactwatchError as problem:
            tried.found[name] = str(problem).removesuffix(".")
            continue
        if what := None if before else _no_table(answer):
            tried.found[name] = what
            continue
        rows = asking.same(at, answer, before) if before else asking.take_in(at, None, answer)
        tried.taken.extend(rows)
        for row in rows:
            is_list = row.list and row.outcome in ("new", "unchanged")
            why = (row.why or "no list").removesuffix(".")
            tried.found[name] = f"the {row.list} list" if is_list else why
    return tried


def _no_table(answer: fetch.Response) -> str | None:
    """Return what a file is that is plainly no list; None for what may be one."""
    if answer.data.startswith(b"%PDF"):
        return "a PDF file"
    if is_block_page(answer.data):
        return "a block page"
    is_page = archive.extension(answer.data, answer.file_name) == "html"
    return "a web page" if is_page and b"<table" not in answer.data.lower() else None


def _after(found: list_page.Found, tried: _Tried, address: str) -> list_page.Found:
    """Return what the page shows once its other files were tried."""
    came = looks.lists_that_came(tried.taken) | set(found.links)
    problems = dict(found.problems)
    missing = [kind for kind in found.missing if kind not in came]
    if "participating" in came:
        problems = {k: why for k, why in problems.items() if k and k not in came}
        if found.is_whole and tried.is_all:
            missing = [kind for kind in LISTS if kind not in came]
    elif found.is_whole and tried.found:
        kind = "participating" if came else next(iter(problems))
        problems = {kind: list_page.none_is_one(address, tried.found)}
    return replace(found, problems=problems, missing=tuple(missing))


def _other_lists(taken: list[Capture]) -> str | None:
    """Say that the links for the participating list gave others, when nothing else says it."""
    rows = [row for row in taken if row.list == "participating"]
    if rows:
        return None
    named = ", ".join(sorted(f"{row.file_name} ({row.list})" for row in taken))
    return (
        f"The page's links for the participating list gave other lists ({named}): look at the page"
        " in a browser, and run `pactwatch import FILE` for the right one."
    )


def _contradictions(look: asking.Look, taken: list[Capture]) -> list[tuple[ListKind | None, str]]:
    """Return a sentence for each list of which one look gave two versions of one moment."""
    came = {row.sha256: row for row in taken if row.sha256 and row.outcome in ("new", "unchanged")}
    if len(came) < 2:
        return []
    reader = look.intake.reader
    reader.read({sha: row.file_name or sha for sha, row in came.items()})
    days = seeds.read_bounds(look.paths.seeds).days_after_saving
    moments: dict[tuple[ListKind, date, str | None], list[str]] = {}
    for row in came.values():
        for posting in postings_of([row], reader.lists.contents):
            dated = dates.date_posting(posting, None, days)
            if dated.published_on:
                moment = (posting.list, dated.published_on, dated.part)
                moments.setdefault(moment, []).append(posting.file_name)
    return [
        (
            kind,
            f"The page links {len(names)} different files as the {kind} list of {day.isoformat()}"
            f" ({', '.join(sorted(names))}): both are kept; look at {look.attempt.url}, and reject"
            " the wrong one (`pactwatch review`).",
        )
        for (kind, day, _), names in moments.items()
        if len(names) > 1
    ]


def _of_page(
    look: asking.Look,
    answer: fetch.Response,
    problems: Iterable[tuple[ListKind | None, str]],
    missing: Iterable[ListKind],
) -> list[Capture]:
    """Return the rows that the page itself gives: what it lacks, and what is wrong with it.

    The bytes of a page that shows a problem are kept, for the person who looks into it.
    """
    rows = []
    for kind, why in problems:
        sha256, _ = archive.store(look.paths.layout, answer.data, answer.file_name)
        row = replace(
            look.attempt,
            list=kind,
            why=why,
            http_status=answer.status,
            file_name=answer.file_name,
            captured_at=asking.seen_at(look, answer),
            sha256=sha256,
            size=len(answer.data),
        )
        rows.append(row)
    for kind in missing:
        row = replace(look.attempt, list=kind, outcome="unchanged", http_status=answer.status)
        seen_at = asking.seen_at(look, answer)
        rows.append(replace(row, captured_at=seen_at, why=_absence(look.paths, kind)))
    return rows


def _absence(paths: Paths, kind: ListKind) -> str:
    """Say that the page shows no such list: that it is gone, or was never there for us."""
    came = [
        capture
        for capture in archive.read_manifest(paths.layout)
        if capture.list == kind and capture.sha256 and capture.outcome in ("new", "unchanged")
    ]
    days = [(capture.captured_at or capture.attempted_at).date() for capture in came]
    if not days:
        known, _ = seed_tables(paths.seeds)
        days = known.filter(list=kind)["published_on"].drop_nulls().to_list()
    if not days:
        return f"The page links no {kind} list, and the record has none."
    was_linked = any(capture.source == "ice" for capture in came)
    said = f"no longer links a {kind}" if was_linked else f"links no {kind}"
    return f"The page {said} list: the record's last one is of {max(days)}."
