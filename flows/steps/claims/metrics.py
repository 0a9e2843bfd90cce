# ruff: noqa: RUF001 (dashes, quotes and apostrophes are meant as printed)
"""What a figure counts: the noun after it, the subject before it, or the sentence before that."""

from __future__ import annotations

import re
from collections.abc import Callable
from math import inf

from .agreements import WAITS, count_agreements, is_no_count
from .elliptic import elliptic_kind, may_be_elliptic, shared_noun
from .scene import Counted, Phrase, Scene, noun_phrase
from .topic import topic_before, verb_metric
from .words import IN_PROGRAM, OTHER_STATES, PEOPLE_NOUNS, PEOPLE_VERBS, PROGRAM, UNITS, words

_OF_WHICH = re.compile(
    r"\s(?:more\s)?of\s(?:(?P<pronoun>those|these|them|which|whom)\b(?!\s[a-z]*s\b)"
    r"|(?:the|its|their|all|these|those|all\sthe)\b|[A-Z]\w+['’]s\b)"
)
_PEOPLE_ABOVE = re.compile(rf"\d\s(?:\w+\s){{0,2}}(?:{PEOPLE_NOUNS}|prisoners|calls|cases)\b")
_DIFFERENCE = re.compile(r"\s(?:more|fewer|less)\sthan\b")
_ONE_OF = re.compile(r"\sof\s(?:[\w'’]+\s){0,3}")
_COVER = re.compile(r"\b[Tt]hey\b[^.;]*\b(?:cover|involve|span)\s(?:\w+\s)?$")
_UNION = re.compile(
    r"\b(?:union|guild|company|firm|vendor|hospital|church|airline|contractor|charity)\b"
    r"[^.;]{0,40}\b(?:contracts|agreements|deals)\swith\s(?:\w+\s)?$"
)
_DIED = re.compile(r"\s(?:have\s|has\s|had\s)?(?:died|deaths)\b")
_THE_FEW = re.compile(r"\b(?:the|these|those|both)\s(?:other\s)?$", re.IGNORECASE)
_DOES_SO = re.compile(r"\s(?:do|did)(?:\stoo|\snow)?\.", re.IGNORECASE)
_EXPECTED = re.compile(
    r"\s(?:(?:are|is)\s)?(?:now\s)?(?:expected|projected|likely)\b", re.IGNORECASE
)
_LACKS = re.compile(r"\s(?:(?:have|has|had|with)\sno\b|do(?:es)?\snot\b|without\b|don['’]t\b)")
_REQUIRES = re.compile(
    r"\b(?:(?:requir|mandat|order|forc|oblig|compel)\w+|would\s(?:have|make))\s(?:[\w'’]+\s){0,5}$",
    re.IGNORECASE,
)
_WITH = re.compile(
    r"\b(?:with|from|among|by|across|covering|involving|to|at)\s(?:some\s|about\s)?$", re.IGNORECASE
)
_FEDERAL = re.compile(r"\b(?:ICE|federal|immigration|deportation|border)\b", re.IGNORECASE)
_SUCH = re.compile(r"\s(?:of\s(?:these|those)|such)\b", re.IGNORECASE)
# The country has about 18,000 law enforcement agencies, and 56 states and territories.
_MOST = {"agreements": 20_000, "loose_agreements": 20_000, "agencies": 20_000, "states": 56}
_APPLIES = re.compile(
    r"g{4,}|agreement|partner|sheriff|police|department|agenc|particip|pending|approv",
    re.IGNORECASE,
)
_APPLIES_FOR_ELSE = re.compile(
    r"\b(?:jobs?|hir(?:e|es|ed|ing)|recruit\w*|applicants|visas?|asylum|citizenship|green\scards?)\b",
    re.IGNORECASE,
)
_OFTEN_OTHER = re.compile(r"\s(?:\w+\s){0,2}(?:programs|contracts)\b", re.IGNORECASE)
_MUST = re.compile(r"\s(?:must|(?:had|have|has)\sto|(?:are|were)\s(?:required|obliged))\b")
_TAKES_PART = re.compile(
    r"[\w,]+\s(?:[\w-]+\s){0,4}(?:agencies|departments|partners)\s(?:in|that|with|under)\s(?:\w+\s){0,3}"
    r"(?:g{4,}|program|agreements|list)\b|[\w,]+\s(?:participating|partner)\b"
)
_IN = re.compile(r"\d\s(?:in|across)\s$")
_CAREER = re.compile(
    r"\b(?:led|leads|headed|heads|ran|commanded|oversaw|worked\s(?:for|in|at|with)|served\s(?:in|at)"
    r"|(?:served|worked|spent|years)\b[^.;,]{0,24}\s(?:in|at|with|for))\s$",
    re.IGNORECASE,
)
_PROJECTED = re.compile(
    r"\b(?:will|could|seek\w*|expect\w*|aim\w*|hop(?:es|ed|ing)|plans?|goal|target\w*|projected|wants?)\b"
    r"[^,.;:]{0,40}$",
    re.IGNORECASE,
)


def count_metric(scene: Scene, place: int) -> Counted | None:
    """Return what a plain number counts, or None when it is no claim of ours."""
    figure = scene.figures[place]
    if _DIFFERENCE.match(scene.after(place)):
        return None
    is_one = figure.value == 1
    is_which = is_one and (figure.qualifier != "exactly" or _ONE_OF.fullmatch(scene.after(place)))
    if is_which or re.search(r"\ball\sbut\s$", scene.near(place)):
        return None  # "at least one agreement" says which, not how many
    phrase = noun_phrase(scene, place)
    kind, end = _kind(scene, place, phrase), phrase.end
    is_projected = _PROJECTED.search(scene.near(place)) or _EXPECTED.match(scene.text, end)
    if kind == "states" and figure.value <= 10 and _THE_FEW.search(scene.near(place)):
        return None  # "the two states" were named before
    if is_projected and kind in ("officers", "people"):
        return None
    if kind in ("agreements", "agencies", "states") and is_projected:
        return Counted("other", UNITS[kind], end)
    return None if kind in (None, "unknown", "measure") else _settled(scene, place, kind or "", end)


def _kind(scene: Scene, place: int, phrase: Phrase) -> str | None:
    """Return the noun a figure counts: its own, one it shares, or one it leaves out."""
    of_which = _OF_WHICH.match(scene.text, scene.figures[place].end, scene.end)
    kind = phrase.kind
    if of_which and not phrase.words:
        kind = _kind_of_which(scene, place, of_which)
    elif kind is None and may_be_elliptic(scene, place, phrase):
        kind = shared_noun(scene, place, phrase) or elliptic_kind(scene, place)
    if kind is None and not phrase.words and place and scene.counted[place - 1]:
        kind = _done_to(scene, place)
    if kind is None and _IN.search(scene.near(place)) and not phrase.words:
        # "now has 1,035 in 40": an earlier "in 20 states" says what follows "in".
        named = any(counted and counted.metric == "states" for counted in scene.counted)
        kind = "states" if named else None
    return kind


def _done_to(scene: Scene, place: int) -> str | None:
    """Return what "arrested 328,000 people and deported 290,000" counts, by the verb before it."""
    verb = re.search(r"(\w++)\s$", scene.near(place))
    last = scene.counted[place - 1]
    if not verb or not last or last.metric in PROGRAM:
        return None
    return next((metric for test, metric in PEOPLE_VERBS if test.fullmatch(verb[1])), None)


def _kind_of_which(scene: Scene, place: int, found: re.Match[str]) -> str | None:
    """Return what "315 of them", "315 of the agreements" or "315 of the 628" counts."""
    if not found["pronoun"]:
        phrase = noun_phrase(scene, place, found.end())
        if phrase.kind:
            return phrase.kind
        return noun_phrase(scene, place + 1).kind if place + 1 < len(scene.figures) else None
    above = re.split(
        r"[.!?][\"”]?\s|\n", scene.text[max(0, scene.start - 200) : scene.start].rstrip()
    )
    topic = None if scene.topic in PROGRAM and _PEOPLE_ABOVE.search(above[-1]) else scene.topic
    return topic_before(scene, place) or topic


def _settled(scene: Scene, place: int, kind: str, end: int) -> Counted | None:
    """Return the metric of a noun once its context is checked, None when it is no claim."""
    if kind == "people":
        return _people(scene, place, end)
    after = scene.text[end : scene.limit(place)]
    is_too_many = scene.figures[place].value > _MOST.get(kind, inf)
    if is_too_many or not _is_in_context(scene, place, kind) or _lacks(scene, place):
        return None
    if kind in ("agreements", "loose_agreements"):
        return None if is_no_count(scene, place, end) else count_agreements(scene, place, end)
    check = _CHECKS.get(kind)
    if check and not check(scene, place, end):
        return Counted("other", "states", end) if kind == "states" else None
    waits = (
        WAITS.match(after)
        or re.search(r"\bpending\slist\W*$", scene.before(place))
        or re.search(r"\spending\slist\b", scene.text[end : scene.end])
    )
    if kind == "applications" or (kind == "agencies" and waits):
        return Counted("agreements_pending", "agreements", end)
    before = scene.before(place)
    has_agreements = any(
        counted.metric.startswith("agreements") for counted in scene.counted if counted
    )
    is_every = re.search(r"\b[Aa]ll\s(?:of\s)?$", before)
    is_aside = kind == "agencies" and bool(
        is_every or (has_agreements and _WITH.search(before)) or _COVER.search(before)
    )
    return Counted(kind, UNITS[kind], end, is_aside=is_aside)


def _is_in_context(scene: Scene, place: int, kind: str) -> bool:
    """Return whether a noun that also counts other things stands in a text on the program."""
    nearby = " ".join([scene.sentence, scene.lead, *scene.header])
    if kind == "loose_agreements":
        start = scene.figures[place].end
        is_pointed = scene.topic in PROGRAM or _SUCH.match(scene.text, start)
        if other := _OFTEN_OTHER.match(scene.text, start):  # not every program is the program
            return bool(re.search(r"g{4,}|\bICE\b", other[0]))
        is_ours = re.search(r"g{4,}|\bICE\b|immigration", nearby)
        return bool(is_ours or is_pointed)
    if kind == "applications" and (not _APPLIES.search(nearby) or _APPLIES_FOR_ELSE.search(nearby)):
        return False
    if kind in ("agencies", "localities", "states") and scene.is_whole(place):
        # "Eleven of the state's 67 counties": how many there are, unless they take part.
        return kind == "agencies" and bool(_TAKES_PART.match(scene.text, scene.limit(place - 1)))
    program = [scene.topic, *(counted.metric for counted in scene.counted if counted)]
    in_program = not PROGRAM.isdisjoint(program) or IN_PROGRAM.search(nearby)
    does_so = scene.subject and (kind == "officers" or _DOES_SO.search(scene.sentence))
    return kind not in _CONTEXTUAL or bool(in_program or does_so)


def _lacks(scene: Scene, place: int) -> bool:
    """Return whether the figure counts those without: "eleven of them have no agreement"."""
    start = scene.figures[place].end
    return bool(
        _LACKS.search(re.split(r"[,.;]", scene.text[start : min(start + 70, scene.end)])[0])
    )


def _people(scene: Scene, place: int, end: int) -> Counted | None:
    """Return what was done to the people counted, in the sentence or the line over its list."""
    if _DIED.match(scene.text, end):
        return None
    offset = scene.start
    metric = verb_metric(scene.sentence, scene.figures[place].start - offset, end - offset)
    metric = metric or (verb_metric(scene.lead, 0, 0) if scene.lead else None)
    return Counted(metric, UNITS[metric], end) if metric else None


def _is_agency(scene: Scene, place: int, end: int) -> bool:
    """Return whether agencies are counted, and not a career, field offices or federal bodies."""
    named = scene.text[scene.figures[place].end : end].lower()
    before = scene.before(place)
    is_required = _REQUIRES.search(before) or _MUST.match(scene.text, end)
    if _CAREER.search(before) or _UNION.search(before) or is_required:
        return False
    is_joined = re.search(r"\bjoin(?:s|ed|ing)?\s$", before, re.IGNORECASE)
    if re.search(r"federal|sanctuary|news|tax", named) or ("other" in named and not is_joined):
        return False
    if re.search(r"offices$", named):
        return bool(re.search(r"sheriff|constable|police|marshal", named))
    return not re.search(r"forces$", named) or "police" in named


def _is_state_count(scene: Scene, place: int, _end: int) -> bool:
    """Return whether states with agreements are counted, and not states with laws or lawsuits."""
    if re.search(r"\bof\s(?:the\s)?$", scene.near(place)):
        return False
    is_share = place and scene.figures[place - 1].kind == "percent"
    if is_share and re.search(r"\b(?:are|is|were|come|lie|sit)\s(?:in|from)\s$", scene.near(place)):
        return False  # "half of them are in two states": where the share lies
    nearby = scene.sentence[max(0, scene.figures[place].start - scene.start - 60) :][:140]
    return not OTHER_STATES.search(nearby)


def _is_officer(scene: Scene, place: int, end: int) -> bool:
    """Return whether officers trained or deputised under the program are counted, not ICE's own."""
    named = scene.text[scene.figures[place].end : end]
    near = scene.text[scene.figures[place].end : min(end + 30, scene.end)]
    is_trained = re.search(
        r"train|deputi[sz]|certif|nominat|credential|complet\w+\s(?:the|their)\s(?:\w+\s)?course",
        scene.sentence,
        re.I,
    )
    return not _FEDERAL.search(named) and bool(is_trained or "gggg" in near)


def _is_model(scene: Scene, place: int, end: int) -> bool:
    """Return whether the models of the program are counted ("in three forms"), not pointed at."""
    figure = scene.figures[place]
    before = scene.before(place)
    if figure.value > 6 or re.search(r"\b(?:the|all|these|those|both|of)\s$", before, re.I):
        return False
    is_models = scene.text[max(0, end - 6) : end].lower() == "models"
    return is_models or bool(re.search(r"agreements|program", before, re.IGNORECASE))


_CONTEXTUAL = frozenset(words("agencies localities states officers models applications"))
_CHECKS: dict[str, Callable[[Scene, int, int], bool]] = {
    "agencies": _is_agency,
    "states": _is_state_count,
    "officers": _is_officer,
    "models": _is_model,
}
