"""The figures an article gives, read by a small grammar over its sentences.

Each sentence is read in the same order: dates and figures are found, each figure gets what it
counts (`claims_metrics`), when it holds (`claims_when`) and where (`claims_scope`), and what it
leaves out is taken from the list, the table or the sentence it continues. A figure that counts
nothing the record or the reader could use is dropped rather than guessed at.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import pairwise

from flows.steps.common.records import Article, Claim

from .change import direction, money_metric, percent_metric, ratio_metric
from .claim_dates import When, find_dates, is_aside
from .claim_sentences import Sentence, split_sentences
from .context import Page, compared_date, date_headline, next_date, repeat_known, with_context
from .eras import find_eras
from .metrics import count_metric
from .numbers import Figure, find_figures
from .part import counts_a_part
from .places import Named, find_names
from .placing import placed
from .reach import MOST_FIGURES, end_of_reading
from .scene import Counted, Scene
from .seasons import find_offsets, find_seasons, find_spans, find_that_year
from .since import since_of, with_since
from .table import column_date
from .when import (
    Draft,
    is_present,
    own_clause,
    own_date,
    own_end,
    role_of,
    split_parts,
    usable_dates,
)
from .words import HOLE, mask

__all__ = ["Named", "find_claims", "find_names"]


# The program by its number, or ICE's agreements where their models or partners are spoken of.
_SUBJECT = re.compile(
    r"\bg{4,}\b|\bICE\b[^.\n]{0,200}\b(?:agreements|partner\w*|deputiz\w+)\b"
    r"|\b(?:agreements|partner\w*|deputiz\w+)\b[^.\n]{0,200}\b(?:ICE|Immigration\sand\sCustoms)\b"
)
_METRICS = {
    "count": count_metric,
    "percent": percent_metric,
    "ratio": ratio_metric,
    "usd": money_metric,
}


def find_claims(article: Article) -> list[Claim]:
    """Return the figures that an article gives, in the order of its text.

    Spans count in `article.text`, those of the headline in `article.title`, and slice to the figure
    with its hedge ("at least 315"). What stands after `reach.end_of_reading` is not read, which
    the article's notes say. An article without figures gives an empty list; nothing is raised for
    odd text.
    """
    headline = _headline(article)
    read = article.text[: end_of_reading(article.text)]
    page = _read_page(replace(article, text=headline + read))
    drafts: list[Draft] = []
    for number, sentence in enumerate(_pieces(page)):
        found = _read_sentence(page, sentence, number, drafts)
        drafts.extend(found)
    drafts = date_headline(repeat_known(drafts), len(headline))
    return [_claim(article, place, draft, len(headline)) for place, draft in enumerate(drafts)]


def _pieces(page: Page) -> Iterator[Sentence]:
    """Yield the sentences, one with more figures than any in print cut before the next of them."""
    for sentence in split_sentences(page.text):
        more = _figures_in(page, sentence)[MOST_FIGURES::MOST_FIGURES]
        edges = [sentence.start, *(figure.start for figure in more), sentence.end]
        for start, end in pairwise(edges):
            yield replace(sentence, start=start, end=end)


def _headline(article: Article) -> str:
    """Return the title as a line above the text when it holds a figure that the text lacks there.

    Most headlines give no figure, and then the text is read as it stands.
    """
    title = " ".join(article.title.split())
    if title != article.title or article.text.startswith(title) or title.endswith("…"):
        return ""
    return f"{title}\n\n" if find_figures(mask(title)) else ""


def _read_page(article: Article) -> Page:
    """Find dates first, so that no part of a date is taken for a figure."""
    masked = mask(article.text)
    dates = _without_overlaps(
        [
            *find_seasons(masked, article.published_on),
            *find_eras(masked, article.published_on),
            *find_dates(masked, article.published_on),
        ]
    )
    dates = _without_overlaps([*dates, *find_spans(masked, dates, article.published_on)])
    dates = _without_overlaps([*dates, *find_offsets(masked, dates, article.published_on)])
    dates = _without_overlaps([*dates, *find_that_year(masked, dates)])
    holes = _with_holes(masked, [when for when in dates if not when.named])
    about = _SUBJECT.search(mask(article.title) + " " + masked)
    subject = "agreements" if about else None
    return Page(
        text=article.text,
        masked=masked,
        holes=holes,
        dates=dates,
        own_dates=[when for when in dates if not is_aside(masked, when)],
        figures=find_figures(holes),
        subject=subject,
        published=article.published_on,
    )


def _without_overlaps(dates: list[When]) -> list[When]:
    """Return the dates in reading order, the longer of two that overlap."""
    kept: list[When] = []
    for when in sorted(dates, key=lambda when: (when.start - when.end, when.start)):
        place = bisect_left(kept, when.end, key=lambda other: other.start)
        if not place or kept[place - 1].end <= when.start:
            kept.insert(place, when)
    return kept


def _with_holes(text: str, dates: list[When]) -> str:
    """Return a text with its dates blanked out, at the same length."""
    pieces, end = [], 0
    for when in dates:
        pieces += [text[end : when.start], HOLE * (when.end - when.start)]
        end = when.end
    return "".join([*pieces, text[end:]])


def _read_sentence(
    page: Page, sentence: Sentence, number: int, earlier: list[Draft]
) -> list[Draft]:
    """Return the drafts of one sentence, dated and scoped, in reading order."""
    figures = _figures_in(page, sentence)
    if not figures:
        return []
    scene = _count_figures(_scene(page, sentence, figures, _topic(earlier, sentence, number)))
    parts = split_parts(scene)
    usable = usable_dates(page.own_dates, scene.start, scene.end)
    dates = _not_compared(page, usable, figures)
    drafts: list[Draft] = []
    for place, (figure, counted) in enumerate(zip(figures, scene.counted, strict=True)):
        if counted is None:
            continue
        part = next(i for i, part in enumerate(parts) if figure.number < part.end)
        draft = Draft(
            figure=figure,
            counted=counted,
            metric=counted.metric,
            role=role_of(scene, place, parts[part]),
            part=part,
            sentence=number,
            line=sentence.line,
            kind=sentence.kind,
            is_present=is_present(scene, place, parts[part]),
            is_part=counts_a_part(scene, place, counted),
            is_relative=parts[part].kind == "relative",
        )
        draft = placed(page.text, scene, place, draft, [*earlier[-4:], *drafts])
        if draft.metric != "models":
            own = own_date(scene, draft, drafts, parts, dates)
            own = own_end(draft, dates) or own_clause(scene, draft, usable) or own
            draft = replace(draft, when=own or column_date(scene, place, page.published))
            since = since_of(scene, draft, parts, dates) or _lead_since(page, sentence)
            draft = with_since(scene, draft, since, drafts)
        if counted.unit == "percent" and direction(scene, place) < 0:
            draft = replace(draft, figure=replace(figure, value=-figure.value))
        drafts.append(draft)
    return with_context(page, sentence, drafts, earlier)


def _figures_in(page: Page, sentence: Sentence) -> list[Figure]:
    first = bisect_left(page.figures, sentence.start, key=lambda figure: figure.start)
    last = bisect_right(page.figures, sentence.end, key=lambda figure: figure.end)
    return page.figures[first:last]


def _not_compared(page: Page, dates: list[When], figures: list[Figure]) -> list[When]:
    """Return the dates figures may stand for: none that a ratio or percentage compares with."""
    compared = [
        compared_date(page.masked, page.dates, figure.end)
        for figure in figures
        if figure.kind in ("ratio", "percent") and not _stands_before_date(page, figure, figures)
    ]
    return [when for when in dates if when not in compared]


def _stands_before_date(page: Page, figure: Figure, figures: list[Figure]) -> bool:
    """Return whether a later figure takes the date: "five times the 135 in place in December"."""
    when = next_date(page.dates, figure.end)
    return when is not None and any(figure.end <= o.start < when.start for o in figures)


def _scene(page: Page, sentence: Sentence, figures: list[Figure], topic: str | None) -> Scene:
    """Return a sentence with what the grammar needs to know around it."""
    return Scene(
        text=page.holes,
        start=sentence.start,
        end=sentence.end,
        figures=tuple(figures),
        topic=topic,
        subject=page.subject,
        lead=page.holes[slice(*sentence.lead)] if sentence.lead else "",
        header=sentence.header,
    )


def _count_figures(scene: Scene) -> Scene:
    """Return the scene with what each figure counts, each read knowing those before it."""
    for place, figure in enumerate(scene.figures):
        counted: Counted | None = _METRICS[figure.kind](scene, place)
        scene = replace(scene, counted=(*scene.counted, counted))
    return scene


def _topic(earlier: list[Draft], sentence: Sentence, number: int) -> str | None:
    """Return what the last figures counted, if they stand close enough to be meant."""
    first = bisect_left(earlier, number - 1, key=lambda draft: draft.sentence)
    last = earlier[first:]
    if last and {draft.metric for draft in last} == {"states"}:
        return "states"
    if last and {draft.metric for draft in last} == {"other"}:
        return None
    for draft in reversed(earlier):
        if number - draft.sentence > 2 and sentence.line - draft.line > 2:
            return None
        if draft.counted.is_aside:
            continue
        if draft.metric.startswith("growth") and draft.sentence == number - 1:
            return "agreements"
        if draft.counted.unit not in ("percent", "ratio", "usd", "states", "models"):
            return "agreements" if draft.metric.startswith("agreements") else draft.metric
    return None


def _lead_since(page: Page, sentence: Sentence) -> date | None:
    """Return the "since" of the line that opens a list."""
    if not sentence.lead:
        return None
    dates = usable_dates(page.own_dates, *sentence.lead)
    return next((when.first for when in dates if when.role == "since"), None)


def _claim(article: Article, place: int, draft: Draft, headline: int) -> Claim:
    """Return the finished claim: ids count from 1 in text order, after a headline's."""
    figure, when = draft.figure, draft.when
    in_headline = figure.start < headline
    offset = 0 if in_headline else headline
    return Claim(
        claim_id=f"{article.article_id}#{place + 1}",
        article_id=article.article_id,
        position=place + 1,
        metric=draft.metric,
        value=figure.value,
        value_high=figure.high,
        unit=draft.counted.unit,
        qualifier=figure.qualifier,
        as_of=when.first if when else None,
        as_of_end=when.last if when else None,
        as_of_precision=when.precision if when else "unknown",
        since=draft.since,
        state=draft.state,
        model=draft.model,
        start=figure.start - offset,
        end=figure.end - offset,
        continues=None
        if draft.continues is None
        else f"{article.article_id}#{draft.continues + 1}",
        place="headline" if in_headline else "text",
        is_part=draft.is_part,
        is_baseline=draft.role == "baseline",
    )
