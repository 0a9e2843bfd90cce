# ruff: noqa: RUF001 (dashes, quotes and apostrophes are meant as printed)
"""Figures of another kind than a count: growth in percent and multiples, shares, and money."""

from __future__ import annotations

import re

from .elliptic import ON_MODEL
from .scene import Counted, Scene, noun_phrase
from .topic import topic_before
from .words import MODELS, PEOPLE_VERBS, PROGRAM, STATES, noun_kind

_UP = (
    r"increase|rise|jump|surge|growth|gain|spike|expansion|more|higher|leap|climb|uptick|boost"
    r"|improve"  # what paraphrasing machines put for "increase"
)
_DOWN = r"decrease|drop|decline|fall|fewer|lower|reduction|cut|less"
_GREW = (
    r"up|grew|grown|grow|rose|risen|increased?|increasing|jumped|surged|climbed|soared|swelled"
    r"|swollen|expanded|ballooned|larger|multiplied|skyrocketed|growth|rise|shot|leapt|growing"
)
_FELL = r"down|fell|fallen|dropped|declined|shrank|shrunk|decreased|plunged"
_UP_AFTER = re.compile(rf"[\s-](?:[\w-]+\s){{0,3}}?(?:{_UP})\b", re.IGNORECASE)
_DOWN_AFTER = re.compile(rf"[\s-](?:[\w-]+\s){{0,3}}?(?:{_DOWN})\b", re.IGNORECASE)
_UP_BEFORE = re.compile(
    rf"\b(?:{_GREW})\s(?:[\w-]+\s){{0,3}}$|\b(?:{_UP})\sof\s(?:[\w-]+\s){{0,2}}$", re.IGNORECASE
)
_HAS_GROWN = re.compile(rf"\b(?:{_GREW})\b", re.IGNORECASE)
_OR = re.compile(r"\d,?\s\(?or\s(?:by\s)?$")
_DOWN_BEFORE = re.compile(rf"\b(?:{_FELL})\s(?:[\w-]+\s){{0,2}}$", re.IGNORECASE)
_POINTS_BACK = re.compile(
    r"\b(?:that|this|it|which|they|these|those|their|figures?|numbers?|count|total)\b", re.I
)
_PROGRAM_WORDS = re.compile(
    r"g{4,}|\b(?:participation|program|agreements?|partnerships?|signups|enrollment|roster)\b", re.I
)
_OF_A_TOTAL = re.compile(
    r"\sof\s(?:(?:the|all|its|those|these)\s)?(?:(?:[\w-]+\s){0,2}(?:total|tally|roster|list)\sof\s)?"
)
_MONEY = re.compile(
    r"\b(?:fund|cost|budget|grant|reimburs|spend|spent|pay|paid|settle|award|contract|bonus|stipend"
    r"|salar|overtime|set\saside|provid|earmark|allocat|appropriat|approv|invest|expens|liabilit)\w*",
    re.IGNORECASE,
)


# "More than twice as many as Texas" compares states; "could double detention capacity" is a plan.
_OTHER_SIZE = re.compile(
    rf"(?:\sthe\snumber|\sas\s(?:many|large|much))\s(?:as|of|in)\s(?:in\s)?(?:any\sother|the\snext|{'|'.join(STATES)})\b"
    r"|\s(?:its|the|their|ICE['’]s)?\s?(?:detention|capacity|budget|staff|spending|workforce|beds)\b"
)
_GOING_TO = re.compile(
    r"\b(?:could|would|will|may|might|going\sto|plan\w*|aim\w*|hop\w+|want\w*|expect\w*)\s[^.;,]{0,20}$",
    re.I,
)
_IN_BRACKETS = re.compile(r"[^.;,:(\d]*\(\)")
_ITS_SHARE = re.compile(r"\bshare(?:,|\sof|\sis|\swas|\sstood\sat)\s(?:\w+\s)?$")
_OF_WHOM = re.compile(r",\sof\s(?:whom|which)\s(?:\w+\s)?$")
_PEOPLE = ("arrests", "detained_people", "deportations", "removals")


def percent_metric(scene: Scene, place: int) -> Counted | None:
    """Return whether a percentage is growth of the program, a share, or another claim.

    A fall is recognised by its sign, which `claims` gives the value.
    """
    after = scene.after(place)
    text = scene.text[scene.figures[place].number : scene.figures[place].end]
    is_share = re.match(r"\sof\b|\sthe\b", after) or re.search(r"\s(?:in|out\sof)\s", text)
    is_share = is_share or re.match(r"\W*of\s(?:the|those|these|all)\b", scene.sentence, re.I)
    if topic := _shared_topic(scene, place):
        return Counted("share_percent", "percent", scene.figures[place].end, of=topic)
    if is_share and not _UP_BEFORE.search(scene.near(place)):
        return _share(scene, place)
    if direction(scene, place):
        return _growth(scene, place, "growth_percent")
    return None


def _shared_topic(scene: Scene, place: int) -> str | None:
    """Return what a share that says no "of" is of: "Its share, 39 percent", "agreements (27%)"."""
    before, after = scene.before(place), scene.after(place)
    last = scene.counted[place - 1] if place else None
    gap = scene.text[last.end : scene.figures[place].start] + after[:1] if last else ""
    if last and last.metric in PROGRAM and _IN_BRACKETS.fullmatch(gap):
        return last.metric
    if _OF_WHOM.search(before):
        return topic_before(scene, place)
    if _ITS_SHARE.search(before):
        topic = topic_before(scene, place) or scene.topic
        return topic if topic in PROGRAM else None
    return None if re.match(r"\sof\b", after) else _topic_on_model(scene, place)


def _topic_on_model(scene: Scene, place: int) -> str | None:
    """Return what "59 percent are task force agreements" is a share of."""
    # "Two-thirds (795) are task force agreements": the count in brackets says the same.
    figure = scene.figures[place + (scene.after(place) == " (" and place + 1 < len(scene.figures))]
    placed = ON_MODEL.match(scene.text, figure.end, scene.end)
    named = placed and any(pattern.match(scene.text, placed.end()) for pattern, _ in MODELS)
    last = [counted.of or counted.metric for counted in scene.counted if counted][-1:]
    topic = last[0] if last else scene.topic
    return topic if named and topic in PROGRAM else None


def direction(scene: Scene, place: int) -> int:
    """Return +1 for a figure of growth, -1 for one of decline, 0 when it is neither."""
    before, after = scene.near(place), scene.after(place)
    if _DOWN_AFTER.match(after) or _DOWN_BEFORE.search(before):
        return -1
    if _UP_AFTER.match(after) or _UP_BEFORE.search(before):
        return 1
    if _OR.search(before) and _HAS_GROWN.search(scene.before(place)):
        return 1  # "went up by 292, from 427 to 719, or 68 percent"
    return 0


def ratio_metric(scene: Scene, place: int) -> Counted | None:
    """Return the growth that a multiple tells, or None when the multiple counts nothing here."""
    figure = scene.figures[place]
    text = scene.text[figure.number : figure.end].lower()
    if _OTHER_SIZE.match(scene.after(place)) or (
        figure.grows and _GOING_TO.search(scene.near(place))
    ):
        return None
    says_so = figure.grows or "fold" in text or "twice" in text or direction(scene, place)
    compares = re.match(r"\s(?:as\s|the\s|more|what|its|that|higher|larger)", scene.after(place))
    return _growth(scene, place, "growth_ratio") if says_so or compares else None


def _growth(scene: Scene, place: int, metric: str) -> Counted | None:
    """Return growth of the program, `other` for growth of something else that we count."""
    figure = scene.figures[place]
    unit = "percent" if metric == "growth_percent" else "ratio"
    topic = topic_before(scene, place)
    if topic is None:
        following = re.split(r"[.;,]\s", scene.after(place))[0]
        counted = (noun_kind(word) for word in re.findall(r"[A-Za-z]+", following))
        topic = next((kind for kind in counted if kind in PROGRAM or kind == "arrests"), None)
    if topic is None and _PROGRAM_WORDS.search(scene.sentence):
        topic = "agreements"
    if topic is None and _POINTS_BACK.search(scene.sentence):
        topic = scene.topic or scene.subject
    if topic is None:
        return None
    return Counted(metric if topic in PROGRAM else "other", unit, figure.end)


def _share(scene: Scene, place: int) -> Counted | None:
    """Return a share of people or agreements, with what it is a share of."""
    figure = scene.figures[place]
    after = re.split(r"[.;]\s", scene.after(place))[0]
    whole = _whole(scene, place, after)
    if whole:
        return Counted("share_percent", "percent", figure.end, of=whole)
    counted = re.match(r"\s(?:of\s)?(?P<group>(?:[\w'’-]+\s?){1,7})", after)
    if not counted:
        return None
    group = counted["group"]
    verbs = [(found.start(), name) for test, name in PEOPLE_VERBS if (found := test.search(group))]
    if verbs:
        return Counted("share_percent", "percent", figure.end, of=min(verbs)[1])
    kinds = [kind for word in group.split() if (kind := noun_kind(word))]
    known = next((kind for kind in kinds if kind not in ("measure", "people")), None)
    if known == "loose_agreements":
        known = "agreements"
    if known in ("models", None):
        return None
    return Counted("share_percent", "percent", figure.end, of=known)


def _whole(scene: Scene, place: int, after: str) -> str | None:
    """Return what a share is of when that was counted: "half of the 811", "40% of them"."""
    if place + 1 < len(scene.figures) and _OF_A_TOTAL.fullmatch(after):
        kind = noun_phrase(scene, place + 1).kind or topic_before(scene, place)
        return kind if kind in PROGRAM or kind in _PEOPLE else None
    is_pronoun = re.match(r"\sof\s(?:them|those|these|the\stotal)\b(?!\s\w+(?:ed|s)\b)", after)
    opens = re.match(r"\W*of\s(?:the|those|these|all)\b", scene.sentence, re.IGNORECASE)
    if is_pronoun or (opens and not re.match(r"\sof\b", after)):
        topic = topic_before(scene, place) or scene.topic
        return topic if topic in PROGRAM or topic in _PEOPLE else None
    return None


def money_metric(scene: Scene, place: int) -> Counted | None:
    """Return fines, or `other` for costs and funding; None for a price or a gift."""
    figure = scene.figures[place]
    near = scene.near(place)[-40:] + " " + scene.after(place)[:60]
    if re.search(r"\b(?:fine[sd]?|penalt\w+)\b", near, re.IGNORECASE):
        return Counted("fines_usd", "usd", figure.end)
    return Counted("other", "usd", figure.end) if _MONEY.search(near) else None
