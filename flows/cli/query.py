"""Commands that answer: what the record says, how fresh it is, and whether all is well."""

from __future__ import annotations

import sys
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Annotated

from cyclopts import Parameter

from flows import settings
from flows.steps.common.errors import UsageError

from .terminal import HELD, Json, console, print_json


def query(
    sql: str, /, *, as_json: Json = False, csv: Annotated[bool, Parameter(negative="")] = False
) -> int:
    """Run SQL on the warehouse, read-only and without access to files or the network."""
    from flows.steps.warehouse import database

    from . import print_table

    rows = database.query(settings.paths().layout.database, sql)
    if as_json:
        print_json(rows.to_dicts())
    elif csv:
        sys.stdout.write(print_table.flat(rows).write_csv())
    else:
        print_table.table(console, rows)
    return 0


def tables(name: str | None = None, /, *, as_json: Json = False) -> int:
    """Print the dictionary: every public table, what a row is, and what each column means."""
    from flows.steps.warehouse import lookups

    from . import print_agency

    described = lookups.dictionary(settings.paths().sql)
    if name is not None and name not in described:
        raise UsageError(f"There is no table {name}: there are {', '.join(described)}.")
    chosen = {name: described[name]} if name else described
    if as_json:
        print_json(chosen)
    else:
        print_agency.dictionary(console, chosen, is_whole=name is not None)
    return 0


def explain(
    agency: str,
    /,
    *,
    as_json: Json = False,
    csv: Annotated[bool, Parameter(negative="", help="Print the events as CSV.")] = False,
) -> int:
    """Show all that is known of one agency: spellings, agreements, joins and events, in order.

    It is found by its name or id, or by the id of an agreement, application or event of its own.
    """
    from flows.steps.warehouse import lookups

    from . import print_agency, print_table

    found = lookups.explain(settings.paths(), agency)
    if as_json:
        print_json(found)
    elif csv:
        sys.stdout.write(print_table.flat(print_agency.event_rows(found)).write_csv())
    else:
        print_agency.explanation(console, found)
    return 0


def audit(
    *,
    state: Annotated[str | None, Parameter(help="Only what is of one state, by its code.")] = None,
    finding: Annotated[str | None, Parameter(help="Only one kind, by its code.")] = None,
    as_json: Json = False,
    csv: Annotated[bool, Parameter(negative="")] = False,
) -> int:
    """List what a careful editor would doubt on the whole record, each with its rows."""
    from flows.steps.warehouse import audits

    from . import print_audit, print_table

    found = audits.audit(settings.paths(), state=state, finding=finding)
    if as_json:
        print_json(found.to_dicts())
    elif csv:
        sys.stdout.write(print_table.flat(found).write_csv())
    else:
        print_audit.audit(console, found.to_dicts())
    return 0


def claims(article: str | None = None, /, *, as_json: Json = False) -> int:
    """Show the figures that articles quote and what the record says of them.

    With an article's id each card also shows the readings tried and the query that proves it.
    """
    from . import print_claims

    database = settings.paths().layout.database
    found = print_claims.claim_cards(database, article)
    if article and not found:
        raise UsageError(f"No claim is of an article called {article}: see `pactwatch claims`.")
    if as_json:
        print_json(found)
    else:
        print_claims.show_cards(
            console, found, print_claims.disagreements(database, article), is_whole=bool(article)
        )
    return 0


def status(
    *,
    as_json: Json = False,
    all_settings: Annotated[bool, Parameter("--settings", negative="")] = False,
) -> int:
    """Show how fresh the record is, the last runs, and what is held (or all settings)."""
    from flows.steps.notify.outbox import waiting

    from . import health, schedule
    from . import print_status as show
    from .unusable import unusable

    known, faults = settings.look()
    if all_settings:
        show.settings(console, known, faults)
        return UsageError.exit_code if faults else 0
    paths = settings.paths_at(known.data)
    found = health.status(paths, date.today(), known.silent_days)
    found["settings"] = [*faults, *unusable(known)]
    found["notices"] = waiting(paths.layout, settings.telling(known))
    served = schedule.look(paths.layout, _utc_now())
    found["schedule"] = served.as_values
    if as_json:
        print_json(found)
    else:
        show.status(console, found)
        show.schedule(console, served)
    if found["settings"]:
        return UsageError.exit_code
    look = found.get("last_look")
    return HELD if found.get("held") or (look and look["failed"]) else 0


def doctor(*, as_json: Json = False) -> int:
    """Check pins, settings, server, schedule, lock, disk, archive and warehouse, with mends."""
    from . import health, schedule
    from . import print_status as show
    from .unusable import unusable

    known, faults = settings.look()
    paths = settings.paths_at(known.data)
    findings = health.doctor(
        paths,
        settings.prefect_server(),
        settings.telling(known),
        date.today(),
        [*faults, *unusable(known)],
    )
    findings += health.of_schedule(schedule.look(paths.layout, _utc_now()))
    if as_json:
        print_json([asdict(finding) for finding in findings])
    else:
        show.findings(console, findings)
    return 0 if all(finding.is_well for finding in findings) else 1


def _utc_now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
