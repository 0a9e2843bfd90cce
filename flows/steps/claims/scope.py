# ruff: noqa: RUF001 (dashes, quotes and apostrophes are meant as printed)
"""Where a figure holds: one state, one model of agreement, or the whole program."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from functools import lru_cache

from .elliptic import ON_MODEL
from .scene import NEAR, Scene
from .words import MODELS, PEOPLE_NOUNS, STATE_NAME, STATES, find_states

_COUNTY = re.compile(r"(?:County|Parish|City|Beach|Jacksonville|Miami|Houston)\sin\s$")
_THE_MODEL = re.compile(
    r"\b(?:the|this|that)\s(?:[\w-]+\s){0,3}(?:approach|model|version)\b", re.IGNORECASE
)
_THAT_MODEL = re.compile(r"\b(?:that|this)\s(?:model|version)(?:['’]s)?\s(?:\w+\s){0,3}$")
_THAT_KIND = re.compile(r"\bof\s(?:that|this)\s(?:kind|type|sort|variety)\b", re.IGNORECASE)
_IN_THE_STATE = re.compile(
    r"\s(?:statewide|(?:in|across|throughout)\s(?:the|this|our)\s(?:state|commonwealth))\b(?!\s(?:of|[A-Z]))"
)
_STATEWIDE = re.compile(r"\W*(?:Statewide|[AI]\w+\sthe\sstate),\s")
_OPENS_WITH = re.compile(r"\s*(?:With|At)\s(?:\w+\s){0,2}[\d~]")
_SUBJECT_STATE = re.compile(rf",\s(?P<state>{'|'.join(sorted(STATES, key=len, reverse=True))})\s")
_WHICH_HAS = re.compile(
    rf"\b(?P<state>{'|'.join(sorted(STATES, key=len, reverse=True))}),\s"
    r"(?:which\s(?:\w+\s){0,2}(?:has|had|counts|with)|where(?:\snow)?)\s$"
)
# "Of the state's agreements, nine ...", "Of the Texas agreements, 43 ..."
_OF_ITS = re.compile(
    r"\W*(?:[Oo]f|[Aa]mong)\s"
    r"(?P<what>(?P<of>(?:the|this)\sstate|all\sthe|the|those|its|[A-Z][\w ]+?)"
    r"(?:['’]s)?\s[^,.;~\d]{3,60}),\s(?:\w+\s){0,3}$"
)
_INHERITS = re.compile(
    r"\b(?:from|to|up|in|with|and|of|new|(?:doubl\w+|tripl\w+|times|over|from)\sthe"
    r"|and\s(?:now\s)?(?:has|had))\s$"
)
_STATES_OWN = re.compile(
    r"\b(?:[Tt]he|[Tt]his|[Oo]ur)\s(?:state|commonwealth)(?:['’]s\s(?:(?:total|count|tally|number|share)(?:,|\s(?:is|of|at|to|was|reached))\s)?"
    r"|\s(?:(?:now|currently|also|already)\s)?(?:has|had|counts?|counted|holds?|held|lists?|listed|added|gained|signed)\s)$"
)
_PLACED = re.compile(
    r"\b(?:in|across|throughout|for|within|from|with|by)\s(?:(?:the|our|this|my)\sstate\sof\s)?$",
    re.I,
)
_OWNS = re.compile(
    rf"(?:['’]s\b|['’](?=\s)|\s?[:|(–—]\s?|,?\s(?:alone\s|now\s|currently\s|also\s)?(?:has|had|have|leads?|led"
    r"|accounts?|accounted|holds?|held|hosts?|boasts?|follows|ranks?|comes|signed|counts?|with|saw|reports?|reported|went|grew|added|tops|at|is|remains?|gained"
    rf"|{PEOPLE_NOUNS}|agencies|counties|parishes|towns|agreements|sheriffs|police|law|departments|officers|officials|alone)\b)"
)


_IN_JAILS = re.compile(r"\s(?:(?:are|were)\s)?(?:in|for)\s(?:the\s|county\s)?jails\b")
_IT_NOW = re.compile(r"\W*It\s(?:\w+\s)?(?:has|had|holds|held|counts)\s(?:\w+\s)?$")
_LEADING = re.compile(rf"\W*(?P<state>{'|'.join(sorted(STATES, key=len, reverse=True))})\s[a-z]")
_RUNNER_UP = re.compile(r"\b(?:followed\sby|behind|ahead\sof|and|then)\s$")
_CAPITAL = re.compile(r"[A-Z]\w+\s$")
_OF_MODEL = re.compile(r"\s(?:[Mm]odel|[Oo]fficer|[Aa]greement)")
_AND = re.compile(r",\s(?:and|but|while)\s")
# "West Virginia, where the state police take part, 12", "But Texas is catching up: it had 100"
_ASIDE = re.compile(r"\W*|,\s(?:where|which|whose|with)\s[^;.:~\d]*,\s(?:\w+\s)?")
_IT_HAS = re.compile(r"\bit\s(?:\w+\s)?(?:has|had|holds|held|counts|counted|lists)\s$")


def state_of(article: str, scene: Scene, place: int, end: int) -> str | None:
    """Return the state a figure is limited to, None when it is the whole country or several.

    A state counts where it describes the figure's noun ("20 Florida agencies"), stands where the
    figure is placed ("290 in Florida"), owns it ("Texas has 87", "Texas: 87") or opens the
    sentence ("In Florida, ..."). A county's or a city's state ("Frederick County, Maryland") is
    a place in the news, not the scope of a count.
    """
    figure = scene.figures[place]
    inside = _codes(article, figure.end, end)
    if len(inside) == 1:
        return inside[0]
    after_end = _clause_end(scene, place, end)
    after = [
        found
        for found in find_states(article, end, after_end)
        if _PLACED.search(article[end : found.start()])
    ]
    if after:
        codes = _codes(article, after[0].start(), after_end)
        return codes[0] if len(codes) == 1 and not _listed(article, after[0].end()) else None
    following = article[end:after_end]
    statewide = place == 0 and _STATEWIDE.match(scene.sentence)
    if statewide or _IN_THE_STATE.search(following) or _STATES_OWN.search(scene.near(place)):
        return _home_state(article, figure.start) or _home_state(article, after_end)
    if whole := _OF_ITS.match(article, scene.start, figure.start):
        return _of_its_state(article, whole)
    opener = _OPENS_WITH.match(article, scene.start, figure.end + 60)
    named = _SUBJECT_STATE.match(article, end) if opener and place == 0 else None
    named = _WHICH_HAS.search(article, max(scene.start, figure.start - 60), figure.start) or named
    if named:
        return STATES[named["state"]]
    return _owner(article, scene, place) or _state_meant(article, scene, place)


def _state_meant(article: str, scene: Scene, place: int) -> str | None:
    """Return the state that "It now has 206" takes up: the subject of the sentence before."""
    if place or not _IT_NOW.match(scene.before(0)):
        return None
    before = re.split(
        r"[.!?]\s|\n", article[max(0, scene.start - 300) : scene.start].rstrip(" .!?")
    )
    subject = _LEADING.match(before[-1])
    return STATES[subject["state"]] if subject else None


def _home_state(article: str, end: int) -> str | None:
    """Return the state that "the state" means at a place: the one most named up to there."""
    places, codes = _all_states(article)
    names = codes[bisect_left(places, end - 3000) : bisect_left(places, end)]
    # Of two named as often, the one named last.
    return max(reversed(names), key=Counter(names).__getitem__, default=None)


@lru_cache(2)
def _all_states(article: str) -> tuple[list[int], list[str]]:
    """Return where an article names states, and their codes."""
    found = find_states(article, 0, len(article))
    return [name.start() for name in found], [STATES[name[0]] for name in found]


def _of_its_state(article: str, whole: re.Match[str]) -> str | None:
    """Return the state whose agreements "Of the Texas agreements, 43 ..." speaks of."""
    known = find_states(article, whole.start("what"), whole.end())
    if not known and whole["of"].lower() in ("the state", "this state"):
        return _home_state(article, whole.start())
    return STATES[known[0][0]] if len(known) == 1 else None


def _codes(article: str, start: int, end: int) -> list[str]:
    """Return the codes of the states named between two places, each once."""
    return list(dict.fromkeys(STATES[found[0]] for found in find_states(article, start, end)))


def _follows_state(before: str) -> bool:
    """Return whether another state stands just before ("Texas and Florida have ...")."""
    joined = re.search(r",?\s(?:and|or|&)\s$|,\s$", before)
    return bool(
        joined
        and any(found.end() == joined.start() for found in find_states(before, 0, len(before)))
    )


def _listed(article: str, end: int) -> bool:
    """Return whether further states follow: a list of states is no single scope."""
    following = re.match(r",?\s(?:and|or)\s|,\s", article[end:])
    return bool(following and STATE_NAME.match(article, end + following.end()))


def _clause_end(scene: Scene, place: int, end: int) -> int:
    """Return where the figure's own clause ends: at the next figure or a break."""
    text = scene.text[end : scene.limit(place)]
    found = re.search(
        r"[;:(]|,\s(?:while|but|which|who|and|with|followed|up|compared|most(?:ly)?|many|some|half|largely|mainly)\b"
        r"|\s[–—-]\s",
        text,
    )
    return end + (found.start() if found else len(text))


def _owner(article: str, scene: Scene, place: int) -> str | None:
    """Return the state that owns the figure, or opens its sentence."""
    figure = scene.figures[place]
    cell = article[scene.start : scene.end].split(" | ", 1)[0].strip()
    earlier = scene.figures[place - 1].end if place else scene.start
    near = find_states(article, earlier, figure.start)
    if cell in STATES or (near and _owns_near(article, scene, near, figure.start)):
        return STATES[cell if cell in STATES else near[-1][0]]
    if near or place == 0:
        return None
    opening = next(iter(find_states(article, scene.start, scene.figures[0].start)), None)
    gap = article[scene.start : opening.start()] if opening else "x" * 99
    is_list = bool(opening and _listed(article, opening.end()))
    if opening and article.startswith(":", opening.end()):
        return STATES[opening[0]]  # "Agreements in Pennsylvania: 8 in January, 24 in June"
    inherits = _INHERITS.search(article[max(scene.start, figure.start - NEAR) : figure.start])
    if opening and not is_list and len(gap) <= 20 and inherits:
        others = _codes(article, opening.end(), scene.end)
        return STATES[opening[0]] if set(others) <= {STATES[opening[0]]} else None
    return None


def _owns_near(article: str, scene: Scene, near: list[re.Match[str]], start: int) -> bool:
    """Return whether the last of the states named before a figure, from `start`, is its owner."""
    last = near[-1]
    before, gap = article[scene.start : last.start()], article[last.end() : start]
    if re.fullmatch(r"\s?[(:|]\s?", gap):
        return True  # "behind Florida (324)", whatever came before
    if _RUNNER_UP.search(before) and re.fullmatch(r"\s(?:with|at)\s", gap):
        return True
    if len({found[0] for found in near}) > 1 or re.search(r"[;.]\s", gap):
        return False
    if _COUNTY.search(before):
        return False
    is_owner = _OWNS.match(article, last.end()) and not _follows_state(before)
    is_placed = _PLACED.search(before) and not re.search(r"\b(?:while|but)\b", gap)
    return bool(is_owner or is_placed or _ASIDE.fullmatch(gap) or _IT_HAS.search(gap))


def model_of(scene: Scene, place: int, end: int) -> str | None:
    """Return the model of agreement a figure is limited to, None for all or several.

    Where the first model of a sentence stands before its first figure, models lead their figures
    ("task force agreements number 315"); otherwise they follow ("315 use the task force model").
    """
    figure = scene.figures[place]
    on_model = ON_MODEL.match(scene.text, figure.end)
    named = (
        name
        for test, name in MODELS
        if on_model and test.match(scene.text, on_model.end(), scene.end)
    )
    if name := next(named, None):
        return name
    opens = scene.text.rfind("; ", scene.start, figure.start) + 1 or scene.start
    closes = scene.text.find("; ", figure.end, scene.end)
    clause = scene.text[opens : closes if closes > 0 else scene.end]
    if not (mentions := _mentions(clause, opens)):
        return None
    leads = mentions[0][0] < next(other.start for other in scene.figures if other.start >= opens)
    following = [name for at, name in mentions if figure.end <= at < scene.limit(place)]
    # "A warrant service agreement, one of 164": the one is no figure of its own.
    earlier = max((o.end for o in scene.figures[:place] if o.value != 1), default=scene.start)
    if end > figure.end:  # "to end task force agreements, and by 2016 only 32 agreements were left"
        breaks = [m.end() for m in _AND.finditer(scene.text, earlier, figure.start)]
        earlier = max([earlier, *breaks])
    preceding = [name for at, name in mentions if earlier <= at < figure.start]
    inside = [name for at, name in mentions if figure.end <= at < end]
    if not inside and _IN_JAILS.match(scene.text, end):
        return "JEM"
    chosen = inside or ((preceding or following) if leads else following)
    if leads and not inside and following and not preceding and place:
        chosen = [] if len(scene.figures) > place + 1 else following
    return chosen[0] if len(set(chosen)) == 1 else None


def model_before(text: str, scene: Scene, place: int) -> str | None:
    """Return the model that "the more aggressive approach" points back to."""
    following = re.split(r"[.;]\s|,\swhich\b", scene.after(place))[0]
    is_kind = _THAT_KIND.search(following) or _THAT_MODEL.search(scene.near(place))
    if not is_kind and not _THE_MODEL.search(following):
        return None
    end = scene.figures[place].start if is_kind else scene.start
    paragraph = text[max(0, scene.start - 600) : end]
    mentions = _mentions(paragraph, 0)
    return mentions[-1][1] if mentions else None


@lru_cache(64)  # the figures of a sentence ask for the same ones
def _mentions(text: str, offset: int) -> list[tuple[int, str]]:
    """Return where models are named, in order; "Safe Streets Task Force" is a body, no model."""
    found = [
        (match.start() + offset, name)
        for pattern, name in MODELS
        for match in pattern.finditer(text)
        if not (
            match[0] == match[0].title()
            and _CAPITAL.search(text[max(0, match.start() - 60) : match.start()])
        )
        or _OF_MODEL.match(text, match.end())
    ]
    return sorted(found)
