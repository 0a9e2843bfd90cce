"""What a figure takes from the figures, the list and the table around it."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from datetime import date

from .claim_dates import When
from .claim_sentences import Sentence
from .eras import same_period
from .numbers import Figure
from .when import Draft, usable_dates
from .words import PROGRAM


@dataclass(frozen=True, slots=True)
class Page:
    """An article with its dates found and everything that is no figure blanked out.

    `own_dates` are those that can be a figure's: they date nothing else ("a 2018 study").
    """

    text: str
    masked: str
    holes: str
    dates: list[When]
    own_dates: list[When]
    figures: list[Figure]
    subject: str | None
    published: date | None


_GROWTH = ("growth_ratio", "growth_percent")
_POINTS_BACK = re.compile(
    r"\W*(?:of\sthe\s(?:\S+\s)?agreements\b|(?:(?:of|among|in)\s)?(?:that|this|those|these|they|them|it|their\snumber|the\s(?:number|figure|total"
    r"|tally|count|agreements|agencies)\b))",
    re.IGNORECASE,
)

_THAN_IN = re.compile(
    r"\s(?:the|its|their|what|as\smany|that|(?:more|larger|bigger|higher|greater)\sthan)\b[^.;,]*\s(?:(?:in|on|at|of)\s(?:the\s)?|when\s[^.;,]*)|\s(?:(?:increase|rise|jump|surge)\s)?(?:from|over)\s(?:the\s)?",
    re.IGNORECASE,
)


def with_context(
    page: Page, sentence: Sentence, drafts: list[Draft], earlier: list[Draft]
) -> list[Draft]:
    """Return the drafts of a sentence with the dates they take from other figures or lines."""
    offset = len(earlier)
    text = page.masked[sentence.start : sentence.end]
    above = _date_above(page.own_dates, sentence)
    done: list[Draft] = []
    for draft in drafts:
        kept = draft
        if draft.metric not in _GROWTH:
            kept = _dated(text, draft, [*earlier, *done], offset, above)
        done.append(kept)
    for place, draft in enumerate(done):
        if draft.metric in _GROWTH:
            points = _POINTS_BACK.match(text)
            bases = [other.when for other in done if other.role == "baseline"]
            is_free = draft.when is None or draft.when in bases
            takes_up = bool(points) and is_free and not draft.is_present
            grown = _grown(draft, done, earlier, offset, takes_up=takes_up)
            since = compared_date(page.masked, page.dates, draft.figure.end)
            done[place] = replace(grown, since=since.first) if since else grown
    return done


def compared_date(text: str, dates: list[When], end: int) -> When | None:
    """Return the date that a multiple which ends at `end` is compared with, if it names one."""
    following = next_date(dates, end)
    gap = text[end : following.start] if following and following.start - end < 60 else ""
    return following if _THAN_IN.fullmatch(gap) else None


def next_date(dates: list[When], at: int) -> When | None:
    """Return the first date that begins at a place or after it; the dates are in order."""
    place = bisect_left(dates, at, key=lambda when: when.start)
    return dates[place] if place < len(dates) else None


def _dated(text: str, draft: Draft, known: list[Draft], offset: int, above: When | None) -> Draft:
    """Return a draft with a date from its own sentence, its list, its table or its forerunner.

    `text` is its sentence; `known` are the drafts before it, from `offset` on those of the same.
    """
    family = _family(draft)
    mates = range(offset, len(known))
    kin = [i for i in mates if _family(known[i]) == family and known[i].role == draft.role]
    source: int | None = None
    if draft.when:
        shared = [i for i in kin if known[i].when == draft.when]
        return replace(draft, continues=shared[-1]) if shared else draft
    if draft.metric == "models" or draft.is_present:
        return draft
    if kin:
        source = kin[-1]
    elif draft.role == "baseline":
        return draft
    elif not draft.since or family == "program":
        if above:
            return replace(draft, when=above)
        source = _forerunner(text, draft, known)
        if source is not None and not _may_lend(known[source], draft):
            source = None
    if source is None or (known[source].when is None and draft.metric != "states"):
        return draft
    return replace(draft, when=known[source].when, continues=source)


def _may_lend(source: Draft, draft: Draft) -> bool:
    """Return whether a date can be lent: no level holds for a span that new ones were counted in.

    And no count that begins on a day takes a time before it.
    """
    when = source.when
    if when is None:
        return True
    is_span = source.metric == "agreements_new" != draft.metric and when.first < when.last
    return not is_span and not (draft.since and when.last <= draft.since)


def _date_above(dates: list[When], sentence: Sentence) -> When | None:
    """Return the date of the line that opens a list, or of the heading over a table."""
    heading = sentence.heading if sentence.kind != "prose" else None
    for span in (sentence.lead, heading):
        inside = usable_dates(dates, *span) if span else []
        points = [when for when in inside if when.role != "since"]
        if points:
            return points[-1]
    return None


def _family(draft: Draft) -> str:
    """Return which figures can lend each other a date: those about one matter."""
    metric = draft.counted.of or draft.metric
    return "program" if metric in PROGRAM else metric


def _forerunner(text: str, draft: Draft, known: list[Draft]) -> int | None:
    """Return the earlier figure whose date a figure without one takes, if any."""
    if same_period(text) and known and known[-1].line >= draft.line - 1:
        return len(known) - 1
    for place in range(len(known) - 1, -1, -1) if draft.metric != "other" else ():
        other = known[place]
        if draft.sentence - other.sentence > 2 and draft.line - other.line > 2:
            return None  # too far above, like all before it
        if _family(other) != _family(draft) or other.role == "baseline":
            continue
        follows = draft.sentence - other.sentence <= 2 and (
            other.line == draft.line
            or (draft.kind == "item" and other.line == draft.line - 1)
            or bool(_POINTS_BACK.match(text))
        )
        if follows:
            return place
        latest = _latest(known, place)
        when = known[latest].when
        is_day = when is not None and not when.named
        return latest if is_day and draft.counted.of and draft.line - other.line <= 2 else None
    return None


def _latest(known: list[Draft], place: int) -> int:
    """Return the figure of a paragraph that holds last: "283 on Wednesday. In January, 135"."""
    first = bisect_left(known, known[place].line, key=lambda other: other.line)
    alike = [
        i
        for i in range(first, place + 1)
        if _family(known[i]) == _family(known[place]) and known[i].when
    ]
    return max(reversed(alike), key=lambda i: known[i].when.last, default=place)  # type: ignore[union-attr]


def _grown(
    draft: Draft, mates: list[Draft], earlier: list[Draft], offset: int, *, takes_up: bool
) -> Draft:
    """Return a growth figure with the two days it spans, from the levels it compares.

    `as_of` is the day of the later level and `since` the day of the earlier one.
    """
    pool, base = mates, offset
    here = {other.role for other in mates if other.metric in PROGRAM.difference(_GROWTH)}
    if not here or (takes_up and here == {"baseline"}):
        last = earlier[-1].sentence if earlier else -1
        is_dated = bool(draft.when or draft.since) and not takes_up
        if not here and (is_dated or draft.sentence - last > 2):
            span = draft.when if draft.when and draft.when.role == "during" else None
            return replace(draft, since=draft.since or (span.first if span else None))
        first = bisect_left(earlier, last, key=lambda other: other.sentence)
        above = earlier[first:]
        pool, base = [*above, *(mates if here else ())], len(earlier) - len(above)
    levels = [
        (base + i, other)
        for i, other in enumerate(pool)
        if other.metric in PROGRAM and other.metric not in _GROWTH
    ]
    starts = [other.when for _, other in levels if other.role == "baseline" and other.when]
    scopes = {(other.state, other.model) for _, other in levels if other.metric != "states"}
    if len(scopes) == 1 and draft.state is None:
        state, model = scopes.pop()
        draft = replace(draft, state=state, model=draft.model or model)
    if draft.when in starts:
        draft = replace(draft, when=None)
    ends = [(i, other) for i, other in levels if other.role != "baseline" and other.when]
    since = starts[0].first if starts else draft.since
    if since is None and draft.when and draft.when.precision in ("period", "year"):
        since = draft.when.first
    if not ends:
        return replace(draft, since=since)
    counted = [pair for pair in ends if pair[1].metric != "states"] or ends
    place, level = counted[-1]
    return replace(draft, when=level.when, since=since, continues=place)


def repeat_known(drafts: list[Draft]) -> list[Draft]:
    """Give a figure that repeats an earlier dated one ("the 628 agreements") that one's date."""
    seen: dict[tuple[object, ...], int] = {}
    lent: dict[int, int] = {}
    done: list[Draft] = []
    for place, draft in enumerate(drafts):
        key = (draft.metric, draft.figure.value, draft.state, draft.model, draft.since)
        kept = draft
        if draft.when is None and key in seen and draft.metric != "models":
            source = seen[key]
            kept = replace(draft, when=done[source].when, continues=source)
            lent[draft.sentence] = place
        elif _continues(draft) and draft.sentence in lent:
            # "Of the 628 agreements, 315 ...": of the day of the whole.
            source = lent[draft.sentence]
            kept = replace(draft, when=done[source].when, continues=source)
        if kept.when is not None:
            seen.setdefault(key, place)
        done.append(kept)
    return done


def _continues(draft: Draft) -> bool:
    """Return whether a figure without a date can take that of a whole before it."""
    is_free = draft.when is None and not draft.since and not draft.is_present
    return (
        is_free
        and draft.role == "plain"
        and _family(draft) == "program"
        and draft.metric not in _GROWTH
    )


def date_headline(drafts: list[Draft], headline: int) -> list[Draft]:
    """Give an undated figure of the headline (its first `headline` characters) the text's date.

    A heading or an item does likewise with the same figure further down.
    """
    dated: dict[tuple[object, ...], list[int]] = {}
    for place, draft in enumerate(drafts):
        if draft.when and draft.figure.start >= headline:
            dated.setdefault(_count_and_scope(draft), []).append(place)
    done: list[Draft] = []
    for place, draft in enumerate(drafts):
        is_bold = draft.figure.start < headline or draft.kind != "prose"
        kept = draft
        if is_bold and draft.when is None:
            same = dated.get(_count_and_scope(draft), [])
            after = bisect_right(same, place)
            if after < len(same):
                kept = replace(draft, when=drafts[same[after]].when)
                if draft.metric not in _GROWTH:  # growth continues the level it led to
                    kept = replace(kept, continues=same[after])
        done.append(kept)
    return done


def _count_and_scope(draft: Draft) -> tuple[object, ...]:
    """Return what makes two figures one: the number, its unit, and where it holds."""
    return draft.figure.value, draft.counted.unit, draft.state, draft.model
