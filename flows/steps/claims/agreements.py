# ruff: noqa: RUF001 (dashes are meant as printed)
"""Which agreements a figure counts: signed, pending, both together, or new ones."""

from __future__ import annotations

import re

from .scene import Counted, Scene
from .topic import COMPARED

_WAITING = r"pending|proposed|awaiting|waiting|under\sreview|in\sthe\spipeline|not\syet|applied"
_DONE = r"signed|active|approved|finalized|existing|completed|executed|in\sforce|in\seffect|current"
_BOTH = re.compile(
    rf"\b(?:{_WAITING})\s?(?:,|and|or|plus|/|&)\s?(?:\w+\s){{0,2}}(?:{_DONE})\b"
    rf"|\b(?:{_DONE})\s?(?:,|and|or|plus|/|&)\s?(?:\w+\s){{0,2}}(?:{_WAITING})\b"
    rf"|\b(?:includ|count)(?:ing|es)\s(?:\w+\s){{0,2}}(?:{_WAITING})\b",
    re.IGNORECASE,
)
WAITS = re.compile(
    rf"\s?(?:\(|\||,)?\s?(?:(?:are|were|is|was|remain(?:ed)?|still|more|others|that|which|have|with"
    rf"|listed|as|had)\s){{0,3}}(?:{_WAITING})\b",
    re.IGNORECASE,
)
_NEW_AFTER = re.compile(
    r"\s?(?:\(|,)?\s?(?:of\s(?:them|those|these|which)\s)?(?:(?:are|were|being|brand)[\s-])?new(?:ly)?\b",
    re.IGNORECASE,
)
_NEW_WORDS = re.compile(r"\b(?:new|newly|additional|fresh|brand-new|more)\b", re.IGNORECASE)
_NEW_BEFORE = re.compile(r"\b(?:another|additional|new)\s(?:[a-z-]+\s){0,2}(?:[–—(-]\s?)?$")
_MOST_NEW = re.compile(r"\b(?:added|gained|signed)\sthe\smost\b")
_NEW_LABEL = re.compile(
    r"[\W\d]*[Nn]ew\b(?!\s[A-Z])(?!\s(?:figures|data|numbers|records|documents|report|analysis|list))"
)
_ALSO = re.compile(r"^\s(?:\w+\s){0,3}(?:in|during)\s[~ ]+(?:,|,?\sand|,\sthen)\s$")
_OF_THEM = re.compile(r"\sof\s(?:them|those|these|which)\b(?!\s[a-z]+s\b)")
_GREW_BY = re.compile(
    r"\b(?:grew|grown|rose|risen|increased|expanded|swelled|up|grow|growth)\s(?:by|of)\s$",
    re.IGNORECASE,
)
_ADDED = re.compile(
    r"\b(?:add(?:s|ed|ing)|gain(?:s|ed|ing)|picked\sup)\s(?:\w+\s){0,2}$", re.IGNORECASE
)
_THIS_WEEK = re.compile(r"\s(?:last|this|in\sthe\spast|over\sthe\spast)\sweek\b", re.IGNORECASE)
_SIGN = (
    r"(?:signed|inked|added|initiated|entered(?:\sinto)?|struck|approved|finalized|executed|forged"
    r"|gained|recruited|picked\sup)"
)
_SIGNED_BEFORE = re.compile(
    rf"(?P<perfect>\b(?:has|have|had)\s(?:\w+\s)?)?\b{_SIGN}\s(?:\w+\s){{0,2}}$", re.IGNORECASE
)
SIGNED_AFTER = re.compile(
    rf"\s?(?:of\s(?:them|those|these|which)\s)?(?P<perfect>(?:have|had)\s(?:since\s)?been\s)?"
    rf"(?:(?:were|was|are)\s)?(?:newly\s)?{_SIGN}\b(?!\s(?:on\b|agreements|g{{4,}}))",
    re.IGNORECASE,
)


_RATE = re.compile(
    r"\s(?:\w+\s)?(?:an?|per|each|every)\s(?:day|week|month|year|hour)\b"
    r"(?!\s(?:into|after|ago|since|earlier|before|later))",
    re.IGNORECASE,
)
_AVERAGE = re.compile(
    r"\b(?:average|rate|pace|clip)\sof\s(?:\w+\s){0,2}$|\baverag\w+\s$", re.IGNORECASE
)
_WITH_OTHERS = re.compile(
    r"\s(?:with|between|among)\s(?:[\w-]+\s){0,3}(?:churches|hospitals|landlords|vendors|companies|firms"
    r"|nonprofits|countries|nations|governments|airlines|contractors|unions|tribes)\b",
    re.IGNORECASE,
)
_APIECE = re.compile(
    r"\bor\s(?:even\s)?$|\b(?:each|many|some|several|most|often|can|may|might|both|few|who|that)\s(?:\w+\s){0,3}"
    r"(?:signs?|signed|hold|holds|have|has|had)\s(?:\w+\s)?$",
    re.IGNORECASE,
)


_UNDONE = re.compile(
    r"\b(?:(?:ruled|decided|found)\sagainst|challeng\w+|struck\sdown|block\w*|void\w*|end(?:s|ed|ing)|cancel\w*"
    r"|terminat\w+|revok\w+|suspend\w*|rejected)\s(?:(?:at\sleast|about)\s)?$",
    re.IGNORECASE,
)


def is_no_count(scene: Scene, place: int, end: int) -> bool:
    """Return whether agreements are counted by the day, on average, apiece, or with others."""
    figure = scene.figures[place]
    before = scene.near(place)[-80:]
    is_each = figure.value <= 5 and _APIECE.search(before)
    is_each = is_each or _WITH_OTHERS.match(scene.text, end) or _UNDONE.search(before)
    return bool(is_each or _AVERAGE.search(before) or _RATE.match(scene.text[end : scene.end]))


def count_agreements(scene: Scene, place: int, end: int) -> Counted:
    """Return which agreements are counted: signed, pending, both, or new ones."""
    figure = scene.figures[place]
    earlier = scene.figures[place - 1].end if place else scene.start
    left = scene.text[max(earlier, figure.start - 60) : figure.start]
    left = re.split(r"[.;]\s|\bof\swhich\s", left)[-1]
    right = re.split(r"[.;]", scene.text[end : scene.limit(place)])[0]
    metric = _sort(scene, place, end, left, right)
    also = _ALSO.search(left) or _OF_THEM.match(scene.text, figure.end)
    if metric == "agreements" and place and end == figure.end and also:
        # "96 new agreements in July, 110 in August": the second is of the same sort.
        last = scene.counted[place - 1]
        is_total = re.match(r"\s(?:in\s(?:all|total)|total|overall)\b", right)
        if last and last.metric == "agreements_new" and not is_total:
            metric = last.metric
    if metric == "agreements" and place and COMPARED.search(scene.near(place)):
        last = scene.counted[place - 1]
        metric = "agreements_pending" if last and last.metric == "agreements_pending" else metric
    flow = _flow(scene, place, left, right)
    if flow is None and also and place and end == figure.end:
        last = scene.counted[place - 1]
        flow = last.flow if last else None
    return Counted(metric, "agreements", end, flow=flow)


def _flow(scene: Scene, place: int, left: str, right: str) -> str | None:
    """Return the tense of the verb of signing beside a figure, None without one."""
    after = SIGNED_AFTER.match(right) or SIGNED_AFTER.match(scene.text, scene.figures[place].end)
    signed = _SIGNED_BEFORE.search(left) or after
    return ("perfect" if signed["perfect"] else "past") if signed else None


def _sort(scene: Scene, place: int, end: int, left: str, right: str) -> str:
    """Return which agreements the words around a figure name."""
    phrase = scene.text[scene.figures[place].end : end]
    if _BOTH.search(phrase + right[:60]) or _BOTH.search(left):
        return "agreements_signed_or_pending"
    if (
        re.search(rf"\b(?:{_WAITING})\b", phrase, re.I)
        or WAITS.match(right)
        or re.search(rf"\b(?:{_WAITING})\W*(?:\w+\W+){{0,2}}$", left, re.IGNORECASE)
    ):
        return "agreements_pending"
    is_new = (
        _NEW_WORDS.search(phrase)
        or _GREW_BY.search(left)
        or _ADDED.search(left)
        or (_SIGNED_BEFORE.search(left) and _THIS_WEEK.match(right))
        or _NEW_AFTER.match(scene.text, scene.figures[place].end, scene.end)
        or _NEW_BEFORE.search(left)
        or _MOST_NEW.search(scene.sentence)
        or (not place and _NEW_LABEL.match(left))
    )
    return "agreements_new" if is_new else "agreements"
