"""Answer questions from the published warehouse and the data folder: plain values for the CLI."""

from __future__ import annotations

import importlib.metadata
import os
import re
import shutil
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from flows.build import published
from flows.judge import IDENTITY_LINKS
from flows.places import ROOT, Places
from flows.snapshot import last_look
from flows.steps import archive, warehouse
from flows.steps.records import Layout, PactwatchError, UsageError
from flows.telling import Telling, waiting

PINNED = ("prefect", "fastapi", "duckdb", "polars", "fastexcel")
ENOUGH_DISK = 500_000_000


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing `doctor` looked at: is it well, and if not, how to mend it."""

    name: str
    is_well: bool
    found: str
    mend: str = ""


def explain(places: Places, text: str) -> dict[str, Any]:
    """Return all that is known of one agency: spellings, agreements, joins and events in order.

    `text` is an id, an alias or a name, exactly or roughly. Raises `UsageError` naming the agencies
    that fit when several do, or the nearest ones when none does.
    """
    with warehouse.reading(places.layout.database) as db:
        agency_id = _find_agency(db, text)
        of_agency = {"agency_id": agency_id}
        [agency] = warehouse.read_dicts(
            db, "select * from agencies where agency_id = $agency_id", of_agency
        )
        return {
            "agency": agency,
            "spellings": warehouse.read_dicts(db, _SPELLINGS, of_agency),
            "agreements": warehouse.read_dicts(
                db,
                "select * from agreements where agency_id = $agency_id order by agreement_id",
                of_agency,
            ),
            "pending": warehouse.read_dicts(
                db,
                "select * from pending where agency_id = $agency_id order by application_id",
                of_agency,
            ),
            "links": warehouse.read_dicts(db, _LINKS, of_agency),
            "candidates": warehouse.read_dicts(db, _CANDIDATES, of_agency),
            "aliases": warehouse.read_dicts(db, _ALIASES, of_agency),
            "events": warehouse.read_dicts(db, _EVENTS, of_agency),
            "articles": warehouse.read_dicts(db, _ARTICLES, of_agency),
        }


_ARTICLES = """
select
    articles.article_id,
    articles.title,
    articles.published_on,
    article_agencies.named_as,
    article_agencies.evidence
from article_agencies
inner join articles using (article_id)
where article_agencies.agency_id = $agency_id
order by articles.published_on, articles.article_id, article_agencies.named_as
"""

_SPELLINGS = """
select
    list_rows.agency_printed,
    list_rows.state_printed,
    publications.list,
    min(publications.published_on) as first_listed,
    max(publications.published_on) as last_listed,
    arg_min(publications.file_name, publications.seq) as first_file,
    arg_min(list_rows.row_number, publications.seq) as first_row,
    count(distinct publications.publication_id) as lists
from list_rows
inner join publications using (publication_id)
inner join (
    select agreement_id, agency_id from agreements
    union
    select application_id, agency_id from pending
) using (agreement_id)
where agency_id = $agency_id and publications.status = 'accepted'
group by all
order by first_listed, list, agency_printed
"""

_OWN = """
    select agreement_id from agreements where agency_id = $agency_id
    union
    select application_id from pending where agency_id = $agency_id
"""

_LINKS = f"""
select
    links.*,
    publications.published_on,
    publications.file_name,
    previous.file_name as previous_file_name
from identity_links as links
inner join publications using (publication_id)
left join publications as previous
    on links.previous_publication_id = previous.publication_id
where links.agency_id = $agency_id or links.agreement_id in ({_OWN})
order by publications.published_on, publications.seq, links."left"
"""

_CANDIDATES = """
select candidates.*
from identity_candidates as candidates
where $agency_id in ("left", "right")
    or $agency_id in (
        lower(split_part("left", ' | ', 1)) || '-' || split_part("left", ' | ', 2),
        lower(split_part("right", ' | ', 1)) || '-' || split_part("right", ' | ', 2)
    )
order by all
"""

_ALIASES = f"""
select alias_id, coalesce(agreement_id, agency_id) as leads_to
from id_aliases
where agency_id = $agency_id or agreement_id in ({_OWN})
order by alias_id
"""

_EVENTS = """
select
    events.*,
    publications.file_name,
    previous.file_name as previous_file_name
from events
inner join publications using (publication_id)
left join publications as previous
    on events.previous_publication_id = previous.publication_id
where events.agency_id = $agency_id
order by events.published_on, publications.seq, events.kind
"""


def _find_agency(db: Any, text: str) -> str:
    from rapidfuzz import fuzz, process, utils

    exact = warehouse.read_dicts(
        db,
        """
        select agency_id from agencies where agency_id = $text
        union select agency_id from agreements where agreement_id = $text
        union select agency_id from id_aliases where alias_id = $text and agency_id is not null
        union select agreements.agency_id from id_aliases
            inner join agreements using (agreement_id) where alias_id = $text
        """,
        {"text": text.strip().lower()},
    )
    if exact:
        return str(exact[0]["agency_id"])
    names = {
        row["agency_id"]: " / ".join([row["name"], *row["other_names"], row["state"]])
        for row in warehouse.read_dicts(db, "select * from agencies order by agency_id")
    }
    ranked = process.extract(
        text, names, scorer=fuzz.token_set_ratio, processor=utils.default_process, limit=9
    )
    fitting = [str(agency_id) for _, score, agency_id in ranked if score >= 100]
    if len(fitting) == 1:
        return fitting[0]
    near = fitting or [str(agency_id) for _, _, agency_id in ranked[:5]]
    said = "Several agencies fit" if fitting else "No agency has that name; the nearest are"
    raise UsageError(f"{said}: {', '.join(near)}. Ask again with one of these ids.")


def held(places: Places) -> list[dict[str, Any]]:
    """Return the versions a person has to decide on, with the list before them."""
    return warehouse.query(
        places.layout.database,
        """
        select publication_id, list, published_on, file_name, sha256, reasons, row_count,
            agreement_count, state_count, date_rule
        from publications where status = 'held' order by published_on, publication_id
        """,
    ).to_dicts()


def candidates(places: Places) -> list[dict[str, Any]]:
    """Return the joins that evidence speaks for and no rule may make."""
    return warehouse.query(
        places.layout.database, "select * from identity_candidates order by all"
    ).to_dicts()


def settle_version(
    places: Places, decision: str, version: str, reason: str, today: date
) -> dict[str, str]:
    """Write a decision on a held version to seeds/version_reviews.csv; the next build applies it.

    Raises `UsageError` when no held version has that id.
    """
    row = next((one for one in held(places) if one["publication_id"] == version), None)
    if row is None:
        raise UsageError(
            f"No held version is called {version}: `pactwatch review` lists those there are."
        )
    path = places.seeds / "version_reviews.csv"
    table = pl.read_csv(path, infer_schema=False)
    decided = {
        "list": row["list"],
        "sha256": row["sha256"],
        "published_on": str(row["published_on"]),
        "decision": decision,
        "reason": reason,
        "source": row["file_name"],
        "decided_on": today.isoformat(),
    }
    kept = table.filter(
        (pl.col("sha256") != row["sha256"]) | (pl.col("published_on") != decided["published_on"])
    )
    added = pl.DataFrame([decided], schema=dict.fromkeys(table.columns, pl.String))
    text = pl.concat([kept, added]).sort("published_on", "list", "sha256").write_csv()
    archive.write_whole(path, text.encode())
    return decided


def settle_identity(
    places: Places, decision: str, sides: tuple[str, str], reason: str, today: date
) -> dict[str, str]:
    """Write to seeds/identity_links.csv whether two keys or agencies are one; builds apply it.

    `sides` are both printed keys as `identity_candidates` shows them, or both agency ids. A later
    decision on the same pair takes the place of the earlier. Raises `UsageError` when a side is
    nothing we know, or the two are of different sorts or the same.
    """
    left, right = sorted(side.strip() for side in sides)
    if ("|" in left) != ("|" in right):
        raise UsageError("Compare two keys or two agency ids, not one of each.")
    if left == right:
        raise UsageError("Both sides are the same: name two.")
    for side in (left, right):
        if not _is_known(places, side):
            raise UsageError(
                f"Nothing is called {side!r}: `pactwatch review` lists keys and ids to decide on."
            )
    path = places.seeds / "identity_links.csv"
    table = pl.read_csv(path, infer_schema=False)
    row = (decision, left, right, reason, "pactwatch review", today.isoformat())
    decided = dict(zip(IDENTITY_LINKS, row, strict=True))
    kept = table.filter((pl.col("left") != left) | (pl.col("right") != right))
    added = pl.DataFrame([decided], schema=dict.fromkeys(table.columns, pl.String))
    text = pl.concat([kept, added]).sort("left", "right").write_csv()
    archive.write_whole(path, text.encode())
    return decided


def _is_known(places: Places, side: str) -> bool:
    """Say whether a printed key or an agency id, as we mint ids from them, is in the record."""
    wanted = [side]
    if "|" in side:
        state, key, model, *signed = (part.strip() for part in side.split("|"))
        stem = f"{state.lower()}-{key}/{model.lower()}"
        wanted = [f"{stem}/{end}" for end in signed or ("pending", "undated")]
    found = warehouse.query(
        places.layout.database,
        """
        select agency_id as id from agencies
        union all select agreement_id from agreements
        union all select agreement_id from line_texts where agreement_id is not null
        union all select alias_id from id_aliases
        """,
    )
    return bool(set(wanted) & set(found["id"].to_list()))


_BEFALLEN = """
with newest as (select max(published_on) as day from publications)
select events.list, events.kind, events.published_on as since, events.before, events.after,
    events.publication_id
from events cross join newest
where (events.kind in ('silent', 'unlinked') and events.after is null)
    or (events.kind in ('replaced_in_place', 'stale_repost') and events.published_on >= day - 30)
order by events.published_on, events.event_id
"""
"""What a list is in, or what befell its files in the last 30 days of the record."""


def status(places: Places, today: date, silent_days: int) -> dict[str, Any]:
    """Return how fresh the record is, the last runs and captures, and what is held."""
    built = published(places.layout)
    if built is None:
        return {"warehouse": None, "runs": archive.read_ledger(places.layout)[-5:]}
    newest = warehouse.query(
        places.layout.database,
        """
        select list, max(published_on) as newest, count(*) as lists
        from publications where status = 'accepted' group by list order by list
        """,
    ).to_dicts()
    told = warehouse.query(places.layout.database, _BEFALLEN).to_dicts()
    for one in newest:
        one["states"] = [row for row in told if row["list"] == one["list"]]
        one["days_ago"] = (today - one["newest"]).days
        one["is_silent"] = one["days_ago"] > silent_days
    captures = archive.read_manifest(places.layout)
    return {
        "warehouse": {k: v for k, v in asdict(built).items() if k not in ("held", "is_new")},
        "lists": newest,
        "held": built.held,
        "last_capture": asdict(captures[-1]) if captures else None,
        "last_look": last_look(captures),
        "runs": archive.read_ledger(places.layout)[-5:],
    }


def doctor(places: Places, api_url: str | None, telling: Telling) -> list[Finding]:
    """Look at pins, server, data folder and notices; say how to mend what is not well."""
    layout = places.layout
    return [
        *_pins(),
        _server(api_url),
        _lock(layout),
        _disk(layout),
        _objects(layout),
        _ledgers(layout),
        _database(layout),
        *_notices(layout, telling),
    ]


def _pins() -> list[Finding]:
    locked = dict(
        re.findall(r"(?m)^([a-z0-9-]+)==([^\s\\;]+)", (ROOT / "requirements.lock").read_text())
    )
    return [
        Finding(
            f"{name} version",
            (installed := importlib.metadata.version(name)) == locked[name],
            f"{installed} installed, {locked[name]} locked",
            "remove .venv and run `make run`",
        )
        for name in PINNED
    ]


def _server(api_url: str | None) -> Finding:
    from flows.steps import fetch

    if not api_url:
        return Finding("Prefect server", True, "none set; `pactwatch serve` starts its own")
    return Finding(
        "Prefect server",
        fetch.answers(f"{api_url.rstrip('/')}/health"),
        api_url,
        "start the server, or unset PREFECT_API_URL to use one of pactwatch's own",
    )


def _lock(layout: Layout) -> Finding:
    try:
        with archive.only_one(layout):
            return Finding("data folder", True, "free")
    except archive.Busy as busy:
        return Finding("data folder", False, str(busy), "wait, or end that process by its number")
    except PactwatchError as problem:
        return Finding("data folder", False, str(problem), "mend the folder's rights")


def _disk(layout: Layout) -> Finding:
    if not layout.data.exists():
        return Finding("disk", False, "there is no data folder", "see the data folder above")
    free = shutil.disk_usage(layout.data).free
    return Finding(
        "disk", free > ENOUGH_DISK, f"{free / 1e9:.1f} GB free", "free some space on that disk"
    )


def _objects(layout: Layout) -> Finding:
    mend = "restore warehouse/raw from a backup, or import those lists again"
    try:
        captures = archive.read_manifest(layout)
        orphans = archive.orphans(layout)
    except PactwatchError as problem:
        return Finding("archive", False, str(problem), "restore the manifest from a backup")
    wanted = {c.sha256 for c in captures if c.sha256}
    for sha256 in sorted(wanted):
        try:
            archive.load(layout, sha256)
        except PactwatchError as problem:
            return Finding("archive", False, str(problem), mend)
    if orphans:
        known = ", ".join(sorted(sha256[:12] for sha256 in orphans)[:3])
        return Finding(
            "archive",
            False,
            f"{len(orphans)} objects have no row in the manifest ({known}): a run broke off",
            "run it again (`pactwatch import` or `snapshot`); it completes the rows",
        )
    return Finding("archive", True, f"{len(wanted)} objects, every hash matches")


def _ledgers(layout: Layout) -> Finding:
    damaged = [path.name for path in sorted(layout.data.glob("*.damaged"))]
    return Finding(
        "run ledger",
        not damaged,
        f"a damaged ledger was set aside as {', '.join(damaged)}" if damaged else "whole",
        "look what damaged it, then delete the copy",
    )


def _notices(layout: Layout, telling: Telling) -> list[Finding]:
    if not telling.addresses:
        return [Finding("notices", True, "no address is set (PACTWATCH_NOTIFY)")]
    mend = "check that address in PACTWATCH_NOTIFY; `pactwatch run` sends what waits"
    failing = [Finding("notices", False, said, mend) for said in waiting(layout, telling)]
    told = f"{len(telling.addresses)} addresses, nothing waits"
    return failing or [Finding("notices", True, told)]


def _database(layout: Layout) -> Finding:
    try:
        rows = warehouse.query(
            layout.database,
            "select max(published_on) as newest from publications where status = 'accepted'",
        )
    except PactwatchError as problem:
        return Finding("warehouse", False, str(problem), "run `pactwatch run`")
    return Finding("warehouse", True, f"last good list of {rows['newest'][0]}")


def is_running(run: dict[str, Any]) -> bool:
    """Say whether a ledger row without an end belongs to a living process."""
    try:
        os.kill(int(run["pid"]), 0)
    except (KeyError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return True


def as_json(value: Any) -> str:
    """Return a value as JSON, with dates and times in ISO form."""
    import json

    def plain(other: Any) -> Any:
        return other.isoformat() if isinstance(other, date | datetime) else str(other)

    return json.dumps(value, indent=2, default=plain, ensure_ascii=False)


def dictionary(sql: Path) -> dict[str, Any]:
    """Return {table: {grain, columns: {column: meaning}}} from sql/dictionary.yml."""
    import yaml

    written = yaml.safe_load((sql / "dictionary.yml").read_text(encoding="utf-8"))
    return {
        table: {
            "grain": one["grain"],
            "columns": {
                name: one.get("meanings", {}).get(name) or written["columns"][name]
                for name in one["columns"]
            },
        }
        for table, one in written["tables"].items()
    }
