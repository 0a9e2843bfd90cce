# ruff: noqa: RUF001 (dashes, quotes and apostrophes are meant as printed)
"""Figures without a noun of their own: what "444, up from 135" and "Texas has 108" leave out."""

from __future__ import annotations

import re

from .agreements import SIGNED_AFTER, WAITS
from .outright import is_outright, said_outright
from .scene import ELLIPTIC, Phrase, Scene, noun_phrase
from .topic import COMPARED, topic_before
from .words import MODELS, PROGRAM, STATES, find_states, noun_kind, noun_kinds

_LINK = re.compile(
    r"(?:\b(?:from|to|at|of|reach(?:ed|es|ing)?|hit|hits|hitting|was|were|is|are|totall?(?:ed|ing|s)"
    r"|stood|stands|passed|crossed|neared|had|has|have|with|now|than|by|and|versus|vs\.?|including|includes|lists?|listed|counts?"
    r"|counted|number|numbered|only|under|then|averaged|became|put|down|up|just|signed|inked|added|another|extra|further|past|(?:an?\s)?(?:record|mere|whopping|staggering)|soar\w*|surg\w+|climb\w*|jump\w*|swell\w*|shows?|models?\sfor|of\swhich|['’]s|(?:from|over|than|of|times|doubl\w+|tripl\w+|dwarf\w*|trail\w*|outnumber\w*)\sthe|(?:and|for)\sthe\s(?:remaining|other)|today)\s|[,(:;|—–]\s?)$",
    re.IGNORECASE,
)
_CHANGE_LINK = re.compile(r"\b(?:from|to|at|of|was|were|stood|reached|hit|than|with)\s$", re.I)
_POINTS_BACK = re.compile(
    r"\b(?:that|this|it|they|them|those|these|figures?|numbers?|totals?|tally|count|which)\b",
    re.I,
)
_STAYED = re.compile(
    r"\s(?:remain(?:s|ed)?|(?:are|were)\s(?:left|active|in\s(?:place|force|effect)))\b",
    re.IGNORECASE,
)
_OF_ALL = re.compile(
    r"\W*(?:of|among)\s(?:the|those|these|its|all|[A-Z]\w+['’]s)\s(?P<what>[^,.;~\d]{3,60}),\s"
    r"(?:\w+\s){0,3}$",
    re.IGNORECASE,
)
_LED = re.compile(
    r"(?:,\s(?:where|which|whose)\s[^;.:~\d]*,)?(?:['’]s?)?(?:\s(?:models?|version|type|officers?|programs?|agreements?|enforcement))*[\s,:(|—–]*"
    r"(?:(?:we|they|it|its|agencies|sheriffs|has|had|have|holds?|held|counts?|with|at|for|is|was|accounts?|accounted|leads?|led|the|most"
    r"|added|gained|counties|parishes|police|all|by|far|a|total|of|remaining|other|only|just|now|already|follows|followed|next|third|makes?"
    r"|up|comes|last|first)[\s,:(]+)*",
    re.IGNORECASE,
)
_ARE = re.compile(
    r"\s(?:are|were|is)\s(?:[\w-]+\s){0,5}?(?P<noun>agreements|agencies)\b", re.IGNORECASE
)
_PROGRAM_NOUN = re.compile(r"\b(?:agreements|agencies)\b")
_GREW_FROM = re.compile(
    r"\b(?:(?P<head>states|agencies)\swith\s(?:[\w-]+\s){0,3})?(?P<noun>states|agencies|agreements|one)\s(?:(?:are|is|was|were|has|have)\s)?"
    r"(?:up|rose|grew|climbed|went|risen|increased|jumped)\s(?:from\s)?$",
    re.IGNORECASE,
)
_TO = re.compile(r"\sto\s(?:\w+ing\s)?")
_ICE_LISTS = re.compile(
    r"\b(?:ICE|[Tt]he\sagency|it)\s(?:now\s)?(?:lists|listed|counts|counted|has|had|reported|showed|signed|approved|added)\s$"
)
ON_MODEL = re.compile(
    r"\)?\s(?:(?:are|were|use|uses|used|follow|follows)\s)?(?:(?:under|on|in|through|via|with)\s)?(?:the\s)?"
)
# "In December, 135." takes its noun from the sentence before.
_DAY_ONLY = re.compile(r"\W*(?:(?:in|on|by|at|as\sof)\s)?[~\s]+[,:]\s", re.IGNORECASE)
_THERE = re.compile(r"\bthere\s(?:are|were)\s(?:now\s)?$", re.IGNORECASE)
_LIST_REACHED = re.compile(
    r"\b[Tt]he\s(?:list|roster|program|total|count|number)\s(?:\w+\s)?(?:crossed|passed|topped|reached|hit)\s$"
)
_TOPS = re.compile(r"(?:top|exceed|surpass)(?:s|es|p?ed|p?ing)?\b", re.IGNORECASE)
_SIGNED = re.compile(
    r"\b(?:they|ICE|it|agencies)\s(?:have\s|has\s|had\s)?(?:signed|added|inked)\s$"
)
_CHANGES = re.compile(r"\bfrom\s(?:[a-z]+\s){0,3}$|\b(?:up|rose|grew)\b", re.IGNORECASE)
_LABELLED = re.compile(r"[\W\d]*(?:new|pending|signed|total|active)\b", re.IGNORECASE)
_OF_THE = re.compile(r"\W*of\sth", re.IGNORECASE)
_ANOTHER = re.compile(r"\b(?:another|an\sadditional|a\sfurther|some)\s$", re.IGNORECASE)
_OPENS_LINE = re.compile(r"(?:\sand\scounting)?\s?[:—–](?=\s)")
_COUNT = re.compile(
    r"(?:\bthe|['’]s)\s(?:\w+\s){0,2}(?:count|tally|total|number|figure)\b", re.IGNORECASE
)


def may_be_elliptic(scene: Scene, place: int, phrase: Phrase) -> bool:
    """Return whether a figure without a noun can stand for one named before."""
    figure = scene.figures[place]
    after = scene.text[figure.end : scene.end]
    if _STAYED.match(after) or SIGNED_AFTER.match(after):
        return True
    is_on_model = bool(place) and _leads_model(after)
    is_model = any(pattern.match(scene.text, figure.end + 1) for pattern, _ in MODELS)
    # "40 hours of training, down from 160": both are of what we do not count.
    last = noun_phrase(scene, place - 1).kind if place else None
    is_dropped = last is not None and scene.counted[place - 1] is None
    is_compared = is_dropped and COMPARED.search(scene.near(place))
    is_other = is_compared and not _of_change(scene, place)
    has_words = any(
        word not in ELLIPTIC and not re.fullmatch("g{4,}", word) for word in phrase.words[:1]
    )
    if (is_other or (has_words and not is_model)) and not is_on_model:
        return False
    left = scene.before(place)
    is_owned = of_all(scene, place) or _is_led(scene, place) or _closes_list(scene, place)
    if is_on_model or is_owned or is_outright(scene, place):
        return True
    near = scene.near(place)
    if figure.is_word and figure.value <= 12 and not _CHANGE_LINK.search(near):
        return False
    opens = not left.strip() and _OPENS_LINE.match(scene.after(place))
    is_state = re.search(r"[a-z]\s$", near[-4:]) and near.rstrip().endswith(tuple(STATES))
    label = re.search(r"([A-Za-z]++)[\s~()]*$", near)
    is_label = bool(label and (noun_kind(label[1]) or label[1].lower() == "population"))
    # "... and South Carolina 21"
    is_verb = _TOPS.match(scene.text, figure.start, figure.number)
    return bool(
        opens
        or is_state
        or is_label
        or is_verb
        or _LINK.search(near[-60:])
        or not re.search(r"\w", left)
    )


def of_all(scene: Scene, place: int) -> str | None:
    """Return what "Of the state's agreements, nine ..." says that the figure is a part of."""
    found = _OF_ALL.fullmatch(scene.before(place))
    kinds = noun_kinds(found["what"]) if found else []
    return next((kind for kind in kinds if kind in ("agreements", "agencies")), None)


def _follows_unknown(scene: Scene, place: int) -> bool:
    """Return whether the figure before counts what we do not know: "20 cameras, now 140"."""
    return bool(place) and noun_phrase(scene, place - 1).kind == "unknown"


def _closes_list(scene: Scene, place: int) -> bool:
    """Return whether a figure only adds a day's count: "135 at first, at the end of April 517"."""
    before, after = scene.before(place), scene.text[scene.figures[place].end : scene.end]
    return bool(place and before.endswith("~ ") and re.match(r"[.,;)]|$|\sand\b", after))


def shared_noun(scene: Scene, place: int, phrase: Phrase) -> str | None:
    """Return the noun that two figures share: "517 signed and 62 pending agreements"."""
    # "From 21 to 40 states": both ends of a change are of one kind.
    is_change = re.search(r"\bfrom\s(?:[a-z]+\s){0,2}$", scene.near(place), re.IGNORECASE)
    if is_change and re.fullmatch(r"\sto\s(?:[a-z]+\s){0,3}", scene.after(place)):
        following = noun_phrase(scene, place + 1) if place + 1 < len(scene.figures) else None
        kind = following.kind if following else None
        return kind if kind in PROGRAM else "unknown" if kind == "unknown" else None
    joined = re.search(r"(?:\band|\bor|,|\+|\bplus)\s$", scene.after(place))
    if not joined or place + 1 >= len(scene.figures):
        return None
    if phrase.stopped_by and phrase.stopped_by not in (",", "+", "and", "or"):
        return None
    kind = noun_phrase(scene, place + 1).kind
    return kind if kind in ("agreements", "agencies") else None


def elliptic_kind(scene: Scene, place: int) -> str | None:
    """Return what a bare figure counts, from the subject or from the sentence before."""
    left = scene.before(place)
    after = scene.text[scene.figures[place].end : scene.end]
    if said := said_outright(scene, place):
        return said
    predicate = _ARE.match(after)
    found = noun_kind(predicate["noun"]) if predicate else None
    found = found or _of_change(scene, place) or of_all(scene, place) or topic_before(scene, place)
    if not left.strip() and _OPENS_LINE.match(scene.after(place)):
        return next((kind for kind in noun_kinds(scene.after(place)) if kind in PROGRAM), None)
    if found or _follows_unknown(scene, place):
        return found
    return _topic_meant(scene, place) if scene.topic else _subject_meant(scene, place)


def _subject_meant(scene: Scene, place: int) -> str | None:
    """Return what the article is about where no figure before says what is counted."""
    left = scene.before(place)
    after = scene.text[scene.figures[place].end : scene.end]
    if _COUNT.search(left) or (_points_back(scene, place) and _CHANGES.search(left)):
        return scene.subject  # in an article about the program, "the count" is its count
    if _is_led(scene, place) and "(" in left:
        # "Texas (153) and Florida (327) account for half of the agreements."
        named = _PROGRAM_NOUN.search(after)
        return noun_kind(named[0]) if named else None
    return scene.subject if _STAYED.match(after) else None


def _topic_meant(scene: Scene, place: int) -> str | None:
    """Return what the figures before counted where the sentence points back to it."""
    left = scene.before(place)
    after = scene.text[scene.figures[place].end : scene.end]
    is_program = scene.topic in ("agreements", "agencies")
    points = (
        _STAYED.match(after)
        or (is_program and (_is_led(scene, place) or _leads_model(after)))
        or (scene.topic in PROGRAM and _ICE_LISTS.search(left))
        or SIGNED_AFTER.match(after)
        or _SIGNED.search(left)
        or _LIST_REACHED.search(left)
        or (_DAY_ONLY.fullmatch(left) and not re.search(r"\w", after))
        or (_ANOTHER.search(left) and WAITS.match(after))
        or _points_back(scene, place)
        or _CHANGES.search(left)
        or _LABELLED.match(left)
    )
    return scene.topic if points else None


def _points_back(scene: Scene, place: int) -> bool:
    """Return whether a sentence takes up what was counted: "that figure", "of those", "there"."""
    left = scene.before(place)
    after = scene.text[scene.figures[place].end : scene.end]
    there = _THERE.search(left) and re.match(r"\s?[.,;:—–)]|\s(?:in|across)\s\d|$", after)
    return bool(_POINTS_BACK.search(left) or there or _OF_THE.match(left))


def _of_change(scene: Scene, place: int) -> str | None:
    """Return what changed: the "states" of "states up from 38" and, then, of "to 40"."""
    last = scene.counted[place - 1] if place else None
    if last and _TO.fullmatch(scene.text[last.end : scene.figures[place].start]):
        # "From 135 in 25 states to 628" is of agreements.
        others = [counted.metric for counted in scene.counted[: place - 1] if counted]
        is_pair = last.metric == "states" and {"agreements", "agencies"} & {*others}
        return last.metric if last.metric in PROGRAM and not is_pair else None
    grew = _GREW_FROM.search(scene.near(place))
    kind = (grew["head"] or grew["noun"]).lower() if grew else ""
    return kind if kind in PROGRAM else None


def _is_led(scene: Scene, place: int) -> bool:
    """Return whether a state ("Texas with 108") or a model ("the jail model for 86") owns a figure.

    Nothing but linking words may stand between them.
    """
    start = scene.figures[place - 1].end if place else scene.start
    left = scene.text[start : scene.figures[place].start]
    ends = [found.end() for found in find_states(left, 0, len(left))]
    ends += [found.end() for pattern, _ in MODELS for found in pattern.finditer(left)]
    return bool(ends and _LED.fullmatch(left[max(ends) :]))


def _leads_model(after: str) -> bool:
    """Return whether a bare figure is placed on a model: "110 under the Jail Enforcement Model"."""
    placed = ON_MODEL.match(after)
    return bool(placed and any(pattern.match(after, placed.end()) for pattern, _ in MODELS))
