"""Cards of claims: where a figure stands, the readings tried, the verdict, the proving query."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape

from flows.steps.warehouse.database import query


def claim_cards(database: Path, article: str | None) -> list[dict[str, Any]]:
    """Return a card for each claim, of one article or of all: its check, article and readings.

    `article` is an article's id or a part of it. Each card holds the columns of `claim_checks`,
    where it stands, the title, publisher and date of its article, and `readings`, those tried.
    """
    wanted = {"article": article}
    cards = query(database, _CARDS, wanted).to_dicts()
    readings: dict[str, list[dict[str, Any]]] = {}
    for one in query(database, _READINGS, wanted).to_dicts():
        readings.setdefault(one["claim_id"], []).append(one)
    return [{**card, "readings": readings.get(card["claim_id"], [])} for card in cards]


def disagreements(database: Path, article: str | None) -> list[dict[str, Any]]:
    """Return the rows of `claim_disagreements` that one article, or any, has a part in."""
    return query(database, _DISAGREEMENTS, {"article": article}).to_dicts()


def show_cards(
    console: Console,
    cards: list[dict[str, Any]],
    disagreements: list[dict[str, Any]],
    *,
    is_whole: bool,
) -> None:
    """Print a card for each claim: the figure quoted, the verdict, and what the record shows.

    A whole card adds the readings tried and the query that proves the one that fits best.
    """
    title = None
    for card in cards:
        if card["article_id"] != title:
            title = card["article_id"]
            source = ", ".join(str(card[key]) for key in ("publisher", "published_on") if card[key])
            console.print(f"[bold]{escape(card['title'])}[/bold]  {title}", highlight=False)
            _line(console, f"  {source or 'no publisher or date known'}")
        _show_card(console, card, is_whole)
    for one in disagreements:
        _line(
            console,
            f"{one['claim_id']} gives {one['value']:,.10g} and {one['other_claim_id']}"
            f" {one['other_value']:,.10g} {one['metric'].replace('_', ' ')}"
            f" ({one['as_of']}, {one['other_as_of']}): they do not agree.",
        )
    counts = Counter(card["verdict"].replace("_", " ") for card in cards)
    said = ", ".join(f"{count} {verdict}" for verdict, count in sorted(counts.items()))
    more = "" if is_whole else "; `pactwatch claims ARTICLE` shows readings and queries"
    console.print(f"[dim]{len(cards)} figures: {said}{more}[/dim]")


def _show_card(console: Console, card: Mapping[str, Any], is_whole: bool) -> None:
    style = _VERDICT_STYLES.get(card["verdict"], "yellow")
    console.print(
        f"  #{card['position']}  {escape(card['said'])}:"
        f" [{style}]{card['verdict'].replace('_', ' ')}[/]",
        highlight=False,
        soft_wrap=True,
    )
    _line(console, f"      {card['evidence']}")
    if is_whole:
        for one in card["readings"]:
            _line(console, f"      {'=' if one['is_match'] else '·'} {_reading_in_words(one)}")
        if card["query"]:
            _line(console, f"      {card['query']}")


def _line(console: Console, text: str) -> None:
    console.print(text, highlight=False, markup=False, soft_wrap=True)


_VERDICT_STYLES = {"confirmed": "green", "contradicted": "red", "not_checkable": "dim"}


def _reading_in_words(one: Mapping[str, Any]) -> str:
    """Return a reading tried, with what it gave and when it gave the figure exactly."""
    observed = f"{one['observed']:,.4g}" if one["observed"] % 1 else f"{one['observed']:,.0f}"
    made_of = f" ({one['made_of']})" if one["made_of"] else ""
    day = f" on {one['observed_on']}" if one["observed_on"] else ""
    exactly = f"; so on {one['exact_from']} to {one['exact_to']}" if one["exact_from"] else ""
    return f"{one['reading']}: {observed}{made_of}{day}{exactly}  [{one['role']}]"


_CARDS = """
select
    checks.*,
    claims.place,
    articles.title,
    articles.publisher,
    articles.published_on,
    articles.source
from claim_checks as checks
inner join claims using (claim_id)
inner join articles on checks.article_id = articles.article_id
where $article is null or contains(checks.article_id, $article)
order by checks.article_id, checks.position
"""

_READINGS = """
select
    claim_id, reading, role, observed, made_of, is_match, observed_on, exact_from, exact_to, query
from claim_readings
where $article is null or contains(article_id, $article)
order by article_id, position, rank
"""

_DISAGREEMENTS = """
select *
from claim_disagreements
where $article is null
    or contains(article_id, $article)
    or contains(other_article_id, $article)
order by all
"""
