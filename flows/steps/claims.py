"""The figures an article gives, read by a small grammar over its sentences.

Each sentence is read in the same order: dates and figures are found, each figure gets what it
counts (`claims_metrics`), when it holds (`claims_when`) and where (`claims_scope`), and what it
leaves out is taken from the list, the table or the sentence it continues. A figure that counts
nothing the record or the reader could use is dropped rather than guessed at.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date

from flows.steps.claims_change import direction, money_metric, percent_metric, ratio_metric
from flows.steps.claims_dates import When, find_dates
from flows.steps.claims_eras import find_eras, same_period
from flows.steps.claims_metrics import Counted, Scene, count_metric
from flows.steps.claims_numbers import Figure, find_figures
from flows.steps.claims_scope import model_before, model_of, state_of
from flows.steps.claims_sentences import Sentence, split_sentences
from flows.steps.claims_when import (
    Draft,
    own_date,
    role_of,
    since_of,
    split_parts,
    usable_dates,
    with_since,
)
from flows.steps.claims_words import HOLE, PROGRAM, mask
from flows.steps.records import Article, Claim


@dataclass(frozen=True, slots=True)
class _Page:
    """An article with its dates found and everything that is no figure blanked out."""

    text: str
    masked: str
    holes: str
    dates: list[When]
    figures: list[Figure]


_METRICS = {
    "count": count_metric,
    "percent": percent_metric,
    "ratio": ratio_metric,
    "usd": money_metric,
}
_GROWTH = ("growth_ratio", "growth_percent")
_POINTS_BACK = re.compile(
    r"\W*(?:(?:of|among|in)\s)?(?:that|this|those|these|they|them|it|the\s(?:number|figure|total"
    r"|tally|count|agreements|agencies))\b",
    re.IGNORECASE,
)


def find_claims(article: Article) -> list[Claim]:
    """Return the figures that an article gives, in the order of its text.

    Spans count in `article.text` and slice to the figure with its hedge ("at least 315"). An
    article without figures gives an empty list; nothing is raised for odd text.
    """
    page = _read_page(article)
    drafts: list[Draft] = []
    for number, sentence in enumerate(split_sentences(page.text)):
        found = _read_sentence(page, sentence, number, drafts)
        drafts.extend(found)
    drafts = _repeat_known(drafts)
    return [_claim(article, place, draft) for place, draft in enumerate(drafts)]


def _read_page(article: Article) -> _Page:
    """Find dates first, so that no part of a date is taken for a figure."""
    masked = mask(article.text)
    dates = _without_overlaps(
        [
            *find_eras(masked, article.published_on),
            *find_dates(masked, article.published_on),
        ]
    )
    holes = masked
    for when in dates:
        if not when.named:
            holes = holes[: when.start] + HOLE * (when.end - when.start) + holes[when.end :]
    return _Page(article.text, masked, holes, dates, find_figures(holes))


def _without_overlaps(dates: list[When]) -> list[When]:
    """Return the dates in reading order, the longer of two that overlap."""
    kept: list[When] = []
    for when in sorted(dates, key=lambda when: (when.start - when.end, when.start)):
        if all(when.end <= other.start or other.end <= when.start for other in kept):
            kept.append(when)
    return sorted(kept, key=lambda when: when.start)


def _read_sentence(
    page: _Page, sentence: Sentence, number: int, earlier: list[Draft]
) -> list[Draft]:
    """Return the drafts of one sentence, dated and scoped, in reading order."""
    figures = [f for f in page.figures if sentence.start <= f.start and f.end <= sentence.end]
    if not figures:
        return []
    scene = Scene(
        text=page.holes,
        start=sentence.start,
        end=sentence.end,
        figures=tuple(figures),
        topic=_topic(earlier, sentence, number),
        lead=page.holes[slice(*sentence.lead)] if sentence.lead else "",
        header=sentence.header,
    )
    scene = _count_figures(scene)
    parts = split_parts(scene)
    dates = usable_dates(page.masked, page.dates, scene.start, scene.end)
    drafts: list[Draft] = []
    for place, (figure, counted) in enumerate(zip(figures, scene.counted, strict=True)):
        if counted is None:
            continue
        part = next(i for i, part in enumerate(parts) if figure.number < part.end)
        role = role_of(scene, place, parts[part])
        draft = Draft(
            figure, counted, counted.metric, role, part, number, sentence.line, sentence.kind
        )
        draft = _placed(page, scene, place, draft, drafts)
        if counted.metric != "models":
            draft = replace(draft, when=own_date(scene, draft, drafts, parts, dates))
            since = since_of(scene, draft, parts, dates) or _lead_since(page, sentence)
            draft = with_since(scene, draft, since, drafts)
        if counted.unit == "percent" and direction(scene, place) < 0:
            draft = replace(draft, figure=replace(figure, value=-figure.value))
        drafts.append(draft)
    return _with_context(page, sentence, drafts, earlier)


def _count_figures(scene: Scene) -> Scene:
    """Return the scene with what each figure counts, each read knowing those before it."""
    for place, figure in enumerate(scene.figures):
        counted: Counted | None = _METRICS[figure.kind](scene, place)
        scene = replace(scene, counted=(*scene.counted, counted))
    return scene


def _topic(earlier: list[Draft], sentence: Sentence, number: int) -> str | None:
    """Return what the last figures counted, if they stand close enough to be meant."""
    for draft in reversed(earlier):
        if number - draft.sentence > 2 and sentence.line - draft.line > 2:
            return None
        if draft.counted.unit not in ("percent", "ratio", "usd", "states", "models"):
            return "agreements" if draft.metric.startswith("agreements") else draft.metric
    return None


def _placed(page: _Page, scene: Scene, place: int, draft: Draft, before: list[Draft]) -> Draft:
    """Return the draft with its state and its model."""
    state = state_of(page.text, scene, place, draft.counted.end)
    model = None
    if draft.metric.startswith(("agreements", "agencies")):
        model = model_of(scene, place, draft.counted.end)
        model = model or model_before(page.holes, scene, place)
    same_part = [other for other in before if other.part == draft.part]
    if draft.metric == "states":
        state = None
        model = same_part[-1].model if same_part else model
    elif state is None and before and _is_relative(scene, draft):
        state = before[-1].state
    return replace(draft, state=state, model=model)


def _is_relative(scene: Scene, draft: Draft) -> bool:
    """Return whether a figure stands in a clause about the figure before it (", who ...")."""
    return split_parts(scene)[draft.part].kind == "relative"


def _lead_since(page: _Page, sentence: Sentence) -> date | None:
    """Return the "since" of the line that opens a list."""
    if not sentence.lead:
        return None
    dates = usable_dates(page.masked, page.dates, *sentence.lead)
    return next((when.first for when in dates if when.role == "since"), None)


def _with_context(
    page: _Page, sentence: Sentence, drafts: list[Draft], earlier: list[Draft]
) -> list[Draft]:
    """Return the drafts of a sentence with the dates they take from other figures or lines."""
    offset = len(earlier)
    done: list[Draft] = []
    for draft in drafts:
        kept = draft
        if draft.metric not in _GROWTH:
            kept = _dated(page, sentence, draft, [*earlier, *done])
        done.append(kept)
    for place, draft in enumerate(done):
        if draft.metric in _GROWTH:
            done[place] = _grown(draft, done, earlier, offset)
    return done


def _dated(page: _Page, sentence: Sentence, draft: Draft, known: list[Draft]) -> Draft:
    """Return a draft with a date from its own sentence, its list, its table or its forerunner."""
    mates = [i for i, other in enumerate(known) if other.sentence == draft.sentence]
    family = _family(draft)
    kin = [i for i in mates if _family(known[i]) == family and known[i].role == draft.role]
    if draft.when:
        shared = [i for i in kin if known[i].when == draft.when]
        return replace(draft, continues=shared[-1]) if shared else draft
    if draft.role == "baseline" or draft.metric == "models":
        return draft
    if kin:
        return replace(draft, when=known[kin[-1]].when, continues=kin[-1])
    if draft.since and family not in ("program",):
        return draft
    for span in (sentence.lead, sentence.heading if sentence.kind != "prose" else None):
        dates = usable_dates(page.masked, page.dates, *span) if span else []
        points = [when for when in dates if when.role != "since"]
        if points:
            return replace(draft, when=points[-1])
    source = _forerunner(page, sentence, draft, known)
    if source is None:
        return draft
    return replace(draft, when=known[source].when, continues=source)


def _family(draft: Draft) -> str:
    """Return which figures can lend each other a date: those about one matter."""
    metric = draft.counted.of or draft.metric
    return "program" if metric in PROGRAM else metric


def _forerunner(page: _Page, sentence: Sentence, draft: Draft, known: list[Draft]) -> int | None:
    """Return the earlier figure whose date a figure without one takes, if any."""
    text = page.masked[sentence.start : sentence.end]
    if same_period(text) and known and known[-1].line >= draft.line - 1:
        return len(known) - 1
    for place in range(len(known) - 1, -1, -1):
        other = known[place]
        if _family(other) != _family(draft) or other.role == "baseline":
            continue
        follows = draft.sentence - other.sentence <= 2 and (
            other.line == draft.line
            or (draft.kind == other.kind == "item" and other.line == draft.line - 1)
            or bool(_POINTS_BACK.match(text))
        )
        return place if follows or (draft.counted.of and draft.line - other.line <= 2) else None
    return None


def _grown(draft: Draft, mates: list[Draft], earlier: list[Draft], offset: int) -> Draft:
    """Return a growth figure with the two days it spans, from the levels it compares.

    `as_of` is the day of the later level and `since` the day of the earlier one.
    """
    pool, base = mates, offset
    if not any(other.metric in PROGRAM and other.metric not in _GROWTH for other in mates):
        last = earlier[-1].sentence if earlier else -1
        if draft.when or draft.since or draft.sentence - last > 2:
            span = draft.when if draft.when and draft.when.role == "during" else None
            return replace(draft, since=draft.since or (span.first if span else None))
        pool = [other for other in earlier if other.sentence == last]
        base = len(earlier) - len(pool)
    levels = [
        (base + i, other)
        for i, other in enumerate(pool)
        if other.metric in PROGRAM and other.metric not in _GROWTH
    ]
    starts = [other.when for _, other in levels if other.role == "baseline" and other.when]
    ends = [(i, other) for i, other in levels if other.role != "baseline" and other.when]
    since = starts[0].first if starts else draft.since
    if not ends:
        return replace(draft, since=since)
    counted = [pair for pair in ends if pair[1].metric != "states"] or ends
    place, level = counted[-1]
    return replace(draft, when=level.when, since=since, continues=place)


def _repeat_known(drafts: list[Draft]) -> list[Draft]:
    """Give a figure that repeats an earlier dated one ("the 628 agreements") that one's date."""
    seen: dict[tuple[object, ...], int] = {}
    done: list[Draft] = []
    for place, draft in enumerate(drafts):
        key = (draft.metric, draft.figure.value, draft.state, draft.model, draft.since)
        kept = draft
        if draft.when is None and key in seen and draft.metric != "models":
            source = seen[key]
            kept = replace(draft, when=done[source].when, continues=source)
        if kept.when is not None:
            seen.setdefault(key, place)
        done.append(kept)
    return done


def _claim(article: Article, place: int, draft: Draft) -> Claim:
    """Return the finished claim: ids count from 1 in text order."""
    figure, when = draft.figure, draft.when
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
        start=figure.start,
        end=figure.end,
        continues=None
        if draft.continues is None
        else f"{article.article_id}#{draft.continues + 1}",
    )
