"""Commands to decide what waits for a person: held versions, doubts and undecided joins."""

from __future__ import annotations

import sys
from datetime import date
from typing import Annotated

from cyclopts import App, Parameter

from flows import settings

from .terminal import Json, console, print_json

review = App(name="review", help="List what waits for a decision, and decide.")


@review.default
def review_list(
    *, as_json: Json = False, csv: Annotated[bool, Parameter(negative="")] = False
) -> int:
    """List held versions, agreements in doubt and undecided joins, with their evidence."""
    from flows.steps.warehouse import undecided

    from . import print_reviews as show
    from . import print_table

    waiting = {
        "versions": undecided.held(settings.paths()),
        "joins": undecided.candidates(settings.paths()),
        "doubts": undecided.doubts(settings.paths()),
        "looks": undecided.relabels(settings.paths()),
    }
    if as_json:
        print_json(waiting)
    elif csv:
        sys.stdout.write(print_table.flat(show.waiting_rows(waiting)).write_csv())
    else:
        show.reviews(console, waiting)
    return 0


@review.command
def accept(version: str, /, *, reason: str) -> int:
    """Accept a held version; written to seeds, applied by the next build."""
    return _decide("accept", version, reason)


@review.command
def reject(version: str, /, *, reason: str) -> int:
    """Reject a held version for good; written to seeds, applied by the next build."""
    return _decide("reject", version, reason)


@review.command
def same(left: str, right: str, /, *, reason: str) -> int:
    """Say that two keys or agencies are one; written to seeds, applied by the next build."""
    return _settle("same", left, right, reason)


@review.command
def distinct(left: str, right: str, /, *, reason: str) -> int:
    """Say that two keys or agencies are two; written to seeds, applied by the next build."""
    return _settle("distinct", left, right, reason)


def _settle(decision: str, left: str, right: str, reason: str) -> int:
    from flows.steps.warehouse import reviews

    decided = reviews.settle_identity(
        settings.paths(), decision, (left, right), reason, date.today()
    )
    console.print(
        f"  {decision}: {decided['left']} and {decided['right']}, written to"
        f" seeds/identity_links.csv; `pactwatch build` applies it ({reason}).",
        highlight=False,
        markup=False,
        soft_wrap=True,
    )
    return 0


def _decide(decision: str, version: str, reason: str) -> int:
    from flows.steps.warehouse import reviews

    decided = reviews.settle_version(settings.paths(), decision, version, reason, date.today())
    console.print(
        f"  {decision}: {version}, written to seeds/version_reviews.csv;"
        f" `pactwatch build` applies it ({decided['reason']}).",
        highlight=False,
        markup=False,
    )
    return 0
