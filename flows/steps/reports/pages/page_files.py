"""What changed in the week as files for other programs: CSV for spreadsheets, and JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from typing import Any

from flows.steps.common.wording import clean

from .changes import FOLDED, KINDS

Facts = Mapping[str, Any]

SCHEMA = "pactwatch-changes/1"
FIELDS = {
    "week": "ISO week of the report",
    "list": "participating or pending",
    "change": "what the report calls it: left when none of the agency's agreements is still listed,"
    " else dropped; a row missing from a list or two is gaps",
    "kind": "kind of event, as in the table events",
    "field": "what was put otherwise: agency, signed_on, state, model, agency_type or moa_url",
    "rule": "code of the rule that decided, as in the table event_rules",
    "evidence": "what the rule rests on",
    "standing": "how sure a departure is: waiting, confirmed or retracted",
    "is_provisional": "true for a departure that two more lists and 9 days have not confirmed",
    "still_listed": "for an agreement that is gone, models of its agency's others on that list;"
    " empty when the agency left",
    "published_on": "day of the list that shows the change",
    "state": "two-letter code of the state or territory",
    "agency": "name of the agency",
    "model": "JEM, TFM or WSO",
    "signed_on": "day of signing",
    "before": "what was printed or linked before, or the agreement that was replaced",
    "after": "what is printed or linked now, or the agreement that replaced it",
    "days_waited": "days on the pending list",
    "moa_url": "address of the signed agreement",
    "agreement_id": "id of the agreement or, for the pending list, of the application",
    "agency_id": "id of the agency",
    "publication_id": "list version that shows the change",
    "row_number": "row in it, counted from the first row under the header; empty when not in it",
    "previous_publication_id": "list version before",
    "previous_row_number": "row in that one",
}
"""The fields of a change, in order, the same in both files."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def to_csv(facts: Facts) -> bytes:
    """Return every change of the week as CSV; cells a spreadsheet would run get an apostrophe.

    Control and direction marks are left out of names; the JSON has the exact text.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(FIELDS)
    for row in _rows(facts):
        writer.writerow([_inert(value) for value in row.values()])
    return out.getvalue().encode("utf-8", errors="replace")


def to_json(facts: Facts) -> bytes:
    """Return every change of the week as JSON, in ASCII, so that no mark in a name is hidden."""
    text = json.dumps(
        {
            "schema": SCHEMA,
            "week": facts["week"]["id"],
            "fields": [{"name": name, "description": says} for name, says in FIELDS.items()],
            "changes": list(_rows(facts)),
        },
        indent=1,
        allow_nan=False,
    )
    return (text + "\n").encode("ascii")


def _rows(facts: Facts) -> Iterator[dict[str, Any]]:
    for group in sorted(facts["changes"], key=_rank):
        for row in facts["changes"][group]:
            known = {**row, "week": facts["week"]["id"], "change": group}
            yield {name: known.get(name) for name in FIELDS}


def _rank(group: str) -> tuple[int, str]:
    """Order groups as the report does; the keys of facts read from a file come sorted."""
    known = [*KINDS, *FOLDED]
    return (known.index(group) if group in known else len(known), group)


def _inert(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        value = "; ".join(map(str, value))
    if isinstance(value, bool):
        return "true" if value else "false"
    text = clean(value, None) if isinstance(value, str) else str(value)
    # Tested before cleaning as well: a leading tab would hide the formula behind it.
    risky = isinstance(value, str) and (value.startswith(_FORMULA) or text.startswith(_FORMULA))
    return f"'{text}" if risky else text
